"""Reading a sheet as a round: each row is a proposal, its columns what somebody said they are.

What no column says is left out, and nothing is made up for it.
"""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from pathlib import Path

from flask_babel import lazy_gettext as _l

from consult.foundation.core.calendar import moment_of
from consult.foundation.core.errors import Refusal, Sentence
from consult.foundation.core.names import tidy_name
from consult.interfaces.exchange.format import fields
from consult.interfaces.exchange.format.lines import Line
from consult.interfaces.exchange.format.names import slug_for
from consult.interfaces.exchange.format.problems import (
    BadValue,
    ImportNote,
    LinePlace,
    Problem,
    shown,
)
from consult.interfaces.exchange.format.schema import NAME_LIMIT, NEWEST, build
from consult.interfaces.exchange.reading.cell_dates import is_serial
from consult.interfaces.exchange.reading.cell_values import value_in
from consult.interfaces.exchange.reading.columns import COUNTED, IN_FIELDS, PROSE, ColumnField
from consult.interfaces.exchange.reading.sheet_cells import SheetRow
from consult.interfaces.exchange.reading.spreadsheets import open_spreadsheet, rows_of
from consult.interfaces.exchange.reading.staging import ReadPath

_LAST_MINUTE = time(23, 59)
_EMPTY = _l("is empty.")
_FILL_IN = _l("Fill it in. Of cells that are merged only the first holds the text: split them.")


@dataclass(frozen=True)
class ColumnChoices:
    """How a sheet is read: which row holds the headings (0 for none), and what each column is."""

    sheet: int
    heading_row: int
    columns: Mapping[int, ColumnField]

    def column_of(self, name: str) -> int | None:
        """Return the column that fills a field; None where none does."""
        return next((at for at, one in self.columns.items() if one == name), None)


@dataclass(frozen=True)
class SheetRound:
    """The round that a sheet becomes, as whoever imports it says.

    Without days nobody knows when it was held. `salt` keeps anybody from finding a person by the
    id that is made of a name.
    """

    title: str
    language: str
    source: str
    days: tuple[date, date] | None = None
    keeps_names: bool = False
    makes_themes: bool = False
    salt: str = ""

    @property
    def id(self) -> str:
        """The id of the round: the address that its title leads to."""
        return slug_for(self.title)


@dataclass
class _Seen:
    """What earlier rows held."""

    references: dict[str, int] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    themes: set[str] = field(default_factory=set)
    serials: int = 0
    sectors_left: int = 0
    proposals: int = 0


def read_spreadsheet(choices: ColumnChoices, of: SheetRound) -> ReadPath:
    """Return what reads the file of an upload as the lines of a round.

    Every problem names its row, and as its field the one that its column fills.
    """

    def read(path: Path) -> Iterator[Line | Problem | ImportNote]:
        place = LinePlace(str(path))
        yield from _made(_round(of), place)
        seen = _Seen()
        try:
            for row in rows_of(open_spreadsheet(path), choices.sheet, of.language):
                if row.number > choices.heading_row:
                    yield from _row(row, choices, of, seen, LinePlace(str(path), row.number))
        except Refusal as refusal:
            yield Problem(place, refusal.text, refusal.help)
            return
        if not seen.proposals:
            yield Problem(
                place, _l("There is no row with a proposal below the headings."),
                _l("Look whether you chose the right sheet and the right row."),
            )  # fmt: skip
        yield from _notes(seen, place)

    return read


def _notes(seen: _Seen, place: LinePlace) -> Iterator[ImportNote]:
    if seen.serials:
        yield ImportNote(
            place,
            _l(
                "Dates that stand as a number of days, as a spreadsheet counts them, were read as "
                "dates: %(number)s. Look at them once more if the column holds other numbers.",
                number=seen.serials,
            ),
        )
    if seen.sectors_left:
        yield ImportNote(
            place,
            _l(
                "Sectors that stand without an author or an organisation are not taken over: "
                "%(number)s.",
                number=seen.sectors_left,
            ),
        )


def _made(given: Mapping[str, object], place: LinePlace) -> Iterator[Line | Problem]:
    found = build({name: one for name, one in given.items() if one not in ("", None, {})}, place)
    if isinstance(found, list):
        yield from found
    else:
        yield found


def _round(of: SheetRound) -> dict[str, object]:
    opens_at = moment_of(of.days[0], time()).isoformat() if of.days else ""
    closes_at = moment_of(of.days[1], _LAST_MINUTE).isoformat() if of.days else ""
    return {
        "type": "round",
        "version": NEWEST,
        "id": of.id,
        "title": of.title,
        "kind": "proposals",
        "language": of.language,
        "opens_at": opens_at,
        "closes_at": closes_at,
        "source": of.source,
    }


def _row(
    row: SheetRow, choices: ColumnChoices, of: SheetRound, seen: _Seen, place: LinePlace
) -> Iterator[Line | Problem]:
    said: dict[ColumnField, object] = {}
    wrong: list[Problem] = []
    for column, name in choices.columns.items():
        cell = row.cell(column)
        if cell.is_empty:
            continue
        try:
            said[name] = value_in(name, cell, of.language)
            if name is ColumnField.AUTHOR and of.keeps_names:
                said[name] = fields.name(NAME_LIMIT)(tidy_name(str(said[name])))
        except BadValue as bad:
            wrong.append(_problem(place, name, bad.text, bad.help))
        else:
            seen.serials += name in _DATES and is_serial(cell)
    if not any(not row.cell(column).is_empty for column in choices.columns):
        return  # only columns that are left out hold something
    seen.proposals += 1
    wrong += _missing(row, choices, place)
    wrong += _twice(said, seen, place)
    if wrong:
        yield from wrong
        return
    yield from _lines(said, of, seen, place)


_DATES = frozenset({ColumnField.CREATED_AT, ColumnField.SOURCE_DATE})


def _problem(place: LinePlace, name: ColumnField, text: Sentence, help_: Sentence) -> Problem:
    return Problem(place, text, help_, name, "proposal")


def _missing(row: SheetRow, choices: ColumnChoices, place: LinePlace) -> Iterator[Problem]:
    """Find what every row must have: a title, and a text."""
    here = {name: row.cell(column) for column, name in choices.columns.items()}
    if here[ColumnField.TITLE].is_empty:
        yield _problem(place, ColumnField.TITLE, _EMPTY, _FILL_IN)
    texts = [name for name in PROSE if name in here]
    if all(here[name].is_empty for name in texts):
        yield _problem(place, texts[0], _EMPTY, _FILL_IN)


def _twice(said: Mapping[ColumnField, object], seen: _Seen, place: LinePlace) -> Iterator[Problem]:
    code = str(said.get(ColumnField.REFERENCE, ""))
    if not code:
        return
    first = seen.references.setdefault(code, place.line)
    if first != place.line:
        text = _l("holds %(value)s, as row %(row)s does.", value=shown(code), row=first)
        yield _problem(place, ColumnField.REFERENCE, text, _l("Give each proposal its own."))


def _lines(
    said: Mapping[ColumnField, object], of: SheetRound, seen: _Seen, place: LinePlace
) -> Iterator[Line | Problem]:
    """Give the lines of a good row: who is new in it, a theme that is new, and the proposal."""
    author = _author(said, of)
    if author and author["id"] not in seen.people:
        seen.people.add(str(author["id"]))
        yield from _made(author, place)
    elif not author:
        seen.sectors_left += ColumnField.SECTOR in said
    theme = str(said.get(ColumnField.THEME, ""))
    if theme and of.makes_themes and theme not in seen.themes:
        seen.themes.add(theme)
        title = {of.language: theme}
        yield from _made({"type": "theme", "id": theme, "title": title}, place)
    code = said.get(ColumnField.REFERENCE)
    yield from _made(
        {
            "type": "proposal",
            # A bare number could be the code of another row.
            "id": code or f"row {place.line}",
            **{name.value: said.get(name) for name in _AS_THEY_ARE},
            "author": author.get("id"),
            "author_role": "organisation" if _is_of_organisation(said) else None,
            "fields": {name.value: said[name] for name in IN_FIELDS if name in said},
            "totals": {name.value: said[name] for name in COUNTED if name in said},
        },
        place,
    )


_AS_THEY_ARE = tuple(
    one
    for one in ColumnField
    if one not in {*IN_FIELDS, *COUNTED, ColumnField.AUTHOR, ColumnField.SECTOR}
)


def _is_of_organisation(said: Mapping[ColumnField, object]) -> bool:
    return ColumnField.ORGANISATION in said and ColumnField.AUTHOR not in said


def _author(said: Mapping[ColumnField, object], of: SheetRound) -> dict[str, object]:
    """Return the participant line of whoever handed a row in; nothing where nobody is named.

    An organisation without a person is a participant only where its sector is known: its name
    stands with the proposal, and the sector has no other place.
    """
    organisation, sector = said.get(ColumnField.ORGANISATION), said.get(ColumnField.SECTOR)
    name = said.get(ColumnField.AUTHOR)
    if not name and not (organisation and sector):
        return {}
    known_by = "\0".join(str(one or "").casefold() for one in (name, organisation, sector))
    digest = hmac.digest(f"{of.salt}:{of.id}".encode(), known_by.encode(), hashlib.sha256)
    return {
        "type": "participant",
        "id": digest.hex()[:24],
        "name": name if of.keeps_names else None,
        "organisation": organisation,
        "sector": sector,
    }
