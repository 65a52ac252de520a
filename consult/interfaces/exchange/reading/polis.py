"""Reading a Polis export folder as a round.

The folder holds comments.csv (the statements), votes.csv (every vote that was cast), the matrix
participants-votes.csv (the latest vote of each participant on each statement) and summary.csv.
The vote table is read twice: first to count, to compare with the other two tables and to find the
first and last moment, then to give each vote as a position.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from consult.foundation.analysis.language import language_of
from consult.interfaces.exchange.format.lines import Line
from consult.interfaces.exchange.format.names import slug_for
from consult.interfaces.exchange.format.problems import LinePlace, Problem
from consult.interfaces.exchange.format.schema import (
    NEWEST,
    SOURCE_LIMIT,
    TITLE_LIMIT,
    build,
)
from consult.interfaces.exchange.reading.csv_rows import CsvRow, records, rows
from consult.interfaces.exchange.reading.polis_survey import (
    HIDDEN,
    VOTE_COLUMNS,
    Statement,
    Survey,
    Vote,
    read_vote,
    survey,
)

TITLE_LENGTH = 80
SOURCE_MODERATION = "source moderation"

_STATUS: dict[int | None, str] = {1: "published", 0: "pending", HIDDEN: "hidden"}
_VALUE: dict[int, int | str] = {1: 1, -1: -1, 0: "pass"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def moment_of(milliseconds: int) -> str:
    """Return a Polis timestamp as an ISO 8601 time.

    The column `datetime` beside it is of no use: the names of its zones (WIB, PDT) are those of
    the machine that exported.
    """
    return (_EPOCH + timedelta(milliseconds=milliseconds)).isoformat()


def title_of(text: str, length: int = TITLE_LENGTH) -> str:
    """Return a statement's title: its first 80 characters, cut at a word, then an ellipsis."""
    one_line = text.strip().translate({ord(c): " " for c in "\n\r\t\u2028\u2029"})
    if len(one_line) <= length:
        return one_line
    head, _, _ = one_line[: length + 1].rpartition(" ")
    return (head.rstrip() or one_line[:length]) + "…"


def _summary(path: Path) -> tuple[dict[str, str], list[Problem]]:
    """Read summary.csv: a name and a value a line, without a header."""
    values: dict[str, str] = {}
    problems: list[Problem] = []
    for found in records(path):
        if isinstance(found, Problem):
            problems.append(found)
        elif len(found[1]) != 2:  # noqa: PLR2004
            text = f"has {len(found[1])} values; a line of the summary has a name and a value."
            problems.append(Problem(found[0], text, "Export the conversation again."))
        else:
            values[found[1][0]] = found[1][1].strip()
    return values, problems


def _made(given: dict[str, object], place: LinePlace) -> Iterator[Line | Problem]:
    found = build(given, place)
    if isinstance(found, list):
        yield from found
    else:
        yield found


def _round(
    folder: Path, summary: dict[str, str], seen: Survey, language: str | None
) -> Iterator[Line | Problem]:
    place = LinePlace(str(folder / "summary.csv"), 1)
    first, last = seen.first, max(seen.last, seen.first + 1)
    texts = (statement.body for statement in seen.statements.values())
    # The path may end in a dot or two.
    name = folder.name if folder.name.strip(".") else folder.resolve().name
    title = " ".join(summary.get("topic", "").split()) or name
    url = " ".join(summary.get("url", "").split())
    yield from _made(
        {
            "type": "round",
            "version": NEWEST,
            "id": slug_for(name),
            "title": title_of(title, TITLE_LIMIT - 1),
            "kind": "statements",
            "language": language or language_of(texts),
            "opens_at": moment_of(first),
            "closes_at": moment_of(last),
            "source": f"Polis {url}".strip()[:SOURCE_LIMIT],
        },
        place,
    )


def _statement(statement: Statement) -> Iterator[Line | Problem]:
    yield from _made(
        {
            "type": "proposal",
            "id": str(statement.id),
            "author": str(statement.author),
            # A hidden one may have no text at all.
            "title": title_of(statement.body) or str(statement.id),
            "body": statement.body or None,
            "created_at": moment_of(statement.timestamp),
            "status": _STATUS.get(statement.moderated),
            "source": "import",
        },
        statement.place,
    )
    if statement.moderated == HIDDEN:
        yield from _made(
            {
                "type": "decision",
                "subject": {"type": "proposal", "id": str(statement.id)},
                "verb": "hide",
                "ground": "source_moderation",
                "reason": SOURCE_MODERATION,
            },
            statement.place,
        )


def _positions(path: Path, seen: Survey) -> Iterator[Line | Problem]:
    """Yield every vote as a position, in the order of the file.

    The id is made of statement, participant and time, so that a later export of the same
    conversation is known again; votes of one participant within one millisecond are counted on.
    """
    repeats: dict[tuple[int, int, int], int] = {}
    for row in rows(path, VOTE_COLUMNS):
        vote = read_vote(row, seen) if isinstance(row, CsvRow) else row
        if not isinstance(vote, Vote):
            continue  # told while surveying
        position = f"{vote.statement}-{vote.voter}-{vote.timestamp}"
        if (vote.voter, vote.statement) in seen.repeated:
            which = (vote.voter, vote.statement, vote.timestamp)
            repeats[which] = repeats.get(which, 0) + 1
            if repeats[which] > 1:
                position += f"-{repeats[which]}"
        yield from _made(
            {
                "type": "position",
                "id": position,
                "proposal": str(vote.statement),
                "participant": str(vote.voter),
                "value": _VALUE[vote.value],
                "created_at": moment_of(vote.timestamp),
            },
            vote.place,
        )


def read_polis(folder: Path, language: str | None = None) -> Iterator[Line | Problem]:
    """Read a Polis export folder as the lines of a round.

    Gives the problems of the tables first, then the round, its participants, its statements as
    proposals with the decision about those that were hidden, and every vote as a position.
    """
    summary, problems = _summary(folder / "summary.csv")
    yield from problems
    seen = Survey()
    yield from survey(folder, seen)
    if not seen.statements:
        text = "no statement could be read, so there is no round."
        yield Problem(LinePlace(str(folder)), text, "Give a complete Polis export.")
        return
    yield from _round(folder, summary, seen, language)
    comments = LinePlace(str(folder / "comments.csv"))
    for person in sorted(seen.participants):
        yield from _made({"type": "participant", "id": str(person)}, comments)
    for statement in sorted(seen.statements.values(), key=lambda s: (s.timestamp, s.id)):
        yield from _statement(statement)
    yield from _positions(folder / "votes.csv", seen)
