"""What the bodies of the demonstration consist of: their seats, and their meetings."""

from dataclasses import dataclass

from consult.consultation.meetings.models import MeetingKind
from consult.interfaces.demonstration.relative_time import When
from consult.interfaces.demonstration.texts import Both
from consult.people.organisations.models import BodyKind, Function, Sector


@dataclass(frozen=True)
class DemoSeats:
    """How many seats a sector has."""

    sector: Sector
    seats: int
    term_months: int


@dataclass(frozen=True)
class DemoPlace:
    """The place of a member, by the key of the organisation or person, where it is no usual one.

    An organisation sits on a seat of its sector by itself, a person on the one that is named.
    """

    key: str
    function: Function = Function.MEMBER
    seat: Sector | None = None
    ends_in: int | None = None
    """In so many days the term ends."""


@dataclass(frozen=True)
class DemoBody:
    """A body, with the keys of the organisations that are members. Its key is its slug."""

    key: str
    kind: BodyKind
    name: Both
    description: Both
    house_rules: Both
    members: tuple[str, ...]
    half_yearly: bool = False
    seats: tuple[DemoSeats, ...] = ()
    places: tuple[DemoPlace, ...] = ()


@dataclass(frozen=True)
class DemoMeeting:
    """A meeting; without `minutes` it is still to come. Who is not named was present."""

    body: str
    kind: MeetingKind
    title: Both
    planned: When
    starts: When
    hours: int
    place: str
    agenda: Both
    by: str
    minutes: Both | None = None
    published: When | None = None
    represented: tuple[str, ...] = ()
    excused: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    guests: int = 0
