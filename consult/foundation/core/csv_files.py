"""CSV: one habit for every file that leaves, and one reader for whatever people bring.

Written: UTF-8 with a byte order mark, semicolons, Windows line ends (RFC 4180 for the rest), no
cell that a spreadsheet takes for a formula. So Excel in Dutch opens it as it is, and so does what
follows the standard. Read: commas, semicolons or tabs, with or without a mark or a `sep=` line.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain, count

from consult.foundation.core.visible import says_nothing

LONGEST_CELL = 2 * 1024 * 1024
"""Signs of one cell. Python takes 128 KiB, and then says that a quotation mark is missing.

We bound files and lines ourselves; a cell that is too long is refused in the words of its field.
"""

_MARK = "\ufeff"
_SIGNS = (",", ";", "\t")
# What makes a spreadsheet take a cell for a formula, also in its full-width forms.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class BrokenCsv(Exception):  # noqa: N818
    """From this line on the text is no CSV."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def written(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Write rows as CSV, a line at a time; the first row is the header."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";")
    buffer.write(_MARK)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def _cell(value: object) -> str:
    if value is None:
        return ""
    return guarded(value.isoformat() if isinstance(value, datetime) else str(value))


def guarded(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula: after an apostrophe, if need be.

    Blanks before the sign do not help it, since some programs take them off.
    """
    return f"'{text}" if text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA) else text


def unguarded(cell: str) -> str:
    """Take off the apostrophe that `guarded` put before a cell."""
    return cell[1:] if cell.startswith("'") and guarded(cell[1:]) == cell else cell


def decoded(content: bytes) -> tuple[str, str] | None:
    """Return the text of a file and its encoding: UTF-8, UTF-16 or cp1252; None for no text.

    cp1252 is what older Windows programs write; nothing in a file says so, so it is a guess.
    """
    guesses = ("utf-16",) if content.startswith(_UTF_16) else ("utf-8-sig", "cp1252")
    for encoding in guesses:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\x00" in text else (text, encoding.removesuffix("-sig"))
    return None


def records(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Read the rows in which something stands, each with the line on which it begins.

    Lines keep their ends. A cell may hold line ends between quotation marks. Raises BrokenCsv
    where a quotation mark goes wrong: what follows cannot be trusted.
    """
    yield from ((line, cells) for line, _number, cells in _filled(lines))


def numbered(lines: Iterable[str]) -> Iterator[tuple[int, list[str]]]:
    """Read the same rows, each with the number that a spreadsheet shows for it.

    There a row is one, however many lines it takes.
    """
    yield from ((number, cells) for _line, number, cells in _filled(lines))


def _filled(lines: Iterable[str]) -> Iterator[tuple[int, int, list[str]]]:
    csv.field_size_limit(LONGEST_CELL)
    begun, before, hidden, sign = _begin(iter(lines))
    reader = csv.reader(begun, delimiter=sign, strict=True)
    for number in count(before - hidden + 1):
        line = before + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise BrokenCsv(line, str(error)) from None
        if not all(map(says_nothing, cells)):
            yield line, number, cells


def _begin(lines: Iterator[str]) -> tuple[Iterator[str], int, int, str]:
    """Find the sign between the cells.

    Returns the lines from the header on, how many are before it, how many of those a spreadsheet
    does not show (the `sep=` line), and the sign.
    """
    before, told = 0, ""
    for line in lines:
        text = line.removeprefix(_MARK).strip("\r\n ")
        if not before and text.lower().startswith("sep="):
            told = text[4:5]
        elif text.strip():
            first = line.removeprefix(_MARK)
            return chain([first], lines), before, int(bool(told)), told or _sign_of(first)
        before += 1
    return iter(()), before, 0, ","


def _sign_of(header: str) -> str:
    """Return the sign that divides a header into most cells; outside quotation marks, that is."""
    return max(_SIGNS, key=lambda sign: len(next(csv.reader([header], delimiter=sign), [])))
