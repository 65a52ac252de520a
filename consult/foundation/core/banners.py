"""Banners: what an act came to, told once on the page that it leads to, where it was done.

What is told belongs to a place: the anchor of the address that the act leads to. A page draws the
banners of a place there (`take_banners("positions")`), and the layout draws all that are left.
"""

import json
from dataclasses import asdict, dataclass
from typing import cast
from urllib.parse import urlsplit

from flask import flash, g, get_flashed_messages

_KEPT = "banner"


@dataclass(frozen=True)
class Banner:
    """What is told: what happened, what comes next, and the receipt of it."""

    said: str
    next: str = ""
    receipt: str = ""
    """The address of the receipt, if there is one."""
    kind: str = "ok"
    place: str = ""
    """The anchor on the page where it was done; empty for the page as a whole."""


def keep_banner(banner: Banner) -> None:
    """Keep a banner for the next page that its reader opens."""
    flash(json.dumps(asdict(banner)), _KEPT)


def place_in(address: str) -> str:
    """Return the place that an address leads to: its anchor, or nothing."""
    return urlsplit(address).fragment


def _read(kind: str, said: str) -> Banner:
    if kind != _KEPT:
        return Banner(said, kind=kind)
    kept: dict[str, str] = json.loads(said)
    return Banner(**kept)


def _left() -> list[Banner]:
    if "banners" not in g:
        flashed = cast("list[tuple[str, str]]", get_flashed_messages(with_categories=True))
        g.banners = [_read(kind, said) for kind, said in flashed]
    left: list[Banner] = g.banners
    return left


def banners_wait() -> bool:
    """Whether there are banners that this page did not draw yet."""
    return bool(_left())


def take_banners(place: str = "") -> list[Banner]:
    """Return the banners of a place, or all that are left, each once in a page."""
    taken = [one for one in _left() if not place or one.place == place]
    g.banners = [one for one in _left() if one not in taken]
    return taken
