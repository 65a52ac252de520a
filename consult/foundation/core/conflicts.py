"""Stale saves: somebody else changed a text meanwhile, so both are shown and nothing is lost."""

from collections.abc import Iterable, Mapping

from flask_babel import lazy_gettext as _l

from consult.foundation.core.errors import Conflict, Sentence
from consult.foundation.core.forms import label_of
from consult.foundation.core.languages import LANGUAGE_NAMES

Fields = Iterable[tuple[str, Sentence, str | Mapping[str, str]]]
"""What was written, field by field: (name in the form, label, text or a text per language).

What is chosen and not typed has no name; a field whose form says its label needs none here.
"""


def refuse_stale(version_read: int, version_now: int, mine: Fields, theirs: Fields) -> None:
    """Raise Conflict, with both texts, unless what was changed is what is stored now."""
    if version_read == version_now:
        return
    written, stored = _flat(mine), _flat(theirs)
    named = {key: label for key, (label, _) in {**stored, **written}.items()}
    raise Conflict(
        _l("Somebody else changed this while you were working on it."),
        _l("Compare the texts, put yours together with theirs, and save again."),
        mine={key: written[key][1] if key in written else "" for key in named},
        theirs={key: stored[key][1] if key in stored else "" for key in named},
        labels=named,
        version=version_now,
    )


def _flat(fields: Fields) -> dict[str, tuple[Sentence, str]]:
    flat: dict[str, tuple[Sentence, str]] = {}
    for name, label, text in fields:
        if isinstance(text, str):
            flat[name or str(label)] = (label or label_of(name) or name, text)
            continue
        for code, said in text.items():
            flat[f"{name}_{code}"] = (f"{label} ({LANGUAGE_NAMES.get(code, code)})", said)
    return flat
