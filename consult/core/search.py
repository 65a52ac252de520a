"""Full text search, one port for both databases.

Both index the same stems, made in Python (see analysis.stems), so both find the same things:
SQLite with FTS5 over the `words` column, PostgreSQL with a text vector on it. Migrations make the
FTS5 table, its triggers and the PostgreSQL index.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    Index,
    Select,
    String,
    Text,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.orm import Mapped

from consult.analysis.stems import query_stems, stems
from consult.core.db import Base, Row, db, public

MOST_WORDS = 12


class SearchEntry(Row, Base):
    """The stems of one thing that can be found."""

    __table_args__ = (Index("ix_search_entry_subject", "subject_type", "subject_id", unique=True),)

    subject_type: Mapped[str] = public(String(40))
    subject_id: Mapped[int] = public()
    words: Mapped[str] = public(Text)


def index_text(
    subject_type: str, subject_id: int, content: str, language: str, *, new: bool = False
) -> None:
    """Make a thing findable by a text, or change the text it is found by.

    A `new` thing is known to be in no index, so none is looked for.
    """
    found = " ".join(stems(content, language))
    entry = (
        None
        if new
        else db.session.scalar(
            select(SearchEntry).where(
                SearchEntry.subject_type == subject_type, SearchEntry.subject_id == subject_id
            )
        )
    )
    if entry is None:
        db.session.add(SearchEntry(subject_type=subject_type, subject_id=subject_id, words=found))
    else:
        entry.words = found


def found_ids(subject_type: str, query: str) -> Select[Any] | None:
    """Give a SELECT of the ids that match every word of a query; None when it has no words."""
    wanted = query_stems(query)[:MOST_WORDS]
    if not wanted:
        return None
    statement = select(SearchEntry.subject_id).where(SearchEntry.subject_type == subject_type)
    return statement.where(_matches(wanted))


def _matches(wanted: list[tuple[str, ...]]) -> ColumnElement[bool]:
    if db.session.get_bind().dialect.name == "sqlite":
        # Stems hold letters and digits only, so quoting them is enough.
        match = " AND ".join("(" + " OR ".join(f'"{s}"' for s in forms) + ")" for forms in wanted)
        hits = text("SELECT rowid FROM search_index WHERE search_index MATCH :match")
        return SearchEntry.id.in_(hits.bindparams(match=match).columns(literal_column("rowid")))
    tsquery = " & ".join("(" + " | ".join(f"'{s}'" for s in forms) + ")" for forms in wanted)
    vector = func.to_tsvector(literal_column("'simple'::regconfig"), SearchEntry.words)
    return vector.op("@@")(func.to_tsquery(literal_column("'simple'::regconfig"), tsquery))
