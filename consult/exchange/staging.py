"""A place beside the database where a file is read and checked as a whole before it is stored.

The lines stand in a temporary SQLite file that is thrown away at the end, so a large file needs
little memory, and the platform's own database is not touched while checking.
"""

import json
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from consult.exchange import checks
from consult.exchange.lines import (
    CommentLine,
    DecisionLine,
    Line,
    PositionLine,
    ProposalLine,
    ResponseLine,
    RoundLine,
    SubjectType,
)
from consult.exchange.polis import read_polis
from consult.exchange.problems import Place, Problem
from consult.exchange.reading import read_jsonl
from consult.exchange.shapes import build
from consult.exchange.writing import as_json, digest_of, fingerprint, type_of

LISTED = 100
"""How many problems are listed; of the others only the number is told."""

BATCH = 1000

Progress = Callable[[int], None]

_TABLES = """
CREATE TABLE line (
    n INTEGER PRIMARY KEY, source INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL,
    type TEXT NOT NULL, key TEXT NOT NULL, digest TEXT NOT NULL, at TEXT,
    person TEXT, proposal TEXT, comment TEXT,
    depth INTEGER NOT NULL DEFAULT 0, bad INTEGER NOT NULL DEFAULT 0, content TEXT NOT NULL
);
CREATE TABLE problem (
    source INTEGER NOT NULL, file INTEGER NOT NULL, line INTEGER NOT NULL,
    field TEXT NOT NULL, text TEXT NOT NULL, help TEXT NOT NULL
);
"""

_INDEXES = """
CREATE UNIQUE INDEX line_key ON line (source, type, key, n);
CREATE INDEX line_comment ON line (source, comment) WHERE comment IS NOT NULL;
"""


def key_of(line: Line) -> str:
    """Give what makes a line the same line: its id, or what stands in the place of one.

    A position without id is known by its proposal, participant and time; a response by its
    proposal; a decision by all that it says.
    """
    if isinstance(line, PositionLine) and line.id is None:
        at = line.created_at.isoformat() if line.created_at else ""
        return json.dumps([line.proposal, line.participant, at])
    if isinstance(line, DecisionLine):
        return fingerprint(line)
    if isinstance(line, ResponseLine):
        return line.proposal
    return json.dumps([line.id]) if isinstance(line, PositionLine) else line.id


def _references(line: Line) -> tuple[str | None, str | None, str | None]:
    """Give the (participant, proposal, comment) that a line refers to."""
    match line:
        case ProposalLine():
            return line.author, None, None
        case CommentLine():
            return line.author, line.proposal, line.parent
        case PositionLine():
            return line.participant, line.proposal, None
        case ResponseLine():
            return None, line.proposal, None
        case DecisionLine():
            about_proposal = line.subject.type is SubjectType.PROPOSAL
            return (
                None,
                line.subject.id if about_proposal else None,
                None if about_proposal else line.subject.id,
            )
    return None, None, None


class Staged:
    """Rounds that were read and checked, one for each path; close it to throw the copy away."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="consult-import-")
        self._db = sqlite3.connect(Path(self._directory.name) / "staged.sqlite3")
        # A copy that is thrown away needs no protection against a power cut.
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;")
        self._db.executescript("PRAGMA cache_size=-16384; PRAGMA temp_store=FILE;")
        self._db.executescript(_TABLES)
        self._files: list[str] = []
        self._file_numbers: dict[str, int] = {}
        self._waiting: list[tuple[object, ...]] = []
        self.paths: list[Path] = []

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

    def _file(self, place: Place) -> int:
        if place.file not in self._file_numbers:
            self._file_numbers[place.file] = len(self._files)
            self._files.append(place.file)
        return self._file_numbers[place.file]

    def add_problem(self, source: int, problem: Problem) -> None:
        """Keep a problem of a path (by its place in the list of paths)."""
        place = problem.place
        self._db.execute(
            "INSERT INTO problem VALUES (?, ?, ?, ?, ?, ?)",
            (source, self._file(place), place.line, problem.field, problem.text, problem.help),
        )

    def add_line(self, source: int, line: Line) -> None:
        """Keep a good line of a path."""
        place = line.place
        created = getattr(line, "created_at", None)
        content = as_json(line)
        self._waiting.append(
            (
                source,
                self._file(place),
                place.line,
                type_of(line),
                key_of(line),
                digest_of(content),
                created and created.isoformat(timespec="microseconds"),
                *_references(line),
                content,
            )
        )
        if len(self._waiting) >= BATCH:
            self._write()

    def _write(self) -> None:
        self._db.executemany(
            "INSERT INTO line (source, file, line, type, key, digest, at, person, proposal,"
            " comment, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            self._waiting,
        )
        self._waiting.clear()

    def check(self) -> None:
        """Check the lines against each other, once all of them are in."""
        self._write()
        self._db.executescript(_INDEXES)
        for source, file, line, found in checks.run(self._db):
            place = Place(self._files[file], line)
            self.add_problem(source, Problem(place, found.text, found.help, found.field))

    @property
    def problem_count(self) -> int:
        """How many problems there are in all files together."""
        count: int = self._db.execute("SELECT count(*) FROM problem").fetchone()[0]
        return count

    def problems(self, limit: int = LISTED) -> list[Problem]:
        """Give the first problems, in the order of the files and their lines."""
        rows = self._db.execute(
            "SELECT file, line, field, text, help FROM problem"
            " ORDER BY source, file, line, rowid LIMIT ?",
            (limit,),
        )
        return [
            Problem(Place(self._files[file], line), text, help_, field)
            for file, line, field, text, help_ in rows
        ]

    def report(self) -> list[str]:
        """Give a sentence for each problem, and at the end how many more there are."""
        sentences = [str(problem) for problem in self.problems()]
        if (more := self.problem_count - len(sentences)) > 0:
            sentences.append(f"And {more} more problem{'s' if more > 1 else ''}.")
        return sentences

    def round_line(self, source: int) -> RoundLine | None:
        """Give the round of a path; None if it has no good one."""
        found = next(self.lines(source, "round"), None)
        return found if isinstance(found, RoundLine) else None

    def count(self, source: int, kind: str) -> int:
        """Tell how many good lines of a type a path has."""
        query = "SELECT count(*) FROM line WHERE source = ? AND type = ? AND NOT bad"
        count: int = self._db.execute(query, (source, kind)).fetchone()[0]
        return count

    def themes(self, source: int) -> list[str]:
        """Give the themes that the proposals of a path name, in the order of the alphabet."""
        query = (
            "SELECT DISTINCT json_extract(content, '$.theme') AS theme FROM line"
            " WHERE source = ? AND type = 'proposal' AND NOT bad AND theme IS NOT NULL ORDER BY 1"
        )
        return [theme for (theme,) in self._db.execute(query, (source,))]

    def lines(self, source: int, kind: str) -> Iterator[Line]:
        """Give the good lines of a type in the order to store them.

        Comments come after what they answer, positions in the order of their times, everything
        else as in the file.
        """
        order = {"comment": "depth, n", "position": "at IS NULL, at, n"}.get(kind, "n")
        rows = self._db.execute(
            "SELECT file, line, content FROM line WHERE source = ? AND type = ? AND NOT bad"  # noqa: S608
            f" ORDER BY {order}",
            (source, kind),
        )
        for file, number, content in rows:
            line = build(json.loads(content), Place(self._files[file], number))
            if not isinstance(line, list):
                yield line


def read_path(path: Path) -> Iterator[Line | Problem]:
    """Read a file in the interchange format, or a Polis export where the path is a folder."""
    return read_polis(path) if path.is_dir() else read_jsonl(path)


def _stage_one(staged: Staged, source: int, found: Iterable[Line | Problem]) -> Iterator[int]:
    """Keep what one path gives; the round must be there, once, and first."""
    path = staged.paths[source]
    first: Line | Problem | None = None
    for count, one in enumerate(found, 1):
        if isinstance(one, Problem):
            staged.add_problem(source, one)
        elif isinstance(one, RoundLine) and first is not None:
            text = "is a second round line, or does not stand first."
            help_ = "Begin the file with its one round; put another round in its own file."
            staged.add_problem(source, Problem(one.place, text, help_))
        else:
            staged.add_line(source, one)
            if first is None and not isinstance(one, RoundLine):
                text = "is the first line and no round line."
                staged.add_problem(source, Problem(one.place, text, "Begin with the round."))
        first = first or one
        yield count
    if first is None:
        text = "the file is empty."
        staged.add_problem(source, Problem(Place(str(path)), text, "Begin with a round line."))


def stage(paths: Sequence[Path], progress: Progress | None = None) -> Staged:
    """Read and check paths, each holding one round; `progress` hears of every 1,000th line.

    Gives the staged rounds with all problems of all paths. Raises nothing for what stands in the
    files. The caller closes what it is given.
    """
    staged = Staged()
    staged.paths = list(paths)
    done = 0
    try:
        for source, path in enumerate(staged.paths):
            for _ in _stage_one(staged, source, read_path(path)):
                done += 1
                if progress and done % BATCH == 0:
                    progress(done)
        staged.check()
    except BaseException:
        staged.close()
        raise
    return staged
