"""People and what signing in needs."""

import enum
from datetime import datetime
from typing import ClassVar

from flask import current_app
from flask_security.core import RoleMixin, UserMixin
from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal,
    select,
)
from sqlalchemy.orm import Mapped, relationship

from consult.foundation.core.clock import now
from consult.foundation.core.db import (
    Base,
    Identifier,
    Moment,
    Privacy,
    Row,
    Shown,
    choice,
    private,
    public,
    random_id,
    restricted,
    secret,
)
from consult.foundation.core.people import PERSON_ID, Grants, GrantSource, load_grants

OPTIONAL, REQUIRED = "optional", "required"

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


class HeldPlatformRole(Base):
    """That a person has a role on the whole platform."""

    shown_on: ClassVar = Shown.NOWHERE

    __table__ = person_platform_role


class Person(Row, Base, UserMixin):
    """Anyone who contributes, curates, decides or signs in."""

    unseen_columns: ClassVar = frozenset({
        "language", "email", "password", "fs_uniquifier", "confirmed_at", "us_totp_secrets",
        "us_phone_number", "create_datetime", "update_datetime", "second_factor_at", "totp_secret",
        "totp_counter",
    })  # fmt: skip

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
    second_factor_at: Mapped[datetime | None] = restricted(Moment)
    """Since when the person has a second factor: an authenticator app or a passkey."""
    totp_secret: Mapped[str | None] = secret(String(500))
    """The seed of the authenticator app, encrypted."""
    totp_counter: Mapped[int | None] = secret()
    """The half minute of the last code that was used: none works twice."""

    roles: Mapped[list[PlatformRole]] = relationship(secondary=person_platform_role)

    _in_state: Grants | None = None
    _waiting: Grants | None = None
    second_factor_given: bool | None = None
    """Whether the present session was begun with a second factor; None without a session."""
    __allow_unmapped__ = True

    @property
    def actor_id(self) -> int:
        """The person's number, as the packages below know an actor."""
        return self.id

    @property
    def grants(self) -> Grants:
        """Roles, memberships and mandates, read once and kept until the person is refreshed.

        Without a second factor, what needs one is left out of it (setting SECOND_FACTOR); a
        suspended or closed account stands nowhere.
        """
        if not self.active:
            return Grants()
        if self._in_state is None:
            found = load_grants(self.id, now())
            left = found if self._is_proven() else found.without_second_factor()
            self._in_state, self._waiting = left, None if left == found else found
        return self._in_state

    @property
    def waiting_grants(self) -> Grants | None:
        """All grants, where some of them wait for a second factor; else None."""
        return self._waiting if self.grants else None

    def _is_proven(self) -> bool:
        if current_app.config["SECOND_FACTOR"] == OPTIONAL:
            return True
        if self.second_factor_given is None:
            return self.second_factor_at is not None
        return self.second_factor_given

    def forget_grants(self) -> None:
        """Read the grants again at the next question: somebody changed it."""
        self._in_state = None
        self._waiting = None


def forget_grants(person: Person | None, _attributes: object) -> None:
    """Let who is read anew stand anew; a row that nobody holds comes without its object."""
    if person is not None:
        person.forget_grants()


GRANTS: GrantSource = (
    select(literal("platform"), literal(0), PlatformRole.name)
    .join(person_platform_role)
    .where(person_platform_role.c.person_id == PERSON_ID)
)
"""The roles that somebody has on the whole platform."""


class SignInFailure(Row, Base):
    """A try at a password or code that did not succeed (yet); too many lock (see lockout)."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (Index("ix_sign_in_failure_account", "account", "at"),)

    account: Mapped[str] = secret(String(64))
    source: Mapped[str] = secret(String(64), index=True)
    at: Mapped[datetime] = restricted(Moment, index=True)


class SignInMethod(enum.StrEnum):
    """How somebody signed in."""

    PASSWORD = "password"  # noqa: S105
    LINK = "link"
    CONFIRM = "confirm"
    PASSKEY = "passkey"
    PROVIDER = "provider"


class SecondFactor(enum.StrEnum):
    """The second factor that was given."""

    AUTHENTICATOR = "authenticator"
    RECOVERY = "recovery"
    PASSKEY = "passkey"
    PROVIDER = "provider"


class SignInSession(Row, Base):
    """A session that is alive. Without its row, its cookie holds nothing."""

    shown_on: ClassVar = Shown.NOWHERE

    key: Mapped[str] = secret(String(64), unique=True)
    person_id: Mapped[int] = private(ForeignKey("person.id"), index=True)
    began_at: Mapped[datetime] = private(Moment)
    seen_at: Mapped[datetime] = private(Moment, index=True)
    proved_at: Mapped[datetime] = private(Moment)
    """When a secret was given last: what is sensitive asks for one that is fresh."""
    how: Mapped[SignInMethod] = private(choice(SignInMethod, "how"))
    second: Mapped[SecondFactor | None] = private(choice(SecondFactor, "second"))
    browser: Mapped[str] = private(String(40), default="")
    system: Mapped[str] = private(String(40), default="")


class RecoveryCode(Row, Base):
    """A code for whoever lost the second factor: one use. Only its digest is kept."""

    shown_on: ClassVar = Shown.NOWHERE

    person_id: Mapped[int] = private(ForeignKey("person.id"), index=True)
    digest: Mapped[str] = secret(String(64))


class Passkey(Row, Base):
    """A key that a device or a password manager keeps for a person."""

    shown_on: ClassVar = Shown.NOWHERE

    person_id: Mapped[int] = private(ForeignKey("person.id"), index=True)
    name: Mapped[str] = private(String(80))
    credential: Mapped[str] = secret(String(1400), unique=True)
    public_key: Mapped[str] = secret(Text)
    sign_count: Mapped[int] = secret(BigInteger)
    added_at: Mapped[datetime] = private(Moment)
    used_at: Mapped[datetime | None] = private(Moment)


class LinkedIdentity(Row, Base):
    """That a person signs in through a provider too, as one subject of it."""

    shown_on: ClassVar = Shown.NOWHERE

    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    person_id: Mapped[int] = private(ForeignKey("person.id"), index=True)
    issuer: Mapped[str] = private(String(255))
    subject: Mapped[str] = secret(String(255))
    linked_at: Mapped[datetime] = private(Moment)
    used_at: Mapped[datetime | None] = private(Moment)


class SpentToken(Row, Base):
    """A question to a browser or a provider that was answered: no answer counts twice."""

    shown_on: ClassVar = Shown.NOWHERE

    digest: Mapped[str] = secret(String(64), unique=True)
    spent_at: Mapped[datetime] = restricted(Moment, index=True)


class KeptForm(Row, Base):
    """What somebody typed before signing in: shown once they have, and deleted after a day."""

    shown_on: ClassVar = Shown.NOWHERE

    key: Mapped[str] = secret(Identifier, unique=True)
    page: Mapped[str] = private(String(500))
    fields: Mapped[str] = private(Text)
    """The fields as JSON, each with what was typed in it."""
    address: Mapped[str] = private(String(254))
    """Whose link brings it back; empty for who signs in otherwise, in the same browser."""
    kept_at: Mapped[datetime] = restricted(Moment, index=True)
