"""The forms of rounds about themes: a choice per theme, and a change with its reason."""

from collections.abc import Iterable, Mapping, Sequence

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field

from consult.consultation.plans.forms import theme_form, theme_text
from consult.consultation.plans.models import Plan, Theme
from consult.consultation.plans.themes import ThemeText
from consult.consultation.proposals.forms import vote_on_behalf
from consult.consultation.proposals.labels import vote_words
from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import VOTES
from consult.foundation.core.errors import Sentence
from consult.foundation.core.forms import choices, form_with, pick_or_none, prose
from consult.foundation.core.languages import pick

LONGEST_REASON = 1_000


def judging_form(
    themes: Sequence[Proposal],
    held: Mapping[int, Stance],
    offered: Iterable[tuple[int, Sentence]],
    first: int,
) -> FlaskForm:
    """Make the form with a choice for each theme of a round, with what was chosen before.

    `offered` says on behalf of whom one can choose, and `first` who that is now.
    """
    fields: dict[str, object] = {"on_behalf": vote_on_behalf()}
    for one in themes:
        words = vote_words(one.round)
        fields[_name(one)] = pick_or_none(
            pick(one.theme.title)[0] if one.theme else one.title,
            [(stance, words[stance]) for stance in VOTES],
        )
    form = form_with(FlaskForm, fields)()
    form.on_behalf.choices = choices(offered)
    if not form.is_submitted():
        form.on_behalf.data = first
        for one in themes:
            if one.id in held:
                form[_name(one)].data = held[one.id].value
    return form


def judgements_in(form: FlaskForm, themes: Sequence[Proposal]) -> dict[int, Stance]:
    """Read what was chosen in a form of `judging_form`, by the number of the theme."""
    return {
        one.number: Stance(form[_name(one)].data)
        for one in themes
        if one.number is not None and form[_name(one)].data
    }


def _name(theme: Proposal) -> str:
    return f"theme_{theme.number}"


def _reason(question: Sentence) -> Field:
    public = _l("Everyone can read it, with the theme and in the round.")
    return prose(question, LONGEST_REASON, description=public)


def change_form(plan: Plan, theme: Theme) -> FlaskForm:
    """Make the form in which a theme is changed, with the reason."""
    return theme_form(plan, theme, {"reason": _reason(_l("Why does the theme change?"))})


def addition_form(plan: Plan) -> FlaskForm:
    """Make the form in which a theme is added, with the reason; its address comes by itself."""
    form = theme_form(plan, None, {"reason": _reason(_l("Why does the plan need it?"))})
    del form.slug
    return form


class RemovalForm(FlaskForm):
    """Why a theme leaves the plan."""

    reason = _reason(_l("Why does the theme leave the plan?"))


def change_text(form: FlaskForm, plan: Plan) -> ThemeText:
    """Read what was written in a form of `change_form` or `addition_form`."""
    return theme_text(form, plan)
