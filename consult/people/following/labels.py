"""What the kinds of things that are followed are called, and what one hears of each."""

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.people.following.models import FollowedKind

KINDS: dict[FollowedKind, Sentence] = {
    FollowedKind.PLAN: _l("Plan"),
    FollowedKind.THEME: _l("Theme"),
    FollowedKind.ROUND: _l("Round"),
    FollowedKind.COMMITMENT: _l("Commitment"),
    FollowedKind.PROPOSAL: _l("Proposal"),
    FollowedKind.SEARCH: _l("Search words"),
}
HEARD: dict[FollowedKind, Sentence] = {
    FollowedKind.PLAN: _l(
        "You hear when a round opens, closes or moves, when a commitment is published and when the"
        " plan gets a new version."
    ),
    FollowedKind.THEME: _l("You hear of new proposals and commitments on this theme."),
    FollowedKind.ROUND: _l(
        "You hear when it opens, closes, moves or is answered, and once a day how many proposals"
        " are new."
    ),
    FollowedKind.COMMITMENT: _l("You hear when this commitment changes."),
    FollowedKind.PROPOSAL: _l(
        "You hear of comments, a new text, the answer and commitments that are made from it."
    ),
    FollowedKind.SEARCH: _l("You hear of new proposals that hold these words."),
}
LABELS = (KINDS,)
