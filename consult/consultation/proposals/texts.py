"""What somebody wrote and sent in the form of a proposal, and whether it can be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from flask_babel import lazy_gettext as _l

from consult.consultation.comments.publication import reason_missing
from consult.consultation.proposals.continuing import fault_of_continued
from consult.consultation.proposals.models import TEXT_FIELDS, Origin, Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.conflicts import Fields, refuse_stale
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.money import write_money
from consult.foundation.core.people import Actor
from consult.foundation.files.models import StoredFile
from consult.people.organisations.on_behalf import asked_for

NO_SUCH_THEME = _l("This theme is not one of this plan. Choose another one.")
NOT_SPOKEN_FOR = _l(
    "It is not recorded that you speak for this organisation. Choose another one, or yourself."
)
UNREADABLE = _l("This cannot be read as it is. Correct it, or make it empty.")


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
    request_id: int | None = None
    """The mandate that was asked for: once granted, the text becomes the organisation's."""
    origin: Origin = Origin.NEW
    possible_holder: str = ""
    period: str = ""
    amount_cents: int | None = None
    language: str = "nl"
    not_for_publication: bool = False
    not_for_publication_reason: str = ""
    continues_id: int | None = None
    """The earlier proposal that this one continues."""
    as_typed: Mapping[str, str] = field(default_factory=dict)
    """What could not be read, as it was typed, by field of the form; only a draft may hold it."""


@dataclass(frozen=True)
class SentForm:
    """What the form of a proposal sends besides the text."""

    public_id: str | None = None
    """The id of the proposal: its form carries it from the start."""
    read_version: int | None = None
    """The version of the draft that was read; None where nobody can have changed it meanwhile."""
    files: Sequence[StoredFile] = ()
    """The files that go along."""
    removed: Sequence[StoredFile] = ()
    """Files of the draft that go along no longer."""
    agreed_in: str | None = None
    """The language in which the writer agreed to the conditions, on this form."""


TEXT_ALONE = SentForm()


def text_of(proposal: Proposal) -> ProposalText:
    """Return what is stored of a proposal as a text."""
    return ProposalText(**{one.name: getattr(proposal, one.name) for one in fields(ProposalText)})


def write_text(proposal: Proposal, text: ProposalText, now: datetime) -> None:
    """Put a text into a proposal."""
    for one in fields(text):
        setattr(proposal, one.name, getattr(text, one.name))
    proposal.as_typed = dict(text.as_typed)
    proposal.saved_at = now


def refuse_older(draft: Proposal, text: ProposalText, read_version: int | None) -> None:
    """Refuse (Conflict, with both texts) a text written in a version that is not the last one."""
    if read_version is not None and text != text_of(draft):
        refuse_stale(read_version, draft.version, prose_of(text), prose_of(draft))


def ensure_takeable(
    actor: Actor,
    round_: Round,
    text: ProposalText,
    now: datetime,
    *,
    draft: bool,
    proposal: Proposal | None = None,
) -> None:
    """Refuse a text (InvalidInput) that names what its writer may not, or that we cannot read.

    `proposal` is what it is the text of, where that is there. What we cannot read may stand in a
    draft.
    """
    errors: dict[str, Sentence] = {}
    if not draft:
        errors = {**dict.fromkeys(text.as_typed, UNREADABLE), **reason_missing(text)}
    if text.theme_id is not None and text.theme_id not in {t.id for t in round_.plan.themes}:
        errors["theme_id"] = NO_SUCH_THEME
    spoken_for = actor.grants.ids("organisation")
    if text.organisation_id is not None and text.organisation_id not in spoken_for:
        errors["organisation_id"] = NOT_SPOKEN_FOR
    if text.request_id is not None and text.request_id not in asked_for(actor):
        errors["organisation_id"] = NOT_SPOKEN_FOR
    if fault := fault_of_continued(actor, round_, text.continues_id, proposal, now):
        errors["continues_id"] = fault
    if errors:
        raise InvalidInput(_l("This cannot be stored as it is."), errors=errors)


def prose_of(text: ProposalText | Proposal) -> Fields:
    """Return what is typed in a proposal, by field; as it was typed where we cannot read it."""
    names = (*TEXT_FIELDS, "possible_holder", "period", "not_for_publication_reason")
    typed = [(name, "", text.as_typed.get(name, getattr(text, name))) for name in names]
    amount = "" if text.amount_cents is None else write_money(text.amount_cents)
    label = _l("What does it cost, in euros?")
    return [*typed, ("amount", label, text.as_typed.get("amount", amount))]
