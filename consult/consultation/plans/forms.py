"""Forms of plans, themes, bodies of a plan and roles."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField, SelectMultipleField, widgets

from consult.consultation.plans.labels import ROLE_EXPLANATIONS, ROLES
from consult.consultation.plans.models import Plan, Role, Theme
from consult.consultation.plans.services import PROSE, PlanText, missing_words
from consult.consultation.plans.themes import ThemeText
from consult.foundation.core.days import DayField
from consult.foundation.core.forms import (
    Filled,
    choices,
    fill_localized,
    form_with,
    line,
    localized,
    localized_data,
    prose,
    show_errors,
    stale_check,
)
from consult.foundation.core.languages import LANGUAGE_NAMES, LANGUAGES, pick
from consult.foundation.core.money import MoneyField
from consult.foundation.core.numbers import NumberField, key_of_row
from consult.foundation.core.slugs import LONGEST
from consult.people.organisations.forms import address_field
from consult.people.organisations.models import Body

MOST_PLANS = 999
LABELS = {
    "title": _l("Title"),
    "introduction": _l("Introduction"),
    "disclaimer": _l("Disclaimer"),
    "related_plan": _l("What this plan is not"),
}


class PlanForm(FlaskForm):
    """What is said about a plan; the texts are added per language."""

    version = stale_check()
    slug = line(
        _l("Last part of its address"),
        LONGEST,
        required=False,
        description=_l("Leave it empty, and it is made from the title. It cannot change later."),
    )
    number = NumberField(
        _l("Number"),
        least=1,
        most=MOST_PLANS,
        description=_l("For example 5, for the fifth action plan."),
    )
    starts_on = DayField(_l("First day of the term"), validators=[Filled()])
    ends_on = DayField(_l("Last day of the term"), validators=[Filled()])
    languages = SelectMultipleField(
        _l("Languages of the plan"),
        choices=choices((code, LANGUAGE_NAMES[code]) for code in LANGUAGES),
        default=LANGUAGES,
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )
    ceiling = MoneyField(
        _l("Ceiling of the grants, in whole euros"),
        whole=True,
        description=_l("What the commitments may cost the programme together."),
    )

    def validate(self, extra_validators: Mapping[str, Sequence[object]] | None = None) -> bool:
        """Check the fields; with an error among them, say what the service would refuse besides."""
        if super().validate(extra_validators):
            return True
        title = localized_data(self, "title", LANGUAGES)
        show_errors(self, missing_words(title, self.languages.data or ()))
        return False


def plan_form(plan: Plan | None = None) -> PlanForm:
    """Make the form of a plan, filled with one; its address then stays as it is."""
    fields: dict[str, object] = {}
    for name in PROSE:
        kind = line if name == "title" else prose
        fields |= localized(kind, LABELS[name], LANGUAGES, name, required=False)
    form = form_with(PlanForm, fields)()
    if plan is None:
        return form
    del form.slug
    if not form.is_submitted():
        form.version.data = str(plan.version)
        for name in ("number", "starts_on", "ends_on", "languages"):
            form[name].data = getattr(plan, name)
        form.ceiling.data = plan.grant_ceiling_cents
        for name in PROSE:
            fill_localized(form, name, getattr(plan, name))
    return form


def plan_text(form: FlaskForm) -> PlanText:
    """Read what was written in a form of `plan_form`."""
    return PlanText(
        **{name: localized_data(form, name, LANGUAGES) for name in PROSE},
        starts_on=form.starts_on.data,
        ends_on=form.ends_on.data,
        languages=[code for code in LANGUAGES if code in (form.languages.data or ())],
        number=form.number.data,
        grant_ceiling_cents=form.ceiling.data,
    )


class ThemeForm(FlaskForm):
    """A theme; the texts are added per language of the plan."""

    version = stale_check()
    slug = line(
        _l("Last part of its address"),
        LONGEST,
        required=False,
        description=_l("Leave it empty, and it is made from the title. It cannot change later."),
    )


def theme_form(
    plan: Plan, theme: Theme | None = None, more: Mapping[str, object] | None = None
) -> ThemeForm:
    """Make the form of a theme, filled with one; its address then stays as it is.

    `more` holds the fields that another form has besides.
    """
    fields = localized(line, _l("Title"), plan.languages, "title", everywhere=True)
    fields |= localized(prose, _l("Description"), plan.languages, "description", required=False)
    form = form_with(ThemeForm, {**fields, **(more or {})})()
    if theme is None:
        return form
    del form.slug
    if not form.is_submitted():
        form.version.data = str(theme.version)
        fill_localized(form, "title", theme.title)
        fill_localized(form, "description", theme.description)
    return form


def theme_text(form: FlaskForm, plan: Plan) -> ThemeText:
    """Read what was written in a form of `theme_form`."""
    return ThemeText(
        title=localized_data(form, "title", plan.languages),
        description=localized_data(form, "description", plan.languages),
    )


class AddBodyForm(FlaskForm):
    """A body that takes part from now on."""

    body_id = SelectField(_l("Body"), coerce=key_of_row)

    @classmethod
    def among(cls, bodies: Sequence[Body]) -> "AddBodyForm":
        """Make the form with the bodies to choose from."""
        form = cls()
        form.body_id.choices = choices((body.id, pick(body.name)[0]) for body in bodies)
        return form


class RoleForm(FlaskForm):
    """A role for a person."""

    address = address_field()
    role = SelectField(
        _l("Role"),
        choices=choices(
            (
                role.value,
                _l("%(role)s: %(does)s", role=ROLES[role], does=ROLE_EXPLANATIONS[role]),
            )
            for role in Role
        ),
        option_widget=widgets.RadioInput(),
        widget=widgets.ListWidget(prefix_label=False),
        validators=[Filled()],
    )
