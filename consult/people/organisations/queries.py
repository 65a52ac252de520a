"""Reading organisations, bodies and who belongs to them."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload

from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.languages import pick
from consult.foundation.core.mail_addresses import tidy_address
from consult.foundation.core.people import Actor
from consult.foundation.core.sorting import name_order
from consult.people.accounts.models import Person
from consult.people.organisations.models import (
    Body,
    Mandate,
    MandateRequest,
    Membership,
    Organisation,
    PlaceRequest,
    Sector,
    holds_on,
)


def organisations_spoken_for(actor: Actor) -> list[tuple[int, str]]:
    """Return the organisations an actor speaks for now, for a pick list: (id, name)."""
    ids = actor.grants.ids("organisation")
    if not ids:
        return []
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .where(Organisation.id.in_(ids))
        .order_by(Organisation.name_order, Organisation.id)
    ).all()
    return [(row[0], row[1]) for row in rows]


def sector_of(
    actor: Actor, organisation_id: int | None, body_ids: Collection[int], today: date
) -> Sector | None:
    """Return the sector for which an actor speaks where bodies meet; None where it is not one.

    It is that of the organisation that they speak for now, and nothing where they could speak for
    one and speak for themselves. Who speaks for none at all may fill a seat of a sector in one of
    the bodies. One statement at most.
    """
    if organisation_id is not None:
        return db.session.scalar(
            select(Organisation.sector).where(Organisation.id == organisation_id)
        )
    if actor.grants.ids("organisation"):
        return None
    seats = select(Membership.seat).where(
        Membership.person_id == actor.actor_id,
        Membership.body_id.in_(body_ids),
        Membership.seat.is_not(None),
        holds_on(Membership, today),
    )
    sectors = set(db.session.scalars(seats.distinct()))
    return sectors.pop() if len(sectors) == 1 else None


def bodies_of(actor: Actor) -> Sequence[Body]:
    """Return the bodies at which an actor sits now, also on behalf of an organisation."""
    ids = actor.grants.ids("body")
    if not ids:
        return []
    return by_name(db.session.scalars(select(Body).where(Body.id.in_(ids))))


def by_name(bodies: Iterable[Body]) -> Sequence[Body]:
    """Return bodies in order of their name in the reader's language."""
    return sorted(bodies, key=lambda body: (name_order(pick(body.name)[0]), body.id))


def all_bodies() -> Sequence[Body]:
    """Return every body, by name."""
    return by_name(db.session.scalars(select(Body)))


def all_organisations() -> Sequence[Organisation]:
    """Return every organisation, by name."""
    return db.session.scalars(
        select(Organisation).order_by(Organisation.name_order, Organisation.id)
    ).all()


def get_body(slug: str) -> Body:
    """Return a body, or NotFound."""
    found: Body | None = db.session.scalar(select(Body).where(Body.slug == slug))
    if found is None:
        raise NotFound(_l("There is no such body."), _l("The list of bodies shows all of them."))
    return found


def get_organisation(slug: str) -> Organisation:
    """Return an organisation, or NotFound."""
    found: Organisation | None = db.session.scalar(
        select(Organisation).where(Organisation.slug == slug)
    )
    if found is None:
        raise NotFound(_l("There is no such organisation."))
    return found


def organisation_by_tooi(code: str) -> Organisation | None:
    """Return the organisation that has the code of a Dutch public body, if any."""
    found: Organisation | None = db.session.scalar(
        select(Organisation).where(Organisation.tooi == code)
    )
    return found


def find_person(address: str) -> Person | None:
    """Return the person who can sign in with an e-mail address; None if there is none."""
    found: Person | None = db.session.scalar(
        select(Person).where(
            func.lower(Person.email) == tidy_address(address), Person.active.is_(True)
        )
    )
    return found


@dataclass(frozen=True)
class Members:
    """The members of a body on a day: people and organisations, and who was one before.

    Whose account is suspended stands apart, and counts in no number.
    """

    people: Sequence[Membership]
    organisations: Sequence[Membership]
    suspended: Sequence[Membership]
    former_people: Sequence[Membership]
    former_organisations: Sequence[Membership]

    @property
    def present(self) -> Sequence[Membership]:
        """Everyone who sits there, organisations first."""
        return [*self.organisations, *self.people]

    def on(self, today: date) -> Sequence[Membership]:
        """Everyone whose membership has begun: who is to come does not sit there yet."""
        return [one for one in self.present if one.starts_on <= today]


def members_of(body_id: int, today: date) -> Members:
    """Return the memberships of a body with who they are of, in order of name."""
    found = db.session.scalars(
        select(Membership)
        .where(Membership.body_id == body_id)
        .options(joinedload(Membership.person), joinedload(Membership.organisation))
        .order_by(Membership.starts_on, Membership.id)
    ).all()
    ordered = sorted(found, key=lambda one: name_order(one.name))
    present = [one for one in ordered if one.ends_on is None or one.ends_on > today]
    former = [one for one in ordered if one not in present]
    people = [one for one in present if one.person is not None]
    return Members(
        [one for one in people if one.person and one.person.active],
        [one for one in present if one.organisation_id is not None],
        [one for one in people if one.person and not one.person.active],
        [one for one in former if one.person_id is not None],
        [one for one in former if one.organisation_id is not None],
    )


def sitting_at(body_ids: Collection[int] | Select[int], today: date) -> Select[int]:
    """Select the numbers of those who sit at a body, also for an organisation, each once.

    Nobody whose account is suspended or closed.
    """
    here = select(Membership).where(Membership.body_id.in_(body_ids), holds_on(Membership, today))
    themselves = here.with_only_columns(Membership.person_id)
    members = here.with_only_columns(Membership.organisation_id)
    speakers = select(Mandate.person_id).where(
        Mandate.organisation_id.in_(members), holds_on(Mandate, today)
    )
    return select(Person.id).where(
        or_(Person.id.in_(themselves), Person.id.in_(speakers)), Person.active.is_(True)
    )


def sizes_of_bodies(today: date) -> dict[int, tuple[int, int]]:
    """Count the members of each body on a day: (people, organisations); nobody suspended."""
    rows = db.session.execute(
        select(
            Membership.body_id,
            func.count(Membership.person_id),
            func.count(Membership.organisation_id),
        )
        .outerjoin(Person, Person.id == Membership.person_id)
        .where(
            holds_on(Membership, today),
            or_(Membership.person_id.is_(None), Person.active.is_(True)),
        )
        .group_by(Membership.body_id)
    ).all()
    return {row[0]: (row[1], row[2]) for row in rows}


def get_membership(body: Body, membership_id: int) -> Membership:
    """Return a membership of a body, or NotFound."""
    found = db.session.get(Membership, membership_id)
    if found is None or found.body_id != body.id:
        raise NotFound(_l("There is no such membership."))
    return found


def mandates_of(organisation_id: int) -> Sequence[Mandate]:
    """Return who speaks, or spoke, for an organisation; those who do so now first."""
    return db.session.scalars(
        select(Mandate)
        .where(Mandate.organisation_id == organisation_id)
        .options(joinedload(Mandate.person))
        .order_by(Mandate.ends_on.is_not(None), Mandate.starts_on, Mandate.id)
    ).all()


def get_mandate(organisation: Organisation, mandate_id: int) -> Mandate:
    """Return a mandate to speak for an organisation, or NotFound."""
    found = db.session.get(Mandate, mandate_id)
    if found is None or found.organisation_id != organisation.id:
        raise NotFound(_l("There is no such mandate."))
    return found


def mandate_behind(person_id: int | None, organisation_id: int | None, on: date) -> Mandate | None:
    """Return the mandate with which a person wrote for an organisation on a day, if they did."""
    if person_id is None or organisation_id is None:
        return None
    found: Mandate | None = db.session.scalars(
        select(Mandate)
        .where(
            Mandate.person_id == person_id,
            Mandate.organisation_id == organisation_id,
            Mandate.starts_on <= on,
            or_(Mandate.ends_on.is_(None), Mandate.ends_on >= on),
        )
        .order_by(Mandate.id.desc())
    ).first()
    return found


def contacts_of(organisation_id: int, today: date) -> Sequence[Person]:
    """Return who confirms and revokes mandates for an organisation now."""
    return db.session.scalars(
        select(Person)
        .join(Mandate, Mandate.person_id == Person.id)
        .where(
            Mandate.organisation_id == organisation_id,
            Mandate.is_contact.is_(True),
            holds_on(Mandate, today),
        )
        .order_by(Person.id)
    ).all()


def requests_for(organisation_ids: Iterable[int] | None) -> Sequence[MandateRequest]:
    """Return what was asked and waits for an answer, the oldest first; None: for every one."""
    statement = (
        select(MandateRequest)
        .where(MandateRequest.decided_at.is_(None))
        .options(joinedload(MandateRequest.person), joinedload(MandateRequest.organisation))
        .order_by(MandateRequest.id)
    )
    if organisation_ids is not None:
        statement = statement.where(MandateRequest.organisation_id.in_(list(organisation_ids)))
    return db.session.scalars(statement).all()


def get_request(organisation: Organisation, request_id: int) -> MandateRequest:
    """Return what was asked of an organisation, or NotFound."""
    found = db.session.get(MandateRequest, request_id)
    if found is None or found.organisation_id != organisation.id:
        raise NotFound(_l("There is no such request."))
    return found


def find_request(request_id: int) -> MandateRequest:
    """Return a request to speak for an organisation, or NotFound."""
    found = db.session.get(MandateRequest, request_id)
    if found is None:
        raise NotFound(_l("There is no such request."))
    return found


def place_requests_of(body_id: int) -> Sequence[PlaceRequest]:
    """Return who asks for a place at a body and waits for an answer, the oldest first."""
    return db.session.scalars(
        select(PlaceRequest)
        .where(PlaceRequest.body_id == body_id, PlaceRequest.decided_at.is_(None))
        .options(joinedload(PlaceRequest.person))
        .order_by(PlaceRequest.id)
    ).all()


def get_place_request(body: Body, request_id: int) -> PlaceRequest:
    """Return what was asked of a body, or NotFound."""
    found = db.session.get(PlaceRequest, request_id)
    if found is None or found.body_id != body.id:
        raise NotFound(_l("There is no such request."))
    return found


@dataclass(frozen=True)
class OwnMandates:
    """For whom a person speaks, or spoke, and what they asked for."""

    mandates: Sequence[Mandate]
    requests: Sequence[MandateRequest]


def mandates_by(person_id: int) -> OwnMandates:
    """Return the mandates and the requests of a person, those that hold first."""
    mandates = db.session.scalars(
        select(Mandate)
        .where(Mandate.person_id == person_id)
        .options(joinedload(Mandate.organisation))
        .order_by(Mandate.ends_on.is_not(None), Mandate.starts_on, Mandate.id)
    ).all()
    requests = db.session.scalars(
        select(MandateRequest)
        .where(
            MandateRequest.person_id == person_id,
            or_(MandateRequest.decided_at.is_(None), MandateRequest.granted.is_(False)),
        )
        .options(joinedload(MandateRequest.organisation))
        .order_by(MandateRequest.id.desc())
    ).all()
    return OwnMandates(mandates, requests)
