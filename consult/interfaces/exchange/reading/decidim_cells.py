"""Cells of a Decidim export: texts by language, lists, times, numbers, and pages as Markdown.

What Decidim writes changed with its releases (docs/import-format.md has the table): one column
`title` became one for each language (`title/ca`), `votes` became `supports` and `votes` again.
So a value is looked for under each of its names, and a cell that is empty is one that is not there.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from markdownify import markdownify

from consult.foundation.core.csv_files import unguarded
from consult.foundation.core.languages import is_language_tag
from consult.foundation.core.visible import says_nothing

Cells = Mapping[str, str]
MACHINE = "machine_translations"

_TAG = re.compile(
    r"</?(p|br|div|ul|ol|li|strong|em|b|i|a|h[1-6]|blockquote|span)\b[^>]*>", re.IGNORECASE
)
_TIME = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T]([0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]+)?"
    r" ?(UTC|Z|[+-][0-9]{2}:?[0-9]{2})"
)
_BLANK_LINES = re.compile(r"\n{3,}")


def cell(cells: Cells, *names: str) -> str:
    """Return the first cell of these names in which something stands, else ""."""
    return next((unguarded(cells[n]) for n in names if not says_nothing(cells.get(n, ""))), "")


def in_languages(cells: Cells, name: str) -> dict[str, str]:
    """Return a text in each language that somebody wrote it in, in the order of the columns.

    Only where there is none, what a machine translated. The key "" is a column without a language.
    """
    written: dict[str, str] = {}
    translated: dict[str, str] = {}
    for column in cells:
        if column != name and not column.startswith(f"{name}/"):
            continue
        *between, code = ["", *column.split("/")[1:]][-2:] if column != name else ["", ""]
        text = cell(cells, column)
        if text and (not code or is_language_tag(code)):
            (translated if between == [MACHINE] else written).setdefault(code, text)
    return written or translated


def items(text: str) -> list[str]:
    """Return the parts of a cell that holds a list: numbers or addresses, with a comma between."""
    return [part.strip() for part in text.split(",") if part.strip()]


def time_of(text: str) -> str | None:
    """Return a time as ISO 8601, or None if it is none."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    day, clock, zone = found.groups()
    at = f"{day}T{clock}{'+00:00' if zone in {'UTC', 'Z'} else zone}"
    try:
        return datetime.fromisoformat(at).isoformat()
    except ValueError:
        return None


def number_of(text: str) -> int | None:
    """Return a whole number, or None where none stands."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004


def prose_of(text: str) -> str:
    """Return a text as Markdown; one that holds no page (HTML) stays as it was typed."""
    if not _TAG.search(text):
        return text.strip()
    found = markdownify(text, heading_style="ATX", bullets="-")
    return _BLANK_LINES.sub("\n\n", found).strip()


def unknown_among(cells: Cells, known: Sequence[str]) -> list[str]:
    """Return the columns that none of these names or beginnings (`taxonomies/`) covers."""
    return [
        name
        for name in cells
        if not any(name == one or (one.endswith("/") and name.startswith(one)) for one in known)
    ]
