"""Names of people: after a form of address, after what says that a name follows, under a letter.

Rules, not a list of names: a bare name in the middle of a sentence is not found. Whoever holds a
public office is named by it (*minister Jansen*), and is not marked.
"""

from collections.abc import Iterator

import regex

from consult.foundation.analysis.suspected.name_words import (
    ABOUT,
    FIELDS,
    GREETINGS,
    INTRODUCTIONS,
    KIN,
    KIN_ALONE,
    NOT_NAMES,
    OFFICES,
    ORGANISATIONS,
    PARTICLES,
    PARTIES,
    PLACES_END,
    PRONOUNS,
    ROLES,
    TITLES,
)
from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind

_NOT_JOINED = r"(?<![\p{L}\p{M}\d'/&-])"
_PARTICLE = (
    r"(?:(?i:v\.d\.|v/d|op't|(?:op|in|aan|uit|onder|over|bij|voor|tot)[ ](?:de[nr]?|het|'t|te)|"
    rf"'t|'s|'d|{'|'.join(PARTICLES)})(?![\p{{L}}\p{{M}}])|(?i:l'|d'|o'))"
)
_INITIAL = (
    r"(?:(?:Th|Ch|Chr|Ph|IJ|Ij|St|Sj|Tj|Fr|Jo|Joh|Kh|Sh|Yv|Ev|Alb|Wm|Hub|Jac)\.|\p{Lu}\p{M}*\.)"
)
_INITIALS = (
    rf"(?:{_INITIAL}(?:[ -]?{_INITIAL}){{0,7}}"
    r"(?:[ ]?\((?:\p{Lu}[\p{L}\p{M}' -]{1,30})\))?)"
)
_LOOSE_INITIALS = r"(?:\p{Lu}{1,4}(?=[ ](?:\p{Lu}\p{Ll}|(?:van|de|der|den|ter|ten|'t)[ ])))"
_JOINED = (
    r"(?:[ ]?-[ ]?(?:van[ ](?:de[nr]?[ ])?|de[nr]?[ ]|ter[ ]|ten[ ]|'t[ ]|el[ ]|al-|el-)?"
    r"\p{Lu}[\p{L}\p{M}']{0,40}+){0,3}+"
)
_WORD = (
    r"(?:(?:[OD]'|Mc|Mac|Fitz)?\p{Lu}(?:[\p{L}\p{M}]|(?<=\p{L})'(?=\p{L})){0,40}+" + _JOINED + ")"
)
_GAP = r"(?:[ ]{1,3}|[ ]?\n[ ]?)"
_PARTICLES = rf"(?:{_PARTICLE}{_GAP}?){{0,3}}"
_MORE = rf"(?:(?:{_INITIALS}[ ]?)?{_PARTICLES}{_WORD})"
_NAME = rf"(?:(?:{_INITIALS}|{_LOOSE_INITIALS})[ ]?\n?)?{_PARTICLES}{_WORD}(?:{_GAP}{_MORE}){{0,5}}"
"""A family name, with what may stand before it."""
_FULL = (
    rf"(?:(?:{_INITIALS}|{_LOOSE_INITIALS})[ ]?{_PARTICLES}{_WORD}|{_WORD})"
    rf"(?:{_GAP}{_MORE}){{0,5}}"
)
"""A given name or initials, and what follows."""
_TITLED = rf"(?:(?i:{'|'.join(TITLES)})\.?(?:[ ]|(?<=\.))){{0,4}}"
_ADDRESSED = (
    r"(?:(?i:de[ ]heer|dhr\.?|hr\.|meneer|mijnheer|mevrouw|mevr\.?|mw\.?|mr\.?|mrs\.?|ms\.?|"
    r"drs\.?|dr\.?|ir\.?|ing\.?|prof\.?)[ ]?){0,4}"
)
_FORM_WORD = (
    r"(?:(?i:de[ ]heer|heer|hr\.|dhr\.?|meneer|mijnheer|m'neer|menheer|mevrouw|mevr\.?|mvr\.?|"
    r"mw\.?|mej\.?|mejuffrouw|juffrouw|juf|meester|mister|fam\.?|familie|gezin|echtpaar|erven|"
    r"weduwe|wed\.|mrs\.?|miss|mx\.?|madam|madame|mme\.?|monsieur|frau|herr|se[ñn]ora?|sir|lady|"
    r"drs\.?|ir\.|ing\.|mr\.?|dr\.|prof\.?|professor|dokter|doctor|bc\.|msc\.?|ds\.|dominee|"
    r"pastoor|imam|zuster|broeder|messrs\.?|mesdames|heren|dames)|"
    r"Ms\.?|MS\.|Dr|Ir|Ing|Hr|ir|ing|dr|hr)"
)
_FORM = regex.compile(
    rf"{_NOT_JOINED}(?:{_FORM_WORD})(?![\p{{L}}\p{{M}}])\.?"
    r"(?:[ ]?/[ ]?(?i:mevrouw|mevr\.?|mw\.?|meneer|de[ ]heer|dhr\.?))?"
    rf"(?:{_GAP}|(?<=\.))(?:(?:en|and|&|\+|of)[ ](?:{_FORM_WORD})[ ])?{_TITLED}({_NAME})"
)
_LOWER_FORM = regex.compile(
    rf"{_NOT_JOINED}"
    r"(?i:meneer|mijnheer|mevrouw|mevr\.?|mw\.?|dhr\.?|de[ ]heer|mrs\.?|mr\.|ms\.|fam\.|drs\.?)[ ]"
    r"((?:(?:\p{Ll}\.[ ]?){1,4}[ ]?)?"
    r"(?:(?:van|de|der|den|het|'t|ter|ten|te|el|al|op|in)[ ]){0,3}\p{Ll}[\p{Ll}\p{M}'-]{2,40})"
    r"(?![\p{L}\p{M}'-])"
)
_UPPER_FORM = regex.compile(
    rf"{_NOT_JOINED}(?:DE[ ]HEER|DHR\.?|MENEER|MIJNHEER|MEVROUW|MEVR\.?|MW\.?|MR\.?|MRS\.?|MS\.?|"
    r"DRS\.?|DR\.|IR\.|PROF\.?|FAM\.?|FAMILIE)[ ]"
    rf"((?:{_INITIALS}[ ]?)?(?:\p{{Lu}}[\p{{Lu}}\p{{M}}'-]{{0,40}}[ ]){{0,3}}"
    r"\p{Lu}[\p{Lu}\p{M}'-]{2,40})(?![\p{L}\p{M}])"
)
_SECOND = regex.compile(
    rf"{_NOT_JOINED}(?i:heren|dames|messrs\.?|mesdames)[ ]"
    rf"{_NAME}(?:,[ ]?{_NAME}){{0,3}}[ ](?:en|and|&)[ ]({_NAME})"
)
_FIELD = regex.compile(
    rf"{_NOT_JOINED}(?i:{'|'.join(FIELDS)})(?:[ ]?\([^()\n]{{0,40}}\))?"
    rf"[ ]?[:=|][ \n]{{0,3}}{_ADDRESSED}({_FULL})"
)
_ATTENTION = regex.compile(
    rf"{_NOT_JOINED}(?i:t\.a\.v\.?|ter[ ]attentie[ ]van|for[ ]the[ ]attention[ ]of|attn\.?|w\.g\.|"
    rf"ondergetekende|the[ ]undersigned|undersigned)[ ]?[,:]?[ \n]{{1,2}}{_ADDRESSED}({_FULL})"
)
_INTRODUCED = regex.compile(
    rf"{_NOT_JOINED}(?i:{'|'.join(INTRODUCTIONS)})[ \n]:?{_ADDRESSED}({_FULL})"
)
_SELF = regex.compile(
    rf"{_NOT_JOINED}(?i:ik[ ]ben|ik,|I[ ]am|I'm|I,|spreekt?[ ]met)[ ]{_ADDRESSED}({_FULL})"
)
_ABOUT = regex.compile(
    rf"{_NOT_JOINED}(?i:{'|'.join(ABOUT)}|"
    rf"(?:{'|'.join(ROLES)})(?:[ ](?:voor|van|bij|for|of)(?:[ ][\p{{L}}-]{{1,40}}){{1,4}})?"
    rf"[ ](?:is|was)|"
    r"(?:vragen|inlichtingen|informatie|meer[ ]weten|questions|information|enquiries)[ ]?[:?])"
    rf"[ ]{_ADDRESSED}({_FULL})"
)
"""What may also be followed by the name of a body: two words at least, none of them a body's."""
_SIGNED = regex.compile(
    rf"{_NOT_JOINED}(?i:{'|'.join(GREETINGS)})[ ]?[,.!:]?[ ]?"
    r"(?:(?i:namens)[ ][^\n]{1,60}[,:])?[ ]?\n{0,3}[ ]?(?:-[ ]?)?"
    rf"{_ADDRESSED}({_FULL})(?=[ ]?[,.;(\n]|[ ]?$)"
)
_KIN = regex.compile(
    rf"{_NOT_JOINED}(?i:{'|'.join(PRONOUNS)})[ ](?:(?!van|"
    rf"of)\p{{Ll}}[\p{{Ll}}-]{{3,14}}[ ]){{0,2}}?"
    rf"(?i:{'|'.join(KIN)})(?:,|[ ]genaamd|[ ]named|[ ]called)?[ \n]{_ADDRESSED}({_FULL})"
)
_LIVING = regex.compile(
    rf"(?<![\p{{L}}\p{{M}}'-])({_FULL})"
    r"(?i:,?[ ](?:wonende?|woonachtig|geboren|geb\.|residing|born)[ ](?:te|in|aan|op|at|on)[ ])"
)
_KIN_ALONE = regex.compile(rf"{_NOT_JOINED}(?i:{'|'.join(KIN_ALONE)})[ ]({_FULL})")
_OFFICE_BEFORE = regex.compile(
    rf"(?<!\p{{L}})(?:{'|'.join(OFFICES)})[ ]?,?"
    r"(?:[ ](?:van|voor|of|for|the|de|het|en|and)(?:[ ][\p{L}-]{1,40}){1,4},?)?[ ]?"
    r"(?:(?:de|the)[ ])?$",
    regex.IGNORECASE,
)
_PARTY_AFTER = regex.compile(rf"[ ]?[(\[,][ ]?(?:{'|'.join(PARTIES)})\b")
_MOTION_BEFORE = regex.compile(
    r"(?:motie|moties|amendement|initiatiefwet|initiatiefnota|kamervragen|motion|amendment)"
    r"(?:[ ](?:van|door|by|of|from))?"
    r"(?:[ ](?:de[ ]leden|het[ ]lid|the[ ]members?|het[ ]kamerlid))?[ ]?-?$",
    regex.IGNORECASE,
)
_POLITE_BEFORE = regex.compile(r"(?:geachte|beste|dear|heer|/)[ ]?/?[ ]?$", regex.IGNORECASE)
_POLITE = regex.compile(r"dames|heren|sir|madam", regex.IGNORECASE)
_OF_A_PLACE = regex.compile(
    r"(?<!\p{L})(?:van|von|ter|ten|in[ ]'t|op)[ ](?:(?:de[nr]?|het|'t|'s)[ ])?$", regex.IGNORECASE
)
"""What stands before the rest of a name that is also a common word: *van der Meer*."""
_WORDS = regex.compile(r"[\p{L}\p{M}'-]+")
_REACH = 60
_LONGEST_INITIAL = 3
_SHORTEST_PLACE = 6
_MOST_OF_A_NAME = 2
"""Words of a name without a word between them; those of a body are often more."""

_RULES = (
    (_FORM, 1), (_UPPER_FORM, 1), (_SECOND, 1), (_FIELD, 1), (_INTRODUCED, 1), (_ATTENTION, 2),
    (_KIN, 1), (_KIN_ALONE, 1), (_SELF, 2), (_LIVING, 2), (_ABOUT, 2), (_SIGNED, 1),
)  # fmt: skip
"""What a name follows, and how many words it must have there to be taken for one."""


_OF_ANYBODY = {_SELF, _LIVING, _ABOUT}
"""What any words with a capital may follow: one that is in no name tells that it is none."""


def names(text: str) -> Iterator[Suspected]:
    """Yield the names of people in a folded text, without the form of address before them."""
    for pattern, fewest in _RULES:
        for match in pattern.finditer(text):
            if not _begins_a_letter(text, match) and not _holds_office(text, *match.span()):
                yield from _name(text, match, fewest)
    for match in _LOWER_FORM.finditer(text):
        last = _WORDS.findall(match[1])[-1].lower()
        common = last in NOT_NAMES or last in PARTICLES or last in TITLES
        if not common and not _holds_office(text, *match.span()):
            yield Suspected(*match.span(1), SuspectedKind.NAME)


def _begins_a_letter(text: str, match: regex.Match[str]) -> bool:
    """Whether nobody is named: *Geachte heer/mevrouw*, and on the next line the letter begins."""
    start = match.start()
    before, form = text[max(start - 10, 0) : start], text[start : match.start(1)]
    is_polite = _POLITE_BEFORE.search(before) is not None or _POLITE.match(form) is not None
    return match.re is _FORM and "\n" in form and is_polite


def _holds_office(text: str, start: int, end: int) -> bool:
    before = text[max(start - _REACH, 0) : start]
    return bool(
        _OFFICE_BEFORE.search(before)
        or _MOTION_BEFORE.search(before)
        or _PARTY_AFTER.match(text, end)
    )


def _name(text: str, match: regex.Match[str], fewest: int) -> Iterator[Suspected]:
    """Yield what was found as far as it is a name: it ends before a word that is in none."""
    start, end = match.span(1)
    proper, initials, last = 0, 0, start
    for one in _WORDS.finditer(text, start, end):
        word = one.group().lower()
        initial = one.end() < end and _is_initial(text, one)
        if one.group()[0].islower() or (word in PARTICLES and one.end() < end and not initial):
            continue
        if word in ORGANISATIONS or _is_place(word):
            if not proper or match.re in _OF_ANYBODY or not text[last : one.start()].strip():
                return  # the name of a body, which may begin as that of a person
            break
        if word in NOT_NAMES and not initial and not _OF_A_PLACE.search(text, start, one.start()):
            if match.re in _OF_ANYBODY:
                return
            break
        proper += not initial
        initials += initial
        last = one.end()
    is_long = proper > _MOST_OF_A_NAME and not initials
    if match.re is _ABOUT and is_long and not _has_particle(text, start, last):
        return  # Human Rights Watch
    if proper and proper + (initials > 0) >= fewest:
        yield Suspected(start, last, SuspectedKind.NAME)


def _has_particle(text: str, start: int, end: int) -> bool:
    return any(one.group().lower() in PARTICLES for one in _WORDS.finditer(text, start, end))


def _is_initial(text: str, word: regex.Match[str]) -> bool:
    is_short = len(word.group()) <= _LONGEST_INITIAL
    return is_short and text[word.end() : word.end() + 1] == "."


def _is_place(word: str) -> bool:
    """Whether a word is a street or an institution that bears a name: Lorentzlaan."""
    return len(word) > _SHORTEST_PLACE and word.endswith(PLACES_END)
