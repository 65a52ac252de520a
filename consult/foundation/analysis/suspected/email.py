"""Addresses of e-mail, also as people write them to hide them from machines."""

from collections.abc import Iterator

import regex

from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LABEL = r"[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?"
_SPOKEN = r"(?:apen?[ ]?sta+rt(?:je)?)"
_BRACKETED_AT = rf"[ ]{{0,2}}[(\[{{<][ ]?(?:at|{_SPOKEN}|@|a)[ ]?[)\]}}>][ ]{{0,2}}"
_SPOKEN_AT = rf"[ ]{{1,2}}{_SPOKEN}[ ]{{1,2}}"
_AT_WORD = r"[ ]{1,2}-?at-?[ ]{1,2}"
_SPACED_AT = r"[ ]{0,2}\n?@[ ]{0,2}"
_BRACKETED_DOT = r"[ ]{0,2}[(\[{<][ ]?(?:dot|punt|\.|d)[ ]?[)\]}>][ ]{0,2}"
_DOT_WORD = r"[ ]{1,2}(?:dot|punt)[ ]{1,2}"
_TOP = (
    r"(?:nl|com|org|net|eu|be|de|info|io|dev|frl|amsterdam|uk|co|fr|gov|edu|biz|me|email|online|"
    r"pro|app|nu|tv|cc|at|ch|dk|se|no|fi|es|pt|it|pl|ie|lu|us|ca|int|overheid|politie)"
)
_END = r"(?![\p{L}\p{N}_-]|\.[\p{L}\p{N}])"
_AT = regex.compile(rf"@|{_BRACKETED_AT}|{_SPOKEN_AT}|{_AT_WORD}", regex.IGNORECASE)
_LOCAL = regex.compile(
    rf"[\p{{L}}\p{{N}}](?:[\p{{L}}\p{{N}}\p{{M}}_.+'-]|{_BRACKETED_DOT}|"
    rf"(?<=\p{{L}}){_DOT_WORD}(?=\p{{L}})){{0,63}}$",
    regex.IGNORECASE,
)
_PLAIN_DOMAIN = regex.compile(
    rf"(?:{_LABEL}\.)+\p{{L}}[\p{{L}}\p{{N}}-]{{1,62}}(?![\p{{L}}\p{{N}}_])"
)
_HIDDEN_DOMAIN = regex.compile(
    rf"(?:{_LABEL}(?:[ ]?\.[ ]?|,(?=\p{{L}})|{_BRACKETED_DOT}|{_DOT_WORD}))+?{_TOP}{_END}",
    regex.IGNORECASE,
)
_DOTTED_DOMAIN = regex.compile(
    rf"(?:{_LABEL}(?:{_BRACKETED_DOT}|{_DOT_WORD}))+?{_TOP}{_END}", regex.IGNORECASE
)
_LETTERS_APART = regex.compile(
    r"(?<![\p{L}\p{N}])[\p{L}\p{N}](?:[ ][\p{L}\p{N}._-]){1,30}+[ ]@"
    r"(?:[ ][\p{L}\p{N}.-]){5,40}+(?![\p{L}\p{N}])"
)
_MOST_BLANKS = 3
_LONGEST_LOCAL = 100
_LONGEST_DOMAIN = 200

_FUNCTIONS = _words(
    """
    info contact privacy noreply no-reply donotreply post postbus postkamer redactie
    communicatie secretariaat secretaris bestuur servicedesk helpdesk support service
    klantenservice klantcontact pers press media webmaster admin administratie administrator
    office kantoor woo wob avg fg dpo klacht klachten participatie inspraak griffie balie
    receptie algemeen mail email hello hallo team feedback meldpunt melding meldingen inkoop
    sales hr vragen vraag loket archief bibliotheek data opendata open-data openoverheid
    open-overheid open wooverzoek woo-verzoek woo-verzoeken wooverzoeken consultatie
    internetconsultatie beheer aanmelden aanmelding inschrijven events evenementen nieuws
    nieuwsbrief newsletter security abuse postmaster hostmaster enquiries enquiry inquiries
    general secretariat library webcare voorlichting burgerzaken gemeente stadhuis provincie
    minister ministerie raad bezwaar bezwaarschriften zienswijze zienswijzen subsidie subsidies
    projecten project vacatures jobs recruitment facturen facturatie finance financien register
    registratie statistiek onderzoek research git cert csirt ncsc support-desk questions
    consultation complaints foi freedomofinformation
    """
)
"""Mailboxes of a function, which say nothing about a person."""
_FOR_ANYBODY = regex.compile(
    r"(?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|icloud|me|proton|protonmail|ziggo|kpn|"
    r"kpnmail|xs4all|planet|home|hetnet|upcmail|casema|quicknet|chello|telfort|tele2|gmx|aol)\.",
    regex.IGNORECASE,
)
"""Providers at which anybody has a mailbox, under any name."""


def emails(text: str) -> Iterator[Suspected]:
    """Yield the addresses of e-mail in a folded text, but not those of a function (info@…)."""
    done = 0
    for match in _AT.finditer(text):
        at, after = match.span()
        found = _local_before(text, done, at), _domain_after(text, at, after)
        if found[0] is None or found[1] is None:
            continue
        start, end = found[0], found[1]
        if _is_word(match.group()) and not _is_hidden(text[start:at], text[after:end]):
            continue
        if not _of_a_function(text[start:at], text[after:end]):
            yield Suspected(start, end, SuspectedKind.EMAIL)
        done = end
    for match in _LETTERS_APART.finditer(text):
        yield Suspected(*match.span(), SuspectedKind.EMAIL)


def _local_before(text: str, done: int, at: int) -> int | None:
    first = max(done, at - _LONGEST_LOCAL)
    end = at
    while end > first and text[end - 1] in " \n\"'" and at - end < _MOST_BLANKS:
        end -= 1
    match = _LOCAL.search(text[first:end])
    return first + match.start() if match else None


def _domain_after(text: str, at: int, after: int) -> int | None:
    plain = text[at:after] == "@" and not text[after : after + 1].isspace()
    shown = text[after : after + _LONGEST_DOMAIN]
    skipped = 0 if plain else len(shown) - len(shown.lstrip(" \n"))
    if skipped > _MOST_BLANKS:
        return None
    shown = shown[skipped:]
    match = _PLAIN_DOMAIN.match(shown) if plain else None
    match = match or _HIDDEN_DOMAIN.match(shown)
    return after + skipped + match.end() if match else None


def _is_word(at: str) -> bool:
    return at.strip(" -").lower() == "at"


def _is_hidden(local: str, domain: str) -> bool:
    """Whether *x at y* is an address: its dots are written out too, or its name is no word."""
    return bool(_DOTTED_DOMAIN.match(domain)) or bool(regex.search(r"[\d._]", local.strip(" .")))


def _of_a_function(local: str, domain: str) -> bool:
    said = local.strip(" \n\"'").lower()
    return said in _FUNCTIONS and not _FOR_ANYBODY.match(domain.lstrip())
