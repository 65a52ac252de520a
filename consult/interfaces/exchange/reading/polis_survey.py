"""The first reading of a Polis export: what is in it, and whether its tables agree.

Seen in real exports and relied upon: votes.csv holds every vote, also the earlier ones of somebody
who voted again; `agrees` and `disagrees` of comments.csv count all of them; participants-votes.csv
holds the latest only, has no column for a statement without votes and no row for an author who
never voted, and may have further columns (xid); summary.csv miscounts the statements.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from consult.foundation.core.visible import says_nothing
from consult.interfaces.exchange.format.problems import LinePlace, Problem, shown
from consult.interfaces.exchange.format.schema import BODY_LIMIT
from consult.interfaces.exchange.reading.csv_rows import CsvRow, rows

STATEMENT_COLUMNS = (
    "timestamp",
    "comment-id",
    "author-id",
    "comment-body",
)
"""What the table of statements must have; `agrees`, `disagrees` and `moderated` it may have."""
VOTE_COLUMNS = ("timestamp", "comment-id", "voter-id", "vote")
MATRIX_NAMES = ("participants-votes.csv", "participant-votes.csv")
"""The matrix of latest votes; newer versions of Polis leave out the s."""

HIDDEN = -1
"""How the column `moderated` says that a statement was hidden."""

EARLIEST = 946_684_800_000
LATEST = 4_102_444_800_000
"""Years 2000 to 2100 in milliseconds: seconds or microseconds are noticed."""

_NUMBER = re.compile(r"[0-9]{1,15}")
_VOTES = {"1": 1, "0": 0, "-1": -1}
_AGAIN = "Export the conversation again, or correct the line."


@dataclass(frozen=True, slots=True)
class Statement:
    """A row of comments.csv."""

    place: LinePlace
    id: int
    author: int
    timestamp: int
    agrees: int | None
    disagrees: int | None
    moderated: int | None
    body: str


@dataclass(frozen=True, slots=True)
class Vote:
    """A row of votes.csv."""

    place: LinePlace
    statement: int
    voter: int
    timestamp: int
    value: int


@dataclass
class Survey:
    """What the first reading found."""

    statements: dict[int, Statement] = field(default_factory=dict)
    participants: set[int] = field(default_factory=set)
    counted: dict[int, list[int]] = field(default_factory=dict)
    """Per statement: how many agree and how many disagree, over all votes."""
    latest: dict[tuple[int, int], tuple[int, int]] = field(default_factory=dict)
    """Per participant and statement: time and value of the latest vote."""
    repeated: set[tuple[int, int]] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    """Statements that cannot be taken: their votes are not told apart."""
    is_cut: bool = False
    """Whether the statements could not be read to the end."""
    first: int = LATEST
    last: int = EARLIEST

    def at(self, timestamp: int) -> None:
        """Widen the span of time of the round."""
        self.first = min(self.first, timestamp)
        self.last = max(self.last, timestamp)


class _BadCell(Exception):  # noqa: N818
    pass


def _number(row: CsvRow, column: str) -> int:
    value = row.values[column]
    if not _NUMBER.fullmatch(value):
        raise _BadCell(column, f"holds {shown(value)}, not a whole number.")
    return int(value)


def _timestamp(row: CsvRow) -> int:
    value = _number(row, "timestamp")
    if not EARLIEST <= value <= LATEST:
        raise _BadCell("timestamp", f"holds {value}, no moment in milliseconds since 1970.")
    return value


def _vote_value(row: CsvRow, column: str) -> int:
    value = row.values[column]
    if value not in _VOTES:
        raise _BadCell(column, f"holds {shown(value)}; Polis writes 1, 0 or -1.")
    return _VOTES[value]


def _body(row: CsvRow, moderated: int | None) -> str:
    found = row.values["comment-body"]
    if says_nothing(found):
        if moderated == HIDDEN:
            return ""
        raise _BadCell("comment-body", "is empty, and the statement is not hidden.")
    if len(found) > BODY_LIMIT:
        raise _BadCell(
            "comment-body", f"is {len(found)} characters long; at most {BODY_LIMIT} are taken."
        )
    return found


def _problem(row: CsvRow, bad: _BadCell, kind: str = "") -> Problem:
    column, text = bad.args
    return Problem(row.place, text, _AGAIN, column, kind)


def _read_statement(row: CsvRow) -> Statement | Problem:
    try:
        moderated = _vote_value(row, "moderated") if "moderated" in row.values else None
        return Statement(
            row.place,
            _number(row, "comment-id"),
            _number(row, "author-id"),
            _timestamp(row),
            _number(row, "agrees") if "agrees" in row.values else None,
            _number(row, "disagrees") if "disagrees" in row.values else None,
            moderated,
            _body(row, moderated),
        )
    except _BadCell as bad:
        return _problem(row, bad, "proposal")


def read_vote(row: CsvRow, seen: Survey) -> Vote | Problem | None:
    """Read a row of votes.csv; a vote on a statement that comments.csv lacks is a problem.

    Gives None for a vote on a statement of which was told already that it cannot be taken.
    """
    try:
        vote = Vote(
            row.place,
            _number(row, "comment-id"),
            _number(row, "voter-id"),
            _timestamp(row),
            _vote_value(row, "vote"),
        )
    except _BadCell as bad:
        return _problem(row, bad, "position")
    if vote.statement not in seen.statements and (seen.is_cut or vote.statement in seen.refused):
        return None
    if vote.statement not in seen.statements:
        text = f"is a vote on statement {vote.statement}, which comments.csv does not have."
        help_ = "Add the statement, or remove its votes."
        return Problem(row.place, text, help_, "comment-id", "position")
    return vote


def _survey_statements(path: Path, seen: Survey) -> Iterator[Problem]:
    for row in rows(path, STATEMENT_COLUMNS):
        found = _read_statement(row) if isinstance(row, CsvRow) else row
        if isinstance(found, Problem):
            if isinstance(row, Problem):
                seen.is_cut = True
            elif _NUMBER.fullmatch(row.values["comment-id"]):
                seen.refused.add(int(row.values["comment-id"]))
            yield found
        elif found.id in seen.statements:
            first = seen.statements[found.id].place.line
            text = f"is statement {found.id} again; it stands on line {first}."
            yield Problem(found.place, text, "Keep one of them.", "comment-id", "proposal")
        else:
            seen.statements[found.id] = found
            seen.participants.add(found.author)
            seen.at(found.timestamp)


def _survey_votes(path: Path, seen: Survey) -> Iterator[Problem]:
    for row in rows(path, VOTE_COLUMNS):
        vote = read_vote(row, seen) if isinstance(row, CsvRow) else row
        if vote is None:
            continue
        if isinstance(vote, Problem):
            yield vote
            continue
        seen.participants.add(vote.voter)
        seen.at(vote.timestamp)
        counts = seen.counted.setdefault(vote.statement, [0, 0])
        if vote.value:
            counts[vote.value < 0] += 1
        pair = (vote.voter, vote.statement)
        before = seen.latest.get(pair)
        if before is not None:
            seen.repeated.add(pair)
        if before is None or before[0] <= vote.timestamp:
            seen.latest[pair] = (vote.timestamp, vote.value)


def _compare_counts(seen: Survey) -> Iterator[Problem]:
    for statement in seen.statements.values():
        agree, disagree = seen.counted.get(statement.id, (0, 0))
        for column, told, counted in (
            ("agrees", statement.agrees, agree),
            ("disagrees", statement.disagrees, disagree),
        ):
            if told not in {None, counted}:
                text = f"says {told} for statement {statement.id}; votes.csv has {counted}."
                yield Problem(statement.place, text, _AGAIN, column)


def _compare_matrix(path: Path, seen: Survey) -> Iterator[Problem]:
    """Compare the latest votes with the matrix, in both directions."""
    found = 0
    persons: set[int] = set()
    for row in rows(path, ("participant",)):
        if isinstance(row, Problem):
            yield row
            return
        try:
            person = _number(row, "participant")
            cells = {
                int(column): _vote_value(row, column)
                for column, value in row.values.items()
                if _NUMBER.fullmatch(column) and value
            }
        except _BadCell as bad:
            yield _problem(row, bad)
            continue
        seen.participants.add(person)
        if person in persons:
            text = f"is participant {person} again."
            yield Problem(row.place, text, "Keep one of them.", "participant")
            continue
        persons.add(person)
        for statement, value in cells.items():
            latest = seen.latest.get((person, statement))
            found += latest is not None
            if latest is None or latest[1] != value:
                known = "no vote" if latest is None else str(latest[1])
                text = f"says {value} for participant {person}; the latest in votes.csv is {known}."
                yield Problem(row.place, text, _AGAIN, str(statement))
    if found < len(seen.latest):
        text = f"lacks {len(seen.latest) - found} latest votes that votes.csv has."
        yield Problem(LinePlace(str(path)), text, _AGAIN)


def survey(folder: Path, seen: Survey) -> Iterator[Problem]:
    """Read the tables of an export into `seen` and return everything that is wrong with them.

    The tables are compared only where each row of them could be read: else the counts differ for
    a reason that was told already.
    """
    problems = list(_survey_statements(folder / "comments.csv", seen))
    problems += _survey_votes(folder / "votes.csv", seen)
    yield from problems
    matrix = next((folder / n for n in MATRIX_NAMES if (folder / n).exists()), None)
    if matrix is None:
        matrix = folder / MATRIX_NAMES[0]
    if not problems:
        yield from _compare_counts(seen)
        yield from _compare_matrix(matrix, seen)
    elif not matrix.exists():
        yield Problem(
            LinePlace(str(matrix)), "the file is missing.", "Give a complete Polis export."
        )
