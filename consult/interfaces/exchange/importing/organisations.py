"""Organisations by their names, as files give them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.core.slugs import free_slug, slug_of
from consult.foundation.record.services import record
from consult.people.organisations.models import Organisation, Sector

LONGEST_SLUG = 70
"""So long that a number fits behind it."""


class Organisations:
    """The organisations of the platform by name; they are read once."""

    def __init__(self) -> None:
        rows = db.session.execute(select(Organisation.name, Organisation.id, Organisation.sector))
        self._by_name: dict[str, tuple[int, Sector]] = {n: (i, s) for n, i, s in rows}

    def find(self, name: str | None) -> tuple[int, Sector] | None:
        """Return the id and sector of an organisation; None if it is not known."""
        return self._by_name.get(name) if name else None

    def make_missing(
        self, wanted: Iterable[tuple[str, Sector]], actor: Actor, now: datetime
    ) -> None:
        """Make the organisations (name, sector) that the platform does not know."""
        for name, sector in wanted:
            if name in self._by_name:
                continue
            slug = free_slug(Organisation.slug, slug_of(name, LONGEST_SLUG) or "organisation")
            made = Organisation(slug=slug, name=name, sector=sector, created_at=now)
            db.session.add(made)
            db.session.flush()
            content = {"name": name, "sector": str(sector)}
            record(actor, "organisation.created", made, now, content=content)
            self._by_name[name] = (made.id, sector)
