"""Whatever two colours are taken, all that is made of them can be read where it stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.people.publisher.colours import (
    DRAWN,
    PAPER,
    READABLE,
    contrast,
    shades_of,
    tidy_colour,
    unreadable,
)
from consult.people.publisher.services import colour_errors

INK, INK_SOFT = "#1d1624", "#5a5164"
colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54),
     ("#ffffff", "#ffffff", 1.0), ("#0000ff", "#ffffff", 8.59)],
)  # fmt: skip
def test_contrast_is_that_of_wcag(one: str, other: str, ratio: float) -> None:
    assert contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@pytest.mark.parametrize(
    ("typed", "read"),
    [("#1B6B3A", "#1b6b3a"), ("1b6b3a", "#1b6b3a"), (" #abc ", "#aabbcc"), ("red", None),
     ("#12345", None), ("#1b6b3a;}", None), ("", None)],
)  # fmt: skip
def test_a_colour_is_read_or_is_none(typed: str, read: str | None) -> None:
    assert tidy_colour(typed) == read


@given(accent=colours, band=st.one_of(st.just(""), colours))
def test_what_is_taken_can_be_read_everywhere(accent: str, band: str) -> None:
    if colour_errors(accent, band):
        return
    made = shades_of(accent, band)
    for ground in made.grounds:
        assert contrast(made.accent, ground) >= READABLE
        assert contrast(made.accent_deep, ground) >= READABLE
        assert contrast(INK, ground) >= READABLE
        assert contrast(INK_SOFT, ground) >= READABLE
    assert contrast(PAPER, made.band) >= READABLE
    assert contrast(made.on_band_soft, made.band) >= READABLE
    assert contrast(made.band_line, made.band) >= DRAWN


@given(accent=colours)
def test_what_is_refused_could_not_be_read_somewhere(accent: str) -> None:
    first = unreadable(accent, *shades_of(accent).grounds)
    assert (first is not None) == any(
        contrast(accent, ground) < READABLE for ground in shades_of(accent).grounds
    )
    if first is not None:
        assert first.ratio == contrast(accent, first.ground) < READABLE
