"""Full text search, one port for both databases.

Both index the same terms, made in Python (see analysis.stems), so both find the same things:
SQLite with FTS5 over the `words` column, PostgreSQL with a text vector on it. Migrations make the
FTS5 table, its triggers and the PostgreSQL index.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Index,
    Insert,
    Select,
    String,
    Text,
    false,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped

from consult.foundation.analysis.stems import (
    AnyOf,
    SearchTerm,
    Term,
    index_terms,
    number_of_words,
    query_terms,
)
from consult.foundation.core.db import (
    Base,
    Moment,
    Row,
    db,
    index_where_null,
    public,
    restricted,
    table_of,
)
from consult.foundation.core.errors import Sentence

MOST_WORDS = 12
MOST_COUNTED = 1000
"""Hits that are counted one by one."""


class SearchEntry(Row, Base):
    """The terms of one thing that can be found."""

    __table_args__ = (
        Index("ix_search_entry_subject", "subject_type", "subject_id", unique=True),
        index_where_null("ix_search_entry_to_learn", "id", null="learned_at"),
    )

    subject_type: Mapped[str] = public(String(40))
    subject_id: Mapped[int] = public()
    words: Mapped[str] = public(Text)
    learned_at: Mapped[datetime | None] = restricted(Moment)
    """When its words were learned for suggestions (core.spelling); none since it changed."""


def words_of(content: str, language: str) -> str:
    """Return what a text is found by, as the index keeps it."""
    return " ".join(index_terms(content, language))


def kept_words(subject_type: str, subject_id: int, words: str, engine: str) -> Insert:
    """Return the statement that keeps the words of a thing, in the place of those it had before."""
    table = table_of(SearchEntry)
    dialect = sqlite if engine == "sqlite" else postgresql
    statement: Insert = (
        dialect.insert(table)
        .values(subject_type=subject_type, subject_id=subject_id, words=words)
        .on_conflict_do_update(
            index_elements=[table.c.subject_type, table.c.subject_id],
            set_={"words": words, "learned_at": None},
        )
    )
    return statement


def index_text(subject_type: str, subject_id: int, content: str, language: str) -> None:
    """Make a thing findable by a text, or change the text it is found by; one statement."""
    engine = db.session.get_bind().dialect.name
    words = words_of(content, language)
    db.session.execute(kept_words(subject_type, subject_id, words, engine))


def fault_in(query: str) -> Sentence | None:
    """Return the sentence about a query that nothing can be looked for with; else nothing."""
    if not query or 0 < (number := number_of_words(query)) <= MOST_WORDS:
        return None
    if not number:
        return _l("There is no letter or digit in what you look for. Type a word.")
    return _l(
        "You look for %(number)s words at once. Use at most %(most)s.",
        number=format_decimal(number),
        most=MOST_WORDS,
    )


def found_ids(subject_type: str, query: str) -> Select[int]:
    """Return a SELECT of the ids that match every word of a query; with a fault in it, of none."""
    statement = select(SearchEntry.subject_id).where(SearchEntry.subject_type == subject_type)
    if not query or fault_in(query):
        return statement.where(false())
    return statement.where(_matches(query_terms(query)))


def holds_word(word: str) -> Select[int]:
    """Return a SELECT that finds whether any text holds a word, as the index spells it."""
    return select(SearchEntry.id).where(_matches([Term(word)])).limit(1)


@dataclass(frozen=True)
class HitCount:
    """How many things a question finds: exactly, or more than can be counted in time."""

    number: int

    @property
    def is_exact(self) -> bool:
        """Whether there are no more."""
        return self.number <= MOST_COUNTED

    def __bool__(self) -> bool:
        return self.number > 0

    def __str__(self) -> str:
        if self.is_exact:
            return str(format_decimal(self.number))
        return str(_l("more than %(number)s", number=format_decimal(MOST_COUNTED)))


def count_hits(statement: Select[*tuple[object, ...]]) -> HitCount:
    """Count the rows of a statement, to a thousand; one statement."""
    rows = statement.order_by(None).limit(MOST_COUNTED + 1).subquery()
    return HitCount(db.session.scalar(select(func.count()).select_from(rows)) or 0)


def _matches(wanted: Sequence[SearchTerm]) -> ColumnElement[bool]:
    if db.session.get_bind().dialect.name == "sqlite":
        match = " AND ".join(_written(one, _FTS5) for one in wanted)
        hits = text("SELECT rowid FROM search_index WHERE search_index MATCH :match")
        return SearchEntry.id.in_(hits.bindparams(match=match).columns(literal_column("rowid")))
    tsquery = " & ".join(_written(one, _TSQUERY) for one in wanted)
    vector = func.to_tsvector(literal_column("'simple'::regconfig"), SearchEntry.words)
    return vector.op("@@")(func.to_tsquery(literal_column("'simple'::regconfig"), tsquery))


@dataclass(frozen=True)
class _Language:
    """How a database writes what it looks for."""

    quote: str
    start: str
    any_of: str
    all_of: str


_FTS5 = _Language('"', "*", " OR ", " AND ")
_TSQUERY = _Language("'", ":*", " | ", " & ")


def _written(wanted: SearchTerm, to: _Language) -> str:
    if isinstance(wanted, Term):
        # Terms hold letters and digits only, so quoting them is enough.
        return f"{to.quote}{wanted.text}{to.quote}" + (to.start if wanted.start else "")
    between = to.any_of if isinstance(wanted, AnyOf) else to.all_of
    return "(" + between.join(_written(part, to) for part in wanted.parts) + ")"
