"""Where somebody lives: a Dutch postcode with a house number, or a street in so many words."""

from collections.abc import Iterator

import regex
from stdnum.nl import postcode

from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind

_POSTCODE = regex.compile(
    r"(?<![\p{L}\d.,/-])([1-9]\d{3})(?:[ ]?[ \n.-]?(\p{Lu}[ .]?\p{Lu})|[ ]?([a-z]{2}))(?![\p{L}\d])"
)
_CALLED_POSTCODE = regex.compile(
    r"\bpostcode[ :]{0,3}([1-9]\d{3})[ ]{0,2}([A-Za-z]{2})(?![\p{L}\d])", regex.IGNORECASE
)
_HOUSE = r"\d{1,5}(?:[ ]?[-/]?[ ]?(?:\p{Lu}|[a-z]|bis|hs|huis|[IVX]{1,4}|\d{1,4})(?![\p{L}\d]))?"
_CALLED_HOUSE = (
    r"(?:(?:en|and|met|with)?[ ]?(?:het[ ]|my[ ]|mijn[ ])?(?:huis(?:nummer|nr)?|"
    r"house(?:[ ](?:number|no))?|nummer|number|nr|no|num|\#)\.?[ ]?(?:is[ ])?[:]?[ ]?)"
)
_AFTER = regex.compile(
    rf"[ \n]{{0,2}}[,;:/(+-]?[ \n]{{0,2}}{_CALLED_HOUSE}?({_HOUSE})"
    r"(?![\d]|[.,]\d|[ ]?(?:%|€|euro|jaar|year|maanden|months|dagen|days|inwoners|woningen|mensen|"
    r"people|personen|huishoudens|households|km|m2|uur|keer|times|procent|miljoen|verzoeken|"
    r"documenten))",
    regex.IGNORECASE,
)
_AFTER_TOWN = regex.compile(
    rf"[ ]{{0,2}},?[ ]?[\p{{Lu}}'][\p{{L}}'-]+(?:[ ][\p{{L}}'-]+){{0,3}}"
    rf"(?:[ ]?[,;][ \n]?|[ ]?\n)(?:\p{{Lu}}[\p{{L}}.'-]+[ ]){{1,4}}({_HOUSE})(?!\d)|"
    rf"[ ]{{0,2}},?[ ]?(?:te[ ]|in[ ])?[\p{{Lu}}'][\p{{L}}'-]+(?:[ ]\p{{Lu}}[\p{{L}}'-]+)?"
    rf"[ ,;(]{{1,3}}{_CALLED_HOUSE}({_HOUSE})(?!\d)",
)
_TO_POSTCODE = (
    r"(?:[ ](?:in|te)(?:[ ][\p{Lu}'][\p{L}'-]+){1,3})?[ ]?[,;./|(-]?[ \n]{0,3}"
    r"(?:(?:in|te|,|postcode|met[ ]postcode|with[ ]postcode|postal[ ]code|zip)[ :]{1,2}){0,2}$"
)
_BEFORE = (
    # A street and its number; the street begins with a capital, or ends as streets do.
    regex.compile(
        rf"(?:(?:\p{{Lu}}|'[st][ -]\p{{Lu}})[\p{{L}}\p{{M}}.'-]*(?:[ ](?:(?i:van|de|der|den|het|'t|"
        rf"ten|ter|te|op|aan|en|in|la|du|of|the|von|d')|\p{{Lu}}[\p{{L}}\p{{M}}.'-]*)){{0,5}}|"
        rf"\d{{1,2}}e?[ ]\p{{Lu}}[\p{{L}}'-]+)"
        rf"[ ]{{1,2}}(?:(?:nr|no|nummer|number)\.?[ ])?{_HOUSE}{_TO_POSTCODE}"
    ),
    regex.compile(
        rf"(?:straat|laan|weg|plein|gracht|kade|singel|dijk|hof|pad|steeg|dreef|plantsoen|straatje)"
        rf"[ ]{{1,2}}(?:nr\.?[ ])?{_HOUSE}{_TO_POSTCODE}",
        regex.IGNORECASE,
    ),
    regex.compile(
        rf"(?:huisnummer|huisnr|house[ ]number|nummer|number|nr|no)\.?[ :]{{0,2}}(?:is[ ])?{_HOUSE}"
        rf"[ ]?[,;]?[ ]?(?:en|and|met|with)?{_TO_POSTCODE}",
        regex.IGNORECASE,
    ),
    # As in English: 12 Church Street.
    regex.compile(
        rf"(?<![\d.,]){_HOUSE}[ ]{{1,2}}(?:\p{{Lu}}[\p{{L}}'-]+[ ]?){{1,4}}{_TO_POSTCODE}"
    ),
)
_BOX = regex.compile(r"\b(?:postbus|antwoordnummer|p\.?o\.?[ ]?box|freepost)\b", regex.IGNORECASE)
_STREET = (
    r"(?:\d{1,2}e[ ])?(?:[\p{Lu}'][\p{L}\p{M}.'-]*[ ](?:(?:van|de|der|den|het|'t|'s|ten|ter|te|op|"
    r"aan|of)[ ]){0,2}){0,4}"
    r"[\p{Lu}'][\p{L}\p{M}'-]*"
)
_LIVES = regex.compile(
    r"(?<!\p{L})(?:woon(?:t|de|den)?|wonend|wonende|wonen|woonachtig|woonadres|huisadres|"
    r"thuisadres|"
    r"privéadres|home[ ]address|adres|address|live[sd]?|living|reside[sd]?|residing|"
    r"gevestigd[ ]aan[ ]huis|"
    r"bewoners?[ ]van|bewoonster[ ]van|buren[ ]van|huurders?[ ]van|eigena(?:ar|ren)[ ]van|"
    r"residents?[ ](?:of|at)|tenants?[ ](?:of|at)|owners?[ ]of)"
    r"(?:[ ](?:is|al|nu|zelf|now|both|allebei|samen|hier|nog|ook|still|te|in|aan|op|at|on|de|het|"
    r"the|sinds|since|jaren|years|my|onze|our|\d{1,4}|[\p{Lu}'][\p{L}-]+(?=,[ ]|[ ](?:aan|op|"
    r"at)[ ]))){0,6},?"
    r"(?:[ ](?:aan|op|at))?[ ]?[:]?[ \n]{1,2}"
    rf"((?:de[ ]|het[ ]|the[ ])?(?:{_STREET}[ ]{{1,2}}(?:nr\.?[ ]|nummer[ ]|number[ ]|"
    rf"no\.?[ ])?{_HOUSE}"
    rf"|\d{{1,5}}\p{{L}}?[ ](?:\p{{Lu}}[\p{{L}}'-]+[ ]){{1,3}}?(?:Street|Road|Lane|Avenue|Drive|"
    rf"Close|Square|Way|Terrace|Gardens|Court|\p{{Lu}}[\p{{L}}]+(?:straat|laan|weg|plein|gracht|"
    rf"kade|singel|dijk|hof|pad|steeg))))"
    r"(?![\d%])",
)
_LIVES_AT = regex.compile(
    r"(?<!\p{L})(?:woon|woont|wonen|live|lives)[ ](?:op|at|aan)[ ]"
    rf"((?:nummer|nr\.?|number|no\.?)[ ]{_HOUSE}[ ](?:in|aan|van|op|of|on)[ ]"
    rf"(?:de[ ]|het[ ]|the[ ])?{_STREET})"
)
_NOT_LETTERS = {"EU", "VN", "AI", "IT", "US", "UK", "BV", "NV", "EN", "KM", "NL", "AM", "PM"}
_YEARS = range(1945, 2060)
_REACH = 70


def addresses(text: str) -> Iterator[Suspected]:
    """Yield the addresses of a folded text: a postcode with its house number, where one lives."""
    done = 0
    for match in _POSTCODE.finditer(text):
        letters = match[2] or match[3]
        # "2024 en 12" is no postcode: in small letters and apart it stands behind a street.
        unsure = match[3] is not None and text[match.end(1)] == " "
        if unsure and int(match[1]) in _YEARS:
            continue
        for found in _at_postcode(text, done, match.span(), match[1], letters):
            if not unsure or found.start < match.start():
                done = found.end
                yield found
    for match in _CALLED_POSTCODE.finditer(text):
        yield from _at_postcode(text, 0, match.span(), match[1], match[2])
    for pattern in (_LIVES, _LIVES_AT):
        for match in pattern.finditer(text):
            yield Suspected(*match.span(1), SuspectedKind.ADDRESS)


def _at_postcode(
    text: str, done: int, span: tuple[int, int], digits: str, letters: str
) -> Iterator[Suspected]:
    start, end = span
    letters = "".join(one for one in letters if one.isalpha()).upper()
    if not postcode.is_valid(digits + letters) or _is_year(digits, letters):
        return
    after = _AFTER.match(text, end) or _AFTER_TOWN.match(text, end)
    floor = max(start - _REACH, done)
    before = text[floor:start]
    found = next((one for pattern in _BEFORE if (one := pattern.search(before))), None)
    if _BOX.search(before[found.start() :] if found else before[-20:]):
        return
    if found is None and after is None:
        return
    first = floor + found.start() if found else start
    yield Suspected(first, after.end() if after else end, SuspectedKind.ADDRESS)


def _is_year(digits: str, letters: str) -> bool:
    return int(digits) in _YEARS and letters in _NOT_LETTERS
