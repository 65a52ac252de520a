"""Names that are made: the address of a round, and an alias for a private person."""

import hashlib
import hmac
import re
from collections.abc import Iterable

from consult.foundation.core.slugs import LONGEST, RESERVED, slug_of

ALIAS_LENGTH = 8

_SLUG = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
# Digits and letters that nobody takes for one another, after Crockford's base 32.
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"


def slug_for(source_id: str) -> str:
    """Return the address of a round: its own id where that is a valid slug, else one made of it.

    A valid slug has lower case letters, digits, and single hyphens or dots between them, and at
    most 80 characters.
    """
    if len(source_id) <= LONGEST and _SLUG.fullmatch(source_id) and source_id not in RESERVED:
        return source_id
    made = slug_of(source_id)
    return f"round-{made}" if made in RESERVED else made or "round"


def alias_for(participant_id: str, salt: str, length: int = ALIAS_LENGTH) -> str:
    """Return the alias of a participant: the same for the same id and salt, in any language.

    The salt is the round's id, with a secret where nobody may find a person by trying ids.
    Eight letters hold 40 bits; `aliases` makes them longer where two are still alike.
    """
    digest = hmac.digest(salt.encode(), participant_id.encode(), hashlib.sha256)
    number = int.from_bytes(digest)
    letters = "".join(_LETTERS[(number >> (5 * i)) & 31] for i in range(length))
    groups = (letters[i : i + 4] for i in range(0, length, 4))
    return "Alias " + "-".join(groups)


def aliases(participant_ids: Iterable[str], salt: str) -> dict[str, str]:
    """Assign each participant of a round an alias that no other has."""
    given: dict[str, str] = {}
    waiting = set(participant_ids)
    length = ALIAS_LENGTH
    while waiting:
        by_alias: dict[str, list[str]] = {}
        for one in waiting:
            by_alias.setdefault(alias_for(one, salt, length), []).append(one)
        given.update((ids[0], alias) for alias, ids in by_alias.items() if len(ids) == 1)
        waiting = {one for ids in by_alias.values() if len(ids) > 1 for one in ids}
        length += 4
    return given
