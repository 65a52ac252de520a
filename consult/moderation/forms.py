"""The form of a decision."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField
from wtforms.validators import Optional

from consult.core.forms import choices, prose
from consult.moderation.models import Ground, Verb
from consult.moderation.services import Judgement

GROUNDS = {
    Ground.PERSONAL_DATA: _l("Personal data of somebody"),
    Ground.OFFENSIVE: _l("Offensive"),
    Ground.DISCRIMINATION: _l("Discrimination"),
    Ground.ADVERTISING: _l("Advertising"),
    Ground.OFF_TOPIC: _l("Not about this round"),
    Ground.UNLAWFUL: _l("Against the law"),
    Ground.SOURCE_MODERATION: _l("Moderated at the source"),
}


class DecisionForm(FlaskForm):
    """Why, and for hiding, on which ground. The verb is the button's."""

    reason = prose(_l("Reason"), 2_000, required=False)
    ground = SelectField(
        _l("Ground (for hiding)"),
        choices=choices(
            [
                ("", _l("Choose a ground")),
                *((g.value, text) for g, text in GROUNDS.items() if g != "source_moderation"),
            ]
        ),
        validators=[Optional()],
    )

    def judgement(self, verb: Verb) -> Judgement:
        """Give what was decided."""
        ground = Ground(self.ground.data) if self.ground.data else None
        return Judgement(verb, self.reason.data or "", ground)
