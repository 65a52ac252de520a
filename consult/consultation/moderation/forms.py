"""The forms of the desk: a decision, a note, the rules of a plan; and of reports."""

from collections.abc import Sequence
from typing import ClassVar

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, widgets
from wtforms.validators import InputRequired

from consult.consultation.moderation.labels import (
    CHOSEN_HERE,
    CHOSEN_KINDS,
    REASONS_FOR,
    REPORT_KINDS,
)
from consult.consultation.moderation.models import Ground, RedactedKind, Verb
from consult.consultation.moderation.ready_reasons import HAVE_REASONS, PlanRules
from consult.consultation.moderation.redaction import EVERYWHERE, RedactedPassage
from consult.consultation.moderation.services import Judgement
from consult.consultation.plans.models import Plan
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.forms import choices, form_with, localized, prose, stale_check
from consult.foundation.core.numbers import plain_number


class DecisionForm(FlaskForm):
    """Why, and for hiding, on which ground. The verb is the button's."""

    ready = StringField()
    """The place of a ready reason in the list of the plan; it stands before what was typed."""
    reason = prose(_l("Reason"), 2_000, required=False)
    ground = SelectField(
        _l("Ground"),
        choices=choices(
            [("", _l("Choose a ground")), *((g.value, text) for g, text in CHOSEN_HERE.items())]
        ),
        default="",
    )
    seen = stale_check()
    confirmed = BooleanField()

    def judgement(self, verb: Verb, ready: Sequence[str]) -> Judgement:
        """Return what was decided; `ready` are the ready reasons from which one was chosen.

        Raises InvalidInput for a choice that is none of them.
        """
        place = plain_number(self.ready.data)
        if self.ready.data and (place is None or not 0 <= place < len(ready)):
            text = _l("This reason is no longer in the list.")
            raise InvalidInput(
                text, _l("Choose another one, or write it yourself."), errors={"reason": text}
            )
        chosen = [ready[place]] if place is not None else []
        parts = [*chosen, self.reason.data or ""]
        return Judgement(
            verb,
            " ".join(part for part in parts if part),
            Ground(self.ground.data) if self.ground.data else None,
            plain_number(self.seen.data),
            confirmed=bool(self.confirmed.data),
        )


class RedactionForm(FlaskForm):
    """Which words are left out, of what kind they are, and why."""

    field = SelectField(_l("Where they stand"), validate_choice=False, default=EVERYWHERE)
    marked = BooleanField(_l("All that is marked in the text"))
    words = prose(
        _l("The exact words"),
        5_000,
        required=False,
        description=_l("One passage on each line. It goes wherever it stands in that part."),
    )
    files = SelectMultipleField(_l("Files that nobody may open"), validate_choice=False)
    kind = SelectField(
        _l("What it is"),
        choices=choices((kind.value, text) for kind, text in CHOSEN_KINDS.items()),
        default=RedactedKind.NAME.value,
    )
    ground = SelectField(
        _l("Ground"),
        choices=choices((ground.value, text) for ground, text in CHOSEN_HERE.items()),
        default=Ground.PERSONAL_DATA.value,
    )
    reason = prose(_l("Reason (the author and the public read it)"), 2_000)
    seen = stale_check()

    @property
    def passages(self) -> list[RedactedPassage]:
        """The passages to leave out."""
        kind = RedactedKind(self.kind.data)
        lines = (self.words.data or "").splitlines()
        return [
            RedactedPassage(self.field.data or EVERYWHERE, one, kind)
            for one in lines
            if one.strip()
        ]

    @property
    def judgement(self) -> Judgement:
        """Why they are left out."""
        return Judgement(
            Verb.REDACT, self.reason.data or "", Ground(self.ground.data),
            plain_number(self.seen.data),
        )  # fmt: skip


class NoteForm(FlaskForm):
    """What the other moderators should know."""

    text = prose(
        _l("Note"), 2_000, description=_l("Only who moderates or organises reads it; never public.")
    )
    to_discuss = BooleanField(_l("I want to discuss this with the others"))


class RulesForm(FlaskForm):
    """What the moderators of a plan agreed on; `rules_form` adds the lists of reasons."""

    languages: ClassVar[Sequence[str]] = ()
    version = stale_check()
    grounds_for_two = SelectMultipleField(
        _l("Grounds that ask for two people"),
        choices=choices((ground.value, text) for ground, text in CHOSEN_HERE.items()),
        description=_l(
            "A text that is hidden on such a ground is out of sight at once. A second moderator "
            "then confirms that, or puts the text back."
        ),
        widget=widgets.ListWidget(prefix_label=False),
        option_widget=widgets.CheckboxInput(),
    )

    @property
    def reason_fields(self) -> list[str]:
        """The names of the fields with lists of reasons."""
        return [f"{verb.value}_{code}" for verb in HAVE_REASONS for code in self.languages]

    @property
    def rules(self) -> PlanRules:
        """What was agreed on, as it was typed."""
        reasons = {
            verb: {
                code: (self[f"{verb.value}_{code}"].data or "").splitlines()
                for code in self.languages
            }
            for verb in HAVE_REASONS
        }
        grounds = frozenset(map(Ground, self.grounds_for_two.data or ()))
        return PlanRules(reasons, grounds, plain_number(self.version.data) or 0)


def rules_form(plan: Plan, rules: PlanRules) -> RulesForm:
    """Make the form of a plan's rules, with a list of reasons per verb and language of the plan."""
    fields: dict[str, object] = {"languages": plan.languages}
    stored: dict[str, object] = {
        "grounds_for_two": [ground.value for ground in rules.grounds_for_two],
        "version": str(rules.version),
    }
    for verb in HAVE_REASONS:
        fields |= localized(prose, REASONS_FOR[verb], plan.languages, verb.value, required=False)
        stored |= {
            f"{verb.value}_{code}": "\n".join(rules.reasons[verb].get(code, ()))
            for code in plan.languages
        }
    return form_with(RulesForm, fields)(data=stored)


class ReportForm(FlaskForm):
    """What is wrong with a text: a kind, and a sentence."""

    kind = RadioField(
        _l("What is wrong?"),
        choices=choices(REPORT_KINDS.items()),
        validators=[InputRequired(_l("Choose what is wrong."))],
    )
    sentence = prose(
        _l("Say it in a sentence"),
        1_000,
        description=_l("A moderator reads it. Nobody else sees that you reported this."),
    )


class DismissForm(FlaskForm):
    """Why a reported text stays."""

    answer = prose(
        _l("Why it stays"), 1_000, description=_l("Everybody who reported it reads this.")
    )
