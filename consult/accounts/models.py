"""People and what signing in needs."""

from datetime import datetime
from typing import Any

from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import Column, ForeignKey, Index, Select, String, Table, event, literal, select
from sqlalchemy.orm import Mapped, relationship

from consult.core.clock import now
from consult.core.db import (
    Base,
    Identifier,
    Moment,
    Privacy,
    Row,
    private,
    public,
    random_id,
    restricted,
    secret,
)
from consult.core.people import Standing, load_standing, standing_source

person_platform_role = Table(
    "person_platform_role",
    Base.metadata,
    Column(
        "person_id", ForeignKey("person.id"), primary_key=True, info={"privacy": Privacy.RESTRICTED}
    ),
    Column(
        "platform_role_id",
        ForeignKey("platform_role.id"),
        primary_key=True,
        info={"privacy": Privacy.RESTRICTED},
    ),
)


class PlatformRole(Row, Base, RoleMixin):
    """A role on the whole platform. There is one: administrator."""

    name: Mapped[str] = public(String(40), unique=True)


class Person(Row, Base, UserMixin):
    """Anyone who contributes, curates, decides or signs in."""

    public_id: Mapped[str] = public(Identifier, unique=True, default=random_id)
    display_name: Mapped[str] = public(String(120))
    language: Mapped[str] = private(String(8), default="nl")
    email: Mapped[str | None] = private(String(254), unique=True)
    password: Mapped[str | None] = secret(String(255))
    active: Mapped[bool] = restricted(default=True)
    fs_uniquifier: Mapped[str] = secret(String(64), unique=True, default=random_id)
    confirmed_at: Mapped[datetime | None] = private(Moment)
    us_totp_secrets: Mapped[str | None] = secret(String(500))
    us_phone_number: Mapped[str | None] = private(String(40))
    create_datetime: Mapped[datetime | None] = restricted(Moment)
    update_datetime: Mapped[datetime | None] = private(Moment)
    imported: Mapped[bool] = restricted(default=False)

    roles: Mapped[list[PlatformRole]] = relationship(secondary=person_platform_role)

    _standing: Standing | None = None
    __allow_unmapped__ = True

    @property
    def actor_id(self) -> int:
        """The person's number, as the floors below know an actor."""
        return self.id

    @property
    def standing(self) -> Standing:
        """Roles, memberships and mandates, read once and kept until the person is refreshed.

        A suspended or closed account stands nowhere.
        """
        if not self.active:
            return Standing()
        if self._standing is None:
            self._standing = load_standing(self.id, now())
        return self._standing

    def forget_standing(self) -> None:
        """Read the standing anew at the next question: somebody changed it."""
        self._standing = None


@event.listens_for(Person, "expire")
def _forget(person: Person | None, _attributes: object) -> None:
    # A row that nobody holds any more is expired without its object.
    if person is not None:
        person.forget_standing()


@standing_source
def _platform_roles(person_id: int, _now: datetime) -> Select[Any, Any, Any]:
    return (
        select(literal("platform"), literal(0), PlatformRole.name)
        .join(person_platform_role)
        .where(person_platform_role.c.person_id == person_id)
    )


class SignInFailure(Row, Base):
    """A try at a password or code that did not succeed (yet); too many lock (see lockout)."""

    __table_args__ = (Index("ix_sign_in_failure_account", "account", "at"),)

    account: Mapped[str] = secret(String(64))
    source: Mapped[str] = secret(String(64), index=True)
    at: Mapped[datetime] = restricted(Moment, index=True)


class EndedSession(Row, Base):
    """A session that was signed out of: whoever still holds its cookie holds nothing."""

    key: Mapped[str] = secret(String(64), index=True)
    ended_at: Mapped[datetime] = restricted(Moment, index=True)
