"""What the kinds of things that a search finds are called."""

from flask_babel import lazy_gettext as _l

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
LABELS = (FOUND_KINDS,)
