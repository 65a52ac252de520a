"""On behalf of whom somebody writes: themselves, or an organisation; the last choice is remembered.

Whoever asked for a mandate and has no answer yet can write for that organisation already: the text
stands under their own name until the mandate is granted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from consult.foundation.core.db import db, table_of
from consult.foundation.core.errors import Sentence
from consult.foundation.core.numbers import key_of_row
from consult.foundation.core.people import PERSON_ID, Actor, GrantSource
from consult.foundation.core.registries import add_new
from consult.people.accounts.models import Person
from consult.people.organisations.models import (
    LastSpokenFor,
    Mandate,
    MandateRequest,
)
from consult.people.organisations.queries import organisations_spoken_for

MYSELF = 0
_CHOICE, _ASKED = "spoke", "mandate_request"

GRANTS: tuple[GrantSource, ...] = (
    select(
        literal(_CHOICE), func.coalesce(LastSpokenFor.organisation_id, MYSELF), literal("last")
    ).where(LastSpokenFor.person_id == PERSON_ID),
    select(literal(_ASKED), MandateRequest.id, literal("waits")).where(
        MandateRequest.person_id == PERSON_ID, MandateRequest.decided_at.is_(None)
    ),
)
"""What somebody chose last, and the mandates that they asked for and have no answer about."""


def choice_of(said: object) -> int:
    """Take one of the choices of the list (`coerce` of its field); ValueError if it is none."""
    if isinstance(said, str) and said.startswith("-"):
        return -key_of_row(said[1:])
    return said if type(said) is int else key_of_row(said)


@dataclass(frozen=True)
class OnBehalf:
    """Whose name a text carries: of an organisation whose mandate was asked, once it is granted."""

    organisation_id: int | None = None
    request_id: int | None = None

    @classmethod
    def of(cls, choice: int | None) -> Self:
        """Read a choice of the list: 0 for oneself, below 0 for a mandate that was asked."""
        choice = choice or MYSELF
        return cls(choice, None) if choice > 0 else cls(None, -choice or None)

    @property
    def choice(self) -> int:
        """The choice of the list."""
        return self.organisation_id or -(self.request_id or 0)


def choices_for(actor: Actor, *, asked_too: bool = False) -> list[tuple[int, Sentence]]:
    """Return on behalf of whom an actor can write, for a pick list; themselves first.

    A text that can wait for a mandate may be for an organisation of which it was asked, too.
    """
    asked = [(-one.id, _waits(one)) for one in waiting_requests(actor)] if asked_too else []
    return [(MYSELF, _l("Myself")), *organisations_spoken_for(actor), *asked]


def choice_numbers(actor: Actor) -> list[int]:
    """Return the choices of the pick list without their names, and without a statement."""
    grants = actor.grants
    return [MYSELF, *sorted(grants.ids("organisation")), *(-id_ for id_ in grants.ids(_ASKED))]


def _waits(request: MandateRequest) -> Sentence:
    return _l("%(organisation)s, once they say yes", organisation=request.name)


def waiting_requests(actor: Actor) -> list[MandateRequest]:
    """Return the mandates that an actor asked for and that nobody decided about yet."""
    ids = actor.grants.ids(_ASKED)
    if not ids:
        return []
    found = select(MandateRequest).where(MandateRequest.id.in_(ids)).order_by(MandateRequest.id)
    return list(db.session.scalars(found))


def asked_for(actor: Actor) -> frozenset[int]:
    """Return the numbers of the mandates that an actor asked for and that wait for an answer."""
    return actor.grants.ids(_ASKED)


def last_choice(actor: Actor) -> int | None:
    """Return what an actor chose last, if it still can be; None where they never chose."""
    made = next(iter(actor.grants.ids(_CHOICE)), None)
    return made if made in choice_numbers(actor) else None


def first_choice(actor: Actor) -> int:
    """Return on behalf of whom an actor writes until they say otherwise.

    Who never chose, and speaks for one organisation, writes for it.
    """
    chosen, spoken_for = last_choice(actor), actor.grants.ids("organisation")
    if chosen is not None:
        return chosen
    return next(iter(spoken_for)) if len(spoken_for) == 1 else MYSELF


def remember_choice(actor: Actor, organisation_id: int | None, now: datetime) -> None:
    """Keep on behalf of whom somebody wrote last, where that is not what they are offered anyway.

    An import or the platform keeps nothing.
    """
    if not isinstance(actor, Person) or first_choice(actor) == (organisation_id or MYSELF):
        return
    chosen = {"organisation_id": organisation_id, "chosen_at": now}
    dialect = sqlite if db.session.get_bind().dialect.name == "sqlite" else postgresql
    insert = dialect.insert(table_of(LastSpokenFor)).values(person_id=actor.id, **chosen)
    db.session.execute(insert.on_conflict_do_update(index_elements=["person_id"], set_=chosen))
    actor.forget_grants()


TextsWaiting = Callable[[Actor, MandateRequest, Mandate | None, datetime], None]
_followers: list[TextsWaiting] = []


def on_decided(follow: TextsWaiting) -> None:
    """Register what is done with texts that wait for a mandate, once it is granted or refused."""
    add_new(_followers, [follow])


def follow_decision(
    actor: Actor, request: MandateRequest, mandate: Mandate | None, now: datetime
) -> None:
    """Let the texts that wait for a mandate follow the decision; refused, there is no mandate."""
    for follow in _followers:
        follow(actor, request, mandate, now)
