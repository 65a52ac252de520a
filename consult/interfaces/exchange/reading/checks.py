"""Checks of lines against each other, as queries over the staged lines.

Every check marks the lines that it refuses, and a line that refers to a refused one is refused in
the next turn: what remains is whole in itself and can be stored, also with `--keep-going`.
"""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Sentence
from consult.interfaces.exchange.format.problems import shown
from consult.interfaces.exchange.format.schema import SHAPES

DEEPEST = 50
"""How many answers may follow each other below a comment."""


@dataclass(frozen=True)
class Finding:
    """What is wrong with a line; `is_told` unless it was said of another line already."""

    field: str
    text: Sentence
    help: Sentence
    is_told: bool = True


StagedLine = tuple[int, int, int, int]
"""Number of the line, of its source and of its file, and its line in that file."""

FoundLine = tuple[StagedLine, Finding]
"""A line that is refused, and why."""
LineCheck = Callable[[sqlite3.Connection], Iterator[FoundLine]]

PlacedFinding = tuple[int, int, int, Finding, int]
"""The source, file and line of a finding, the finding, and the number of the staged line."""

_COLUMNS = "l.n, l.source, l.file, l.line"


def _rows(db: sqlite3.Connection, query: str) -> Iterator[tuple[StagedLine, list[Any]]]:
    for n, source, file, line, *rest in db.execute(query):
        yield (n, source, file, line), rest


def _other_content(db: sqlite3.Connection) -> Iterator[FoundLine]:
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


def _same_round(db: sqlite3.Connection) -> Iterator[FoundLine]:
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
    ("proposal", "proposal", "continues", "proposal"),
    ("comment", "person", "author", "participant"),
    ("position", "person", "participant", "participant"),
    ("comment", "proposal", "proposal", "proposal"),
    ("position", "proposal", "proposal", "proposal"),
    ("response", "proposal", "subject", "proposal"),
    ("theme_change", "proposal", "proposal", "proposal"),
    ("decision", "proposal", "subject", "proposal"),
    ("decision", "comment", "subject", "comment"),
    ("comment", "comment", "parent", "comment"),
)


def _missing(db: sqlite3.Connection) -> Iterator[FoundLine]:
    """Find lines that refer to something which the file does not have.

    It is said once for all lines of a type: what they lack is one fault, with one sentence.
    """
    for kind, column, field, target in _REFERENCES:
        query = f"""
            SELECT {_COLUMNS}, l.{column},
                row_number() OVER (PARTITION BY l.source, l.{column} ORDER BY l.n),
                count(*) OVER (PARTITION BY l.source, l.{column})
            FROM line l
            WHERE l.type = '{kind}' AND NOT l.bad AND l.{column} IS NOT NULL AND NOT EXISTS (
                SELECT 1 FROM line t WHERE t.source = l.source AND t.type = '{target}'
                AND t.key = l.{column} AND NOT t.bad)"""  # noqa: S608
        for row, (key, which, of_all) in _rows(db, query):
            text = f"refers to the {target} {shown(key)}, which has no good line in this file"
            text += f"; {of_all - 1} more lines do so too." if which == 1 < of_all else "."
            help_ = f"Add the {target}, or correct the id."
            yield row, Finding(field, text, help_, is_told=which == 1)


def _other_proposal(db: sqlite3.Connection) -> Iterator[FoundLine]:
    """Find answers that stand with another proposal than the comment they answer."""
    query = f"""
        SELECT {_COLUMNS}, l.proposal, p.proposal FROM line l JOIN line p
        ON p.source = l.source AND p.type = 'comment' AND p.key = l.comment AND NOT p.bad
        WHERE l.type = 'comment' AND NOT l.bad AND p.proposal <> l.proposal"""  # noqa: S608
    for row, (own, other) in _rows(db, query):
        text = f"is a comment on proposal {shown(other)}, while this one is on {shown(own)}."
        yield row, Finding("parent", text, "An answer belongs to the proposal of its parent.")


_MEASURE = """
WITH RECURSIVE tree (n, source, key, depth, root, rank) AS (
    SELECT n, source, key, 0, NULL, n FROM line
    WHERE type = '{kind}' AND {kind} IS NULL AND NOT bad
    UNION ALL
    SELECT l.n, l.source, l.key, tree.depth + 1, coalesce(tree.root, tree.n), max(l.n, tree.rank)
    FROM tree JOIN line l ON l.source = tree.source AND l.{kind} = tree.key
    WHERE l.type = '{kind}' AND NOT l.bad)
UPDATE line SET depth = tree.depth, root = tree.root, rank = tree.rank
FROM tree WHERE line.n = tree.n
"""
"""Of comments, which answer comments, and of proposals, which continue proposals."""


def _measure_depth(db: sqlite3.Connection, kind: str) -> None:
    """Count for each line how many it stands below; none where no first one is reached.

    The rank keeps the order of the file, but puts an answer after what it answers, and a proposal
    after what it continues.
    """
    db.execute("UPDATE line SET depth = NULL WHERE type = ?", (kind,))
    db.execute(_MEASURE.format(kind=kind))


def _circle(db: sqlite3.Connection) -> Iterator[FoundLine]:
    """Find proposals that continue each other in a circle."""
    _measure_depth(db, "proposal")
    query = f"""
        SELECT {_COLUMNS} FROM line l
        WHERE l.type = 'proposal' AND NOT l.bad AND l.depth IS NULL"""  # noqa: S608
    for row, _rest in _rows(db, query):
        text = "leads in a circle: following what each continues never ends."
        yield row, Finding("continues", text, "Let the first one continue none.")


def _depth(db: sqlite3.Connection) -> Iterator[FoundLine]:
    """Find answers that stand too deep, and answers that go round in a circle."""
    _measure_depth(db, "comment")
    query = f"""
        SELECT {_COLUMNS}, l.depth FROM line l
        WHERE l.type = 'comment' AND NOT l.bad AND (l.depth > {DEEPEST} OR l.depth IS NULL)"""  # noqa: S608
    for row, (depth,) in _rows(db, query):
        if depth is None:
            text = "leads in a circle: following the parents never ends."
            yield row, Finding("parent", text, "Let one of them answer the proposal itself.")
        else:
            text = f"puts this {depth} answers deep; at most {DEEPEST} are taken."
            yield row, Finding("parent", text, "Let it answer a comment higher up.")


def _changed(db: sqlite3.Connection) -> Iterator[FoundLine]:
    """Find lines that were imported before with other content."""
    query = f"""
        SELECT {_COLUMNS}, l.type, l.key FROM line l JOIN known k
        ON k.source = l.source AND k.type = l.type AND k.key = l.key
        WHERE k.digest <> l.digest AND NOT l.bad"""  # noqa: S608
    for row, (kind, key) in _rows(db, query):
        text = _l(
            "is the %(kind)s %(id)s, which was imported before with other content.",
            kind=kind,
            id=shown(key),
        )
        yield row, Finding("id", text, _l("Give it another id, or change it on the platform."))


def _unknown_theme(db: sqlite3.Connection) -> Iterator[FoundLine]:
    """Find lines about a theme that neither the file nor the plan has."""
    query = f"""
        SELECT {_COLUMNS}, l.theme FROM line l
        WHERE l.theme IS NOT NULL AND NOT l.bad AND NOT EXISTS (
            SELECT 1 FROM theme t WHERE t.source = l.source AND t.name = l.theme)
        AND NOT EXISTS (SELECT 1 FROM line t WHERE t.source = l.source AND t.type = 'theme'
            AND t.key = l.theme AND NOT t.bad)"""  # noqa: S608
    for row, (theme,) in _rows(db, query):
        text = _l("holds %(value)s, which is no theme of the file or the plan.", value=shown(theme))
        help_ = _l("Correct it, or add the theme to the file or the plan.")
        yield row, Finding("theme", text, help_)


def _put_in_order(db: sqlite3.Connection) -> None:
    """Rank the good lines in the order to store them, and join them to what is stored."""
    tree = "rank, depth, n"
    order = {"proposal": tree, "comment": tree, "position": "at IS NULL, at, n"}
    for kind in SHAPES:
        db.execute(
            f"""
            UPDATE line SET rank = o.rank FROM (
                SELECT n, row_number() OVER (ORDER BY {order.get(kind, "n")}) AS rank
                FROM line WHERE type = '{kind}' AND NOT bad) o
            WHERE line.n = o.n"""  # noqa: S608
        )
    db.execute("UPDATE line SET rank = NULL WHERE bad")
    db.execute("CREATE INDEX line_rank ON line (source, type, rank)")
    db.execute(
        """
        UPDATE line SET local = k.local FROM known k
        WHERE k.source = line.source AND k.type = line.type AND k.key = line.key"""
    )


def _refused(db: sqlite3.Connection, look: LineCheck) -> Iterator[PlacedFinding]:
    """Yield what a check finds, and mark those lines when it is done."""
    refused: list[tuple[int]] = []
    for (n, source, file, line), what in look(db):
        refused.append((n,))
        yield source, file, line, what, n
    db.executemany("UPDATE line SET bad = 1 WHERE n = ?", refused)


def run(db: sqlite3.Connection, *, against_plan: bool) -> Iterator[PlacedFinding]:
    """Check all staged lines and return the source, file and line of each finding.

    Afterwards lines that may not be stored are marked, repeats are gone, each line has its rank
    and the row that it was stored as, and each comment its depth and first comment. The depth is
    measured only when every reference is sound: else an answer to a refused comment would look
    like a circle.
    """
    yield from _refused(db, _other_content)
    yield from _refused(db, _same_round)
    _drop_repeats(db)
    yield from _refused(db, _changed)
    if against_plan:
        yield from _refused(db, _unknown_theme)
    looks = [_missing, _other_proposal, _circle, _depth]
    at = 0
    while at < len(looks):
        found = False
        for told in _refused(db, looks[at]):
            found = True
            yield told
        at = 0 if found else at + 1
    _put_in_order(db)
