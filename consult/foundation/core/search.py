"""Full text search, one port for both databases.

Both index the same terms, made in Python (see analysis.stems), so both find the same things. What
they look in is `search_index`: on SQLite a table of FTS5, on PostgreSQL one of text vectors; its
rows have the numbers of the entries, and triggers keep it. Migrations make all of that.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TypeVar, TypeVarTuple

from flask_babel import format_decimal
from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    Index,
    Insert,
    Select,
    String,
    Text,
    and_,
    column,
    exists,
    false,
    func,
    literal_column,
    or_,
    select,
    table,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Mapped

from consult.foundation.analysis.stems import (
    AllOf,
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
    Shown,
    db,
    index_where_null,
    public,
    restricted,
    table_of,
)
from consult.foundation.core.errors import Sentence
from consult.foundation.core.pages import PAGE_SIZE, Keyset, Page
from consult.foundation.core.public_revision import SHOWN_ON

MOST_WORDS = 12
MOST_COUNTED = 1000
"""Hits that are counted one by one."""
NEAR = 240
"""So many rows of a list are looked at for a common word, before all that hold it are read."""
_INDEX = table("search_index", column("rowid"), column("subject_type"), column("subject_id"))
_SEARCHED: ColumnElement[str] = literal_column("search_index")
_VECTOR: ColumnElement[str] = literal_column("search_index.vector")
T = TypeVar("T")
Columns = TypeVarTuple("Columns")


class SearchEntry(Row, Base):
    """The terms of one thing that can be found."""

    __table_args__ = (
        Index("ix_search_entry_subject", "subject_type", "subject_id", unique=True),
        # From what was found to the thing, past its words.
        Index("ix_search_entry_found", "id", "subject_type", "subject_id"),
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


def entry_values(subject_type: str, subject_id: int, words: str) -> dict[str, object]:
    """Return the columns of the entry of a thing, which is found by some words among its kind."""
    return {
        "subject_type": subject_type,
        "subject_id": subject_id,
        "words": f"{words} {_kind_term(subject_type)}",
    }


def _kind_term(subject_type: str) -> str:
    """Return the term that all things of a kind have: no word of people begins so."""
    return f"x1{subject_type}"


@cache
def keeping_words(engine: str) -> Insert:
    """Return the statement that keeps the words of a thing, in the place of those it had before.

    It is given the values of the entry (`entry_values`).
    """
    table = table_of(SearchEntry)
    insert = (sqlite if engine == "sqlite" else postgresql).insert(table)
    statement: Insert = insert.on_conflict_do_update(
        index_elements=[table.c.subject_type, table.c.subject_id],
        set_={"words": insert.excluded.words, "learned_at": None},
    )
    return statement


def index_text(
    subject_type: str, subject_id: int, content: str, language: str, *, seen: bool = True
) -> None:
    """Make a thing findable by a text, or change the text it is found by; one statement.

    `seen` says whether a reader may find it.
    """
    engine = db.session.get_bind().dialect.name
    values = entry_values(subject_type, subject_id, words_of(content, language))
    told: dict[str, Shown] = {} if seen else {SHOWN_ON: Shown.NOWHERE}
    db.session.execute(keeping_words(engine), values, execution_options=told)


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
    if not query or fault_in(query):
        return select(SearchEntry.subject_id).where(false())
    matches = _matches([*query_terms(query), Term(_kind_term(subject_type))])
    if db.session.get_bind().dialect.name == "postgresql":
        # It cannot guess how many there are, and would hope to meet enough of them in a whole
        # table: OFFSET 0 keeps it from planning this as a part of anything else.
        here = select(_INDEX.c.subject_id).where(_INDEX.c.subject_type == subject_type, matches)
        return here.offset(0)
    return (
        select(SearchEntry.subject_id)
        .join(_INDEX, _INDEX.c.rowid == SearchEntry.id)
        # It would look in the index for each entry of the kind, and not once for the words.
        .with_hint(SearchEntry, "INDEXED BY ix_search_entry_found", "sqlite")
        .where(SearchEntry.subject_type == subject_type, matches)
    )


def words_kept(subject_type: str, subject_id: int) -> str:
    """Return the words by which a thing is found; nothing where it is not."""
    kept = select(SearchEntry.words).where(
        SearchEntry.subject_type == subject_type, SearchEntry.subject_id == subject_id
    )
    return db.session.scalar(kept) or ""


def holds_words(kept: str, query: str) -> bool:
    """Whether a question finds what is kept by these words: asked of the words, not of an index."""
    between = f" {kept} "
    wanted = query_terms(query)
    return bool(wanted) and all(_stands_between(between, one) for one in wanted)


def _stands_between(words: str, wanted: SearchTerm) -> bool:
    if isinstance(wanted, Term):
        return (f" {wanted.text}" if wanted.start else f" {wanted.text} ") in words
    held = (_stands_between(words, part) for part in wanted.parts)
    return all(held) if isinstance(wanted, AllOf) else any(held)


def holds_word(word: str) -> Select[int]:
    """Return a SELECT that finds whether any text holds a word, as the index spells it."""
    return select(_INDEX.c.rowid).where(_matches([Term(word)])).limit(1)


@dataclass(frozen=True)
class HitCount:
    """How many things a question finds: exactly, or more than can be counted in time."""

    number: int
    ids: Sequence[int] = ()
    """Which they are, where that was asked for; as far as they were counted."""

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


def find_holders(subject_type: str, word: str) -> HitCount:
    """Find the things of a kind that hold a word, to a thousand; one statement."""
    ids = db.session.scalars(found_ids(subject_type, word).limit(MOST_COUNTED + 1)).all()
    return HitCount(len(ids), ids)


def count_hits(statement: Select[*tuple[object, ...]]) -> HitCount:
    """Count the rows of a statement, to a thousand; one statement."""
    rows = statement.order_by(None).limit(MOST_COUNTED + 1).subquery()
    return HitCount(db.session.scalar(select(func.count()).select_from(rows)) or 0)


@dataclass(frozen=True)
class WordSearch:
    """Words that are looked for among things of one kind, in a SELECT of those.

    Where few things hold the words, those are read; where many do, the first rows of the list are
    looked at until a page is full. So neither a rare word nor a common one reads a whole round.
    """

    subject_type: str
    query: str
    key: InstrumentedAttribute[int]
    """The id of the things, as the statements name it."""

    def count(self, statement: Select[*Columns]) -> HitCount:
        """Find the rows of a SELECT that hold the words, to a thousand; one statement."""
        found = found_ids(self.subject_type, self.query).subquery()
        keys = self._by_key(statement.with_only_columns(self.key)).order_by(None)
        joined = keys.join(found, found.c.subject_id == self.key).limit(MOST_COUNTED + 1)
        ids = db.session.scalars(joined).all()
        return HitCount(len(ids), ids)

    def page(
        self,
        order: Keyset,
        statement: Select[*Columns],
        cursor: str | None = None,
        size: int = PAGE_SIZE,
        *,
        make: Callable[..., T],
        hits: HitCount | None = None,
    ) -> Page[T]:
        """Return a page of the rows of a SELECT that hold the words; see `Keyset.page`.

        `hits` is their `count`, where it is known already.
        """
        hits = self.count(statement) if hits is None else hits
        by_key = self._by_key(statement)
        if hits.is_exact:
            return order.page(by_key.where(self.key.in_(hits.ids)), cursor, size, make=make)
        near = order.first(statement.with_only_columns(self.key), cursor, NEAR).subquery()
        # Asked by themselves: PostgreSQL took that for one row, and looked at them for each other.
        ids = db.session.scalars(select(near.c[0]).where(self._holds_words(near.c[0]))).all()
        page = order.page(by_key.where(self.key.in_(ids)), cursor, size, make=make)
        if page.next_cursor:
            return page
        found = found_ids(self.subject_type, self.query)
        return order.page(by_key.where(self.key.in_(found)), cursor, size, make=make)

    def _by_key(self, statement: Select[*Columns]) -> Select[*Columns]:
        """Let SQLite go from what was found to the things, however few it takes a round to hold."""
        return statement.with_hint(self.key.class_, "NOT INDEXED", "sqlite")

    def _holds_words(self, id_: ColumnElement[int]) -> ColumnElement[bool]:
        """Say whether the thing of an id holds the words: its own are read, and not the index.

        FTS5 puts together all that the beginning of a word finds, for each row that it is asked of.
        """
        return exists(
            select(SearchEntry.id).where(
                SearchEntry.subject_type == self.subject_type,
                SearchEntry.subject_id == id_,
                *map(_stands_in_words, query_terms(self.query)),
            )
        )


def _stands_in_words(wanted: SearchTerm) -> ColumnElement[bool]:
    words = " " + SearchEntry.words + " "
    if isinstance(wanted, Term):
        return words.contains(f" {wanted.text}" if wanted.start else f" {wanted.text} ")
    parts = [_stands_in_words(part) for part in wanted.parts]
    if isinstance(wanted, AllOf):
        return and_(*parts)
    # The forms of a word hold one another: where the shortest is not, none of them is.
    texts = sorted((part.text for part in wanted.parts if isinstance(part, Term)), key=len)
    if len(texts) == len(parts) and all(texts[0] in one for one in texts):
        return and_(SearchEntry.words.contains(texts[0]), or_(*parts))
    return or_(*parts)


def _matches(wanted: Sequence[SearchTerm]) -> ColumnElement[bool]:
    if db.session.get_bind().dialect.name == "sqlite":
        match = " AND ".join(_written(one, _FTS5) for one in wanted)
        return _SEARCHED.bool_op("MATCH")(match)
    tsquery = " & ".join(_written(one, _TSQUERY) for one in wanted)
    question = func.to_tsquery(literal_column("'simple'::regconfig"), tsquery)
    return _VECTOR.bool_op("@@")(question)


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
