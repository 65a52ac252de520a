"""The staged copy of files: lines and problems in a temporary SQLite file.

Large files need little memory this way, the platform's own database is not touched while
checking, and references from one line to another are found by a join.
"""

import json
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from consult.interfaces.exchange.format.keys import (
    earlier_fingerprints,
    fingerprint,
    key_of,
    references,
)
from consult.interfaces.exchange.format.lines import Line, RoundLine
from consult.interfaces.exchange.format.problems import ImportNote, LinePlace, Problem
from consult.interfaces.exchange.format.schema import build
from consult.interfaces.exchange.format.writing import as_json, type_of
from consult.interfaces.exchange.reading import checks

LISTED = 100
"""How many problems are listed; of the others only the number is told."""

BATCH = 1000

_TABLES = """
CREATE TABLE line (
    n INTEGER PRIMARY KEY, source INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL,
    type TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, at TEXT, theme TEXT,
    person TEXT, proposal TEXT, comment TEXT,
    rank INTEGER, depth INTEGER, root INTEGER, local INTEGER,
    bad INTEGER NOT NULL DEFAULT 0, content TEXT NOT NULL
);
CREATE TABLE known (
    source INTEGER NOT NULL, type TEXT NOT NULL, key TEXT NOT NULL,
    local INTEGER NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (source, type, key)
) WITHOUT ROWID;
CREATE TABLE theme (
    source INTEGER NOT NULL, name TEXT NOT NULL, PRIMARY KEY (source, name)
) WITHOUT ROWID;
CREATE TABLE problem (
    source INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL,
    field TEXT NOT NULL, text TEXT NOT NULL, help TEXT NOT NULL,
    type TEXT NOT NULL, n INTEGER, told INTEGER NOT NULL
);
"""

_INDEXES = """
CREATE UNIQUE INDEX line_key ON line (source, type, key, n);
CREATE INDEX line_comment ON line (source, comment) WHERE comment IS NOT NULL;
"""

_PENDING = """
SELECT l.n, l.key, l.digest, l.file, l.line, l.content, l.depth, a.local, p.local,
    c.n, c.local, r.n, r.local
FROM line l
LEFT JOIN line a ON a.source = l.source AND a.type = 'participant' AND a.key = l.person
    AND NOT a.bad
LEFT JOIN line p ON p.source = l.source AND p.type = 'proposal' AND p.key = l.proposal
    AND NOT p.bad
LEFT JOIN line c ON c.source = l.source AND c.type = 'comment' AND c.key = l.comment
    AND NOT c.bad
LEFT JOIN line r ON r.n = l.root
WHERE l.source = ? AND l.type = ? AND l.rank > ? AND l.local IS NULL
ORDER BY l.rank LIMIT ?
"""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line that is left out: its type where that can be told, and everything against it."""

    place: LinePlace
    type: str
    why: list[str]
    content: dict[str, object] | None
    """What it says, as far as it could be read."""


@dataclass(frozen=True, slots=True)
class StagedLink:
    """Another staged line: its number, and the row it became (None while it is in the batch)."""

    n: int
    local: int | None


@dataclass(frozen=True, slots=True)
class Pending:
    """A good line that is not stored yet, with the rows that it refers to."""

    n: int
    key: str
    digest: str
    line: Line
    depth: int
    person: int | None
    proposal: int | None
    comment: StagedLink | None
    root: StagedLink | None


class Staged:
    """Rounds that were read and checked, one for each path; close it to throw the copy away."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.paths = list(paths)
        self.notes: list[ImportNote] = []
        """What to know of the files that is no problem."""
        self._directory = tempfile.TemporaryDirectory(prefix="consult-import-")
        self._db = sqlite3.connect(Path(self._directory.name) / "staged.sqlite3")
        # A copy that is thrown away needs no protection against a power cut.
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        self._db.executescript("PRAGMA cache_size=-16384; PRAGMA temp_store=FILE;")
        self._db.executescript(_TABLES)
        self._files: list[str] = []
        self._file_numbers: dict[str, int] = {}
        self._waiting: list[tuple[object, ...]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Throw the staged copy away."""
        self._db.close()
        self._directory.cleanup()

    def _file(self, place: LinePlace) -> int:
        if place.file not in self._file_numbers:
            self._file_numbers[place.file] = len(self._files)
            self._files.append(place.file)
        return self._file_numbers[place.file]

    def add_problem(
        self, source: int, problem: Problem, n: int | None = None, *, is_told: bool = True
    ) -> None:
        """Keep a problem of a path (by its place in the list of paths).

        `n` is the number of the staged line that is left out for it. It is told, unless the same
        was said of another line.
        """
        place = (source, self._file(problem.place), problem.place.line)
        said = (problem.field, str(problem.text), str(problem.help), problem.type)
        self._db.execute(
            "INSERT INTO problem VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*place, *said, n, is_told)
        )

    def add_line(self, source: int, line: Line) -> None:
        """Keep a good line of a path."""
        created = getattr(line, "created_at", None)
        self._waiting.append(
            (
                source,
                self._file(line.place),
                line.place.line,
                type_of(line),
                key_of(line),
                fingerprint(line),
                created and created.isoformat(timespec="microseconds"),
                getattr(line, "theme", None),
                *references(line),
                as_json(line),
            )
        )
        if len(self._waiting) >= BATCH:
            self._write()

    def _write(self) -> None:
        self._db.executemany(
            "INSERT INTO line (source, file, line, type, key, digest, at, theme, person, proposal,"
            " comment, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._waiting,
        )
        self._waiting.clear()

    def all_in(self) -> None:
        """Say that every line was added; afterwards the staged copy can be asked."""
        self._write()
        self._db.executescript(_INDEXES)

    def know(self, source: int, rows: Iterable[tuple[str, str, int, str]]) -> None:
        """Take what is stored of a path's round already: (type, key, local id, digest)."""
        self._db.executemany(
            "INSERT INTO known VALUES (?, ?, ?, ?, ?)", ((source, *row) for row in rows)
        )
        self._know_earlier(source)

    def _know_earlier(self, source: int) -> None:
        """Know lines again that were stored under the digests of before."""
        round_line = self.round_line(source)
        others = self._db.execute(
            "SELECT l.file, l.line, l.content, l.digest, k.type, k.key, k.digest FROM line l"
            " JOIN known k ON k.source = l.source AND k.type = l.type AND k.key = l.key"
            " WHERE l.source = ? AND k.digest <> l.digest",
            (source,),
        )
        same = [
            (digest, source, kind, key)
            for file, number, content, digest, kind, key, stored in others
            if stored in earlier_fingerprints(self._line(file, number, content), round_line)
        ]
        self._db.executemany(
            "UPDATE known SET digest = ? WHERE source = ? AND type = ? AND key = ?", same
        )

    def allow_themes(self, source: int, names: Iterable[str]) -> None:
        """Take the names by which a proposal of this path may name a theme."""
        self._db.executemany(
            "INSERT OR IGNORE INTO theme VALUES (?, ?)", ((source, name) for name in names)
        )

    def check(self, *, against_plan: bool = False) -> None:
        """Check the lines against each other, and against the plan and what is stored."""
        for source, file, line, found, n in checks.run(self._db, against_plan=against_plan):
            place = LinePlace(self._files[file], line)
            problem = Problem(place, found.text, found.help, found.field)
            self.add_problem(source, problem, n, is_told=found.is_told)

    @property
    def problem_count(self) -> int:
        """How many problems there are to tell in all files together."""
        count: int = self._db.execute("SELECT count(*) FROM problem WHERE told").fetchone()[0]
        return count

    def problems(self, limit: int = LISTED, skipped: int = 0) -> list[Problem]:
        """Return some problems, in the order of the files and their lines."""
        rows = self._db.execute(
            "SELECT file, line, field, text, help FROM problem WHERE told"
            " ORDER BY source, file, line, rowid LIMIT ? OFFSET ?",
            (limit, skipped),
        )
        return [
            Problem(LinePlace(self._files[file], line), text, help_, field)
            for file, line, field, text, help_ in rows
        ]

    def report(self) -> list[str]:
        """Return a sentence for each problem, and at the end how many more there are."""
        sentences = [str(problem) for problem in self.problems()]
        if (more := self.problem_count - len(sentences)) > 0:
            sentences.append(f"And {more} more problem{'s' if more > 1 else ''}.")
        return sentences

    def left_out(self, source: int | None = None) -> Iterator[LeftOut]:
        """Yield what is left out when going on after refusals, of one path or of all of them.

        In the order of the files and their lines; a line with several problems is one.
        """
        rows = self._db.execute(
            """
            SELECT p.file, p.line, coalesce(l.type, max(p.type)), l.content,
                json_group_array(json_array(p.field, p.text, p.help))
            FROM problem p LEFT JOIN line l ON l.n = p.n
            WHERE p.source = ?1 OR ?1 IS NULL
            GROUP BY p.source, p.file, p.line, p.n ORDER BY p.source, p.file, p.line""",
            (source,),
        )
        for file, line, kind, content, why in rows:
            said = json.loads(content) if content else None
            reasons = [" ".join(filter(None, one)) for one in json.loads(why)]
            yield LeftOut(LinePlace(self._files[file], line), kind, reasons, said)

    def round_line(self, source: int) -> RoundLine | None:
        """Return the round of a path; None if it has no good one."""
        found = next(self.lines(source, "round"), None)
        return found if isinstance(found, RoundLine) else None

    def count(self, source: int, kind: str, *, pending: bool = False) -> int:
        """Return how many good lines of a type a path has, or how many are still to be stored."""
        query = "SELECT count(*) FROM line WHERE source = ? AND type = ? AND NOT bad"
        if pending:
            query += " AND local IS NULL"
        count: int = self._db.execute(query, (source, kind)).fetchone()[0]
        return count

    def lines(self, source: int, kind: str) -> Iterator[Line]:
        """Yield the good lines of a type in the order to store them.

        Comments come after what they answer, positions in the order of their times, everything
        else as in the file.
        """
        rows = self._db.execute(
            "SELECT file, line, content FROM line WHERE source = ? AND type = ? AND NOT bad"
            " ORDER BY rank, n",
            (source, kind),
        )
        for file, number, content in rows:
            yield self._line(file, number, content)

    def _line(self, file: int, number: int, content: str) -> Line:
        line = build(json.loads(content), LinePlace(self._files[file], number))
        if isinstance(line, list):  # cannot be: it was checked before it was staged
            raise TypeError(str(line[0]))
        return line

    def pending(self, source: int, kind: str, size: int = BATCH) -> Iterator[list[Pending]]:
        """Yield batches of lines that are not stored yet, in the order to store them.

        The caller stores a batch and tells with `stored` before it asks for the next.
        """
        last = 0
        while rows := self._db.execute(_PENDING, (source, kind, last, size)).fetchall():
            batch = [self._pending(row) for row in rows]
            (last,) = self._db.execute("SELECT rank FROM line WHERE n = ?", rows[-1][:1]).fetchone()
            yield batch

    def _pending(self, row: tuple[Any, ...]) -> Pending:
        n, key, digest, file, number, content, depth, person, proposal, *links = row
        parent, parent_local, root, root_local = links
        return Pending(
            n,
            key,
            digest,
            self._line(file, number, content),
            depth or 0,
            person,
            proposal,
            StagedLink(parent, parent_local) if parent else None,
            StagedLink(root, root_local) if root else None,
        )

    def stored(self, rows: Iterable[tuple[int, int]]) -> None:
        """Note which rows lines became: (number of the line, local id)."""
        self._db.executemany("UPDATE line SET local = ?2 WHERE n = ?1", rows)
