"""What was chosen about a spreadsheet: how it is read, the round that it becomes, and when."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Self

from consult.interfaces.exchange.reading.columns import ColumnField, tidy_heading
from consult.interfaces.exchange.reading.sheet_cells import SheetRow
from consult.interfaces.exchange.reading.spreadsheet import ColumnChoices, SheetRound


@dataclass(frozen=True)
class UploadChoices:
    """How a file is read, the round that it becomes, and whether everyone reads it at once."""

    columns: ColumnChoices
    round: SheetRound
    is_announced: bool

    def salted(self, salt: str) -> Self:
        """Return the same with what the ids of people are made with; it is kept nowhere."""
        return replace(self, round=replace(self.round, salt=salt))

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored with the file."""
        of, how = self.round, self.columns
        return {
            "sheet": how.sheet,
            "heading_row": how.heading_row,
            "columns": [[at, name.value] for at, name in how.columns.items()],
            "title": of.title,
            "language": of.language,
            "source": of.source,
            "days": [one.isoformat() for one in of.days] if of.days else None,
            "keeps_names": of.keeps_names,
            "makes_themes": of.makes_themes,
            "is_announced": self.is_announced,
        }


def choices_of(stored: dict[str, Any]) -> UploadChoices:
    """Return what was stored with a file."""
    columns = {int(at): ColumnField(name) for at, name in stored["columns"]}
    first, last = stored["days"] or ("", "")
    return UploadChoices(
        ColumnChoices(stored["sheet"], stored["heading_row"], columns),
        SheetRound(
            title=stored["title"],
            language=stored["language"],
            source=stored["source"],
            days=(date.fromisoformat(first), date.fromisoformat(last)) if first else None,
            keeps_names=stored["keeps_names"],
            makes_themes=stored["makes_themes"],
        ),
        stored["is_announced"],
    )


def headings_in(rows: list[SheetRow], heading_row: int, width: int) -> list[str]:
    """Return the headings of the columns; empty texts where the sheet has none."""
    row = next((one for one in rows if one.number == heading_row), None)
    return [row.cell(at).text.strip() if row else "" for at in range(width)]


def named_columns(headings: list[str], columns: dict[int, ColumnField]) -> dict[str, str]:
    """Return what columns are by their headings, to be kept; one without a heading is left out.

    Of two alike the first counts.
    """
    found: dict[str, str] = {}
    for at, name in sorted(columns.items()):
        if at < len(headings) and (heading := tidy_heading(headings[at])):
            found.setdefault(heading, name.value)
    return found


def fitted(headings: list[str], kept: dict[str, str]) -> list[ColumnField | None] | None:
    """Return what the columns are by what was kept; None where a heading of it is missing."""
    tidy = [tidy_heading(one) for one in headings]
    if not kept or not kept.keys() <= set(tidy):
        return None
    found: list[ColumnField | None] = [None] * len(headings)
    for heading, name in kept.items():
        found[tidy.index(heading)] = ColumnField(name)
    return found
