"""What the states and the texts of a commitment are called."""

from flask_babel import lazy_gettext as _l

from consult.outcomes.commitments.models import CommitmentState

STATES = {
    CommitmentState.DRAFT: _l("Draft"),
    CommitmentState.PUBLISHED: _l("In the plan"),
}
TEXTS = {
    "title": _l("Title"),
    "problem": _l("The problem, and whom it affects"),
    "description": _l("What was done so far, and what will be done"),
    "results": _l("What will be different"),
    "relevance": _l("How it opens government: transparency, participation, accountability"),
    "funding": _l("Where the money comes from"),
}
LABELS = (STATES,)
