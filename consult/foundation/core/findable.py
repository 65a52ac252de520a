"""What is found besides contributions: rows that say themselves by which words.

A package declares a model as `findable`, whose `public_texts` hold what the public may read of a
row. From then on the index follows every change that a unit of work makes to such a row.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import delete, inspect
from sqlalchemy.orm import Session, UOWTransaction

from consult.foundation.core.db import Base, table_of
from consult.foundation.core.registries import listen_once
from consult.foundation.core.search import SearchEntry, entry_values, keeping_words, words_of

_findable: set[type[Base]] = set()


def findable(*models: type[Base]) -> None:
    """Declare that rows of these models are found by their `public_texts`, a text a language."""
    _findable.update(models)
    listen_once(Session, "after_flush", _index_flushed)


def in_each_language(*said: Mapping[str, str]) -> dict[str, str]:
    """Put localized texts together, by language."""
    languages = dict.fromkeys(code for one in said for code in one)
    return {code: " ".join(one.get(code, "") for one in said) for code in languages}


def words_of_row(row: Any) -> str:  # noqa: ANN401  (any model that is declared)
    """Return what a row is found by now, as the index keeps it; "" for nothing."""
    return " ".join(words_of(text, code) for code, text in row.public_texts.items())


def subject_of(model: type[Base]) -> str:
    """Return by which name the rows of a model stand in the index."""
    return str(inspect(model).local_table.name)  # type: ignore[attr-defined]


def _index_flushed(session: Session, _context: UOWTransaction) -> None:
    for row in (*session.new, *session.dirty):
        if type(row) in _findable and (row in session.new or session.is_modified(row)):
            _index(session, row, words_of_row(row))
    for row in session.deleted:
        if type(row) in _findable:
            _index(session, row, "")


def _index(session: Session, row: Any, words: str) -> None:  # noqa: ANN401  (any model with an id)
    connection, subject_type = session.connection(), subject_of(type(row))
    if words:
        statement = keeping_words(connection.dialect.name)
        connection.execute(statement, entry_values(subject_type, row.id, words))
        return
    table = table_of(SearchEntry)
    connection.execute(
        delete(table).where(table.c.subject_type == subject_type, table.c.subject_id == row.id)
    )
