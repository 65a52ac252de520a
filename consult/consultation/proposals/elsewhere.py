"""What came in at a meeting, by letter or by e-mail, entered by an organiser."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.proposals.models import Proposal, Source
from consult.consultation.proposals.services import hand_in, start_proposal
from consult.consultation.proposals.texts import ProposalText, ensure_takeable, write_text
from consult.consultation.rounds.models import Round
from consult.foundation.core.calendar import local_day
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.files.models import StoredFile
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure


@dataclass(frozen=True)
class ExternalSource:
    """How a proposal reached us outside the platform."""

    source: Source
    note: str
    on: date
    on_behalf_of: str


def record_elsewhere(
    actor: Actor,
    round_: Round,
    text: ProposalText,
    elsewhere: ExternalSource,
    now: datetime,
    files: Sequence[StoredFile] = (),
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
    ensure_takeable(actor, round_, text, now, draft=False)
    proposal = start_proposal(actor, round_, now)
    proposal.author_id = None
    proposal.entered_by_id = actor.actor_id
    write_text(proposal, text, now)
    proposal.source = elsewhere.source
    proposal.source_note = elsewhere.note
    proposal.source_date = elsewhere.on
    proposal.on_behalf_of = elsewhere.on_behalf_of
    hand_in(actor, proposal, now, files, late=False)
    return proposal
