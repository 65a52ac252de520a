"""The picture of a body's seats: where each stands around the table, and what it looks like.

Half a ring, or several, as the tables of councils are drawn. A sector has a shape of its own; a
seat that is filled is solid and an open one is an outline, so no colour has to tell anything.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from consult.people.organisations.models import Sector
from consult.people.organisations.seats import Seats

CENTRE = (200.0, 196.0)
OUTER, INNER, GAP, SPACE = 172.0, 92.0, 40.0, 38.0
"""The outermost and innermost ring, how far rings stand apart, and the room of a seat on one."""

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


@dataclass(frozen=True)
class Seating:
    """The picture: its seats, and how much larger its ground is than that of a small table."""

    chairs: Sequence[Chair]
    scale: float

    @property
    def filled(self) -> int:
        """How many seats are filled."""
        return sum(chair.filled for chair in self.chairs)


def seating(groups: Sequence[Seats]) -> Seating:
    """Place every seat, sector beside sector from left to right; the filled ones first.

    Members above the number of seats (an account that came back) get a place as well.
    """
    wanted = [
        (one.sector, n < one.filled) for one in groups for n in range(max(one.seats, one.filled))
    ]
    scale = 1.0
    while sum(_room(radius * scale) for radius in _radii(scale)) < len(wanted):
        scale *= 1.1
    # Around a table with several rows, a sector stays together: seats are given out by angle.
    spots = sorted(_spots(len(wanted), scale), key=lambda spot: (-round(spot[0], 6), spot[1]))
    chairs = [
        Chair(
            round(CENTRE[0] * scale + radius * math.cos(angle), 1),
            round(CENTRE[1] * scale - radius * math.sin(angle), 1),
            sector,
            SHAPES[sector],
            filled,
        )
        for (angle, radius), (sector, filled) in zip(spots, wanted, strict=True)
    ]
    return Seating(chairs, round(scale, 3))


def _radii(scale: float) -> list[float]:
    """Return the rings that a table of this scale has room for, as shares, outermost first.

    The middle stays free for the numbers.
    """
    rings = 1 + int((OUTER - INNER) * scale / GAP)
    return [OUTER - ring * GAP / scale for ring in range(rings)]


def _spots(many: int, scale: float) -> list[tuple[float, float]]:
    """Spread seats over as few half rings as hold them: (angle, radius)."""
    radii = [radius * scale for radius in _radii(scale)]
    used = next(n for n in range(1, len(radii) + 1) if sum(_room(r) for r in radii[:n]) >= many)
    radii = radii[:used]
    whole = sum(_room(radius) for radius in radii)
    shares = [many * _room(radius) // whole for radius in radii]
    for n in range(many - sum(shares)):
        shares[n % used] += 1
    return [
        (math.pi * (share - n - 0.5) / share, radius)
        for radius, share in zip(radii, shares, strict=True)
        for n in range(share)
    ]


def _room(radius: float) -> int:
    return int(math.pi * radius / SPACE)
