"""What a person does with a proposal: draft, hand in, revise, withdraw, record for somebody."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import IO, Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.accounts.models import Person
from consult.comments.arrivals import tell_arrived
from consult.comments.models import ContributionState as State
from consult.core.calendar import local_day
from consult.core.conflicts import Fields, refuse_stale
from consult.core.db import db
from consult.core.errors import InvalidInput
from consult.core.people import Actor
from consult.files.services import store_file
from consult.notifications.kinds import Topic, declare
from consult.notifications.services import notify
from consult.organisations.models import Organisation
from consult.policy.actions import Action
from consult.policy.services import ensure
from consult.privacy.consents import ensure_agreed
from consult.proposals import states
from consult.proposals.models import (
    TEXT_FIELDS,
    Attachment,
    Origin,
    Proposal,
    ProposalVersion,
    Source,
)
from consult.proposals.sight import out_of_sight
from consult.record.models import Receipt
from consult.record.services import issue_receipt, record
from consult.rounds.models import Round
from consult.rounds.services import lock_for_input

MOST_ATTACHMENTS = 5
RECEIVED = declare("proposal-received", Topic.CONTRIBUTION, about="proposal", always=True)


@dataclass(frozen=True)
class ProposalText:
    """What somebody wrote in the form of a proposal."""

    title: str = ""
    problem: str = ""
    action: str = ""
    result: str = ""
    openness: str = ""
    theme_id: int | None = None
    organisation_id: int | None = None
    origin: Origin = Origin.NEW
    possible_holder: str = ""
    period: str = ""
    amount_cents: int | None = None
    language: str = "nl"

    @property
    def content(self) -> dict[str, Any]:
        """The text as plain data, for the record and the versions."""
        return {**asdict(self), "origin": self.origin.value}


@dataclass(frozen=True)
class Elsewhere:
    """How a proposal reached us outside the platform."""

    source: Source
    note: str
    on: date
    on_behalf_of: str


def _check(actor: Actor, round_: Round, text: ProposalText) -> None:
    if text.theme_id is not None and text.theme_id not in {t.id for t in round_.plan.themes}:
        raise InvalidInput(_l("This theme is not one of this plan."), _l("Choose another one."))
    spoken_for = actor.standing.ids("organisation")
    if text.organisation_id is not None and text.organisation_id not in spoken_for:
        raise InvalidInput(
            _l("It is not recorded that you speak for this organisation."),
            _l("Ask an organiser to record it, or write for yourself."),
        )


def _write(proposal: Proposal, text: ProposalText, now: datetime) -> None:
    for name, value in asdict(text).items():
        setattr(proposal, name, value)
    proposal.saved_at = now


def _start(actor: Actor, round_: Round, now: datetime) -> Proposal:
    proposal = Proposal(
        round=round_,
        author_id=actor.actor_id,
        state=State.DRAFT,
        created_at=now,
        saved_at=now,
        language="nl",
    )
    db.session.add(proposal)
    return proposal


def save_draft(
    actor: Actor,
    round_: Round,
    text: ProposalText,
    now: datetime,
    draft: Proposal | None = None,
) -> Proposal:
    """Keep a draft, a new one or the one given; only its author ever sees it."""
    if draft is None:
        ensure(actor, Action.PROPOSAL_DRAFT, round_, now)
        draft = _start(actor, round_, now)
    else:
        ensure(actor, Action.PROPOSAL_EDIT_DRAFT, draft, now)
    _check(actor, round_, text)
    _write(draft, text, now)
    db.session.flush()
    return draft


def attach_files(
    actor: Actor, proposal: Proposal, uploads: Iterable[tuple[str, IO[bytes]]], now: datetime
) -> None:
    """Add files to a proposal; refuses (InvalidInput, TooLarge) what we do not take."""
    for name, stream in uploads:
        if len(proposal.attachments) >= MOST_ATTACHMENTS:
            raise InvalidInput(
                _l("At most %(most)s files can be attached.", most=MOST_ATTACHMENTS),
                _l("Put several texts together in one file."),
            )
        stored = store_file(actor, name, stream, now)
        proposal.attachments.append(Attachment(file=stored))
    db.session.flush()


def submit_proposal(
    actor: Actor,
    round_: Round,
    text: ProposalText,
    arrived: datetime,
    opened_at: datetime | None,
    draft: Proposal | None = None,
) -> Receipt:
    """Hand in a proposal; gives the receipt. What comes late is kept as late.

    `arrived` is when the request reached the server, `opened_at` when its form was opened (None
    if unknown). Raises NotAllowed before the round has opened and for who may not take part, and
    InvalidInput for who did not agree to the conditions.
    """
    ensure(actor, Action.PROPOSAL_SUBMIT, round_, arrived)
    if draft is not None:
        ensure(actor, Action.PROPOSAL_EDIT_DRAFT, draft, arrived)
    ensure_agreed(actor)
    _check(actor, round_, text)
    lock_for_input(round_)
    proposal = draft or _start(actor, round_, arrived)
    _write(proposal, text, arrived)
    _note_sector_and_body(actor, round_, proposal)
    late = round_.is_late(arrived, opened_at)
    return _hand_in(actor, proposal, arrived, late=late)


def _note_sector_and_body(actor: Actor, round_: Round, proposal: Proposal) -> None:
    bodies = actor.standing.ids("body") & {link.body_id for link in round_.bodies}
    proposal.body_id = min(bodies, default=None)
    if proposal.organisation_id is not None:
        # Read by the database while it stores the row: no statement of its own.
        proposal.sector = (
            select(Organisation.sector)
            .where(Organisation.id == proposal.organisation_id)
            .scalar_subquery()
        )


def _hand_in(actor: Actor, proposal: Proposal, at: datetime, *, late: bool) -> Receipt:
    with db.session.no_autoflush:
        states.arrive(proposal, proposal.round, at, late=late)
    proposal.text_version = 1
    db.session.flush()
    states.make_findable(proposal, new=True)
    event = record(
        actor,
        "proposal.received_late" if late else "proposal.submitted",
        proposal,
        at,
        content=_keep_version(actor, proposal, at),
        plan_id=proposal.round.plan_id,
        round_id=proposal.round.id,
    )
    receipt = issue_receipt(event, actor.actor_id, at)
    tell_arrived("proposal", proposal.id, proposal.text_version, at)
    if proposal.author_id is not None and isinstance(actor, Person):
        notify(actor, RECEIVED, at, proposal=proposal, receipt=receipt, late=late)
    return receipt


def _keep_version(actor: Actor, proposal: Proposal, now: datetime) -> dict[str, Any]:
    """Keep the present text under its version number; gives it as plain data."""
    content = {name: getattr(proposal, name) for name in TEXT_FIELDS}
    db.session.add(
        ProposalVersion(
            proposal_id=proposal.id,
            number=proposal.text_version,
            content=content,
            saved_at=now,
            saved_by_id=actor.actor_id,
        )
    )
    return {**content, "version": proposal.text_version}


def prose_of(text: ProposalText | Proposal) -> Fields:
    """Give the prose of a proposal, field by field."""
    return [(name, "", getattr(text, name)) for name in TEXT_FIELDS]


def revise_proposal(
    actor: Actor, proposal: Proposal, text: ProposalText, version: int, now: datetime
) -> None:
    """Hand in a new text. A returned proposal goes back to the queue.

    Raises Conflict with both texts when it was changed since `version` was read.
    """
    ensure(actor, Action.PROPOSAL_REVISE, proposal, now)
    refuse_stale(version, proposal.version, prose_of(text), prose_of(proposal))
    _check(actor, proposal.round, text)
    _write(proposal, text, now)
    proposal.text_version += 1
    states.resubmit(proposal, now)
    states.make_findable(proposal)
    tell_arrived("proposal", proposal.id, proposal.text_version, now)
    record(
        actor,
        "proposal.revised",
        proposal,
        now,
        content=_keep_version(actor, proposal, now),
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )


def withdraw_proposal(actor: Actor, proposal: Proposal, reason: str, now: datetime) -> None:
    """Withdraw a proposal; its number, its place and the comments stay."""
    ensure(actor, Action.PROPOSAL_WITHDRAW, proposal, now)
    states.withdraw(proposal)
    record(
        actor,
        "proposal.withdrawn",
        proposal,
        now,
        reason=reason,
        plan_id=proposal.round.plan_id,
        round_id=proposal.round_id,
    )
    out_of_sight(actor, proposal, None, now)


def record_elsewhere(
    actor: Actor, round_: Round, text: ProposalText, elsewhere: Elsewhere, now: datetime
) -> Proposal:
    """Enter what came in at a meeting, by letter or by e-mail; it is curated like any other.

    Raises InvalidInput for a day that is still to come.
    """
    ensure(actor, Action.PROPOSAL_RECORD, round_, now)
    if elsewhere.on > local_day(now):
        raise InvalidInput(
            _l("This is not complete yet."),
            errors={"source_date": _l("This day is still to come.")},
        )
    _check(actor, round_, text)
    proposal = _start(actor, round_, now)
    proposal.author_id = None
    proposal.entered_by_id = actor.actor_id
    _write(proposal, text, now)
    proposal.source = elsewhere.source
    proposal.source_note = elsewhere.note
    proposal.source_date = elsewhere.on
    proposal.on_behalf_of = elsewhere.on_behalf_of
    _hand_in(actor, proposal, now, late=False)
    return proposal
