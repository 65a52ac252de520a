"""What the outcomes of a proposal are called."""

from flask_babel import lazy_gettext as _l

from consult.outcomes.responses.models import Outcome

OUTCOMES = {
    Outcome.ADOPTED: _l("Adopted"),
    Outcome.ADOPTED_IN_PART: _l("Adopted in part"),
    Outcome.NOT_ADOPTED: _l("Not adopted"),
    Outcome.ALREADY_POLICY: _l("Already policy"),
    Outcome.OUT_OF_SCOPE: _l("Out of scope"),
}
LABELS = (OUTCOMES,)
