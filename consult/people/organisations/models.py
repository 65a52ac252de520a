"""Organisations, bodies, memberships and mandates."""

import enum
from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import (
    BindParameter,
    CheckConstraint,
    ColumnElement,
    Date,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    and_,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, relationship, validates

from consult.foundation.core.db import (
    Base,
    Localized,
    Moment,
    Row,
    Shown,
    choice,
    private,
    public,
    restricted,
)
from consult.foundation.core.people import PERSON_ID, TODAY, GrantSource
from consult.foundation.core.sorting import NameOrder, name_order
from consult.people.accounts.models import Person


class Sector(enum.StrEnum):
    """The four sectors of the coalition memo (2023-0000539440, Krachtenveld)."""

    CIVIL_SOCIETY = "civil_society"
    GOVERNMENT = "government"
    BUSINESS = "business"
    KNOWLEDGE = "knowledge"


class Layer(enum.StrEnum):
    """A layer of government."""

    NATIONAL = "national"
    PROVINCE = "province"
    MUNICIPALITY = "municipality"
    WATER_AUTHORITY = "water_authority"


class BodyKind(enum.StrEnum):
    """What kind of table people sit at."""

    FORUM = "forum"
    BOARD = "board"
    INTERDEPARTMENTAL = "interdepartmental"
    COALITION = "coalition"
    UMBRELLA = "umbrella"


class Function(enum.StrEnum):
    """What a member does in a body."""

    CHAIR = "chair"
    SECRETARY = "secretary"
    MEMBER = "member"


class Organisation(Row, Base):
    """An organisation that takes part or is a member of a body."""

    slug: Mapped[str] = public(String(80), unique=True)
    name: Mapped[str] = public(String(200))
    name_order: Mapped[str] = public(
        NameOrder, default=lambda row: name_order(row.get_current_parameters()["name"])
    )
    """Puts the name in its place among others (core.sorting); follows the name."""
    sector: Mapped[Sector] = public(choice(Sector))
    layer: Mapped[Layer | None] = public(choice(Layer))
    tooi: Mapped[str | None] = public(String(20), unique=True)
    """The code of a Dutch public body, such as gm0363 (see `tooi.py`)."""
    created_at: Mapped[datetime] = restricted(Moment)
    version: Mapped[int] = public(default=1)

    __mapper_args__ = {"version_id_col": version}

    @validates("name")
    def _order(self, _key: str, name: str) -> str:
        self.name_order = name_order(name)
        return name


class Body(Row, Base):
    """A table at which people and organisations sit."""

    slug: Mapped[str] = public(String(80), unique=True)
    kind: Mapped[BodyKind] = public(choice(BodyKind))
    name: Mapped[dict[str, str]] = public(Localized)
    description: Mapped[dict[str, str]] = public(Localized, default=dict)
    house_rules: Mapped[dict[str, str]] = public(Localized, default=dict)
    rules_changed_at: Mapped[datetime | None] = public(Moment)
    seats_changed_at: Mapped[datetime | None] = public(Moment)
    half_yearly: Mapped[bool] = public(default=False)
    """It is the space for dialogue that OGP standard 1.1 asks to meet every six months."""
    created_at: Mapped[datetime] = restricted(Moment)
    version: Mapped[int] = public(default=1)

    __mapper_args__ = {"version_id_col": version}


class SeatGroup(Row, Base):
    """How many seats a sector has in a body, and for how many months one is taken."""

    __table_args__ = (UniqueConstraint("body_id", "sector"),)

    body_id: Mapped[int] = public(ForeignKey("body.id"))
    sector: Mapped[Sector] = public(choice(Sector))
    seats: Mapped[int] = public()
    term_months: Mapped[int] = public()


class Membership(Row, Base):
    """A person or an organisation as a member of a body, from a day until a day.

    The last day is the first on which it no longer holds, so that ending it works at once. A
    member may fill a seat of a sector; a term that ends may be followed by another one.
    """

    __table_args__ = (
        CheckConstraint("(person_id IS NULL) <> (organisation_id IS NULL)", name="one_member"),
    )

    body_id: Mapped[int] = public(ForeignKey("body.id"), index=True)
    person_id: Mapped[int | None] = restricted(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = public(ForeignKey("organisation.id"), index=True)
    starts_on: Mapped[date] = public(Date)
    ends_on: Mapped[date | None] = public(Date)
    seat: Mapped[Sector | None] = public(choice(Sector))
    function: Mapped[Function] = public(choice(Function), default=Function.MEMBER)
    term: Mapped[int] = public(default=1)
    """The first term, the second, and so on."""

    body: Mapped[Body] = relationship()
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def name(self) -> str:
        """The name of the member."""
        if self.organisation is not None:
            return self.organisation.name
        return self.person.display_name if self.person is not None else ""


class Mandate(Row, Base):
    """That a person speaks for an organisation, as an organiser recorded it, until a day."""

    person_id: Mapped[int] = public(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int] = public(ForeignKey("organisation.id"), index=True)
    starts_on: Mapped[date] = public(Date)
    ends_on: Mapped[date | None] = public(Date)
    recorded_by_id: Mapped[int | None] = restricted(ForeignKey("person.id"))
    note: Mapped[str] = restricted(Text, default="")
    is_contact: Mapped[bool] = restricted(default=False)
    """The contact of an organisation confirms and revokes who else speaks for it."""
    confirmed_at: Mapped[datetime | None] = public(Moment)
    """When the organisation itself confirmed it, through its contact."""
    end_reason: Mapped[str] = restricted(Text, default="")
    provider: Mapped[str | None] = restricted(String(255))
    """Through which provider the organisation confirmed it, and ends it."""

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    organisation: Mapped[Organisation] = relationship()


class MandateRequest(Row, Base):
    """That somebody asked to speak for an organisation. Granted, it leads to a mandate."""

    shown_on: ClassVar = Shown.NOWHERE

    person_id: Mapped[int] = restricted(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = restricted(ForeignKey("organisation.id"), index=True)
    """None as long as it is not in the register: then `named` says which it is."""
    named: Mapped[str] = restricted(String(200), default="")
    note: Mapped[str] = restricted(Text)
    asked_at: Mapped[datetime] = restricted(Moment)
    decided_at: Mapped[datetime | None] = restricted(Moment)
    granted: Mapped[bool | None] = restricted()
    reason: Mapped[str] = restricted(Text, default="")

    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()

    @property
    def name(self) -> str:
        """What the organisation is called, in the register or by who asked."""
        return self.organisation.name if self.organisation is not None else self.named


class PlaceRequest(Row, Base):
    """That somebody asked for a place at a body. Granted, it leads to a membership."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (Index("ix_place_request_waiting", "body_id", "decided_at"),)

    person_id: Mapped[int] = restricted(ForeignKey("person.id"), index=True)
    body_id: Mapped[int] = restricted(ForeignKey("body.id"))
    note: Mapped[str] = restricted(Text)
    asked_at: Mapped[datetime] = restricted(Moment)
    decided_at: Mapped[datetime | None] = restricted(Moment)
    granted: Mapped[bool | None] = restricted()
    reason: Mapped[str] = restricted(Text, default="")

    person: Mapped[Person] = relationship()
    body: Mapped[Body] = relationship()


class LastSpokenFor(Row, Base):
    """On behalf of whom a person wrote last: an organisation, or themselves."""

    shown_on: ClassVar = Shown.NOWHERE

    person_id: Mapped[int] = private(ForeignKey("person.id"), unique=True)
    organisation_id: Mapped[int | None] = private(ForeignKey("organisation.id"), index=True)
    chosen_at: Mapped[datetime] = private(Moment)


def holds_on(
    model: type[Membership] | type[Mandate], today: date | BindParameter[date]
) -> ColumnElement[bool]:
    """Return the condition that a membership or mandate holds on a day (before `ends_on`)."""
    return and_(model.starts_on <= today, or_(model.ends_on.is_(None), model.ends_on > today))


_MANDATE_OF_PERSON = and_(Mandate.person_id == PERSON_ID, holds_on(Mandate, TODAY))

GRANTS: tuple[GrantSource, ...] = (
    select(literal("body"), Membership.body_id, literal("member")).where(
        Membership.person_id == PERSON_ID, holds_on(Membership, TODAY)
    ),
    # Who speaks for a member organisation sits at the body on its behalf.
    select(literal("body"), Membership.body_id, literal("member"))
    .join(Mandate, Mandate.organisation_id == Membership.organisation_id)
    .where(_MANDATE_OF_PERSON, holds_on(Membership, TODAY)),
    select(literal("organisation"), Mandate.organisation_id, literal("speaks")).where(
        _MANDATE_OF_PERSON
    ),
    select(literal("organisation"), Mandate.organisation_id, literal("contact")).where(
        _MANDATE_OF_PERSON, Mandate.is_contact.is_(True)
    ),
)
"""The bodies of which somebody is a member, and the organisations that they speak for."""
