"""Writing lines: as objects, as JSON, and as a digest that tells whether content changed."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime

from consult.consultation.proposals.models import Stance
from consult.interfaces.exchange.format.lines import Line, Subject
from consult.interfaces.exchange.format.schema import PROPOSAL_FIELDS, SHAPES, VALUES

_SHAPE_OF = {shape.made: shape for shape in SHAPES.values()}
_WRITTEN = {stance: value for value, stance in VALUES.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, Stance):
        return _WRITTEN[value]
    if isinstance(value, Subject):
        return {"type": str(value.type), "id": value.id}
    if isinstance(value, Mapping):
        return {name: value[name] for name in PROPOSAL_FIELDS if name in value}
    return str(value)


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
    return json.dumps(as_object(line), ensure_ascii=False, separators=(",", ":"))


def digest_of(content: str) -> str:
    """Return the digest of a line as it was written by `as_json`."""
    return hashlib.sha256(content.encode()).hexdigest()
