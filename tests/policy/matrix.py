"""Action x actor x state, asked of the policy and printed as docs/permissions.md.

`python -m tests.policy.matrix` writes the page anew; a test holds it to the table.
"""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import force_locale
from flask_migrate import upgrade
from sqlalchemy import select
from sqlalchemy.orm import make_transient

from consult.consultation.comments.models import ContributionState
from consult.consultation.meetings.models import Meeting, MeetingState
from consult.consultation.moderation.models import HeldDecision
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Readers, Round, RoundBody, RoundKind
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM, Actor, Anonymous
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.foundation.policy.table import TABLE
from consult.interfaces.exchange.models import SheetUpload
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.summaries.models import Summary
from consult.people.following.models import FollowedKind
from consult.people.following.queries import get_subject
from consult.people.invitations.models import Invitation
from consult.people.organisations.models import Body, Mandate, Organisation
from consult.people.privacy.models import DataExport
from tests.cast import person

PAGE = Path(__file__).parents[2] / "docs" / "permissions.md"
ACTORS = {
    "anonymous": None,
    "stranger": "sam",
    "author": "pia",
    "colleague": "kees",
    "contact": "coen",
    "member": "lotte",
    "former member": "faas",
    "invited": "inge",
    "expired": "evert",
    "suspended": "sacha",
    "moderator": "mo",
    "organiser": "ana",
    "approver": "bo",
    "holder": "hanna",
    "administrator": "adi",
}
ROUND_STATES = ("draft", "upcoming", "open", "closed", "answered")

GENERAL = ("platform", "home", "mails", "person", "retention", "incident", "publisher")
ON_PLAN = ("body", "organisation", "mandate", "plan", "role", "version", "invitation")
ON_MEETING = ("meeting",)
ON_ROUND = ("round", "moderation", "responses")
NEEDS_ROUND = {
    Action.FOLLOW_BEGIN: "followed",
    Action.MY_DATA_KEEP: "general",
    Action.MY_DATA_DOWNLOAD: "export",
    Action.ROUND_CREATE: "plan",
    Action.SHEET_IMPORT: "upload",
    Action.PROPOSAL_LIST_OWN: "general",
    Action.PROPOSAL_LIST_ALL: "round",
    Action.PROPOSAL_DRAFT: "round",
    Action.PROPOSAL_SUBMIT: "round",
    Action.PROPOSAL_RECORD: "round",
    Action.STATEMENT_SUBMIT: "round of statements",
    Action.VOTE_BEGIN: "round of statements",
    Action.STATEMENT_REVISE: "statement",
    Action.THEME_CHANGE: "theme put forward",
    Action.VOTE_CAST: "statement",
    Action.SUMMARY_WRITE: "round",
    Action.SUMMARY_PUBLISH: "round",
    Action.SUMMARY_READ: "summary",
    Action.COMMITMENT_WRITE: "plan",
    Action.COMMITMENT_READ: "commitment",
    Action.COMMITMENT_PUBLISH: "commitment",
    Action.MODERATION_VIEW_QUEUE: "plan",
    Action.MODERATION_SET_RULES: "plan",
    Action.DECISION_TAKE_BACK: "held decision",
    Action.INVITATION_LIST_OWN: "general",
    Action.INVITATION_ANSWER: "invitation",
    Action.MANDATE_ASK: "general",
    Action.PLACE_ASK: "general",
    Action.MANDATE_LIST: "organisation",
    Action.MANDATE_RECORD: "organisation",
    Action.MANDATE_DECIDE: "organisation",
    Action.MANDATE_CONFIRM: "mandate",
    Action.MANDATE_END: "mandate",
}


@dataclass(frozen=True)
class Cell:
    """One answer of the policy."""

    action: Action
    state: str
    actor: str
    allowed: bool


def kind_of(action: Action) -> str:
    """Return what an action is done to."""
    concept = action.value.split(".")[0]
    if action in NEEDS_ROUND:
        return NEEDS_ROUND[action]
    if concept in GENERAL:
        return "general"
    if concept in ON_PLAN:
        return "plan"
    if concept in ON_MEETING:
        return "meeting"
    return "round" if concept in ON_ROUND else "contribution"


def get_round(slug: str) -> Round:
    found = db.session.scalar(select(Round).where(Round.slug == slug))
    assert found is not None
    return found


def round_of_statements(slug: str) -> Round:
    """Make a round of statements like one of the world, which is never stored."""
    return _round_of(RoundKind.STATEMENTS, slug)


def round_about_themes(slug: str) -> Round:
    """Make a round about themes like one of the world, which is never stored."""
    return _round_of(RoundKind.THEMES, slug)


def _round_of(kind: RoundKind, slug: str) -> Round:
    like = get_round(slug)
    names = ("slug", "opens_at", "closes_at", "published_at", "answered_at", "grace_minutes")
    with db.session.no_autoflush:
        made = Round(
            kind=kind,
            plan=like.plan,
            plan_id=like.plan_id,
            readers=like.readers,
            open_to_everyone=False,
            bodies=[RoundBody(body_id=one.body_id) for one in like.bodies],
            **{name: getattr(like, name) for name in names},
        )
    for one in list(db.session.new):
        db.session.expunge(one)
    make_transient(made)
    return made


ROUNDS = {"round": get_round, "round of statements": round_of_statements}
CONTRIBUTIONS = {
    "contribution": get_round,
    "statement": round_of_statements,
    "theme put forward": round_about_themes,
}


def contribution(state: ContributionState, round_: Round, now: datetime) -> Proposal:
    """Make a proposal of Pia in a state, which is never stored."""
    shown = {ContributionState.PUBLISHED, ContributionState.WITHDRAWN, ContributionState.HIDDEN}
    with db.session.no_autoflush:
        made = Proposal(
            round=round_,
            author_id=person("pia").id,
            state=state,
            published_at=now if state in shown else None,
        )
    for one in list(db.session.new):
        db.session.expunge(one)
    make_transient(made)
    return made


def subjects(kind: str, now: datetime) -> Iterator[tuple[str, Any]]:
    """Yield every state a subject can be in, with its name."""
    if kind == "invitation":
        yield from _invitations(now)
        return
    plan = db.session.scalar(select(Plan))
    if kind == "general":
        yield "", None
    elif kind == "plan":
        yield "", plan
    elif kind in {"organisation", "mandate"}:
        mandate = select(Mandate).where(Mandate.person_id == person("pia").id)
        wanted = select(Organisation) if kind == "organisation" else mandate
        yield "of the author", db.session.scalar(wanted)
    elif kind in ROUNDS:
        for slug in ROUND_STATES:
            yield f"{kind} {slug}", ROUNDS[kind](slug)
    elif kind in CONTRIBUTIONS:
        for slug in ("open", "closed", "answered"):
            for state in ContributionState:
                made = contribution(state, CONTRIBUTIONS[kind](slug), now)
                yield f"{state.value}, round {slug}", made
    else:
        yield from _meetings(now) if kind == "meeting" else _published_or_not(kind, plan, now)


def _meetings(now: datetime) -> Iterator[tuple[str, Any]]:
    """Make a meeting of the forum in every state, which is never stored."""
    forum = db.session.scalar(select(Body))
    states = [("planned", MeetingState.PLANNED, 1), ("begun", MeetingState.PLANNED, -1)]
    states += [(state.value, state, -1) for state in MeetingState if state.value != "planned"]
    for name, state, days in states:
        at = now + timedelta(days=days)
        with db.session.no_autoflush:
            made = Meeting(body=forum, body_id=forum.id if forum else 0, state=state, starts_at=at)
        for one in list(db.session.new):
            db.session.expunge(one)
        yield name, made


def _invitations(now: datetime) -> Iterator[tuple[str, Any]]:
    for one in db.session.scalars(select(Invitation).order_by(Invitation.id)):
        yield f"of the {'invited' if one.is_open(now) else 'expired'}", one


def _made_or_not(now: datetime) -> Iterator[tuple[str, Any]]:
    common = {"person_id": person("pia").id, "asked_at": now}
    yield "of the author", DataExport(made_at=now, **common)
    yield "of the author, not made yet", DataExport(**common)


def _held(now: datetime) -> Iterator[tuple[str, Any]]:
    """Make decisions that the moderator took, held and in effect, which are never stored."""
    for name, seconds in (("held", 20), ("in effect", -20)):
        until = now + timedelta(seconds=seconds)
        with db.session.no_autoflush:
            made = HeldDecision(round=get_round("open"), decided_by_id=person("mo").id, until=until)
        for one in list(db.session.new):
            db.session.expunge(one)
        yield name, made


def _uploads(plan: Plan | None) -> Iterator[tuple[str, Any]]:
    """Make spreadsheets of the organiser, and of a moderator who was one, never stored."""
    for name, who in (("of the organiser", "ana"), ("of the moderator", "mo")):
        plan_id = plan.id if plan else 0
        yield name, SheetUpload(plan_id=plan_id, uploaded_by_id=person(who).id)


def _followed() -> Iterator[tuple[str, Any]]:
    for slug in ROUND_STATES:
        yield f"round {slug}", get_subject(FollowedKind.ROUND, get_round(slug).id)


def _published_or_not(kind: str, plan: Plan | None, now: datetime) -> Iterator[tuple[str, Any]]:
    if kind == "export":
        yield from _made_or_not(now)
        return
    if kind == "held decision":
        yield from _held(now)
        return
    if kind in {"upload", "followed"}:
        yield from _uploads(plan) if kind == "upload" else _followed()
        return
    for state, at in (("draft", None), ("published", now)):
        if kind == "summary":
            made: Any = Summary(round=get_round("closed"), published_at=at)
        else:
            made = Commitment(plan_id=plan.id if plan else None, published_at=at)
        for one in list(db.session.new):
            db.session.expunge(one)
        yield state, made


def actor_of(name: str) -> Actor:
    who = ACTORS[name]
    return person(who) if who else Anonymous()


def everybody() -> dict[str, Actor]:
    """Return the columns of the matrix: the cast, and the platform itself."""
    return {name: actor_of(name) for name in ACTORS} | {"platform": SYSTEM}


def cells(now: datetime, actors: Mapping[str, Actor] | None = None) -> Iterator[Cell]:
    """Ask the policy for every action, state and actor; for everybody, if none is named."""
    actors = actors or everybody()
    made = {kind: list(subjects(kind, now)) for kind in {kind_of(action) for action in Action}}
    for action in Action:
        for state, subject in made[kind_of(action)]:
            for name, actor in actors.items():
                yield Cell(action, state, name, can(actor, action, subject, now))


@cache
def matrix(now: datetime) -> tuple[Cell, ...]:
    """Return the whole matrix, asked once: the world is the same in every test."""
    return tuple(cells(now))


def closed_to_strangers(now: datetime) -> Iterator[Cell]:
    """Ask the same about a round that only participants read."""
    round_ = get_round("open")
    with db.session.no_autoflush:
        round_.readers = Readers.PARTICIPANTS
        for name in ACTORS:
            yield Cell(
                Action.ROUND_READ,
                "round open, participants only",
                name,
                can(actor_of(name), Action.ROUND_READ, round_, now),
            )
        db.session.rollback()


def page(now: datetime) -> str:
    """Write docs/permissions.md."""
    columns = [*ACTORS, "platform"]
    rows: dict[tuple[str, str], dict[str, bool]] = {}
    for cell in [*cells(now), *closed_to_strangers(now)]:
        rows.setdefault((cell.action.value, cell.state), {})[cell.actor] = cell.allowed
    return "\n".join(
        [
            "# Who may do what, when",
            "",
            "Printed from the policy table (`consult/foundation/policy/table.py`); do not edit.",
            "Make it anew with `python -m tests.policy.matrix`.",
            "",
            "The author is Pia, who takes part for an organisation; the colleague speaks for the",
            "same organisation, whose contact confirms who does; the member sits in the addressed",
            "body; the former member did, until an organiser ended it. The invited has an open",
            "invitation to that body, not answered; until then it gives nothing but the answer",
            "itself. The expired is one person in whom two things are over: a term in the body",
            "that ended by its date, and an invitation for a new one that was not answered in",
            "time. Both may do what a stranger may. The suspended is a member whose account was",
            "suspended: its sessions are worth nothing, so it may do what an anonymous reader may.",
            "Nobody moderates their own text: those cells are tested apart.",
            "",
            "## The table in words",
            "",
            "An action is allowed when all questions of one line are answered yes.",
            "",
            "| action | allowed when |",
            "| --- | --- |",
            *_words(),
            "",
            "## The matrix",
            "",
            "| action | state | " + " | ".join(columns) + " |",
            "| --- | --- |" + " :---: |" * len(columns),
            *(
                f"| {action} | {state} | "
                + " | ".join("yes" if found.get(name) else "·" for name in columns)
                + " |"
                for (action, state), found in rows.items()
            ),
            "",
        ]
    )


def _words() -> Iterator[str]:
    for action, alternatives in TABLE.items():
        lines = "<br>or ".join(
            ", ".join(question.name.lower().replace("_", " ") for question in alternative)
            for alternative in alternatives
        )
        yield f"| {action.value} | {lines} |"


def main() -> None:
    """Write the page, on a fresh world of the tests."""
    from tests.conftest import Clock, make_app  # noqa: PLC0415  (conftest imports the cast)
    from tests.world import NOON, build_world  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as folder:
        app = make_app(Path(folder), f"sqlite:///{folder}/matrix.sqlite", CLOCK=Clock())
        with app.app_context(), force_locale("en"):
            upgrade(directory=str(PAGE.parents[1] / "migrations"))
            build_world()
            PAGE.write_text(page(NOON))


if __name__ == "__main__":
    main()
