"""Reading organisations, bodies and who belongs to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload

from consult.core.db import db
from consult.core.errors import NotFound
from consult.core.people import Actor
from consult.organisations.models import Body, Mandate, Membership, Organisation


def organisations_spoken_for(actor: Actor) -> list[tuple[int, str]]:
    """Give the organisations an actor speaks for now, for a pick list: (id, name)."""
    ids = actor.standing.ids("organisation")
    if not ids:
        return []
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(ids))
        .order_by(Organisation.name)
    ).all()
    return [(row[0], row[1]) for row in rows]


def all_bodies() -> Sequence[Body]:
    """Give every body, by name."""
    return sorted(
        db.session.scalars(select(Body)), key=lambda body: next(iter(body.name.values()), "")
    )


def all_organisations() -> Sequence[Organisation]:
    """Give every organisation, by name."""
    return db.session.scalars(select(Organisation).order_by(Organisation.name)).all()


def get_body(slug: str) -> Body:
    """Give a body, or NotFound."""
    found: Body | None = db.session.scalar(select(Body).where(Body.slug == slug))
    if found is None:
        raise NotFound(_l("There is no such body."), _l("The list of bodies shows all of them."))
    return found


def get_organisation(slug: str) -> Organisation:
    """Give an organisation, or NotFound."""
    found: Organisation | None = db.session.scalar(
        select(Organisation).where(Organisation.slug == slug)
    )
    if found is None:
        raise NotFound(_l("There is no such organisation."))
    return found


@dataclass(frozen=True)
class Members:
    """The members of a body: people and organisations, those of now and those before."""

    people: Sequence[Membership]
    organisations: Sequence[Membership]


def members_of(body_id: int) -> Members:
    """Give the memberships of a body with who they are of, in order of their start."""
    found = db.session.scalars(
        select(Membership)
        .where(Membership.body_id == body_id)
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .order_by(Membership.starts_on, Membership.id)
    ).all()
    return Members(
        [m for m in found if m.person_id is not None],
        [m for m in found if m.organisation_id is not None],
    )


def sizes_of_bodies() -> dict[int, tuple[int, int]]:
    """Count the present members of each body: (people, organisations)."""
    rows = db.session.execute(
        select(
            Membership.body_id,
            func.count(Membership.person_id),
            func.count(Membership.organisation_id),
        )
        .where(Membership.ends_on.is_(None))
        .group_by(Membership.body_id)
    ).all()
    return {row[0]: (row[1], row[2]) for row in rows}


def mandates_of(organisation_id: int) -> Sequence[Mandate]:
    """Give who speaks, or spoke, for an organisation."""
    return db.session.scalars(
        select(Mandate)
        .where(Mandate.organisation_id == organisation_id)
        .options(joinedload(Mandate.person))
        .order_by(or_(Mandate.ends_on.is_(None)).desc(), Mandate.starts_on)
    ).all()
