"""PDF: the composition set by typst, tagged, without system libraries, network or system fonts."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import typst

from consult.interfaces.publishing.documents.composition import Composition, compose
from consult.interfaces.publishing.documents.content import Letterhead, PlanDocument
from consult.interfaces.publishing.documents.letters import MISSING, shown

_TEMPLATE = Path(__file__).with_name("template.typ")


def render_pdf(document: PlanDocument) -> bytes:
    """Return a plan as a PDF that asks of typst to be PDF/UA-1; equal documents give equal bytes.

    What people wrote reaches typst as data (JSON), never as markup. Signs that the letters of the
    PDF lack are replaced and the last page says so.
    """
    return pdf_of(compose(document), document.frozen_at or document.as_of)


def pdf_of(composed: Composition, dated: datetime | None) -> bytes:
    """Return a composition as a PDF, dated or not."""
    seconds = int(dated.timestamp()) if dated else None
    try:
        return _set(composed, seconds)
    except typst.TypstError:
        # Signs that exist may still lack a letter in combination (an Arabic mark on a Latin
        # letter). A plan must leave the house, so the second attempt keeps Latin letters only.
        return _set(composed, seconds, plainest=True)


def _set(composed: Composition, seconds: int | None, *, plainest: bool = False) -> bytes:
    plan = asdict(composed)
    del plan["publisher"]
    letters = {name: _with_letters(part, plainest=plainest) for name, part in plan.items()}
    letters |= {"publisher": _letterhead(composed.publisher, plainest=plainest)}
    letters |= {"dated": seconds is not None, "has_missing": _lacks(letters, plan)}
    return typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        ignore_system_fonts=True,
        sys_inputs={"plan": json.dumps(letters)},
        pdf_standards=["ua-1"],
        timestamp=seconds,
    )


def logo_data(publisher: Letterhead) -> str | list[int]:
    """Return a logo as typst takes it: an SVG as its text, a PNG as its bytes."""
    content = publisher.logo
    return content.decode() if publisher.logo_type == "image/svg+xml" else list(content)


def _letterhead(publisher: Letterhead, *, plainest: bool) -> dict[str, object]:
    """Return who publishes it as typst takes it.

    What cannot be set at the first attempt may be the logo: the second one goes without.
    """
    author = shown(publisher.author, plainest=plainest)
    logo = "" if plainest else logo_data(publisher)
    return {**asdict(publisher), "author": author, "logo": logo}


def _with_letters(value: object, *, plainest: bool) -> object:
    """Walk through plain data and keep in each text only what the letters can show."""
    if isinstance(value, str):
        return shown(value, plainest=plainest)
    if isinstance(value, dict):
        return {
            key: inner if key == "href" else _with_letters(inner, plainest=plainest)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_with_letters(inner, plainest=plainest) for inner in value]
    return value


def _lacks(letters: dict[str, object], plan: dict[str, object]) -> bool:
    """Whether any sign was replaced, by counting the signs that stand for it."""
    after, before = (
        json.dumps(data, ensure_ascii=False).count(MISSING) for data in (letters, plan)
    )
    return after > before
