"""The theme: every pair of colours that carries text can be read (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).resolve().parents[2] / "consult" / "static" / "css"
TEXT = 4.5
SHAPE = 3.0


def palette() -> dict[str, str]:
    theme = (CSS / "theme.css").read_text(encoding="utf-8")
    found = dict(re.findall(r"--consult-([a-z-]+): (#[0-9a-f]{3,6});", theme))
    return {name: "#" + "".join(c * 2 for c in v[1:]) if len(v) == 4 else v
            for name, v in found.items()}  # fmt: skip


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "paper", TEXT),
        ("ink", "wash", TEXT),
        ("ink", "wash-deep", TEXT),
        ("ink", "focus", TEXT),
        ("ink-soft", "paper", TEXT),
        ("ink-soft", "wash", TEXT),
        ("ink-soft", "accent-wash", TEXT),
        ("accent", "paper", TEXT),
        ("accent", "wash", TEXT),
        ("accent", "accent-wash", TEXT),
        ("accent", "positive-wash", TEXT),
        ("accent", "attention-wash", TEXT),
        ("accent", "danger-wash", TEXT),
        ("paper", "accent", TEXT),
        ("paper", "accent-deep", TEXT),
        ("paper", "danger", TEXT),
        ("on-band", "band", TEXT),
        ("on-band-soft", "band", TEXT),
        ("band-line", "band", TEXT),
        ("positive", "positive-wash", TEXT),
        ("positive", "paper", TEXT),
        ("attention", "attention-wash", TEXT),
        ("danger", "danger-wash", TEXT),
        ("danger", "paper", TEXT),
        ("line-strong", "paper", SHAPE),
    ],
)
def test_text_can_be_read_on_its_ground(ink: str, ground: str, least: float) -> None:
    colours = palette()
    assert contrast(colours[ink], colours[ground]) >= least


def test_the_styles_fetch_nothing_from_elsewhere() -> None:
    for sheet in CSS.glob("*.css"):
        for address in re.findall(r"url\(\"?([^\")]+)", sheet.read_text(encoding="utf-8")):
            assert address.startswith("../"), f"{sheet.name}: {address}"


def test_every_token_of_ours_that_is_read_is_given() -> None:
    text = "".join(sheet.read_text(encoding="utf-8") for sheet in CSS.glob("*.css"))
    given = set(re.findall(r"(--consult-[a-z0-9-]+):", text))
    read = set(re.findall(r"var\((--consult-[a-z0-9-]+)", text))
    assert read <= given
