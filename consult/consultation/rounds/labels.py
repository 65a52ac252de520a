"""What the states of a round and the choices about it are called."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from consult.consultation.rounds.models import (
    Moderation,
    MovedDate,
    Readers,
    Round,
    RoundKind,
    RoundState,
)
from consult.foundation.core.errors import Sentence

STATES = {
    RoundState.DRAFT: _l("Draft"),
    RoundState.UPCOMING: _l("Opens soon"),
    RoundState.OPEN: _l("Open"),
    RoundState.GRACE: _l("In its last minutes"),
    RoundState.CLOSED: _l("Closed"),
    RoundState.ANSWERED: _l("Answered"),
    RoundState.CANCELLED: _l("Cancelled"),
}
KINDS = {
    RoundKind.PROPOSALS: _l("Proposals: what should be done, in the fields of the plan"),
    RoundKind.STATEMENTS: _l("Statements: short sentences to agree or disagree with"),
    RoundKind.THEMES: _l("Themes: which themes of the plan matter, and what is missing"),
}
CALLED = {
    RoundKind.PROPOSALS: _l("Proposals"),
    RoundKind.STATEMENTS: _l("Statements"),
    RoundKind.THEMES: _l("Themes"),
}
"""What is handed in, in a heading; and below a number:"""
PUBLISHED = {
    RoundKind.PROPOSALS: _l("published proposals"),
    RoundKind.STATEMENTS: _l("published statements"),
    RoundKind.THEMES: _l("themes to judge"),
}
RECEIVED = {
    RoundKind.PROPOSALS: _l("proposals received"),
    RoundKind.STATEMENTS: _l("statements received"),
    RoundKind.THEMES: _l("themes put forward"),
}
MODERATION = {
    Moderation.PRE: _l("A moderator looks before something is published"),
    Moderation.POST: _l("Published at once; a moderator looks afterwards"),
}
READERS = {
    Readers.EVERYONE: _l("Everyone, also without an account"),
    Readers.PARTICIPANTS: _l("Only who takes part, and who works on the plan"),
}
MOVED = {
    MovedDate.CLOSES: _l("Closing"),
    MovedDate.OPENS: _l("Opening"),
}
LABELS = (STATES, KINDS, MODERATION, READERS, MOVED)


@dataclass(frozen=True)
class KindWords:
    """How a page speaks of what is handed in, in rounds of a kind."""

    called: Sentence
    published: Sentence
    received: Sentence


def words_of(round_: Round) -> KindWords:
    """Return the words for what is handed in, in a round."""
    kind = round_.kind
    return KindWords(CALLED[kind], PUBLISHED[kind], RECEIVED[kind])
