"""The form of a summary: an introduction and a text per theme, in each language of the plan."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from consult.consultation.plans.models import Plan, Theme
from consult.foundation.core.forms import (
    fill_localized,
    form_with,
    localized,
    localized_data,
    prose,
    stale_check,
)
from consult.foundation.core.languages import pick
from consult.outcomes.summaries.models import Summary
from consult.outcomes.summaries.queries import ToTell
from consult.outcomes.summaries.services import SummaryText, field_of


class SummaryForm(FlaskForm):
    """What every summary form has; the fields of the themes are added per plan."""

    version = stale_check()


def _themes(plan: Plan) -> list[Theme | None]:
    return [*plan.themes, None]


@dataclass(frozen=True)
class ThemeSection:
    """A part of the form: what it is about, its fields by language, and what there is to tell."""

    name: str
    title: str
    fields: dict[str, object]
    proposals: Sequence[ToTell]


def sections_of(form: FlaskForm, plan: Plan, proposals: Sequence[ToTell]) -> list[ThemeSection]:
    """Return the parts of a form of `summary_form`, each with the proposals of its theme."""

    def fields(name: str) -> dict[str, object]:
        return {code: form[f"{name}_{code}"] for code in plan.languages}

    parts = [ThemeSection("introduction", _("Introduction"), fields("introduction"), ())]
    for theme in _themes(plan):
        theme_id = theme.id if theme else None
        title = pick(theme.title)[0] if theme else _("Without a theme")
        here = [one for one in proposals if one.theme_id == theme_id]
        name = field_of(theme_id)
        parts.append(ThemeSection(name, title, fields(name), here))
    return parts


def summary_form(plan: Plan, summary: Summary | None) -> SummaryForm:
    """Make the form for a plan, filled with what is stored."""
    fields = localized(prose, _l("Introduction"), plan.languages, "introduction", required=False)
    for theme in _themes(plan):
        title = pick(theme.title)[0] if theme else _("Without a theme")
        name = field_of(theme.id if theme else None)
        fields |= localized(prose, title, plan.languages, name, required=False)
    form = form_with(SummaryForm, fields)()
    if summary is not None and not form.is_submitted():
        form.version.data = str(summary.version)
        fill_localized(form, "introduction", summary.introduction)
        for section in summary.sections:
            fill_localized(form, field_of(section.theme_id), section.text)
    return form


def written_in(form: FlaskForm, plan: Plan) -> SummaryText:
    """Read what was written in a form of `summary_form`."""
    return SummaryText(
        introduction=localized_data(form, "introduction", plan.languages),
        sections={
            (theme.id if theme else None): localized_data(
                form, field_of(theme.id if theme else None), plan.languages
            )
            for theme in _themes(plan)
        },
    )
