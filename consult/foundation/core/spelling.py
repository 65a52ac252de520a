"""The words that texts hold, and which of them somebody meant who made a slip of one letter.

A slip leaves the beginning of a word as it is, or its end: the words that begin or end so are few,
and are compared one by one. A job learns the words, so that whoever hands a text in does not wait.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from rapidfuzz.distance import OSA
from sqlalchemy import String, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from consult.foundation.analysis.stems import SHORTEST_IN_VOCABULARY, vocabulary_of, words_of_query
from consult.foundation.core.db import Base, db, restricted, table_of
from consult.foundation.core.search import SearchEntry, holds_word, words_of
from consult.foundation.core.unit_of_work import unit_of_work

BATCH = 500
_MOST_LIKE_IT = 2_000
_MOST_TRIED = 6
"""How many words are looked for before nothing is suggested."""
_LAST = "\U0010ffff"
# Compared sign by sign on both databases, so that a beginning is a range of the index.
_SIGNS = String(60).with_variant(String(60, collation="C"), "postgresql")


class SearchWord(Base):
    """A word that some text holds, forwards and backwards."""

    word: Mapped[str] = restricted(_SIGNS, primary_key=True)
    backwards: Mapped[str] = restricted(_SIGNS, index=True)


def learn_words(_payload: Mapping[str, object], now: datetime) -> None:
    """Learn the words of the texts that came or changed since the last time."""
    while True:
        with unit_of_work():
            rows = db.session.execute(
                select(SearchEntry.id, SearchEntry.words)
                .where(SearchEntry.learned_at.is_(None))
                .limit(BATCH)
            ).all()
            _learn({word for _, words in rows for word in vocabulary_of(words)})
            db.session.execute(
                update(SearchEntry)
                .where(SearchEntry.id.in_([row[0] for row in rows]))
                .values(learned_at=now)
                .execution_options(synchronize_session=False)
            )
        if len(rows) < BATCH:
            return


def _learn(words: Iterable[str]) -> None:
    found = [{"word": one, "backwards": one[::-1]} for one in sorted(words)]
    if found:
        dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
        db.session.execute(dialect.insert(table_of(SearchWord)).on_conflict_do_nothing(), found)


def forget_words(_payload: Mapping[str, object], _now: datetime) -> None:
    """Forget the words that no text holds any more: what was erased is not kept here."""
    last = ""
    while True:
        some = select(SearchWord.word).where(SearchWord.word > last).order_by(SearchWord.word)
        words = db.session.scalars(some.limit(BATCH)).all()
        gone = [word for word in words if not db.session.scalar(holds_word(word))]
        db.session.rollback()
        if gone:
            with unit_of_work():
                db.session.execute(delete(SearchWord).where(SearchWord.word.in_(gone)))
        if len(words) < BATCH:
            return
        last = words[-1]


def forget_words_of(content: str, language: str) -> None:
    """Forget the words of something that was left out of a text, unless another text holds them."""
    words = vocabulary_of(words_of(content, language))
    gone = [word for word in sorted(words) if not db.session.scalar(holds_word(word))]
    if gone:
        db.session.execute(delete(SearchWord).where(SearchWord.word.in_(gone)))


def suggestion(query: str, finds: Callable[[str], bool]) -> str | None:
    """Return what somebody may have meant who found nothing: one word of it with another letter.

    `finds` says whether a question finds something that its reader may see: nothing else is
    suggested, so a word of a text that is hidden tells nothing.
    """
    words = words_of_query(query)
    tried = 0
    for place, word in enumerate(words):
        for meant in _like(word):
            tried += 1
            asked = " ".join([*words[:place], meant, *words[place + 1 :]])
            if finds(asked):
                return asked
            if tried >= _MOST_TRIED:
                return None
    return None


def _like(word: str) -> Iterator[str]:
    """Yield the known words that differ from a word by one slip, those as long as it first."""
    if len(word) < SHORTEST_IN_VOCABULARY or db.session.get(SearchWord, word) is not None:
        return
    # Two letters that changed places stand on one side too, or in the middle with neither.
    half = (len(word) - 1) // 2
    found = {
        *_beginning(SearchWord.word, word[:half]),
        *_beginning(SearchWord.backwards, word[half + 1 :][::-1]),
    }
    near = [one for one in found if OSA.distance(word, one, score_cutoff=1) == 1]
    yield from sorted(near, key=lambda one: (abs(len(one) - len(word)), one))


def _beginning(column: InstrumentedAttribute[str], start: str) -> Iterator[str]:
    statement = select(SearchWord.word).where(column >= start, column < start + _LAST)
    yield from db.session.scalars(statement.limit(_MOST_LIKE_IT))
