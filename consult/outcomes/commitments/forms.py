"""The form of a commitment: the fields of the OGP form, in each language of the plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import (
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    widgets,
)

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.labels import ORIGINS
from consult.consultation.proposals.listing import ProposalFilter
from consult.consultation.proposals.models import Origin
from consult.consultation.proposals.queries import ListedProposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.days import DayField
from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import (
    choices,
    fill_localized,
    form_with,
    line,
    localized,
    localized_data,
    prose,
    stale_check,
)
from consult.foundation.core.languages import pick
from consult.foundation.core.money import MoneyField
from consult.foundation.core.numbers import key_of_row, plain_number
from consult.foundation.core.pages import Page
from consult.foundation.core.search import fault_in
from consult.outcomes.commitments.labels import TEXTS
from consult.outcomes.commitments.models import PROSE, Commitment
from consult.outcomes.commitments.services import CommitmentText


def _proposals(label: Sentence) -> SelectMultipleField:
    return SelectMultipleField(
        label,
        coerce=key_of_row,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )


class CommitmentForm(FlaskForm):
    """What every commitment form has; the texts are added per language of the plan.

    The proposals of a plan are many, so one looks for them in a round: what is ticked among those
    that were found joins the sources, whatever is done next.
    """

    version = stale_check()
    theme_id = SelectField(_l("Theme"), coerce=key_of_row)
    sources = _proposals(_l("Made from these proposals"))
    # A plan without rounds has none to choose; a strange one is refused where it is looked in.
    round_id = SelectField(_l("Look in this round"), coerce=key_of_row, validate_choice=False)
    query = StringField(_l("A word, or #number"))
    cursor = HiddenField(default="")
    found = _proposals(_l("Proposals that were found"))
    holder_id = SelectField(_l("Holder"), coerce=key_of_row, default=0)
    partners = line(_l("Partners"), 500, required=False)
    origin = SelectField(
        _l("New or existing"),
        choices=choices(ORIGINS.items()),
    )
    starts_on = DayField(_l("Start"))
    ends_on = DayField(_l("End"))
    amount = MoneyField(_l("Amount from the programme, in whole euros"), whole=True)
    save = SubmitField(_l("Save"))


def note_name(proposal_id: int) -> str:
    """Name the field that says what was taken over from a proposal."""
    return f"note_{proposal_id}"


@dataclass(frozen=True)
class SourceChoices:
    """The proposals that a form of a commitment offers: those that are chosen, with labels.

    And what was looked for: in which rounds of the plan one can look, and a page of what was found.
    """

    chosen: Sequence[tuple[int, Sentence]]
    rounds: Sequence[Round]
    found: Page[ListedProposal]


def asked_sources(posted: MultiDict[str, str]) -> list[int]:
    """Return the keys of the proposals that were ticked in a form that was posted."""
    said = [plain_number(one) for name in ("sources", "found") for one in posted.getlist(name)]
    return [key for key in dict.fromkeys(said) if key is not None]


def asked_search(posted: MultiDict[str, str]) -> ProposalFilter:
    """Return which proposals of a round were looked for."""
    return ProposalFilter(query=posted.get("query", "").strip(), state=State.PUBLISHED.value)


def commitment_form(
    plan: Plan,
    offered: SourceChoices,
    holders: list[tuple[int, str]],
    commitment: Commitment | None = None,
) -> CommitmentForm:
    """Make the form for a plan, with the proposals that are chosen and those that were found.

    It is filled with a stored commitment where it was not posted.
    """
    fields: dict[str, object] = {}
    for name in PROSE:
        kind = line if name == "title" else prose
        fields |= localized(kind, TEXTS[name], plan.languages, name, required=name == "title")
    for proposal_id, title in offered.chosen:
        label = _l("Taken over from %(proposal)s", proposal=title)
        fields |= localized(
            line, label, plan.languages, note_name(proposal_id), required=False, longest=500
        )
    form = form_with(CommitmentForm, fields)()
    themes = [(theme.id, pick(theme.title)[0]) for theme in plan.themes]
    form.theme_id.choices = choices([*themes, (0, _l("Without a theme"))])
    form.holder_id.choices = choices([(0, _l("Not known yet")), *holders])
    _offer(form, offered)
    if not form.is_submitted():
        _fill(form, commitment)
    return form


def _offer(form: CommitmentForm, offered: SourceChoices) -> None:
    """Put the proposals in their lists: one that was ticked moves from the found to the chosen."""
    chosen = [key for key, _title in offered.chosen]
    refused = [*(form.sources.data or []), *(form.found.data or [])]
    form.sources.choices = choices(offered.chosen)
    form.sources.data = [*chosen, *(key for key in refused if key not in chosen)]
    form.found.choices = choices(
        (one.id, f"#{one.number} {one.title}") for one in offered.found if one.id not in chosen
    )
    form.found.data = []
    form.round_id.choices = choices((one.id, pick(one.title)[0]) for one in offered.rounds)
    form.cursor.data = offered.found.next_cursor or ""
    if fault := fault_in(form.query.data or ""):
        form.query.errors = [fault]


def _fill(form: FlaskForm, commitment: Commitment | None) -> None:
    if commitment is None:
        return
    form.version.data = str(commitment.version)
    for name in ("partners", "starts_on", "ends_on"):
        form[name].data = getattr(commitment, name)
    form.theme_id.data = commitment.theme_id or 0
    form.holder_id.data = commitment.holder_id or 0
    form.origin.data = commitment.origin.value
    form.amount.data = commitment.amount_cents
    for name in PROSE:
        fill_localized(form, name, getattr(commitment, name))
    for source in commitment.sources:
        fill_localized(form, note_name(source.proposal_id), source.note)


def written_in(form: FlaskForm, plan: Plan) -> CommitmentText:
    """Read what was written in a form of `commitment_form`."""
    texts = {name: localized_data(form, name, plan.languages) for name in PROSE}
    return CommitmentText(
        **texts,
        theme_id=form.theme_id.data or None,
        holder_id=form.holder_id.data or None,
        partners=form.partners.data or "",
        origin=Origin(form.origin.data),
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        amount_cents=form.amount.data,
        sources={
            id_: localized_data(form, note_name(id_), plan.languages)
            if f"{note_name(id_)}_{plan.languages[0]}" in form
            else {}
            for id_ in form.sources.data or []
        },
    )
