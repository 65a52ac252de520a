"""What a column of somebody's spreadsheet can be, and what its heading makes us guess."""

import enum
import re
from collections.abc import Sequence

from consult.foundation.core.text import clean_line


class ColumnField(enum.StrEnum):
    """What stands in a column: the key of a proposal line that it fills, or of its author's."""

    TITLE = "title"
    BODY = "body"
    PROBLEM = "problem"
    ACTION = "action"
    RESULT = "result"
    OPENNESS = "openness"
    THEME = "theme"
    AUTHOR = "author"
    ORGANISATION = "organisation"
    SECTOR = "sector"
    CREATED_AT = "created_at"
    REFERENCE = "reference"
    URL = "url"
    LANGUAGE = "language"
    STATUS = "status"
    SUPPORT = "support"
    NEUTRAL = "neutral"
    OBJECT = "object"
    ORIGIN = "origin"
    POSSIBLE_HOLDER = "possible_holder"
    PERIOD = "period"
    AMOUNT = "amount"
    SCOPE = "scope"
    SOURCE = "source"
    SOURCE_NOTE = "source_note"
    SOURCE_DATE = "source_date"


PROSE = (
    ColumnField.BODY,
    ColumnField.PROBLEM,
    ColumnField.ACTION,
    ColumnField.RESULT,
    ColumnField.OPENNESS,
)
"""The texts of a proposal; one of them must be there."""
IN_FIELDS = frozenset({
    ColumnField.PROBLEM, ColumnField.ACTION, ColumnField.RESULT, ColumnField.OPENNESS,
    ColumnField.ORIGIN, ColumnField.POSSIBLE_HOLDER, ColumnField.PERIOD, ColumnField.AMOUNT,
})  # fmt: skip
"""What stands in `fields` of a proposal line."""
COUNTED = (ColumnField.SUPPORT, ColumnField.NEUTRAL, ColumnField.OBJECT)

_HEADINGS: dict[ColumnField, tuple[str, ...]] = {
    ColumnField.TITLE: (
        "titel", "title", "onderwerp", "subject", "kop", "naam voorstel", "titel voorstel",
        "voorstel titel", "titel van het voorstel", "title of the proposal", "proposal title",
        "naam van het voorstel", "korte titel", "actie titel",
    ),
    ColumnField.BODY: (
        "tekst", "text", "body", "omschrijving", "beschrijving", "description", "toelichting",
        "explanation", "inhoud", "content", "voorstel", "proposal", "tekst van het voorstel",
        "inbreng", "idee", "idea", "reactie", "antwoord",
    ),
    ColumnField.PROBLEM: (
        "probleem", "problem", "knelpunt", "aanleiding", "wat is het probleem",
        "what is the problem",
    ),
    ColumnField.ACTION: (
        "actie", "action", "maatregel", "oplossing", "solution", "voorgestelde actie",
        "wat moet er gebeuren", "what should happen",
    ),
    ColumnField.RESULT: (
        "resultaat", "result", "results", "beoogd resultaat", "expected result", "effect",
        "opbrengst",
    ),
    ColumnField.OPENNESS: (
        "openheid", "openness", "bijdrage aan openheid", "transparantie", "relevantie",
        "relevance", "contribution to openness",
    ),
    ColumnField.THEME: (
        "thema", "theme", "oplossingsrichting", "categorie", "category", "rubriek", "topic",
        "spoor", "cluster",
    ),
    ColumnField.AUTHOR: (
        "naam", "name", "auteur", "author", "indiener", "inzender", "naam indiener",
        "naam inzender", "submitted by", "ingediend door", "deelnemer", "participant", "afzender",
        "contactpersoon", "naam deelnemer",
    ),
    ColumnField.ORGANISATION: (
        "organisatie", "organisation", "organization", "namens", "on behalf of", "instelling",
        "naam organisatie", "bedrijf", "company", "affiliation",
    ),
    ColumnField.SECTOR: ("sector", "soort organisatie", "type organisatie", "kind of organisation"),
    ColumnField.CREATED_AT: (
        "datum", "date", "ingediend op", "submitted on", "submitted at", "ontvangen op",
        "received on", "datum ontvangst", "datum indiening", "tijdstempel", "timestamp",
        "created at", "created_at", "begintijd", "tijd van voltooien", "completion time",
        "datum ingediend",
    ),
    ColumnField.REFERENCE: (
        "nummer", "nr", "no", "number", "id", "code", "kenmerk", "reference", "referentie",
        "volgnummer", "voorstelnummer",
    ),
    ColumnField.URL: ("url", "link", "webadres", "adres", "address", "bron url", "source url"),
    ColumnField.LANGUAGE: ("taal", "language"),
    ColumnField.STATUS: ("status", "stand", "state"),
    ColumnField.SUPPORT: (
        "likes", "steun", "support", "stemmen", "votes", "voor", "aantal stemmen", "duimpjes",
        "eens", "agree", "aantal likes", "stickers",
    ),
    ColumnField.NEUTRAL: ("neutraal", "neutral"),
    ColumnField.OBJECT: ("tegen", "oneens", "against", "object", "bezwaar", "disagree"),
    ColumnField.ORIGIN: ("herkomst", "origin", "nieuw of bestaand", "new or existing"),
    ColumnField.POSSIBLE_HOLDER: (
        "actiehouder", "mogelijke actiehouder", "possible holder", "holder", "trekker",
        "verantwoordelijke", "possible_holder",
    ),
    ColumnField.PERIOD: ("periode", "period", "looptijd", "planning", "wanneer", "when"),
    ColumnField.AMOUNT: ("bedrag", "amount", "budget", "kosten", "costs", "euro", "subsidie"),
    ColumnField.SCOPE: ("gebied", "area", "scope", "wijk", "regio", "region", "district"),
    ColumnField.SOURCE: ("bron", "source", "ontvangen via", "received by", "kanaal", "channel"),
    ColumnField.SOURCE_NOTE: ("bijeenkomst", "meeting", "sessie", "session", "workshop", "tafel"),
    ColumnField.SOURCE_DATE: ("datum bijeenkomst", "date of the meeting", "source_date"),
}  # fmt: skip
_BY_HEADING = {name: field for field, names in _HEADINGS.items() for name in names}
_MARKS = re.compile(r"[*:?!.\"“”'()\[\]]+")


def tidy_heading(text: str) -> str:
    """Return a heading as it is compared: one line in small letters, without marks."""
    return " ".join(_MARKS.sub(" ", clean_line(text)).casefold().split())


def guess(headings: Sequence[str]) -> list[ColumnField | None]:
    """Return what each heading makes us guess; the first of two alike, and a field only once."""
    taken: set[ColumnField] = set()
    found: list[ColumnField | None] = []
    for heading in headings:
        field = _BY_HEADING.get(tidy_heading(heading))
        found.append(None if field in taken else field)
        if field is not None:
            taken.add(field)
    return found


def heading_row(rows: Sequence[Sequence[str]]) -> int:
    """Return the place of the row that holds the headings, among the first rows of a sheet.

    The one in which most cells are headings that we know; else the first with two cells or more,
    since a title above a table stands alone.
    """
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows]
    known = [
        sum(tidy_heading(cell) in _BY_HEADING for cell in row) if count > 1 else 0
        for row, count in zip(rows, filled, strict=True)
    ]
    most = max(known, default=0)
    if most:
        return known.index(most)
    return next((place for place, count in enumerate(filled) if count > 1), 0)
