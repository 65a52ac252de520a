"""Who looks after bodies and the register of organisations: a package above says it here.

A body is looked after by the organisers of the plans in which it takes part; the register by every
organiser (docs/decisions/0008).
"""

from collections.abc import Callable, Sequence

from consult.foundation.core.registries import add_new
from consult.people.accounts.models import Person

FindOrganisers = Callable[[int | None], Sequence[Person]]
_sources: list[FindOrganisers] = []


def add_organisers(source: FindOrganisers) -> None:
    """Register who knows the organisers of a body, by its number; of None: of any plan."""
    add_new(_sources, [source])


def organisers_of(body_id: int | None) -> list[Person]:
    """Return the organisers of a body, each once; without a body those of all plans."""
    found = {one.id: one for source in _sources for one in source(body_id)}
    return [found[id_] for id_ in sorted(found)]


def who_keeps(body_id: int) -> list[Person]:
    """Return who looks after a body: as long as it takes part in no plan, any organiser."""
    return organisers_of(body_id) or organisers_of(None)
