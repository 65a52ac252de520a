"""The picture beside a link to this site where somebody shares it, drawn by typst as a PNG."""

import json
from dataclasses import asdict
from pathlib import Path

import typst

from consult.interfaces.publishing.documents.content import Letterhead
from consult.interfaces.publishing.documents.letters import shown
from consult.interfaces.publishing.documents.pdf import logo_data

WIDTH, HEIGHT = 1200, 630
"""Pixels, as the sites that show such pictures ask for."""
_TEMPLATE = Path(__file__).with_name("card.typ")
_POINTS_PER_INCH = 72


def render_card(publisher: Letterhead, sentence: str, language: str) -> bytes:
    """Return the picture of a site as a PNG: who speaks there, and a sentence on what it is for."""
    said = {**asdict(publisher), "sentence": sentence, "language": language}
    said |= {"name": shown(publisher.author), "logo": logo_data(publisher)}
    try:
        return _drawn(said)
    except typst.TypstError:  # a logo that typst cannot draw
        return _drawn({**said, "name": shown(publisher.author, plainest=True), "logo": ""})


def _drawn(said: dict[str, object]) -> bytes:
    made = typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        ignore_system_fonts=True,
        sys_inputs={"card": json.dumps(said)},
        format="png",
        ppi=_POINTS_PER_INCH,
    )
    if not isinstance(made, bytes):
        raise TypeError(type(made))
    return made
