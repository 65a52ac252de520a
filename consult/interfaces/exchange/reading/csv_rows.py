"""Reading a CSV file strictly: every row has its line number, and a bad row is a problem."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from consult.foundation.core import csv_files
from consult.interfaces.exchange.format.problems import LinePlace, Problem, shown
from consult.interfaces.exchange.reading.json_lines import raw_lines


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row: where it begins, and its values by the names of the columns."""

    place: LinePlace
    values: dict[str, str]


class _Unreadable(Exception):  # noqa: N818
    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def _texts(path: Path) -> Iterator[str]:
    for _, text in raw_lines(path):
        if isinstance(text, Problem):
            raise _Unreadable(text)
        yield text


def records(path: Path) -> Iterator[tuple[LinePlace, list[str]] | Problem]:
    """Read the records of a CSV file, each with the line on which it begins.

    After a line that cannot be read or a quotation mark that goes wrong the rest of the file
    cannot be trusted: that is the last thing given.
    """
    try:
        for line, record in csv_files.records(_texts(path)):
            yield LinePlace(str(path), line), record
    except _Unreadable as stop:
        yield stop.problem
    except csv_files.BrokenCsv as broken:
        yield _no_csv(LinePlace(str(path), broken.line), broken)


def _no_csv(place: LinePlace, error: csv_files.BrokenCsv) -> Problem:
    if "field limit" in str(error):
        most = csv_files.LONGEST_CELL // 2**20
        text = f"begins a value of more than {most} MiB, or one whose quotation mark never closes."
        return Problem(place, text, "Shorten the text, or close the quotation mark.")
    text = f"is not CSV ({error})."
    return Problem(place, text, "Look for a quotation mark that is not closed.")


def rows(path: Path, columns: tuple[str, ...]) -> Iterator[CsvRow | Problem]:
    """Read a CSV file with a header that has (at least) these columns, in any order."""
    header: list[str] | None = None
    for found in records(path):
        if isinstance(found, Problem):
            yield found
            return
        place, record = found
        if header is None:
            header = record
            if wrong := _wrong_header(place, header, columns):
                yield wrong
                return
        elif len(record) != len(header):
            text = f"has {len(record)} values, while the header names {len(header)} columns."
            yield Problem(place, text, "Compare the line with the one above it.")
        else:
            yield CsvRow(place, dict(zip(header, record, strict=True)))
    if header is None:
        yield Problem(LinePlace(str(path)), "the file is empty.", "Export the conversation again.")


def _wrong_header(place: LinePlace, header: list[str], columns: tuple[str, ...]) -> Problem | None:
    missing = [name for name in columns if name not in header]
    if missing:
        text = f"the header lacks the column {', '.join(missing)}."
        return Problem(place, text, "Export the conversation again, with all columns.")
    twice = [name for name in header if header.count(name) > 1]
    if twice:
        text = f"the header names the column {shown(twice[0])} more than once."
        return Problem(place, text, "Remove one of them.")
    return None
