"""The picture of a body's seats: where each stands around the table, and what it looks like.

Half a ring, or several, as the tables of councils are drawn. A sector has a shape of its own; a
seat that is filled is solid and an open one is an outline, so no colour has to tell anything.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from consult.organisations.models import Sector
from consult.organisations.seats import Seats

WIDTH, HEIGHT = 400, 216
CENTRE = (200.0, 196.0)
OUTER, GAP, SPACE = 172.0, 40.0, 38.0
"""The outermost ring, how far the rings stand apart, and the room that a seat needs on one."""

SHAPES = {
    Sector.CIVIL_SOCIETY: "circle",
    Sector.GOVERNMENT: "square",
    Sector.BUSINESS: "triangle",
    Sector.KNOWLEDGE: "diamond",
}


@dataclass(frozen=True)
class Chair:
    """One seat in the picture."""

    x: float
    y: float
    sector: Sector
    shape: str
    filled: bool


def seating(groups: Sequence[Seats]) -> list[Chair]:
    """Place every seat, sector beside sector from left to right; the filled ones first.

    Members above the number of seats (an account that came back) get a place as well.
    """
    wanted = [
        (one.sector, n < one.filled) for one in groups for n in range(max(one.seats, one.filled))
    ]
    # Around a table with several rows, a sector stays together: seats are given out by angle.
    spots = sorted(_spots(len(wanted)), key=lambda spot: (-round(spot[0], 6), spot[1]))
    return [
        Chair(
            round(CENTRE[0] + radius * math.cos(angle), 1),
            round(CENTRE[1] - radius * math.sin(angle), 1),
            sector,
            SHAPES[sector],
            filled,
        )
        for (angle, radius), (sector, filled) in zip(spots, wanted, strict=True)
    ]


def _spots(many: int) -> list[tuple[float, float]]:
    """Spread seats over as few half rings as hold them: (angle, radius)."""
    if many == 0:
        return []
    radii = [OUTER]
    while sum(_room(radius) for radius in radii) < many and radii[-1] > GAP:
        radii.append(radii[-1] - GAP)
    whole = sum(radii)
    shares = [round(many * radius / whole) for radius in radii]
    shares[0] += many - sum(shares)
    return [
        (math.pi * (share - n - 0.5) / share, radius)
        for radius, share in zip(radii, shares, strict=True)
        for n in range(share)
    ]


def _room(radius: float) -> int:
    return max(1, int(math.pi * radius / SPACE))
