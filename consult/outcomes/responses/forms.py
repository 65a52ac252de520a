"""The form of a response."""

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField
from wtforms.validators import InputRequired

from consult.consultation.proposals.models import Proposal
from consult.foundation.core.forms import (
    choices,
    fill_localized,
    form_with,
    localized,
    prose,
    stale_check,
)
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.core.numbers import plain_number
from consult.outcomes.responses.labels import OUTCOMES
from consult.outcomes.responses.models import Outcome, Response
from consult.outcomes.responses.services import ResponseText

LONGEST_REASON = 10_000


class ResponseForm(FlaskForm):
    """What every form of a response has; the reason is added in each language that it may have.

    For a public answer it asks also why it changes.
    """

    languages: tuple[str, ...]

    outcome = RadioField(
        _l("What becomes of it?"),
        choices=choices((o.value, text) for o, text in OUTCOMES.items()),
        validators=[InputRequired(_l("Choose what becomes of it."))],
    )
    because = prose(_l("Why do you change the answer?"), 2_000, required=False)
    version = stale_check()

    @property
    def answer(self) -> ResponseText:
        """What was written."""
        return ResponseText(
            Outcome(self.outcome.data),
            {code: self[f"reason_{code}"].data or "" for code in self.languages},
            self.because.data or "",
        )

    @property
    def opened_with(self) -> int | None:
        """The version of the response that the form was opened with; None when there was none."""
        return plain_number(self.version.data)


def response_form(proposal: Proposal, response: Response | None) -> ResponseForm:
    """Make the form of the response to a proposal, filled with what is stored.

    The reason may be written in each language of the plan, first in that of the proposal: its
    author reads it before others. A language that an import brought stays.
    """
    first = [proposal.language] if proposal.language in LANGUAGES else []
    stored = response.reasons if response else {}
    languages = tuple(dict.fromkeys([*first, *proposal.round.plan.languages, *stored]))
    reasons = localized(
        prose, _l("Why?"), languages, "reason", required=False, longest=LONGEST_REASON
    )
    form = form_with(ResponseForm, {**reasons, "languages": languages})()
    if response is not None and not form.is_submitted():
        form.outcome.data, form.version.data = response.outcome.value, str(response.version)
        fill_localized(form, "reason", stored)
    return form
