"""The form of a response."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField
from wtforms.validators import InputRequired

from consult.foundation.core.forms import choices, prose, stale_check
from consult.foundation.core.languages import LANGUAGE_NAMES
from consult.foundation.core.numbers import plain_number
from consult.outcomes.responses.labels import OUTCOMES
from consult.outcomes.responses.models import Outcome, Response
from consult.outcomes.responses.services import ResponseText


class ResponseForm(FlaskForm):
    """An outcome and why; for a public answer also why it changes."""

    outcome = RadioField(
        _l("What becomes of it?"),
        choices=choices((o.value, text) for o, text in OUTCOMES.items()),
        validators=[InputRequired(_l("Choose what becomes of it."))],
    )
    reason = prose(_l("Why?"), 10_000)
    language = SelectField(
        _l("Language of your answer"),
        choices=choices(LANGUAGE_NAMES.items()),
    )
    because = prose(_l("Why do you change the answer?"), 2_000, required=False)
    version = stale_check()

    def fill(self, response: Response | None, language: str) -> None:
        """Show what is stored, or an empty form in the language of the proposal."""
        self.language.data = language
        if response is not None:
            self.outcome.data, self.reason.data = response.outcome.value, response.reason
            self.language.data, self.version.data = response.language, str(response.version)

    @property
    def answer(self) -> ResponseText:
        """What was written."""
        return ResponseText(
            Outcome(self.outcome.data),
            self.reason.data,
            self.language.data,
            self.because.data or "",
        )

    @property
    def opened_with(self) -> int | None:
        """The version of the response that the form was opened with; None when there was none."""
        return plain_number(self.version.data)
