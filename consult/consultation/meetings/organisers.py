"""Who organises the plans in which a body takes part: a package above knows, and says it here."""

from collections.abc import Callable, Sequence

from consult.foundation.core.registries import add_new
from consult.people.accounts.models import Person

FindOrganisers = Callable[[int], Sequence[Person]]
_sources: list[FindOrganisers] = []


def add_organisers(source: FindOrganisers) -> None:
    """Register who knows the organisers of a body, by its number."""
    add_new(_sources, [source])


def organisers_of(body_id: int) -> list[Person]:
    """Return the organisers of a body, each once."""
    found = {one.id: one for source in _sources for one in source(body_id)}
    return [found[id_] for id_ in sorted(found)]
