"""What the kinds of things that a search finds are called, many and one."""

from flask_babel import lazy_gettext as _l

from consult.consultation.rounds.models import RoundKind
from consult.interfaces.publishing.search import FoundKind

FOUND_KINDS = {
    FoundKind.PROPOSAL: _l("Proposals"),
    FoundKind.COMMENT: _l("Comments"),
    FoundKind.RESPONSE: _l("Answers"),
    FoundKind.COMMITMENT: _l("Commitments"),
    FoundKind.ROUND: _l("Rounds"),
    FoundKind.PLAN: _l("Plans"),
    FoundKind.MEETING: _l("Meetings"),
}
ONE_FOUND = {
    FoundKind.PROPOSAL: _l("Proposal"),
    FoundKind.COMMENT: _l("Comment"),
    FoundKind.RESPONSE: _l("Answer"),
    FoundKind.COMMITMENT: _l("Commitment"),
    FoundKind.ROUND: _l("Round"),
    FoundKind.PLAN: _l("Plan"),
    FoundKind.MEETING: _l("Meeting"),
}
"""What one of them is called, where it stands in a list."""
HANDED_IN = {
    RoundKind.PROPOSALS: _l("Proposal"),
    RoundKind.STATEMENTS: _l("Statement"),
    RoundKind.THEMES: _l("Theme"),
}
"""What people hand in, or judge, in a round of a kind."""
_HANDED_IN = _l("handed in on")
DATED = {
    FoundKind.PROPOSAL: _HANDED_IN,
    FoundKind.COMMENT: _HANDED_IN,
    FoundKind.RESPONSE: _l("answered on"),
    FoundKind.COMMITMENT: _l("published on"),
    FoundKind.ROUND: _l("open from"),
    FoundKind.MEETING: _l("on"),
}
"""Which of its dates stands beside it."""
LABELS = (FOUND_KINDS,)
