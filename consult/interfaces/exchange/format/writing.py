"""Writing lines: as objects, as JSON, and as a digest that tells whether content changed."""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from consult.consultation.comments.models import Alignment
from consult.consultation.proposals.models import Stance
from consult.interfaces.exchange.format.lines import Line, Subject
from consult.interfaces.exchange.format.schema import ALIGNMENTS, PROPOSAL_FIELDS, SHAPES, VALUES

_SHAPE_OF = {shape.made: shape for shape in SHAPES.values()}
_POSITIONS = {stance: value for value, stance in VALUES.items()}
_ALIGNED = {alignment: value for value, alignment in ALIGNMENTS.items()}
_ORDER = {name: at for at, name in enumerate((*PROPOSAL_FIELDS, *Stance, "url", "title"))}


def _in_order(value: Mapping[str, object]) -> dict[str, object]:
    names = sorted(value, key=lambda name: (_ORDER.get(name, len(_ORDER)), name))
    return {str(name): _plain(value[name]) for name in names}


_WRITERS: tuple[tuple[type, Callable[[Any], object]], ...] = (
    (datetime, lambda at: at.astimezone(UTC).isoformat()),
    (date, date.isoformat),
    (Stance, _POSITIONS.__getitem__),
    (Alignment, _ALIGNED.__getitem__),
    (Subject, lambda subject: {"type": str(subject.type), "id": subject.id}),
    (int, int),
    (Mapping, _in_order),
    (list, lambda found: [_plain(one) for one in found]),
    (object, str),
)
"""How values are written; the first that fits counts."""


def _plain(value: object) -> object:
    return next(write(value) for kind, write in _WRITERS if isinstance(value, kind))


def type_of(line: Line) -> str:
    """Return the type of a line, as it stands in a file."""
    return _SHAPE_OF[type(line)].name


def as_object(line: Line) -> dict[str, object]:
    """Return a line as the object that stands in a file: `type` first, nothing that is unset."""
    shape = _SHAPE_OF[type(line)]
    values = ((name, getattr(line, name)) for name in shape.names)
    return {"type": shape.name, **{n: _plain(v) for n, v in values if v is not None}}


def as_json(line: Line) -> str:
    """Write a line as one line of JSON, without the line end."""
    return written(as_object(line))


def written(found: Mapping[str, object]) -> str:
    """Write an object as one line of JSON, without the line end."""
    return json.dumps(found, ensure_ascii=False, separators=(",", ":"))


def digest_of(content: str) -> str:
    """Return the digest of a line as it was written by `as_json`."""
    return hashlib.sha256(content.encode()).hexdigest()
