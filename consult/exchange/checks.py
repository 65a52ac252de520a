"""Checks of lines against each other, as queries over the staged lines.

Every check marks the lines that it refuses, and a line that refers to a refused one is refused in
the next turn: what remains is whole in itself and can be stored, also with `--keep-going`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from consult.exchange.problems import shown

DEEPEST = 8
"""How many answers may follow each other below a comment."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with a line."""

    field: str
    text: str
    help: str


Row = tuple[int, int, int, int]
"""Number of the line, of its source and of its file, and its line in that file."""

Found = tuple[Row, Finding]
Look = Callable[[sqlite3.Connection], Iterator[Found]]

Told = tuple[int, int, int, Finding]
"""The source, file and line of a finding."""

_COLUMNS = "l.n, l.source, l.file, l.line"


def _rows(db: sqlite3.Connection, query: str) -> Iterator[tuple[Row, list[str]]]:
    for n, source, file, line, *rest in db.execute(query):
        yield (n, source, file, line), rest


def _other_content(db: sqlite3.Connection) -> Iterator[Found]:
    """Find lines that give an id again with other content; the first one stands."""
    query = f"""
        SELECT {_COLUMNS}, l.type, l.key, f.line FROM line l JOIN line f ON f.n = (
            SELECT min(n) FROM line
            WHERE source = l.source AND type = l.type AND key = l.key)
        WHERE f.n < l.n AND f.digest <> l.digest AND NOT l.bad"""  # noqa: S608
    for row, (kind, key, first) in _rows(db, query):
        where = f"on line {first}, with other content."
        if kind == "position":
            text = f"is a position that was already given {where}"
            yield row, Finding("", text, "Give each position its own id or its own time.")
        elif kind == "response":
            text = f"is a second response to proposal {shown(key)}; the first is {where}"
            yield row, Finding("", text, "Keep one of them.")
        else:
            text = f"is the id {shown(key)} of the {kind} {where}"
            yield row, Finding("id", text, "Give each its own id, or keep one of them.")


def _drop_repeats(db: sqlite3.Connection) -> None:
    """Forget lines that say once more what an earlier one said."""
    db.execute(
        """DELETE FROM line WHERE n NOT IN (
            SELECT min(n) FROM line GROUP BY source, type, key, digest)"""
    )


def _same_round(db: sqlite3.Connection) -> Iterator[Found]:
    """Find a round that another path holds as well."""
    query = f"""
        SELECT {_COLUMNS}, l.key FROM line l WHERE l.type = 'round' AND NOT l.bad AND EXISTS (
            SELECT 1 FROM line f WHERE f.type = 'round' AND f.key = l.key AND f.source < l.source)
        """  # noqa: S608
    for row, (key,) in _rows(db, query):
        text = f"is the id {shown(key)} of a round that an earlier path holds."
        yield row, Finding("id", text, "Name each round once.")


_REFERENCES = (
    # type of line, column, field, what it refers to
    ("proposal", "person", "author", "participant"),
    ("comment", "person", "author", "participant"),
    ("position", "person", "participant", "participant"),
    ("comment", "proposal", "proposal", "proposal"),
    ("position", "proposal", "proposal", "proposal"),
    ("response", "proposal", "proposal", "proposal"),
    ("decision", "proposal", "subject", "proposal"),
    ("decision", "comment", "subject", "comment"),
    ("comment", "comment", "parent", "comment"),
)


def _missing(db: sqlite3.Connection) -> Iterator[Found]:
    """Find lines that refer to something which the file does not have."""
    for kind, column, field, target in _REFERENCES:
        query = f"""
            SELECT {_COLUMNS}, l.{column} FROM line l
            WHERE l.type = '{kind}' AND NOT l.bad AND l.{column} IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM line t WHERE t.source = l.source AND t.type = '{target}'
                AND t.key = l.{column} AND NOT t.bad)"""  # noqa: S608
        for row, (key,) in _rows(db, query):
            text = f"refers to the {target} {shown(key)}, which has no good line in this file."
            yield row, Finding(field, text, f"Add the {target}, or correct the id.")


def _other_proposal(db: sqlite3.Connection) -> Iterator[Found]:
    """Find answers that stand with another proposal than the comment they answer."""
    query = f"""
        SELECT {_COLUMNS}, l.proposal, p.proposal FROM line l JOIN line p
        ON p.source = l.source AND p.type = 'comment' AND p.key = l.comment AND NOT p.bad
        WHERE l.type = 'comment' AND NOT l.bad AND p.proposal <> l.proposal"""  # noqa: S608
    for row, (own, other) in _rows(db, query):
        text = f"is a comment on proposal {shown(other)}, while this one is on {shown(own)}."
        yield row, Finding("parent", text, "An answer belongs to the proposal of its parent.")


def _measure_depth(db: sqlite3.Connection) -> None:
    """Count for each comment how many it stands below; -1 where no first comment is reached."""
    db.execute("UPDATE line SET depth = -1 WHERE type = 'comment'")
    db.execute(
        """
        WITH RECURSIVE tree (n, source, key, depth) AS (
            SELECT n, source, key, 0 FROM line
            WHERE type = 'comment' AND comment IS NULL AND NOT bad
            UNION ALL
            SELECT l.n, l.source, l.key, tree.depth + 1 FROM tree JOIN line l
            ON l.source = tree.source AND l.comment = tree.key
            WHERE l.type = 'comment' AND NOT l.bad)
        UPDATE line SET depth = tree.depth FROM tree WHERE line.n = tree.n"""
    )


def _depth(db: sqlite3.Connection) -> Iterator[Found]:
    """Find answers that stand too deep, and answers that go round in a circle."""
    _measure_depth(db)
    query = f"""
        SELECT {_COLUMNS}, l.depth FROM line l
        WHERE l.type = 'comment' AND NOT l.bad AND (l.depth > {DEEPEST} OR l.depth < 0)"""  # noqa: S608
    for row, (depth,) in _rows(db, query):
        if int(depth) < 0:
            text = "leads in a circle: following the parents never ends."
            yield row, Finding("parent", text, "Let one of them answer the proposal itself.")
        else:
            text = f"puts this {depth} answers deep; at most {DEEPEST} are taken."
            yield row, Finding("parent", text, "Let it answer a comment higher up.")


def _refused(db: sqlite3.Connection, look: Look) -> Iterator[Told]:
    """Tell what a check finds, and mark those lines when it is done."""
    refused: list[tuple[int]] = []
    for (n, source, file, line), what in look(db):
        refused.append((n,))
        yield source, file, line, what
    db.executemany("UPDATE line SET bad = 1 WHERE n = ?", refused)


def run(db: sqlite3.Connection) -> Iterator[Told]:
    """Check all staged lines; gives the source, file and line of each finding.

    Afterwards lines that may not be stored are marked, repeats are gone, and each comment knows
    its depth. The depth is measured only when every reference is sound: else an answer to a
    refused comment would look like a circle.
    """
    yield from _refused(db, _other_content)
    yield from _refused(db, _same_round)
    _drop_repeats(db)
    looks = [_missing, _other_proposal, _depth]
    at = 0
    while at < len(looks):
        found = False
        for told in _refused(db, looks[at]):
            found = True
            yield told
        at = 0 if found else at + 1
