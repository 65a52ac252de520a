"""Telephone numbers, judged by the numbering plans of the world (phonenumbers)."""

from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
import regex
from phonenumbers import PhoneNumber, PhoneNumberType

from consult.foundation.analysis.suspected.context import is_named, named
from consult.foundation.analysis.suspected.numbers import DigitRun, digit_runs
from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind

_CALLED = named(
    r"t|m|tel|telefoon|telefonisch|telefoonnr|mobiel|mobiele|mob|gsm|06|phone|telephone|mobile|"
    r"cell|"
    r"whatsapp|whatsappen|app|sms|fax|bel|bellen|call|signal|bereikbaar\ op|reach\ me\ (?:at|on)|"
    r"nummer|number|thuis|werk|privé|home|work"
)
_CALLED_SHORT = named(r"tel|telefoon|telefoonnr|mobiel|mobiele|mob|gsm|phone|telephone|mobile")
_LETTER_FOR_ZERO = regex.compile(r"(?<![\p{L}\d])[oO]6(?:[ ./-]{0,2}\d){8}(?!\d)")
_CHAT = regex.compile(r"(?:wa\.me/|whatsapp\.com/send\?phone=|tel:)\+?(\d{9,15})")
_SERVICES = {
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
}
_OF_SERVICES = ("0800", "0900", "0906", "0909")
"""Numbers of services are of nobody."""
_MOST_ASKED = 2_000
"""Times that the numbering plans are asked about one text; then only the plainest are found."""
_NATIONAL = 10
"""Digits of a Dutch number, with the nought."""
_FEWEST, _MOST = 8, 15
"""Digits of an international number (E.164)."""
_MOST_TRIED = 4
_JOINING = frozenset("-._\u00b7")
"""Signs that join what stands before them to what follows."""
_AREA = regex.compile(r"0(?:6|[1-9]\d[ )]{0,2}[-/ .]|[1-9]\d\d[ )]{0,2}[-/ .])")
_OTHER_REGIONS = {"en": ("GB", "BE", "US"), "de": ("DE",), "fr": ("FR", "BE")}


def telephones(text: str, language: str) -> Iterator[Suspected]:
    """Yield the telephone numbers of a folded text: Dutch ones, and those of any country by +."""
    reader = _NumberReader(text, language)
    for run in digit_runs(text):
        yield from reader.read(run)
    for pattern in (_LETTER_FOR_ZERO, _CHAT):
        for match in pattern.finditer(text):
            yield Suspected(*match.span(match.lastindex or 0), SuspectedKind.TELEPHONE)


@dataclass
class _NumberReader:
    """What reads the runs of digits of one text, and how often it asked the numbering plans."""

    text: str
    language: str
    asked: int = 0

    def read(self, run: DigitRun) -> Iterator[Suspected]:
        """Yield the telephone numbers in a run of digits."""
        first = 0
        while first < len(run.groups):
            last = self._number_from(run, first)
            if last is None:
                first += 1
                continue
            start = run.groups[first][0]
            end = run.groups[last][1]
            while start and self.text[start - 1] in "+(":
                start -= 1
            if self.text[start] == "(" and ")" not in self.text[start:end]:
                start += 1
            yield Suspected(start, end, SuspectedKind.TELEPHONE)
            first = last + 1

    def _number_from(self, run: DigitRun, first: int) -> int | None:
        """Return the last group of the number that begins with a group; None if none does."""
        start, end = run.groups[first]
        before = self.text[max(start - 2, 0) : start]
        if before.endswith("+") or before in {"+(", "+ "}:
            return self._international(run, first)
        if before[-1:].isalnum() or (before[-1:] in {",", ":"} and before[:1].isdigit()):
            return None
        if self.text.startswith("00", start, end):
            return self._international(run, first)
        if self.text.startswith("0", start, end):
            return self._national(run, first)
        return self._without_nought(run) if first == 0 else None

    def _international(self, run: DigitRun, first: int) -> int | None:
        ends = _ends(run, first, _FEWEST, _MOST + 2)[:_MOST_TRIED]
        for last in ends:
            if self._valid(run.digits(first, last), "NL", plus=not run.opens_with(first, "00")):
                return last
        for last in ends:  # not given out in that country, and still written as a number of one
            written = run.digits(first, last).removeprefix("00")
            if _FEWEST < len(written) <= _MOST and self._possible(f"+{written}"):
                return last
        return None

    def _national(self, run: DigitRun, first: int) -> int | None:
        start = run.groups[first][0]
        if run.digits(first, min(first + 1, len(run.groups) - 1)).startswith(_OF_SERVICES):
            return None
        for last in _ends(run, first, _NATIONAL, _NATIONAL):
            if _AREA.match(self.text, start) or self._valid(run.digits(first, last), "NL"):
                return last
        regions = _OTHER_REGIONS.get(self.language, ())
        ends = _ends(run, first, 9, 12)
        for last in ends:
            if any(self._valid(run.digits(first, last), region) for region in regions):
                return last
        return ends[0] if ends and is_named(_CALLED, self.text, start) else None

    def _without_nought(self, run: DigitRun) -> int | None:
        """Return the last group of what is called a telephone number and does not begin as one."""
        start = run.groups[0][0]
        if is_named(_CALLED_SHORT, self.text, start):
            return next(iter(_ends(run, 0, 6, 10)), None)
        if self.language == "en" and is_named(_CALLED, self.text, start):
            ends = _ends(run, 0, 10, 10)
            return next((last for last in ends if self._valid(run.digits(0, last), "US")), None)
        return None

    def _valid(self, digits: str, region: str, *, plus: bool = False) -> bool:
        number = self._parsed(f"+{digits}" if plus else digits, region)
        return (
            number is not None
            and phonenumbers.is_valid_number(number)
            and phonenumbers.number_type(number) not in _SERVICES
        )

    def _possible(self, written: str) -> bool:
        number = self._parsed(written, "NL")
        return number is not None and phonenumbers.is_possible_number(number)

    def _parsed(self, written: str, region: str) -> PhoneNumber | None:
        if self.asked == _MOST_ASKED:
            return None
        self.asked += 1
        try:
            return phonenumbers.parse(written, region)
        except phonenumbers.NumberParseException:
            return None


def _ends(run: DigitRun, first: int, fewest: int, most: int) -> list[int]:
    """Return the groups with which a number of so many digits can end, the longest first."""
    found: list[int] = []
    total = 0
    for last in range(first, len(run.groups)):
        total += run.groups[last][1] - run.groups[last][0]
        if total > most:
            break
        is_last = last + 1 == len(run.groups)
        if total >= fewest and (is_last or run.between(last) not in _JOINING):
            found.append(last)
    return found[::-1]
