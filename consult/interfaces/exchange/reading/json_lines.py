"""Reading files a line at a time: however large or broken a file is, memory stays small."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from consult.interfaces.exchange.format.lines import Line, RoundLine
from consult.interfaces.exchange.format.problems import BadValue, LinePlace, Problem, shown
from consult.interfaces.exchange.format.schema import build

LONGEST_LINE = 1024 * 1024
"""Bytes in one line."""
PASSED_OVER = ("totals", "record", "entry")
"""What an export says about itself: its counts, and what binds it to the public log."""

_BOM = "\ufeff"


def raw_lines(path: Path) -> Iterator[tuple[LinePlace, str | Problem]]:
    """Read a UTF-8 file line by line, each with its place; the line end is kept.

    Gives a problem instead of the text for a line that is too long or not UTF-8, and for a file
    that cannot be read (line 0).
    """
    try:
        with path.open("rb") as file:
            yield from _numbered(file, str(path))
    except OSError as error:
        place = LinePlace(str(path))
        reason = error.strerror or type(error).__name__
        yield place, Problem(place, f"the file cannot be read ({reason}).", "Check the path.")


def _numbered(file: IO[bytes], name: str) -> Iterator[tuple[LinePlace, str | Problem]]:
    number = 0
    while raw := file.readline(LONGEST_LINE + 2):
        number += 1
        place = LinePlace(name, number)
        if len(raw.rstrip(b"\r\n")) > LONGEST_LINE:
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(LONGEST_LINE)
            yield place, Problem(place, "is longer than 1 MiB.", "Split or shorten the text.")
            continue
        try:
            text = raw.decode()
        except UnicodeDecodeError as error:
            what = f"is not UTF-8 (byte {error.start + 1} of the line)."
            yield place, Problem(place, what, "Save the file as UTF-8.")
            continue
        yield place, text.removeprefix(_BOM) if number == 1 else text


def _pairs(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise BadValue(f"has the key {shown(name)} twice.", "Keep one of them.")
            seen.add(name)
    return found


def _no_constant(name: str) -> None:
    raise BadValue(f"holds {name}, which JSON does not know.", "Remove it.")


_decoder = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_constant)


def read_line(text: str, place: LinePlace, version: int) -> Line | list[Problem]:
    """Make a line of one line of JSON: the checked line, or everything that is wrong with it.

    Nothing is wrong with what an export says about itself, and nothing is taken of it.
    """
    try:
        found = _decoder.decode(text)
    except BadValue as bad:
        return [Problem(place, bad.text, bad.help)]
    except json.JSONDecodeError as error:
        what = f"is not JSON: {error.msg.lower()} (character {error.pos + 1})."
        return [Problem(place, what, "Each line holds one object between braces.")]
    except (ValueError, RecursionError):
        # A number of thousands of digits, or thousands of nested brackets.
        return [Problem(place, "is not JSON that can be taken.", "Simplify the line.")]
    if not isinstance(found, dict):
        what = f"holds {shown(found)}, not an object."
        return [Problem(place, what, "Each line holds one object between braces.")]
    return [] if found.get("type") in PASSED_OVER else build(found, place, version)


def read_jsonl(path: Path) -> Iterator[Line | Problem]:
    """Read a file in the interchange format.

    Gives each good line and each problem in order, one at a time, and never raises for what
    stands in the file. Empty lines are passed over. Lines are checked by themselves only;
    `staging` checks them against each other.
    """
    version = 1
    for place, text in raw_lines(path):
        if isinstance(text, Problem):
            yield text
        elif text.strip():
            found = read_line(text, place, version)
            if isinstance(found, RoundLine):
                version = found.version
            if isinstance(found, list):
                yield from found
            else:
                yield found
