"""The public register: organisations that take part, per sector, and where they sit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, case, select, type_coerce

from consult.foundation.core.db import db
from consult.foundation.core.languages import pick
from consult.foundation.core.pages import Keyset, Page
from consult.foundation.core.sorting import name_order
from consult.people.organisations.models import (
    Body,
    Mandate,
    Membership,
    Organisation,
    Sector,
    holds_on,
)

PAGE = 50


@dataclass(frozen=True)
class Listed:
    """An organisation as everyone may see it. Who speaks for it is not among that."""

    organisation: Organisation
    bodies: Sequence[tuple[str, Mapping[str, str]]]
    """Where it sits now: (slug, name)."""
    has_speaker: bool

    @property
    def place(self) -> int:
        """The place of its sector among the sectors."""
        return list(Sector).index(self.organisation.sector)


def register_page(
    said: str, sector: Sector | None, cursor: str | None, today: date
) -> Page[Listed]:
    """Return a page of the register, sector by sector, in order of name. Three statements."""
    places = case({one: n for n, one in enumerate(Sector)}, value=Organisation.sector)
    place = type_coerce(places, Integer)
    name = Organisation.name_order
    statement = select(Organisation)
    if said:
        statement = statement.where(name.contains(name_order(said), autoescape=True))
    if sector is not None:
        statement = statement.where(Organisation.sector == sector)
    page: Page[Organisation] = Keyset(place, name, Organisation.id).page(statement, cursor, PAGE)
    ids = [one.id for one in page]
    bodies, spoken_for = _bodies(ids, today), _spoken_for(ids, today)
    listed = [Listed(one, bodies.get(one.id, []), one.id in spoken_for) for one in page]
    return Page(listed, page.next_cursor, page.is_first)


def _bodies(ids: Sequence[int], today: date) -> dict[int, list[tuple[str, Mapping[str, str]]]]:
    rows = db.session.execute(
        select(Membership.organisation_id, Body.slug, Body.name)
        .join(Body, Body.id == Membership.body_id)
        .where(Membership.organisation_id.in_(ids), holds_on(Membership, today))
    ).all()
    found: dict[int, list[tuple[str, Mapping[str, str]]]] = {}
    for id_, slug, name in sorted(rows, key=lambda row: name_order(pick(row[2])[0])):
        found.setdefault(id_ or 0, []).append((slug, name))
    return found


def _spoken_for(ids: Sequence[int], today: date) -> set[int]:
    return set(
        db.session.scalars(
            select(Mandate.organisation_id).where(
                Mandate.organisation_id.in_(ids), holds_on(Mandate, today)
            )
        )
    )
