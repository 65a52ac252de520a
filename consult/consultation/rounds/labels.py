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
from consult.foundation.core.languages import pick

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
_MOST_NAMED = 2
"""So many bodies are named in one line of a card."""


def for_whom(round_: Round) -> Sentence:
    """Say for whom a round is; empty where nobody can take part in it here."""
    if round_.open_to_everyone:
        return _l("for everyone")
    if len(round_.bodies) > _MOST_NAMED:
        return _l("for members of %(number)s bodies", number=len(round_.bodies))
    names = ", ".join(pick(link.body.name)[0] for link in round_.bodies)
    return _l("for members of %(bodies)s", bodies=names) if names else ""


def first_question(round_: Round) -> tuple[str, str]:
    """Return what a round asks first, as one line, and its language; empty for no question."""
    questions, language = pick(round_.questions or {})
    return next((line.strip() for line in questions.splitlines() if line.strip()), ""), language


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
