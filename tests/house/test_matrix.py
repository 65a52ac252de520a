"""Every route, for every actor and every state: what the policy refuses, the route refuses.

For a reading route both directions hold: allowed is answered, refused is refused. For an act, the
refused cells are tried, and nothing may have changed afterwards; what is allowed has its own tests.

The short form tries one actor for each thing that the policy says about a route and a state: who is
allowed, and who is refused with which sentence. The long form tries all actors.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.routing import Rule

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.meetings.models import MeetingState
from consult.consultation.moderation.holding import decide_at_desk
from consult.consultation.moderation.models import HeldDecision, Verb
from consult.consultation.moderation.services import Judgement
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Attachment
from consult.foundation.core.db import Base, db
from consult.foundation.core.errors import Refusal
from consult.foundation.core.people import Actor
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.services import store_file
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.policy.view_permissions import LIBRARY_ROUTES, PUBLIC
from consult.interfaces.exchange.models import ColumnAssignment, SheetUpload
from consult.interfaces.exchange.reading.columns import ColumnField
from consult.interfaces.exchange.reading.spreadsheet import ColumnChoices, SheetRound
from consult.interfaces.exchange.reading.upload_choices import UploadChoices
from consult.interfaces.exchange.services import keep_choices, keep_upload, look_at_file
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import (
    CommitmentText,
    make_commitment,
    publish_commitment,
)
from consult.outcomes.summaries.services import SummaryText, save_summary
from consult.people.following.models import FollowedKind
from consult.people.following.queries import get_subject
from consult.people.following.subjects import FollowedSubject
from consult.people.invitations.batches import check_file, keep_batch
from consult.people.invitations.models import Invitation, InvitationBatch
from consult.people.invitations.services import Period
from consult.people.organisations.mandates import ask_mandate
from consult.people.organisations.models import Mandate
from consult.people.organisations.queries import get_body, get_organisation
from consult.people.privacy.incidents import IncidentText, note_incident
from consult.people.privacy.models import Suspension
from tests.cast import person
from tests.factories import filed, find_round, make_comment, make_meeting, make_proposal
from tests.policy.matrix import ACTORS, ROUND_STATES, actor_of, kind_of
from tests.privacy.exported import export_of
from tests.proposals.test_services import PDF
from tests.samples import SHORT_AND_LONG, some_of
from tests.world import NOON, SINCE

REFUSED = {401, 403, 404}
# What a route really asks, where its badge names the way in.
ASKED = {
    "summaries.show": Action.ROUND_READ,
}
VERBS = {
    "publish": Action.CONTRIBUTION_PUBLISH,
    "return": Action.CONTRIBUTION_RETURN,
    "hide": Action.CONTRIBUTION_HIDE,
    "restore": Action.CONTRIBUTION_RESTORE,
    "admit": Action.CONTRIBUTION_ADMIT,
    "keep": Action.CONTRIBUTION_KEEP,
}
# What has a number, within what it belongs to.
NUMBERED = {"body_slug": "meeting", "round_slug": "proposal", "plan_slug": "commitment"}
NAMED = {
    "plan_slug": "open-overheid",
    "body_slug": "stakeholderforum",
    "organisation_slug": "helder-bestuur",
    "theme_slug": "toegang",
    "membership_id": "1",
    "mandate_id": "1",
    "role_id": "1",
    "session_id": "1000000",
    "passkey_id": "1000000",
    "notice_id": "1000000",
    "identity_id": "1000000",
    "change": "make",
    "decision": "grant",
    "organisation_id": "1",
    "invitation_id": "1",
    "assignment_id": "1",
    "reply": "decline",
    "act": "revoke",
    "kind": "csv",
}


# What an address is about, by the first of these that stands in it.
BY_NAME = {
    "batch_id": "batch",
    "act": "invitation to a body",
    "invitation_id": "invitation",
    "request_id": "request",
    "mandate_id": "mandate",
    "organisation_slug": "organisation",
    "person_id": "person",
    "export_id": "export",
    "incident_id": "incident",
    "upload_id": "upload",
    "act_id": "held decision",
    "followed_id": "followed",
}


@dataclass(frozen=True)
class Case:
    """An address, and what it is about."""

    arguments: dict[str, Any]
    subject: Any
    state: str


Things = dict[str, list[Case]]


@pytest.fixture
def things(app: Flask, now: datetime) -> Things:
    """Make a contribution in every state, and a commitment and a summary in both."""
    with app.test_request_context():
        proposals = [
            make_proposal(slug, state)
            for slug in ("open", "closed")
            for state in State
        ]  # fmt: skip
        public = next(p for p in proposals if p.state is State.PUBLISHED)
        comments = [make_comment(public, state, author="pia") for state in State]
        with unit_of_work():
            plan = get_plan("open-overheid")
            text = CommitmentText(theme_id=plan.themes[0].id, title={"nl": "a", "en": "b"})
            commitments = [make_commitment(person("ana"), plan, text, now) for _ in range(2)]
            publish_commitment(person("ana"), commitments[0], now)
            version = freeze_plan(person("ana"), plan, "Eerste", now)
            save_summary(person("ana"), find_round("closed"), SummaryText({"nl": "x"}), None, now)
            organisation = get_organisation("helder-bestuur")
            batch = keep_file(now)
            asked = ask_mandate(person("sam"), organisation, "Adviseur.", now)
            db.session.add(
                Suspension(
                    person_id=person("lotte").id, reason="Reclame.", suspended_at=now,
                    ended_at=now, end_reason="Een misverstand.",
                )
            )  # fmt: skip
            incident = note_incident(person("adi"), IncidentText("x", now, "x", "x", "x"), now)
            upload, _kept = bring_sheet(now)
            waits = make_proposal("open", State.PENDING)
            held = decide_at_desk(person("mo"), waits, Judgement(Verb.PUBLISH), now)
            assert isinstance(held, HeldDecision)
        export = export_of("pia", now)
    return {
        "proposal": [Case(_numbered(p), p, p.state.value) for p in proposals if p.number],
        "file": [Case({"public_id": attached(p)}, p, p.state.value) for p in proposals],
        "draft": [Case({"public_id": p.public_id}, p, p.state.value) for p in proposals],
        "comment": [Case({"public_id": c.public_id}, c, c.state.value) for c in comments],
        "commitment": [Case({"number": c.number}, c, str(c.number)) for c in commitments],
        "version": [Case({"number": version.number}, plan, "")],
        "round": [Case({"round_slug": s}, find_round(s), s) for s in ROUND_STATES],
        "plan": [Case({}, get_plan("open-overheid"), "")],
        "organisation": [Case({}, organisation, "")],
        "mandate": [Case({}, db.session.get_one(Mandate, 1), "")],
        "meeting": [meeting_case(state) for state in MeetingState] + [meeting_case("begun")],
        "invitation": [
            Case({"invitation_id": one.id}, one, one.state.value)
            for one in db.session.scalars(select(Invitation))
        ],
        "invitation to a body": [Case({}, plan, "")],
        "batch": [Case({"batch_id": batch.id}, plan, "")],
        "request": [Case({"request_id": asked.id}, asked, "")],
        "person": [Case({"person_id": person("lotte").public_id}, None, "")],
        "export": [Case({"export_id": export.row.public_id}, export.row, "")],
        "incident": [Case({"incident_id": incident.public_id}, None, "")],
        "upload": [Case({"upload_id": upload.public_id}, upload, "")],
        "held decision": [Case({"act_id": held.act}, held, "")],
        "followed": [followed_case(FollowedKind.ROUND, find_round(s)) for s in ROUND_STATES]
        + [followed_case(FollowedKind.PROPOSAL, one) for one in proposals if one.number]
        + [followed_case(FollowedKind.COMMITMENT, one) for one in commitments],
    }


def followed_case(kind: FollowedKind, row: Any) -> Case:
    """Return a thing that can be followed, in its state."""
    where = {"followed": kind.value, "followed_id": row.id}
    return Case(where, get_subject(kind, row.id), f"{kind} {row.id}")


def keep_file(now: datetime) -> InvitationBatch:
    """Keep a file of invitations with a good and a bad row, that was not sent."""
    ana, body = person("ana"), get_body("stakeholderforum")
    found = check_file(ana, body, "e-mail;naam\nnieuw@consult.example;Nieuw\nfout;", "nl", now)
    return keep_batch(ana, body, found, Period(SINCE), "Kom erbij.", now)


def bring_sheet(now: datetime) -> tuple[SheetUpload, ColumnAssignment]:
    """Bring a spreadsheet as the organiser, and keep what its columns are."""
    ana, plan = person("ana"), get_plan("open-overheid")
    sent = io.BytesIO(b"titel;tekst\nEen;Twee\n")
    brought = keep_upload(ana, plan, look_at_file(ana, plan, "a.csv", sent, now), None, now)
    kept = ColumnAssignment(
        plan_id=plan.id, name="Twee", columns={"titel": "title", "tekst": "body"},
        kept_by_id=ana.id, kept_at=now,
    )  # fmt: skip
    db.session.add(kept)
    columns = ColumnChoices(0, 1, {0: ColumnField.TITLE, 1: ColumnField.BODY})
    choices = UploadChoices(columns, SheetRound("Van papier", "nl", "Een workshop"), True)
    keep_choices(ana, brought, {"title": "Van papier"}, choices, now)
    db.session.flush()
    return brought, kept


def attached(proposal: Any) -> str:
    """Attach a file to a proposal and return its address."""
    with unit_of_work():
        stored = store_file(person("pia"), "nota.pdf", io.BytesIO(PDF), NOON)
        db.session.add(Attachment(proposal_id=proposal.id, file=stored))
    return stored.public_id


def meeting_case(state: str) -> Case:
    """Store a meeting of the forum in a state, with a file."""
    made = make_meeting(state)
    case = {"body_slug": "stakeholderforum", "number": made.number, "public_id": filed(made)}
    return Case(case, made, state)


def _numbered(proposal: Any) -> dict[str, Any]:
    return {"round_slug": proposal.round.slug, "number": proposal.number}


def cases(rule: Rule, action: Action, things: Things) -> Iterator[Case]:
    """Yield the addresses of a route with the things they are about."""
    named = rule.arguments - {"language"}
    numbered = [kind for place, kind in NUMBERED.items() if {place, "number"} <= named]
    if "/versions/<int:number>" in rule.rule:
        yield from things["version"]
    elif numbered:
        yield from things[numbered[0]]
    elif "round_slug" in named:
        yield from things["round"]
    elif "public_id" in named:
        kinds = ["comment"] if rule.endpoint.startswith("comments.") else ["draft"]
        kinds = ["draft", "comment"] if "kind" in named else kinds
        kinds = ["file"] if rule.endpoint == "proposals.attachment" else kinds
        for kind in kinds:
            for case in things[kind]:
                extra = {"kind": "comment" if kind == "comment" else "proposal"}
                yield Case({**case.arguments, **extra}, case.subject, case.state)
    elif found := [kind for name, kind in BY_NAME.items() if name in named]:
        yield from things[found[0]]
    else:
        subject = None if kind_of(action) == "general" else things["plan"][0].subject
        yield Case({}, subject, "")


def rules(app: Flask, method: str) -> Iterator[tuple[Rule, Action]]:
    """Yield the routes that wear an action, for a method."""
    for rule in app.url_map.iter_rules():
        badge = getattr(app.view_functions[rule.endpoint], "badge", PUBLIC)
        if badge == PUBLIC or rule.endpoint in LIBRARY_ROUTES or not rule.methods:
            continue
        if method in rule.methods:
            yield rule, ASKED.get(rule.endpoint, Action(badge))


def address(app: Flask, rule: Rule, arguments: dict[str, Any]) -> str:
    values = {**NAMED, "verb": "publish", **arguments, "language": "nl"}
    with app.test_request_context():
        adapter = app.url_map.bind("localhost")
        wanted = {name: values[name] for name in rule.arguments}
        return adapter.build(rule.endpoint, wanted)


def is_refusal(answer: Any) -> bool:
    to_sign_in = answer.status_code == 302 and "/login" in answer.headers["Location"]
    return to_sign_in or answer.status_code in REFUSED


def counts() -> dict[str, int]:
    """Count the rows of every table: a refused act changes none of them."""
    return {
        table.name: db.session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def about(case: Case) -> Any:
    """Read the thing anew, as a request would."""
    if case.subject is None:
        return None
    if isinstance(case.subject, FollowedSubject):
        return get_subject(case.subject.kind, case.arguments["followed_id"])
    return db.session.get(type(case.subject), case.subject.id, populate_existing=True)


def said(actor: Actor, action: Action, subject: Any, now: datetime) -> str:
    """Say what the policy answers: nothing where it allows, otherwise the refusal."""
    try:
        ensure(actor, action, subject, now)
    except Refusal as refusal:
        return f"{type(refusal).__name__}: {refusal}"
    return ""


@dataclass(frozen=True)
class Try:
    """An address to try as somebody, and what the policy says of it: nothing where it allows."""

    path: str
    who: str
    state: str
    refusal: str


def tries(
    app: Flask, method: str, things: Things, now: datetime, *, everything: bool
) -> Iterator[Try]:
    """Yield every route, state and actor; else one of those that get the same answer on a route."""
    for rule, action in rules(app, method):
        verbs = VERBS.items() if "verb" in rule.arguments else [("", action)]
        actors = {name: actor_of(name) for name in ACTORS}
        for verb, asked in verbs:
            found = [
                Try(path, name, case.state, said(actor, asked, subject, now))
                for case in cases(rule, action, things)
                for subject in [about(case)]
                for path in [address(app, rule, {**case.arguments, "verb": verb})]
                for name, actor in actors.items()
            ]
            alike: dict[str, list[Try]] = {}
            for one in found:
                alike.setdefault(one.refusal, []).append(one)
            yield from (
                found
                if everything
                else (
                    chosen
                    for refusal, ones in alike.items()
                    for chosen in some_of(ones, 1, f"{rule} {verb} {refusal}")
                )
            )


@pytest.mark.both_engines
@pytest.mark.long_on_postgresql
@SHORT_AND_LONG
def test_reading(app: Flask, browse: Any, now: datetime, things: Things, everything: bool) -> None:
    browsers = {name: browse(who) for name, who in ACTORS.items()}
    wrong, tried = [], 0
    for one in tries(app, "GET", things, now, everything=everything):
        status = (answer := browsers[one.who].get(one.path)).status_code
        tried += 1
        fault = status >= 500 and "Retry-After" not in answer.headers
        if fault or bool(one.refusal) != is_refusal(answer):
            wrong.append(f"{one}: {status}")
    assert not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:30])
    assert tried > (4_000 if everything else 200)


@SHORT_AND_LONG
@pytest.mark.one_engine
def test_acting(app: Flask, browse: Any, now: datetime, things: Things, everything: bool) -> None:
    browsers = {name: browse(who) for name, who in ACTORS.items()}
    wrong, tried, before = [], 0, counts()
    for one in tries(app, "POST", things, now, everything=everything):
        if not one.refusal:
            continue
        data = {"reason": "Daarom.", "ground": "offensive"}
        answer = browsers[one.who].post(one.path, data=data)
        tried += 1
        if not is_refusal(answer):
            wrong.append(f"{one}: {answer.status_code}")
    assert not wrong, f"{len(wrong)} of {tried}:\n" + "\n".join(wrong[:30])
    assert counts() == before
    assert tried > (4_000 if everything else 200)
