"""Stale saves: somebody else changed a text meanwhile, so both are shown and nothing is lost."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l

from consult.core.errors import Conflict, Sentence
from consult.core.forms import LANGUAGE_NAMES

Fields = Iterable[tuple[Sentence, str | Mapping[str, str]]]
"""What was written, field by field: (label, text or a text per language)."""


def refuse_stale(version_read: int, version_now: int, mine: Fields, theirs: Fields) -> None:
    """Raise Conflict, with both texts, unless what was changed is what is stored now."""
    if version_read == version_now:
        return
    raise Conflict(
        _l("Somebody else changed this while you were working on it."),
        _l("Compare the texts, put yours together with theirs, and save again."),
        mine=_flat(mine),
        theirs=_flat(theirs),
    )


def _flat(fields: Fields) -> dict[str, str]:
    flat: dict[str, str] = {}
    for label, text in fields:
        if isinstance(text, str):
            flat[str(label)] = text
            continue
        for code, said in text.items():
            flat[f"{label} ({LANGUAGE_NAMES.get(code, code)})"] = said
    return flat
