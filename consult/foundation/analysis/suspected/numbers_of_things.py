"""Numbers that say what they are, and are of no person: what no detector of numbers looks at."""

from collections.abc import Iterator

import regex

from consult.foundation.analysis.suspected.context import is_named, named

_MARKED = regex.compile(
    r"""
    (?:https?://|www\.)[^\s<>"]{1,500}+
    | \bECLI:[A-Z0-9:.]{1,60}+
    | \b10\.\d{4,9}/\S{1,200}+
    | \bNL[ .]?\d{4}[ .]?\d{2}[ .]?\d{3}[ .]?B[ .]?\d{2}\b
    | \b97[89][ -]?(?:\d[ -]?){9}\d\b
    | \b[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\b
    | (?<![\d.,-])[+-]?\d{1,3}\.\d{4,15}+(?![\d.,-])
    | (?<![\d./-])(?:[0-3]?\d[./-][01]?\d[./-](?:19|20)\d\d
      |(?:19|20)\d\d[./-][01]\d[./-][0-3]\d)(?![\d/])
    | (?:€|\$|£|\b(?:EUR|euro|USD|GBP))[ ]?\d[\d.,]{0,20}+(?:[ ]\d{3}){0,5}+
    | \b\d[\d.,]{0,20}+(?:[ ]\d{3}){0,5}+(?:,-|[ ]?(?:€|(?:euro|EUR|eurocent|dollar|pond|
      miljoen|miljard|mln|mld|
      million|billion|procent|percent|%|kWh|MWh|GWh|km|kilometer|hectare|m2|m²|ton|kg|liter|bytes|MB|GB|
      inwoners|residents|inhabitants|documenten|documents|pagina's|pages|personen|mensen|people|
      burgers|citizens|bezoekers|visitors|records|regels|rows|verzoeken|requests|gebruikers|
      users|stuks|downloads|views|hits|huishoudens|households|woningen|transacties)\b))
    | \b(?:art(?:ikel)?|article|§|lid|hoofdstuk|chapter|paragraaf|Stb|Stcrt|Pb|Trb)\b\.?[ ]?
      (?:EU[ ])?(?:L[ ]|C[ ])?\d[\d.:/-]{0,20}+(?:,?[ ]nr\.?[ ]?\d{1,9}+)?
    | \bKamerstuk(?:ken|nummer)?\b[^\d\n]{0,20}\d[\d .,/-]{0,30}+(?:nr\.?[ ]?\d{1,9}+)?
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_CALLED = named(
    r"kvk|k\.v\.k|kamer[ ]van[ ]koophandel|chamber[ ]of[ ]commerce|coc|rsin|oin|btw|"
    r"btw-id|vat|omzetbelasting|loonheffing(?:en|s)?|fiscaal|isbn|issn|doi|ean|gtin|"
    r"oclc|ppn|vestigings|ons[ ]kenmerk|uw[ ]kenmerk|kenmerk|our[ ]reference|"
    r"referentie|reference|ref|dossier|zaak|case|file|woo|wob|woo-?verzoek|aanvraag|"
    r"application|project|order|bestel|purchase|factuur|invoice|aanbesteding|"
    r"tender(?:ned)?|inkoop|contract|perceel|kadaster|kadastraal|ticket|melding|"
    r"meldings|incident|klacht|complaint|besluit|vergunning|permit|verplichting|"
    r"subsidie|grant|registratie|registration|inschrijf|archief|inventaris|serie|"
    r"serial|artikel|product|bestands|versie|version|relatie|lot|vergadering|agenda|"
    r"corsa|motie|dossiernr|zaakid|zaak-id|case-id|stcrt|stb|nur|bag|bag-id|"
    r"adresseerbaarobject|object|pand|gebouw|leveranciers?|supplier|creditor|crediteur|"
    r"debiteur|begroting|grootboek|kostenplaats|doc(?:ument)?[ ]?id|docs?[ ]?nr|cve|"
    r"rfc|iso|nen|din|commit|issue|bug|release|part|model"
)
_NUMBER = regex.compile(
    r"(?<![\p{L}\d./_-])(?=[\p{L}./_-]{0,16}\d)[\p{L}\d][\p{L}\d./_-]{0,60}+"
    r"(?:[ ](?=\d)[\d./-]{1,30}+){0,6}+"
)


def numbers_of_things(text: str) -> Iterator[tuple[int, int]]:
    """Yield where addresses of the web, amounts, dates, laws and named numbers of things stand."""
    for match in _MARKED.finditer(text):
        yield match.span()
    for match in _NUMBER.finditer(text):
        if is_named(_CALLED, text, match.start()):
            yield match.span()


class Covered:
    """Which signs of a text are taken, to be asked in a moment."""

    def __init__(self, length: int) -> None:
        """Begin with a text of which nothing is taken."""
        self._signs = bytearray(length)

    def take(self, start: int, end: int) -> None:
        """Take the signs from `start` up to `end`."""
        self._signs[start:end] = b"\1" * (end - start)

    def touches(self, start: int, end: int) -> bool:
        """Whether a sign in between is taken."""
        return self._signs.find(1, start, end) >= 0
