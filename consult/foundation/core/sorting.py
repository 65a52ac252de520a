"""The order of names, as a reader of Dutch or English expects it, the same on every database.

Databases order text by bytes or by a collation of their own, and SQLite brings none. So a name is
turned into a key of which the order of the code points is the right order: in Python, in SQLite
and in PostgreSQL (collation "C").
"""

import re

from sqlalchemy import String

from consult.foundation.analysis.stems import fold

_THOUSANDS = re.compile(r"(?<=\d)[.,](?=\d{3}(?!\d))")
_BLANK = re.compile(r"(?<=\d)[.,:/](?=\d)|[\s_]+")
_SIGN = re.compile(r"[^\w ]")
_NUMBER = re.compile(r"[0-9]+")
_LONGEST_NUMBER = 99
_LONGEST_KEY = 300

NameOrder = String(_LONGEST_KEY).with_variant(String(_LONGEST_KEY, collation="C"), "postgresql")
"""The type of a column that keeps the key of a name."""


def name_order(name: str) -> str:
    """Return the key that puts a name in its place.

    Case, accents, apostrophes and hyphens do not count, so 's-Hertogenbosch stands at the s and
    't Hoogt at the t; a word is compared before the next one; numbers go by their size. Particles
    (de, van) and articles count: they are part of the name as it was written.
    """
    words = _BLANK.sub(" ", _THOUSANDS.sub("", fold(name)))
    key = _NUMBER.sub(_sized, _SIGN.sub("", words)).strip()
    return " ".join(key.split())[:_LONGEST_KEY] or name[:_LONGEST_KEY]


def _sized(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")[:_LONGEST_NUMBER]
    return f"{len(digits):02d}{digits}"
