"""Values that no page of ours would send: for fuzzes of addresses and forms, drawn from a seed.

`Hostile(seed)` draws them; the tuples are for who wants to try each of a kind. Nothing here is
longer than LONGEST characters, so that a request stays under the limits of the server.
"""

import base64
import json
import random
import uuid
from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")
LONGEST = 20_000

NUMBERS = (
    "", " ", "0", "-0", "-1", "+1", "007", "1.5", "1,5", "1e3", "1_0", "0x10", "\u0661\u0662", "²",
    "\uff11\uff12", "NaN", "Infinity", "-inf", "9e300000", "9e999997", "1e-999999", "½", "1 000",
    "25.50", "25,50", "€ 25.000,-", "--5", "5\x00", " 5 ", "2147483647", "2147483648",
    "-2147483649",
    "9223372036854775807", "9223372036854775808", "18446744073709551616", "1" + "0" * 30,
    "9" * 4_300, "9" * 5_000, "-" + "9" * 5_000, "0." + "0" * 5_000 + "1",
)  # fmt: skip

DATES = (
    "0000-00-00", "0001-01-01", "0001-01-01T00:00", "0999-12-31T23:59", "9999-12-31",
    "9999-12-31T23:59", "10000-01-01", "2026-02-30", "2026-13-01", "2026-11-23T25:00",
    "2026-11-23T24:00", "2026-11-23T12:00+99:99", "2026-11-23T12:00Z", "2026-03-29T02:30",
    "2026-W01-1", "20261123", "-2026-01-01", "\u0661\u0669\u0669\u0669-\u0660\u0661-\u0660\u0661",
    "23-11-2026", "2026-11-23 12:00:61", "2026-11-23T12:00:00.9999999999", "1e9", "today",
    "2026-11-23T12:00" + "0" * 5_000,
)  # fmt: skip

INVISIBLE = ("\u200b", "\u00ad", "\u00a0", "\u2060", "\u200e", "\u3164", "\u2800", "\ufeff\u180e")

TEXTS = (
    *INVISIBLE, "", "\x00", "a\x00b", "\ufffe", "\U000e0001", "e" + "\u0301" * 100,
    "\u202eevil\u202c", "M\u043e", "План", "計画", "👩\u200d👩\u200d👧", "İstanbul", "ﬃ", "ß" * 300,
    "%", "%s%n%(x)s", "{{ 7*7 }}", "{0.__class__}", "' OR 1=1 --", '"; DROP TABLE person; --',
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a\r\nSet-Cookie: x=1",
    '=HYPERLINK("http://evil.example")', "../../etc/passwd", "\\\\evil\\share", "C:\\x", "~",
    "a" * LONGEST, "a " * 5_000, "\n" * 5_000, "[" * 2_000, "![" * 1_000, "> " * 500 + "a",
    "* " * 500 + "a", "`" * 3_000, "*a_ " * 1_500, "<" * 5_000, "a_nl" * 1_000, "&#x0;" * 500,
    "|" * 128 + "\n" + "|-" * 128 + "|\n" + "|a\n" * 200, "[a]: b\n" * 500, "\\" * 3_000,
)  # fmt: skip

ADDRESSES = (
    "//evil.example", "///evil.example", "http://evil.example/", "https:evil.example",
    "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/nl/\r\nX: y", "/nl/%0d%0aX:y", "http://[::1",
    "//[", "/nl/home?next=/nl/home", "data:text/html,x", "mailto:a@b", "?", "#", "/" * 3_000, "ftp://x",
)  # fmt: skip

MAIL_ADDRESSES = (
    "a@b", "@", "a@", "@b.example", "a@b..example", "a b@c.example", "a@b.example\u200b",
    "a@b.example\nBcc: c@d.example", '"a"@b.example', "a@[127.0.0.1]", "ä@ö.example", "a@xn--",
    "a" * 65 + "@b.example", "a@" + "b" * 250 + ".example", "a@b.example,c@d.example",
    "A@B.EXAMPLE",
)  # fmt: skip

FILE_NAMES = (
    "", ".", "..", "../../x.pdf", "a/b.pdf", "a\\b.pdf", "CON.pdf", "a" * 300 + ".pdf", ".pdf",
    "a.pdf\x00.exe", "a\r\nX: y.pdf", "\u202efdp.exe", "план.pdf", '"a".pdf', "a.pdf/",
    "%2e%2e.pdf",
)  # fmt: skip

KEYWORDS = (
    "endpoint", "_external", "_scheme", "_anchor", "_method", "language", "self", "values", "cls",
    "cursor", "round_slug", "plan_slug", "body_slug", "number", "public_id", "filename", "once",
    "csrf_token", "__class__", "x" + "_nl" * 1_500, "x" + "_en" * 300, "_nl", "_", "", "é", "a[]",
)  # fmt: skip
"""Names of parameters and fields that code could take for one of its own."""

CURSOR_PARTS: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**31, 2**63, -(2**63) - 1, 10**30, float("inf"), float("nan"), "",
    "1", "nan", "2026-11-23", "2026-11-23T12:00:00", "2026-11-23T12:00:00+00:00",
    "0001-01-01T00:00+14:00", "9999-12-31T23:59:59-14:00", "\x00", "a" * 5_000, "\ud800", [],
    {}, [[]], {"a": 1},
)  # fmt: skip

RAW_CURSORS = (
    "", "=", "a", "é", "%", "AAAA", "null", "W10", "e30", "W1tbW1tb", "\x00", "a" * LONGEST,
    base64.urlsafe_b64encode(b"[" * 10_000).decode(),
    base64.urlsafe_b64encode(b'{"a":' * 2_000).decode(),
    base64.urlsafe_b64encode(b"\xff\xfe\x00").decode(),
    base64.urlsafe_b64encode(b"[" + b"9" * 6_000 + b"]").decode(),
    base64.urlsafe_b64encode(b"[1e999999, -1e999999]").decode(),
)  # fmt: skip

BYTES = (b"\xff", b"\xed\xa0\x80", b"\xc0\xaf", b"%zz", b"\x80" * 50, b"a\xe9")
"""What is no UTF-8, for addresses: a browser of ours never sends it."""


def cursor(*parts: Any) -> str:
    """Write a cursor as anybody can forge it."""
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


class Hostile:
    """Draws hostile values; the same seed draws the same ones."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def number(self) -> str:
        """Draw what could stand where a number is read."""
        return self._of(NUMBERS) if self._mostly() else str(self.random.getrandbits(80) - 2**79)

    def date(self) -> str:
        """Draw what could stand where a day or a moment is read."""
        return self._of(DATES)

    def text(self) -> str:
        """Draw what could stand where a text is read."""
        if self._mostly():
            return self._of(TEXTS)
        return "".join(chr(self._code()) for _ in range(self.random.randint(1, 400)))

    def cursor(self) -> str:
        """Draw a forged cursor: of no form, or of a good form with wrong parts."""
        if self.random.random() < 0.3:
            return self._of(RAW_CURSORS)
        count = self.random.choice((0, 1, 1, 2, 2, 2, 3, 9))
        return cursor(*(self._of(CURSOR_PARTS) for _ in range(count)))

    def identifier(self) -> str:
        """Draw a random identifier, of the right form or of almost that."""
        made = str(uuid.UUID(int=self.random.getrandbits(128), version=4))
        return self._of(
            (made, made.upper(), made[:-1], made.replace("-", ""), "0" * 36, "{" + made)
        )

    def name(self) -> str:
        """Draw the name of a parameter or a field."""
        return self._of(KEYWORDS)

    def value(self) -> str:
        """Draw a value of any kind."""
        kinds = (
            self.number, self.date, self.text, self.cursor, self.identifier,
            lambda: self._of(ADDRESSES), lambda: self._of(MAIL_ADDRESSES),
            lambda: self._of(FILE_NAMES),
        )  # fmt: skip
        return self.random.choice(kinds)()

    def _of(self, values: Sequence[T]) -> T:
        return self.random.choice(values)

    def _mostly(self) -> bool:
        return self.random.random() < 0.8

    def _code(self) -> int:
        """Draw a character of any plane, but no half of a surrogate pair (that is no text)."""
        code = self.random.choice((0x7F, 0x24F, 0x2FFF, 0xFFFF, 0x10FFFF))
        drawn = self.random.randint(0, code)
        return drawn if not 0xD800 <= drawn <= 0xDFFF else 0xFFFD
