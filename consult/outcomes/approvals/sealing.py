"""The sealed text of a frozen version: each field replaced by its salted digest.

docs/record-format.md, section 7. One field can be left out later, and the digest of the version
and every approval of it stay valid.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping

from consult.foundation.record.digests import OpenedField, canonical, field_digest, new_salt
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.omissions import active_omissions, at, put, stored_text

_VERSION = b"consult-version/v1\n"


def fields_of(text: object, pointer: str = "") -> Iterator[tuple[str, object]]:
    """Yield the fields of a text by their JSON Pointers (RFC 6901): each value that holds none."""
    inside: list[tuple[object, object]] = []
    if isinstance(text, Mapping):
        inside = list(text.items())
    elif isinstance(text, list):
        inside = list(enumerate(text))
    if not inside:
        yield pointer, text
    for name, value in inside:
        step = str(name).replace("~", "~0").replace("/", "~1")
        yield from fields_of(value, f"{pointer}/{step}")


def seal(text: Mapping[str, object]) -> tuple[str, dict[str, str]]:
    """Return the sealed text, canonical, and the fresh salt of each field by its pointer."""
    sealed = json.loads(canonical(text))
    salts = {}
    for pointer, value in list(fields_of(text)):
        salts[pointer] = new_salt()
        put(sealed, pointer, field_digest(salts[pointer], value))
    return canonical(sealed).decode(), salts


def version_digest(sealed: str) -> str:
    """Return the digest of a version: the root over the digests of its fields, in hex."""
    return hashlib.sha256(_VERSION + sealed.encode()).hexdigest()


def opened_text(version: PlanVersion) -> dict[str, OpenedField]:
    """Return what opens the sealed text: salt and value of each field that readers get now."""
    sealed = json.loads(version.sealed or "{}")
    left_out = {one.pointer for one in active_omissions(version)}
    return {
        pointer: {"salt": salt, "value": value}
        for pointer, value in fields_of(stored_text(version))
        if pointer not in left_out
        and (salt := version.salts.get(pointer))
        and field_digest(salt, value) == at(sealed, pointer)
    }
