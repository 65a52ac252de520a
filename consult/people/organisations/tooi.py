"""TOOI identifiers of Dutch public bodies, and the code list of those bodies.

An identifier is stored by its code, such as `gm0363`; its address says the kind as well. The list
stands in `public_bodies.csv`, with its sources; of some kinds it holds every body, and then a code
that is not in it does not exist.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask_babel import lazy_gettext as _l

from consult.foundation.core.csv_files import records
from consult.foundation.core.errors import Sentence
from consult.foundation.core.sorting import name_order
from consult.people.organisations.models import Layer

BASE = "https://identifier.overheid.nl/tooi/id/"
LIST = Path(__file__).with_name("public_bodies.csv")
MOST_FOUND = 20
_CODE = re.compile(r"(?P<kind>mnre|pv|gm|ws)\d+")


@dataclass(frozen=True)
class PublicBodyKind:
    """A kind of public body: its word in an address, its layer, and whether the list is whole."""

    word: str
    layer: Layer
    digits: int
    complete: bool


KINDS = {
    "mnre": PublicBodyKind("ministerie", Layer.NATIONAL, 4, complete=True),
    "pv": PublicBodyKind("provincie", Layer.PROVINCE, 2, complete=True),
    "gm": PublicBodyKind("gemeente", Layer.MUNICIPALITY, 4, complete=False),
    "ws": PublicBodyKind("waterschap", Layer.WATER_AUTHORITY, 4, complete=True),
}


@dataclass(frozen=True)
class PublicBody:
    """A body of the list; `ended` is its last day, or "yes" where that is not known."""

    code: str
    name: str
    ended: str = ""

    @property
    def layer(self) -> Layer:
        """The layer of government to which it belongs."""
        return KINDS[kind_of(self.code)].layer


@cache
def public_bodies() -> dict[str, PublicBody]:
    """Return the code list, by code."""
    lines = LIST.read_text(encoding="utf-8").splitlines(keepends=True)
    rows = (cells for _, cells in records(line for line in lines if not line.startswith("#")))
    names = next(rows)
    return {row[0]: PublicBody(**dict(zip(names, row, strict=False))) for row in rows}


def kind_of(code: str) -> str:
    """Return the letters of a code: mnre, pv, gm or ws."""
    return code.rstrip("0123456789")


def code_of(said: str) -> str:
    """Read a code as people write it: the code alone, or the whole address."""
    return said.strip().removeprefix(BASE).rpartition("/")[2].lower()


def address_of(code: str) -> str:
    """Return the address of an identifier."""
    return f"{BASE}{KINDS[kind_of(code)].word}/{code}"


def code_error(code: str) -> Sentence | None:
    """Say what is wrong with a code; None if it can be a public body's."""
    found = _CODE.fullmatch(code)
    kind = KINDS.get(found["kind"]) if found else None
    if kind is None or len(code) != len(kind_of(code)) + kind.digits:
        return _l("Write a code such as gm0363, mnre1034, pv26 or ws0152, or its address.")
    if kind.complete and code not in public_bodies():
        return _l("No public body has this code. Look the body up above.")
    return None


def find_public_bodies(said: str) -> Sequence[PublicBody]:
    """Return the bodies of the list in whose name every word occurs, those that exist first."""
    words = name_order(said).split()
    found = [
        body
        for body in public_bodies().values()
        if words and all(word in name_order(f"{body.name} {body.code}") for word in words)
    ]
    return sorted(
        found, key=lambda body: (bool(body.ended), len(body.name), name_order(body.name))
    )[:MOST_FOUND]
