"""What was left out of a frozen version: in its text, its documents and its JSON, always visibly.

A field of the content is named by a JSON Pointer (RFC 6901). What readers get has, in its place,
the sentence that it was left out, when and on which ground; the JSON has null there, and a list.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from flask_babel import gettext as _

from consult.consultation.comments.models import ContributionState
from consult.consultation.moderation.labels import GROUNDS
from consult.foundation.core.errors import Sentence
from consult.foundation.core.languages import LANGUAGE_NAMES, reader_language
from consult.foundation.core.templating import day
from consult.foundation.record.digests import canonical, timestamp
from consult.outcomes.approvals.contents import CommitmentContent, PlanContent
from consult.outcomes.approvals.models import Omission, PlanVersion
from consult.outcomes.commitments.labels import TEXTS
from consult.outcomes.commitments.models import PROSE

SomeContent = TypeVar("SomeContent", bound=Mapping[str, object])
BLOCKED = "█████"
"""What stands in place of words that were left out of a field, always as long."""


def at(content: object, pointer: str) -> object:
    """Return the value of a field; KeyError or IndexError where there is none."""
    for step in map(_unescaped, pointer.split("/")[1:]):
        if isinstance(content, list):
            content = content[int(step)]
        elif isinstance(content, dict):
            content = content[step]
        else:
            raise KeyError(step)
    return content


def _unescaped(step: str) -> str:
    """Return a step of a JSON Pointer as the name that it stands for (RFC 6901 section 4)."""
    return step.replace("~1", "/").replace("~0", "~")


def put(content: object, pointer: str, value: object) -> None:
    """Set a field to another value, in place."""
    path, _slash, step = pointer.rpartition("/")
    inside, last = at(content, path), _unescaped(step)
    if isinstance(inside, list):
        inside[int(last)] = value
    elif isinstance(inside, dict):
        inside[last] = value
    else:
        raise KeyError(last)


def active_omissions(version: PlanVersion) -> list[Omission]:
    """Return what is left out of a version now, in the order of its omission."""
    return [one for one in version.omissions if one.ended_at is None]


def left_out(omission: Omission) -> str:
    """Say that something was left out, when and on which ground, in the reader's language."""
    on = day(omission.omitted_at)
    if omission.ground is None and not _withdrawn(omission):
        return str(_("Left out on %(day)s: its author has the proposal back to change it.", day=on))
    if omission.ground is None:
        return str(_("Left out on %(day)s: its author withdrew the proposal.", day=on))
    return str(_("Left out on %(day)s: %(ground)s.", day=on, ground=GROUNDS[omission.ground]))


def _withdrawn(omission: Omission) -> bool:
    return omission.proposal is None or omission.proposal.state is ContributionState.WITHDRAWN


def stored_text(version: PlanVersion) -> PlanContent:
    """Return all texts of a version as they are stored: what it froze, and its name (`label`)."""
    content: PlanContent = json.loads(version.content)
    content["label"] = version.label
    return content


def label_of(version: PlanVersion) -> str:
    """Return the name of a version as readers get it."""
    return _with_sentences(version, {"label": version.label}, only="/label")["label"]


def content_of(version: PlanVersion) -> PlanContent:
    """Return the texts of a version as readers get them, with sentences where one is left out."""
    return _with_sentences(version, stored_text(version))


def _with_sentences(version: PlanVersion, content: SomeContent, only: str = "") -> SomeContent:
    for one in active_omissions(version):
        if only not in {"", one.pointer}:
            continue
        if one.whole:
            put(content, one.pointer, left_out(one))
        about, _slash, name = one.pointer.rpartition("/")
        if one.whole and name == "title" and "/sources/" in about:  # it has a language of its own
            put(content, f"{about}/language", reader_language())
    return content


def served_text(version: PlanVersion) -> bytes:
    """Return the frozen text for download: as it was frozen, or with a list of what is left out."""
    omissions = active_omissions(version)
    if not omissions:
        return version.content.encode()
    content = stored_text(version)
    for one in omissions:
        if one.whole:
            put(content, one.pointer, None)
    content["omissions"] = [_as_plain(one) for one in omissions]
    return canonical(content)


def _as_plain(omission: Omission) -> dict[str, object]:
    without_ground = "withdrawn" if _withdrawn(omission) else "returned"
    return {
        "pointer": omission.pointer,
        "whole": omission.whole,
        "ground": omission.ground.value if omission.ground else without_ground,
        "reason": omission.reason,
        "digest": omission.digest,
        "at": timestamp(omission.omitted_at),
    }


@dataclass(frozen=True)
class TextField:
    """A field of a frozen version that holds a text, with what it is called on a page."""

    pointer: str
    label: str
    text: str


def text_fields(content: PlanContent) -> list[TextField]:
    """Return the texts of a version that can be left out, in order; empty ones are no text."""
    names = ("label", "title", "introduction", "disclaimer", "related_plan")
    found = list(_texts(content, "", names if "label" in content else names[1:]))
    for place, theme in enumerate(content["themes"]):
        here = f"/themes/{place}"
        about = _("Theme %(number)s", number=theme["number"])  # the one without has no texts
        found += _texts(theme, here, ("title", "description"), about)
        for number, commitment in enumerate(theme["commitments"]):
            found += _in_commitment(commitment, f"{here}/commitments/{number}")
    return found


def _in_commitment(commitment: CommitmentContent, here: str) -> Iterator[TextField]:
    about = _("Commitment %(number)s", number=commitment["number"])
    yield from _texts(commitment, here, PROSE, about)
    yield from _texts(commitment, here, ("holder", "partners"), about)
    for place, source in enumerate(commitment["sources"]):
        proposal = f"{about} · {_('Proposal %(number)s', number=source['number'])}"
        yield from _texts(source, f"{here}/sources/{place}", ("title", "note"), proposal)


def _texts(
    holder: Mapping[str, object], here: str, names: Sequence[str], about: str = ""
) -> Iterator[TextField]:
    for name in names:
        value = holder[name]
        texts = value.items() if isinstance(value, dict) else [("", str(value or ""))]
        for code, text in texts:
            if not text:
                continue
            label = f"{about} · {_label(name)}" if about else str(_label(name))
            if code:
                label = f"{label} ({LANGUAGE_NAMES.get(code, code)})"
            yield TextField(f"{here}/{name}/{code}" if code else f"{here}/{name}", label, text)


def _label(name: str) -> Sentence:
    labels: dict[str, Sentence] = {
        "label": _("Name of this version"),
        "introduction": _("Introduction"),
        "disclaimer": _("Disclaimer"),
        "related_plan": _("What this plan is not"),
        "holder": _("Holder"),
        "partners": _("Partners"),
        "note": _("What was done with it"),
    }
    return labels.get(name) or TEXTS[name]


def omission_lines(version: PlanVersion, content: PlanContent) -> list[tuple[str, str, Omission]]:
    """Return what is left out: (field, sentence, omission); the content is as readers get it."""
    omissions = active_omissions(version)
    labels = {one.pointer: one.label for one in text_fields(content)} if omissions else {}
    return [(labels[one.pointer], left_out(one), one) for one in omissions]
