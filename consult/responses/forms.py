"""The form of a response."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField

from consult.core.forms import choices, prose, stale_check
from consult.responses.models import Outcome

OUTCOMES = {
    Outcome.ADOPTED: _l("Adopted"),
    Outcome.ADOPTED_IN_PART: _l("Adopted in part"),
    Outcome.NOT_ADOPTED: _l("Not adopted"),
    Outcome.ALREADY_POLICY: _l("Already policy"),
    Outcome.OUT_OF_SCOPE: _l("Out of scope"),
}


class ResponseForm(FlaskForm):
    """An outcome and why."""

    outcome = RadioField(
        _l("What becomes of it?"), choices=choices((o.value, text) for o, text in OUTCOMES.items())
    )
    reason = prose(_l("Why?"), 10_000)
    language = SelectField(
        _l("Language of your answer"),
        choices=choices([("nl", _l("Dutch")), ("en", _l("English"))]),
    )
    version = stale_check()
