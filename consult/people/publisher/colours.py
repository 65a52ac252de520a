"""Colours: how well one is read on another (WCAG 2.2), and the shades that a page makes of two."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

READABLE = 4.5
"""The contrast that text needs at least (WCAG 2.2, success criterion 1.4.3)."""
DRAWN = 3.0
"""The contrast that what is drawn needs at least (1.4.11)."""
PAPER, INK = "#ffffff", "#000000"
_FAR = 10.0
"""The contrast with white of a band that is made from an accent: dark, as that of the theme."""
_HEX = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_STEPS = 200


def tidy_colour(typed: str) -> str | None:
    """Return a colour as #rrggbb, of #rgb or #rrggbb in any case; None when it is none."""
    said = typed.strip().lower()
    said = said if said.startswith("#") else f"#{said}"
    if not _HEX.fullmatch(said):
        return None
    return said if len(said) == len(PAPER) else "#" + "".join(sign * 2 for sign in said[1:])


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def luminance(colour: str) -> float:
    """Return the relative luminance of a colour, 0 to 1 (WCAG 2.2, "relative luminance")."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004
        for part in (one / 255 for one in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def mixed(colour: str, with_: str, share: float) -> str:
    """Return a colour with a share (0 to 1) of another one in it."""
    pairs = zip(_parts(colour), _parts(with_), strict=True)
    return "#" + "".join(f"{round(one + (other - one) * share):02x}" for one, other in pairs)


def _until(colour: str, with_: str, on: str, least: float, begin: float = 0.0) -> str:
    """Mix more and more of another colour in, until it is read well enough on a ground."""
    for step in range(round(begin * _STEPS), _STEPS + 1):
        made = mixed(colour, with_, step / _STEPS)
        if contrast(made, on) >= least:
            return made
    return with_


@dataclass(frozen=True)
class Palette:
    """The colours of a page, made of the two that a publisher chose."""

    accent: str
    accent_deep: str
    accent_wash: str
    wash: str
    wash_deep: str
    band: str
    on_band_soft: str
    band_line: str

    @property
    def grounds(self) -> tuple[str, ...]:
        """What the accent stands on, as text: the page, and what is laid on it."""
        return PAPER, self.wash, self.accent_wash, self.wash_deep

    def tokens(self) -> Mapping[str, str]:
        """Return the design tokens of the theme that these take the place of."""
        return {f"--consult-{name.replace('_', '-')}": one for name, one in vars(self).items()}


def shades_of(accent: str, band: str = "") -> Palette:
    """Make the shades of a page of an accent, and of a band or one that is made of the accent.

    Whatever they are: of the shades that are made here each can be read where it stands.
    """
    band = band or _until(accent, INK, PAPER, _FAR)
    return Palette(
        accent=accent,
        accent_deep=mixed(accent, INK, 0.3),
        accent_wash=mixed(accent, PAPER, 0.92),
        wash=mixed(accent, PAPER, 0.965),
        wash_deep=mixed(accent, PAPER, 0.9),
        band=band,
        on_band_soft=_until(band, PAPER, band, READABLE, 0.85),
        band_line=_until(band, PAPER, band, DRAWN, 0.5),
    )


@dataclass(frozen=True)
class LowContrast:
    """A colour that cannot be read on what it stands on, and how far it is from that."""

    colour: str
    ground: str
    ratio: float


def unreadable(colour: str, *grounds: str) -> LowContrast | None:
    """Return the first ground on which a colour is not read well enough; None if on none."""
    for ground in grounds:
        ratio = contrast(colour, ground)
        if ratio < READABLE:
            return LowContrast(colour, ground, ratio)
    return None
