"""Reading a file of invitations: which rows are good, and which are not, by line and reason.

Nothing is looked up here: what the database knows is handed over (`Known`).
"""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flask_babel import lazy_gettext as _l

from consult.foundation.core import csv_files
from consult.foundation.core.errors import InvalidInput, Sentence
from consult.foundation.core.languages import language_named
from consult.foundation.core.mail_addresses import tidy_address
from consult.foundation.core.names import LONGEST as LONGEST_NAME
from consult.foundation.core.names import name_fault, tidy_name
from consult.foundation.core.text import clean_line
from consult.foundation.core.visible import says_nothing
from consult.people.invitations.models import ListedRow, RefusedRow

MOST_ROWS = 10_000
MOST_BYTES = csv_files.LONGEST_CELL

COLUMNS = ("address", "name", "organisation", "language")
_HEADINGS: dict[str, str] = {
    **dict.fromkeys(
        ("e-mail", "email", "e-mailadres", "emailadres", "e-mail address", "email address"),
        "address",
    ),
    **dict.fromkeys(("naam", "name"), "name"),
    **dict.fromkeys(("organisatie", "organisation", "organization"), "organisation"),
    **dict.fromkeys(("taal", "language"), "language"),
}
HELP = _l("Save the sheet as CSV (in Excel: CSV UTF-8), and try again.")


@dataclass(frozen=True)
class Known:
    """What the database knows: members, open invitations, and organisations by name and slug."""

    members: frozenset[str]
    invited: frozenset[str]
    organisations: Mapping[str, int]


@dataclass
class Checked:
    """A file that was checked whole."""

    encoding: str
    rows: list[ListedRow] = field(default_factory=list)
    bad_rows: list[RefusedRow] = field(default_factory=list)


def decode(sent: bytes | str) -> tuple[str, str]:
    """Return the text of a file and its encoding; InvalidInput when it is no text that we know."""
    content = sent.encode() if isinstance(sent, str) else sent
    if len(content) > MOST_BYTES:
        raise _refused(_l("This file is larger than 2 MB."), _l("Divide it over more files."))
    if found := csv_files.decoded(content):
        return found
    raise _refused(_l("This file cannot be read as text."), HELP)


def check(text: str, encoding: str, language: str, known: Known) -> Checked:
    """Check every row of a text; `language` is the one of rows that name none.

    Raises InvalidInput when the text as a whole is no such list.
    """
    found = Checked(encoding)
    seen: dict[str, int] = {}
    for line, cells in _rows(text):
        if len(found.rows) + len(found.bad_rows) == MOST_ROWS:
            raise _refused(
                _l("This file has more than 10,000 rows."), _l("Divide it over more files.")
            )
        row = _read(cells, language, known)
        reason = _fault(cells, row, seen, known)
        if reason:
            said = {name: cells.get(name, "") for name in COLUMNS}
            refused: RefusedRow = {"line": line, "reason": reason, "said": said}
            if reason == "double" and row["address"]:
                refused["other"] = seen[row["address"]]
            found.bad_rows.append(refused)
        else:
            found.rows.append(row)
        if row["address"]:
            seen.setdefault(row["address"], line)
    if not found.rows and not found.bad_rows:
        raise _refused(_l("There is nobody in this file."), _l("Write one person in each line."))
    return found


def _refused(text: Sentence, help_: Sentence) -> InvalidInput:
    return InvalidInput(text, help_)


def _read(cells: dict[str, str], language: str, known: Known) -> ListedRow:
    """Read the cells of a row; what cannot be used becomes None."""
    organisation = clean_line(cells.get("organisation", ""))
    return {
        "address": tidy_address(cells.get("address", "")),
        "name": tidy_name(cells.get("name", "")),
        "organisation_id": known.organisations.get(organisation.casefold())
        if organisation
        else None,
        "language": language_named(cells.get("language", "") or language),
    }


def _fault(cells: dict[str, str], row: ListedRow, seen: dict[str, int], known: Known) -> str:
    """Name what is wrong with a row; an empty name if nothing is."""
    address = row["address"]
    if "too many" in cells:
        return "cells"
    if says_nothing(cells.get("address")):
        return "no-address"
    if address is None:
        return "not-an-address"
    if address in seen:
        return "double"
    faults = {
        "member": address in known.members,
        "invited": address in known.invited,
        "long-name": len(row["name"]) > LONGEST_NAME,
        "name": bool(row["name"]) and name_fault(row["name"]) is not None,
        "organisation": not says_nothing(cells.get("organisation"))
        and row["organisation_id"] is None,
        "language": row["language"] is None,
    }
    return next((name for name, wrong in faults.items() if wrong), "")


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the filled rows with the line on which each begins; InvalidInput if it is no CSV."""
    columns: list[str] | None = None
    try:
        for line, cells in csv_files.records(io.StringIO(text, newline="")):
            if columns is None:
                columns = _columns(cells)
            else:
                yield line, _named(columns, cells)
    except csv_files.BrokenCsv as broken:
        raise _refused(
            _l("From line %(line)s on this is no CSV.", line=broken.line),
            _l("Look for a quotation mark that is not closed."),
        ) from None


def _heading(cell: str) -> str:
    return clean_line(cell).strip('"').strip().lower()


def _columns(cells: list[str]) -> list[str]:
    columns = [_HEADINGS.get(_heading(cell), "") for cell in cells]
    known = [name for name in columns if name]
    if "address" not in known:
        raise _refused(
            _l("The first line does not name a column with e-mail addresses."),
            _l("Write in the first line: e-mail, name, organisation, language."),
        )
    if len(known) != len(set(known)):
        raise _refused(
            _l("The first line names a column twice."), _l("Remove one of the two columns.")
        )
    return columns


def _named(columns: list[str], cells: list[str]) -> dict[str, str]:
    named = zip(columns, cells, strict=False)
    values = {name: csv_files.unguarded(cell) for name, cell in named if name}
    if not all(map(says_nothing, cells[len(columns) :])):
        values["too many"] = "1"
    return values
