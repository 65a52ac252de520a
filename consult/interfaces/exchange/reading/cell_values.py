"""What a cell says, as the key of a line takes it; BadValue where it says something else."""

import enum
from collections.abc import Callable, Mapping
from functools import cache

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from consult.consultation.comments.labels import STATES
from consult.consultation.comments.models import ContributionState
from consult.consultation.proposals.labels import ORIGINS, SOURCES
from consult.consultation.proposals.models import Origin, Source
from consult.foundation.core.errors import Sentence
from consult.foundation.core.labels import Labels
from consult.foundation.core.languages import LANGUAGES, language_named
from consult.foundation.core.money import money_for_file, read_money
from consult.foundation.core.numbers import Notation, Unreadable, notation, read_number
from consult.foundation.core.text import clean_line, clean_text
from consult.interfaces.exchange.format import fields
from consult.interfaces.exchange.format.fields import MANY, FieldCheck
from consult.interfaces.exchange.format.problems import BadValue, shown
from consult.interfaces.exchange.format.schema import ID_LIMIT, PROPOSAL_FIELDS, SHAPES
from consult.interfaces.exchange.reading.cell_dates import day_in, moment_in
from consult.interfaces.exchange.reading.columns import ColumnField
from consult.interfaces.exchange.reading.sheet_cells import SheetCell
from consult.people.organisations.labels import SECTORS
from consult.people.organisations.models import Sector

_CENTS = 100
_NEARLY = 1e-6
_KEYS = {key.name: key.check for key in SHAPES["proposal"].keys}
_CHECKS: Mapping[str, FieldCheck[object]] = {
    **_KEYS,
    **PROPOSAL_FIELDS,
    "theme": fields.heading(ID_LIMIT),
}
"""How the format checks what a column fills."""

# What people write besides the labels on our pages and the values of the format.
_ALSO: dict[enum.StrEnum, tuple[str, ...]] = {
    Sector.CIVIL_SOCIETY: (
        "maatschappelijke organisatie", "maatschappelijke organisaties", "ngo", "vereniging",
        "stichting", "maatschappelijk", "maatschappelijk middenveld", "belangenorganisatie",
    ),
    Sector.GOVERNMENT: ("gemeente", "provincie", "ministerie", "rijk", "overheden"),
    Sector.BUSINESS: ("bedrijf", "bedrijfsleven", "company", "private sector"),
    Sector.KNOWLEDGE: (
        "kennisinstelling", "wetenschap", "universiteit", "academia", "university", "onderzoek",
    ),
    Origin.CONTINUED: ("vervolg", "voortzetting", "continued", "continuation"),
    Source.MEETING: ("bijeenkomst", "vergadering", "workshop", "meeting", "sessie"),
    Source.LETTER: ("brief", "letter", "post"),
    Source.EMAIL: ("mail", "e-mail", "email", "mailbox"),
    Source.IMPORT: ("import", "enquête", "survey"),
    ContributionState.PENDING: ("in behandeling", "wacht"),
    ContributionState.RETURNED: ("teruggestuurd", "returned"),
    ContributionState.LATE: ("te laat", "late"),
}  # fmt: skip
_CHOICES: dict[ColumnField, Labels] = {
    ColumnField.SECTOR: SECTORS,
    ColumnField.ORIGIN: ORIGINS,
    ColumnField.SOURCE: SOURCES,
    ColumnField.STATUS: {
        state: label for state, label in STATES.items() if state is not ContributionState.DRAFT
    },
}


def value_in(field: ColumnField, cell: SheetCell, language: str) -> object:
    """Return what a filled cell says, as the format takes it; `language` is the one of the sheet.

    Raises BadValue, with what is wrong and what would help.
    """
    if cell.fault:
        raise BadValue(cell.fault)
    if field in _CHOICES:
        return _choice(field, cell)
    return _READERS.get(field, _line)(field, cell, language)


def _checked(field: ColumnField, said: object) -> object:
    _CHECKS[field](said)
    return said


def _line(field: ColumnField, cell: SheetCell, _language: str) -> object:
    return _checked(field, clean_line(cell.text))


def _prose(field: ColumnField, cell: SheetCell, _language: str) -> object:
    return _checked(field, clean_text(cell.text))


def _person(_field: ColumnField, cell: SheetCell, _language: str) -> object:
    return clean_line(cell.text)


def _moment(_field: ColumnField, cell: SheetCell, _language: str) -> object:
    return moment_in(cell).isoformat()


def _day(_field: ColumnField, cell: SheetCell, _language: str) -> object:
    return day_in(cell).isoformat()


def _language(_field: ColumnField, cell: SheetCell, _of_sheet: str) -> object:
    said = clean_line(cell.text)
    found = language_named(said) or said.lower()
    fields.language(found)
    return found


def _count(_field: ColumnField, cell: SheetCell, language: str) -> object:
    if isinstance(cell.value, float):
        number = int(cell.value) if cell.value.is_integer() else -1
        return fields.count(number) if number >= 0 else _no_count(cell)
    try:
        found = read_number(clean_line(cell.text), 0, MANY, how=_notation(language))
    except Unreadable:
        found = None
    return _no_count(cell) if found is None else found


def _no_count(cell: SheetCell) -> object:
    raise BadValue(
        _l("holds %(value)s, not a number of things.", value=shown(cell.text)),
        _l("Write 0 or more."),
    )


def _amount(_field: ColumnField, cell: SheetCell, language: str) -> object:
    cents: int | None
    if isinstance(cell.value, float):
        cents = round(cell.value * _CENTS)
        if cell.value < 0 or abs(cell.value * _CENTS - cents) > _NEARLY * max(1, cents):
            raise BadValue(
                _l("holds %(value)s, not an amount.", value=shown(cell.text)),
                _l("Write euros, with at most two decimals."),
            )
        return _checked(ColumnField.AMOUNT, money_for_file(cents))
    try:
        cents = read_money(clean_line(cell.text), how=_notation(language))
    except Unreadable as unreadable:
        why: Sentence = str(unreadable)
        raise BadValue(_l("holds %(value)s, not an amount.", value=shown(cell.text)), why) from None
    return money_for_file(cents or 0)


def _notation(language: str) -> Notation:
    return notation(language if language in LANGUAGES else LANGUAGES[0])


_READERS: dict[ColumnField, Callable[[ColumnField, SheetCell, str], object]] = {
    ColumnField.BODY: _prose,
    ColumnField.PROBLEM: _prose,
    ColumnField.ACTION: _prose,
    ColumnField.RESULT: _prose,
    ColumnField.OPENNESS: _prose,
    ColumnField.AUTHOR: _person,
    ColumnField.CREATED_AT: _moment,
    ColumnField.SOURCE_DATE: _day,
    ColumnField.LANGUAGE: _language,
    ColumnField.SUPPORT: _count,
    ColumnField.NEUTRAL: _count,
    ColumnField.OBJECT: _count,
    ColumnField.AMOUNT: _amount,
}
"""What reads a column of each field; a line of text where nothing else is said."""


def _choice(field: ColumnField, cell: SheetCell) -> object:
    found = _words(field).get(clean_line(cell.text).casefold())
    if found is None:
        raise BadValue(
            _l("holds %(value)s.", value=shown(cell.text)),
            _l("Use one of: %(values)s.", values=", ".join(map(str, _CHOICES[field].values()))),
        )
    return found


@cache
def _words(field: ColumnField) -> dict[str, str]:
    """Return the values of a choice by all that people write for them, in every language."""
    found: dict[str, str] = {}
    for member, label in _CHOICES[field].items():
        said = [member.value, *_ALSO.get(member, ())]
        for language in LANGUAGES:
            with force_locale(language):
                said.append(str(label))
        found |= dict.fromkeys((one.casefold() for one in said), str(member.value))
    return found
