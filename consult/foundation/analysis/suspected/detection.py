"""Everything in a text that may be personal data, the surest first."""

from collections.abc import Callable, Iterable, Iterator

from consult.foundation.analysis.suspected.address import addresses
from consult.foundation.analysis.suspected.check_digits import bank_accounts, cards, citizen_numbers
from consult.foundation.analysis.suspected.email import emails
from consult.foundation.analysis.suspected.folding import folded
from consult.foundation.analysis.suspected.labelled import (
    called_plates,
    dates_of_birth,
    document_numbers,
    licence_plates,
)
from consult.foundation.analysis.suspected.names import names
from consult.foundation.analysis.suspected.numbers_of_things import Covered, numbers_of_things
from consult.foundation.analysis.suspected.spans import MOST_SUSPECTED, Suspected
from consult.foundation.analysis.suspected.telephone import telephones

_ANYWHERE: tuple[Callable[[str], Iterable[Suspected]], ...] = (
    emails,
    bank_accounts,
    dates_of_birth,
    document_numbers,
    called_plates,
)
"""Looked for everywhere, the surest first."""
_NOT_IN_THINGS: tuple[Callable[[str], Iterable[Suspected]], ...] = (
    cards,
    citizen_numbers,
    addresses,
    licence_plates,
)
"""Not looked for where a number says that it is of a thing."""


def suspected_in(text: str, language: str) -> list[Suspected]:
    """Return what in a text (Markdown) may be personal data, in order; no two share a sign.

    `language` (BCP 47) tells which countries' telephone numbers need no + before them; the words
    are those of Dutch and English in every text. The time grows with the length and no faster.
    """
    as_read = folded(text)
    taken, found = Covered(len(as_read.text)), list[Suspected]()
    for one in _by_trust(as_read.text, language):
        if len(found) == MOST_SUSPECTED:
            break
        if one.start < one.end and not taken.touches(one.start, one.end):
            taken.take(one.start, one.end)
            found.append(Suspected(*as_read.written(one.start, one.end), one.kind))
    return sorted(found)


def _by_trust(text: str, language: str) -> Iterator[Suspected]:
    for detect in _ANYWHERE:
        yield from detect(text)
    of_things = Covered(len(text))
    for start, end in numbers_of_things(text):
        of_things.take(start, end)
    for one in telephones(text, language):
        if not of_things.touches(one.start, one.end):
            yield one
    for detect in _NOT_IN_THINGS:
        for one in detect(text):
            if not of_things.touches(one.start, one.end):
                yield one
    yield from names(text)
