"""The form of a decision."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from consult.consultation.moderation.labels import CHOSEN_HERE
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
