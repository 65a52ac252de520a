"""Numbers that a register gave to one person, told by their check digits: BSN, IBAN, cards."""

from collections.abc import Iterator
from functools import cache

import regex
from stdnum import iban, luhn, numdb
from stdnum.nl import bsn

from consult.foundation.analysis.suspected.context import is_named, named
from consult.foundation.analysis.suspected.numbers import (
    DigitRun,
    digit_runs,
    stands_apart,
    windows,
)
from consult.foundation.analysis.suspected.spans import Suspected, SuspectedKind

_BSN_GROUPS = {
    (9,), (3, 3, 3), (4, 2, 3), (2, 2, 2, 3), (2, 3, 4), (4, 3, 2), (3, 2, 4), (2, 2, 5),
    (2, 7), (4, 5), (5, 4), (3, 6), (6, 3), (8, 1), (1,) * 9,
}  # fmt: skip
_CALLED_BSN = named(
    r"bsn|b\.s\.n\.|burger[ ]?service[ ]?(?:nummer|nr)?|sofi|so-fi|burgerservice|citizen[ ]service|"
    r"social[ ]security|persoons|personal[ ]identification|ssn"
)
_CALLED_ACCOUNT = named(
    r"iban|bank(?:rekening)?|rekening(?:nummer)?|giro(?:rekening)?|postbank|bank[ ]account|"
    r"account"
)
_WITHOUT_NOUGHT = 8
_YEAR = regex.compile(r"(?:19|20)\d\d")
_IBAN = regex.compile(r"(?<![\p{L}\d])[A-Za-z]{2}[ .-]?\d[ ]?\d(?=[ .\n/_-]{0,2}[A-Za-z0-9])")
_ALNUM = regex.compile(r"[A-Za-z0-9]")
_LONGER, _SHORTER = 16, 15
"""Digits of most cards, and of those that begin with a 3."""
_CARD_GROUPS = {(16,), (15,), (4, 4, 4, 4), (4, 6, 5)}


def citizen_numbers(text: str) -> Iterator[Suspected]:
    """Yield the citizen service numbers (BSN, eleven-test) of a folded text.

    Where a number is called one, it need not pass the test: a slip of a digit is a BSN still.
    """
    for run in digit_runs(text):
        for first, last in windows(run, 9):
            if _is_bsn(text, run, first, last):
                start, end = run.groups[first][0], run.groups[last][1]
                yield Suspected(start, end, SuspectedKind.CITIZEN_NUMBER)
        first = run.groups[0][0]
        if len(run.digits(0, 0)) == _WITHOUT_NOUGHT and is_named(_CALLED_BSN, text, first):
            yield Suspected(first, run.groups[0][1], SuspectedKind.CITIZEN_NUMBER)


def _is_bsn(text: str, run: DigitRun, first: int, last: int) -> bool:
    digits = run.digits(first, last)
    if len(set(digits)) == 1:
        return False
    if is_named(_CALLED_BSN, text, run.groups[first][0]):
        return True
    shape = tuple(end - start for start, end in run.groups[first : last + 1])
    if shape not in _BSN_GROUPS or (
        len(shape) > 1 and _YEAR.match(digits) and shape[0] == len("2026")
    ):
        return False
    between = {run.between(one) for one in range(first, last)}
    if len({one.strip() for one in between}) > 1 or "\n" in "".join(between):
        return False
    return stands_apart(run, first, last) and bsn.is_valid(digits)


@cache
def _iban_length(country: str) -> int:
    """Return how long an IBAN of a country is (ISO 13616); 0 for none."""
    ((_, properties),) = numdb.get("iban").info(country)
    bban = properties.get("bban", "")
    return 4 + sum(int(one) for one in regex.findall(r"\d+", bban)) if bban else 0


def bank_accounts(text: str) -> Iterator[Suspected]:
    """Yield the IBANs (ISO 13616, mod 97) of a folded text, and old account numbers by name."""
    for match in _IBAN.finditer(text):
        found = _iban_at(text, match.start())
        if found is not None:
            yield found
    for run in digit_runs(text):
        yield from _old_account(text, run)


def _iban_at(text: str, start: int) -> Suspected | None:
    wanted = _iban_length(text[start : start + 2].upper())
    signs: list[str] = []
    end = start
    for sign in text[start : start + 3 * wanted]:
        if len(signs) == wanted:
            break
        if _ALNUM.match(sign):
            signs.append(sign)
        elif sign not in " .-\n/_":
            break
        end += 1
    if not wanted or len(signs) < wanted or text[end : end + 1].isalnum():
        return None
    if not iban.is_valid("".join(signs).upper(), check_country=False):
        return None
    return Suspected(start, end, SuspectedKind.BANK_ACCOUNT)


def _old_account(text: str, run: DigitRun) -> Iterator[Suspected]:
    """Yield a number of seven to ten digits that is called an account."""
    digits = run.digits(0, len(run.groups) - 1)
    start, end = run.groups[0][0], run.groups[-1][1]
    if 7 <= len(digits) <= 10 and is_named(_CALLED_ACCOUNT, text, start):  # noqa: PLR2004
        yield Suspected(start, end, SuspectedKind.BANK_ACCOUNT)


def cards(text: str) -> Iterator[Suspected]:
    """Yield the numbers of payment cards (ISO/IEC 7812, Luhn) of a folded text."""
    for run in digit_runs(text):
        for length in (_LONGER, _SHORTER):
            for first, last in windows(run, length):
                start, end = run.groups[first][0], run.groups[last][1]
                shape = tuple(one[1] - one[0] for one in run.groups[first : last + 1])
                digits = run.digits(first, last)
                if (
                    shape in _CARD_GROUPS
                    and digits[0] in ("3456" if length == _LONGER else "3")
                    and luhn.is_valid(digits)
                ):
                    yield Suspected(start, end, SuspectedKind.BANK_ACCOUNT)
