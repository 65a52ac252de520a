"""The forms of a decision, of a report and of the answer to one."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from consult.consultation.moderation.labels import CHOSEN_HERE, REPORT_KINDS
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.reasons import SENTENCES, sentences_in
from consult.consultation.moderation.services import Judgement
from consult.foundation.core.forms import choices, prose, stale_check
from consult.foundation.core.numbers import plain_number


class DecisionForm(FlaskForm):
    """Why, and for hiding, on which ground. The verb is the button's."""

    sentence = SelectField(
        _l("A sentence that fits"),
        choices=choices([("", _l("None, I write it myself")), *SENTENCES.items()]),
        default="",
    )
    reason = prose(_l("Reason"), 2_000, required=False)
    ground = SelectField(
        _l("Ground"),
        choices=choices(
            [("", _l("Choose a ground")), *((g.value, text) for g, text in CHOSEN_HERE.items())]
        ),
        default="",
    )
    seen = stale_check()

    def judgement(self, verb: Verb, language: str) -> Judgement:
        """Return what was decided; a chosen sentence stands first, in the author's language."""
        chosen = sentences_in(language).get(self.sentence.data or "", "")
        parts = [chosen if verb is Verb.RETURN else "", self.reason.data or ""]
        return Judgement(
            verb,
            " ".join(part for part in parts if part),
            Ground(self.ground.data) if self.ground.data else None,
            plain_number(self.seen.data),
        )


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
