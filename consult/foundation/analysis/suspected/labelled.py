"""What is personal because of what it is called: a date of birth, a plate, a document's number."""

from collections.abc import Iterator

import regex

from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind

_MONTH = (
    r"(?:jan(?:uari|uary)?|feb(?:ruari|ruary)?|maart|mrt|mar(?:ch)?|apr(?:il)?|mei|may|jun[ie]?|"
    r"jul[iy]?|aug(?:ustus|ust)?|sep(?:t(?:ember)?)?|o[kc]t(?:ober)?|nov(?:ember)?|"
    r"dec(?:ember)?)\.?"
)
_DATE = (
    rf"(?:[0-3]?\d[ ]?[-./ ][ ]?[01]?\d[ ]?[-./ ][ ]?(?:19|20)?\d\d"
    rf"|(?:19|20)\d\d[-./ ][01]?\d[-./ ][0-3]?\d"
    rf"|[0-3]?\d(?:st|nd|rd|th|e|ste|de)?[ -](?:of[ ])?{_MONTH}[ ,-]{{1,2}}'?(?:19|20)?\d\d"
    rf"|{_MONTH}[ ][0-3]?\d(?:st|nd|rd|th)?,?[ ](?:19|20)\d\d"
    r"|[0-3]\d[01]\d(?:19|20)\d\d)"
)
_BIRTH = regex.compile(
    r"(?<!\p{L})(?:geboren|geb\.?[ ]?dat(?:um)?\.?|geb\.?|geboortedatum|geboortedag|"
    r"geb\.?[ ]?dat(?:um)?\.?|geboorte|"
    r"verjaardag|jarig|born|birth[ ]?date|birthday|date[ ]of[ ]birth|d\.?o\.?b\.?|né|née|\*)"
    r"(?:[ ]?\([^()\n]{0,24}\))?"
    r"(?:[ ]?[:=,(]?[ \n]{0,2}(?:is|was|ben|op|on|"
    r"(?:zon|maan|dins|woens|donder|vrij|zater)dag|d\.d\.|te|in|at|the|my|mijn|a|ik|de|werd|zijn|"
    r"haar|"
    r"\p{Lu}[\p{L}-]+)(?![\p{L}])){0,5}"
    rf"[ ]?[:=,(]?[ \n]{{0,2}}({_DATE})(?!\d)",
    regex.IGNORECASE,
)
_BORN = regex.compile(r"geboren|born", regex.IGNORECASE)
_BORN_AFTER = regex.compile(
    rf"(?<![\d.,/-])({_DATE})[ ]?,?[ ](?:ben|is|was|werd)?[ ]?(?:ik|he|she|I|zij|"
    rf"hij)?[ ]?(?:was[ ]|werd[ ])?(?:geboren|born)(?!\p{{L}})",
    regex.IGNORECASE,
)
_PLATE_SHAPES = r"""
    [A-Z]{2}-\d{2}-\d{2}|\d{2}-\d{2}-[A-Z]{2}|\d{2}-[A-Z]{2}-\d{2}|[A-Z]{2}-\d{2}-[A-Z]{2}|
    [A-Z]{2}-[A-Z]{2}-\d{2}|\d{2}-[A-Z]{2}-[A-Z]{2}|\d{2}-[A-Z]{3}-\d|\d-[A-Z]{3}-\d{2}|
    [A-Z]{2}-\d{3}-[A-Z]|[A-Z]-\d{3}-[A-Z]{2}|[A-Z]{3}-\d{2}-[A-Z]|[A-Z]-\d{2}-[A-Z]{3}|
    \d-[A-Z]{2}-\d{3}|\d{3}-[A-Z]{2}-\d
"""
_PLATE = regex.compile(rf"(?<![\p{{L}}\d/_.-])(?:{_PLATE_SHAPES})(?![\p{{L}}\d/_-])", regex.VERBOSE)
"""The sidecodes of the RDW."""
_OLDEST = regex.compile(r"[A-Z]{2}-\d{2}-\d{2}|\d{2}-\d{2}-[A-Z]{2}")
_NOT_ON_PLATES = frozenset("AEIOUCQY")
"""Letters that tell a code of something else, in the shapes that a code may have as well."""
_PLATE_CALLED = regex.compile(
    r"(?<!\p{L})(?:kenteken(?:plaat|nummer)?|nummerplaat|nummerbord|licen[cs]e[ ]plates?|"
    r"number[ ]plates?|registration[ ](?:plate|number)|car[ ]registration|auto|wagen|bus|"
    r"bestelbus|car)"
    r"(?:[ ]?[:=,(]?[ ]?(?:is|was|met|het|with|the|has|heeft|kenteken|plate|registration|number|no|"
    r"nr|van|mijn|my|of|auto|car|de|the|rode|blauwe|grijze|witte|zwarte)(?!\p{L})){0,5}\.?"
    r"[ ]?[:=,(]?[ \n]{0,2}[\"']?"
    r"((?=[A-Z0-9 .-]{0,10}\d)(?=[0-9 .-]{0,10}[A-Z])[A-Z0-9]{1,3}[ .-]?[A-Z0-9]{2,3}"
    r"[ .-]?[A-Z0-9]{1,3})"
    r"(?![\p{L}\d-])",
    regex.IGNORECASE,
)
_OF_PERSONS = (
    r"paspoort|passport|id[- ]?(?:kaart|card|bewijs|nummer|number|nr)|"
    r"identiteits(?:kaart|bewijs|document)|"
    r"identity[ ](?:card|document)|rijbewijs|driv(?:ing|er'?s?)[ ]licen[cs]e|"
    r"verblijfs(?:vergunning|document)|residence[ ]permit|v-?num(?:mer|ber)|vreemdelingen|"
    r"a-?num(?:mer|ber)|reisdocument|travel[ ]document|documentnummer|legitimatie(?:bewijs)?|"
    r"big|digid|bsn-kaart"
)
"""Documents of persons, which a number may follow at once."""
_OF_CLIENTS = (
    r"pati[eë]nt(?:en|s)?|cli[eë]nt(?:en|s)?|polis|verzekerden|verzekerings|insurance|policy|"
    r"studenten|students?|personeels|employee|klant(?:en)?|customer|lidmaatschaps|lid|"
    r"membership|donor|ov-chipkaart|ov-chip"
)
"""Whose number is one of a person where it is called a number."""
_CALLED_NUMBER = r"(?:[ -]?(?:nummer|nr|no|number|num)(?![\p{L}\d])\.?)"
_DOCUMENT_CALLED = regex.compile(
    rf"(?<![\p{{L}}\d-])(?:(?:{_OF_PERSONS}){_CALLED_NUMBER}?|(?:{_OF_CLIENTS}){_CALLED_NUMBER})"
    r"(?:[ ]?\([^()\n]{0,24}\))?"
    r"(?:[ ]?[:=#]?[ ]?(?:is|was|met|with|has|heeft|nummer|nr|number|no|het|the|mijn|my|van|of)"
    r"(?![\p{L}\d])\.?){0,4}"
    r"[ ]?[:=#]?[ \n]{0,2}[\"'(]?"
    r"((?=[A-Z]{0,6}[ .-]?\d)[A-Z0-9]{1,20}+"
    r"(?:[ .-](?=[A-Z]{0,3}\d)[A-Z0-9]{1,16}+){0,5})(?![\p{L}\d])",
    regex.IGNORECASE,
)
_YEARS = regex.compile(r"(?:19|20)\d\d(?:[ .-](?:19|20)?\d\d)?")
_FEWEST, _MOST, _FEWEST_DIGITS = 6, 20, 4
_SIGNS_ON_PLATE = 6


def dates_of_birth(text: str) -> Iterator[Suspected]:
    """Yield the dates of a folded text that are called a date of birth."""
    patterns = (_BIRTH, _BORN_AFTER) if _BORN.search(text) else (_BIRTH,)
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Suspected(*match.span(1), SuspectedKind.DATE_OF_BIRTH)


def licence_plates(text: str) -> Iterator[Suspected]:
    """Yield what has the shape of a Dutch licence plate in a folded text."""
    for match in _PLATE.finditer(text):
        is_oldest = _OLDEST.fullmatch(match.group()) is not None
        if not is_oldest or not _NOT_ON_PLATES.intersection(match.group()):
            yield Suspected(*match.span(), SuspectedKind.LICENCE_PLATE)


def called_plates(text: str) -> Iterator[Suspected]:
    """Yield what is called a licence plate in a folded text, with hyphens or without."""
    for match in _PLATE_CALLED.finditer(text):
        if sum(one.isalnum() for one in match[1]) == _SIGNS_ON_PLATE:
            yield Suspected(*match.span(1), SuspectedKind.LICENCE_PLATE)


def document_numbers(text: str) -> Iterator[Suspected]:
    """Yield the numbers of a folded text that are called those of a person's document."""
    for match in _DOCUMENT_CALLED.finditer(text):
        signs = [one for one in match[1] if one.isalnum()]
        digits = sum(map(str.isdigit, signs))
        fits = _FEWEST <= len(signs) <= _MOST and digits >= _FEWEST_DIGITS
        if fits and not _YEARS.fullmatch(match[1]):
            yield Suspected(*match.span(1), SuspectedKind.DOCUMENT_NUMBER)
