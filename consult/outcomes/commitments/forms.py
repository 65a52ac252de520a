"""The form of a commitment: the fields of the OGP form, in each language of the plan."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    SelectField,
    SelectMultipleField,
    SubmitField,
    widgets,
)

from consult.consultation.plans.models import Plan
from consult.consultation.proposals.labels import ORIGINS
from consult.consultation.proposals.models import Origin
from consult.foundation.core.days import DayField
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
from consult.foundation.core.numbers import key_of_row
from consult.outcomes.commitments.labels import TEXTS
from consult.outcomes.commitments.models import PROSE, Commitment
from consult.outcomes.commitments.services import CommitmentText


class CommitmentForm(FlaskForm):
    """What every commitment form has; the texts are added per language of the plan."""

    version = stale_check()
    theme_id = SelectField(_l("Theme"), coerce=key_of_row)
    sources = SelectMultipleField(
        _l("Made from these proposals"),
        coerce=key_of_row,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
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


def commitment_form(
    plan: Plan,
    proposals: list[tuple[int, str]],
    holders: list[tuple[int, str]],
    commitment: Commitment | None = None,
    chosen: list[int] | None = None,
) -> CommitmentForm:
    """Make the form for a plan, filled with a stored commitment or with chosen proposals."""
    fields: dict[str, object] = {}
    for name in PROSE:
        kind = line if name == "title" else prose
        fields |= localized(kind, TEXTS[name], plan.languages, name, required=name == "title")
    linked = [s.proposal_id for s in commitment.sources] if commitment else list(chosen or [])
    labels = dict(proposals)
    for proposal_id in linked:
        label = _l("Taken over from %(proposal)s", proposal=labels.get(proposal_id, ""))
        fields |= localized(
            line, label, plan.languages, note_name(proposal_id), required=False, longest=500
        )
    form = form_with(CommitmentForm, fields)()
    themes = [(theme.id, pick(theme.title)[0]) for theme in plan.themes]
    form.theme_id.choices = choices([*themes, (0, _l("Without a theme"))])
    form.sources.choices = choices(proposals)
    form.holder_id.choices = choices([(0, _l("Not known yet")), *holders])
    if not form.is_submitted():
        _fill(form, commitment, linked)
    return form


def _fill(form: FlaskForm, commitment: Commitment | None, linked: list[int]) -> None:
    form.sources.data = linked
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
