"""What the lower packages know of a person: an actor with grants, nothing more."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol

from sqlalchemy import CompoundSelect, Date, Integer, Select, bindparam, union_all

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.registries import add_new

# Facts that hold only for whoever gave a second factor, as (kind, value).
_guarded: set[tuple[str, str]] = set()


def needs_second_factor(kind: str, *values: str) -> None:
    """Declare facts that hold only once a second factor was given (used by packages with roles)."""
    _guarded.update((kind, value) for value in values)


@dataclass(frozen=True)
class Grants:
    """Where a person stands: (kind, id, value) facts such as ("plan", 3, "moderator")."""

    facts: frozenset[tuple[str, int, str]] = frozenset()

    def has(self, kind: str, id_: int | None, *values: str) -> bool:
        """Whether one of the facts (kind, id, value) holds; any value if none is given."""
        if not values:
            return any(k == kind and i == id_ for k, i, _ in self.facts)
        return any((kind, id_ or 0, value) in self.facts for value in values)

    def ids(self, kind: str, *values: str) -> frozenset[int]:
        """Return the ids of a kind for which the person stands (with one of the values)."""
        return frozenset(i for k, i, v in self.facts if k == kind and (not values or v in values))

    def without_second_factor(self) -> "Grants":
        """Return what is left of it for whoever did not give a second factor."""
        left = {(k, i, v) for k, i, v in self.facts if (k, v) not in _guarded}
        return Grants(frozenset(left))


class Actor(Protocol):
    """Who acts: a person, or the anonymous reader, who has no id."""

    @property
    def actor_id(self) -> int | None:
        """The person's number; None for the anonymous reader."""

    @property
    def is_authenticated(self) -> bool:
        """Whether the actor signed in."""

    @property
    def is_active(self) -> bool:
        """Whether the account may be used."""

    @property
    def grants(self) -> Grants:
        """Roles, memberships and mandates."""


PERSON_ID = bindparam("person_id", type_=Integer)
TODAY = bindparam("today", type_=Date)
"""Whose grants are asked for, and on which day."""

GrantSource = Select[str, int, Any]
"""A statement that selects kind, id and value of what the person PERSON_ID has on TODAY."""
_sources: list[GrantSource] = []


def add_grants(*sources: GrantSource) -> None:
    """Register where facts about a person come from (used by the packages that hold them)."""
    add_new(_sources, sources)


def load_grants(person_id: int, now: datetime) -> Grants:
    """Read a person's grants, from all sources in one statement."""
    if not _sources:
        return Grants()
    asked = {PERSON_ID.key: person_id, TODAY.key: local_day(now)}
    rows = db.session.execute(_union_of(tuple(_sources)), asked).all()
    return Grants(frozenset((kind, id_, value) for kind, id_, value in rows))


@cache
def _union_of(sources: tuple[GrantSource, ...]) -> CompoundSelect[str, int, str]:
    """Return one statement for all sources: building it takes longer than running it."""
    return union_all(*sources)


@dataclass(frozen=True)
class WithSecondFactor:
    """An actor as they would be with the second factor that they still have to give."""

    actor_id: int | None
    is_authenticated: bool
    is_active: bool
    grants: Grants


def after_second_factor(actor: Actor) -> Actor | None:
    """Return the actor as they would be with a second factor; None if nothing waits for one."""
    waiting: Grants | None = getattr(actor, "waiting_grants", None)
    if waiting is None:
        return None
    return WithSecondFactor(actor.actor_id, actor.is_authenticated, actor.is_active, waiting)


class Anonymous:
    """The reader who has not signed in."""

    actor_id: int | None = None
    is_authenticated = False
    is_active = False
    grants = Grants()
    display_name = ""


class System:
    """The platform itself: imports, the demonstration, jobs. It answers for no person."""

    actor_id: int | None = None
    is_authenticated = True
    is_active = True
    grants = Grants(frozenset({("platform", 0, "system")}))
    display_name = "Consult"


SYSTEM = System()
