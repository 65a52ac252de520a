"""Mandates that a sign-in provider confirms: it says for which organisation somebody works.

A mandate of this kind begins when the provider first names the organisation, and ends when it no
longer does. Nothing else is granted, and what people recorded themselves is left as it is.
"""

from datetime import datetime

from sqlalchemy import or_, select

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.notifications.services import notify
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.organisations.mandates import speaks_for, start_mandate
from consult.people.organisations.models import Mandate, Organisation, holds_on


def _named(names: tuple[str, ...]) -> list[Organisation]:
    """Return the organisations that these names mean: by slug, or by TOOI code."""
    wanted = {name.strip() for name in names if name.strip()}
    if not wanted:
        return []
    meant = or_(Organisation.slug.in_(wanted), Organisation.tooi.in_(wanted))
    return list(db.session.scalars(select(Organisation).where(meant).order_by(Organisation.id)))


def follow_provider(person: Person, issuer: str, names: tuple[str, ...], now: datetime) -> None:
    """Begin and end the mandates of a person as the provider says, from today on."""
    ensure(SYSTEM, Action.MANDATE_PROVE, None, now)
    today = local_day(now)
    named = _named(names)
    lock_rows(*named)
    confirmed = db.session.scalars(
        select(Mandate).where(
            Mandate.person_id == person.id, Mandate.provider == issuer, holds_on(Mandate, today)
        )
    ).all()
    for mandate in confirmed:
        if mandate.organisation_id not in {organisation.id for organisation in named}:
            _end(person, mandate, now)
    for organisation in named:
        if not speaks_for(person.id, organisation, today):
            start_mandate(
                SYSTEM, person, organisation, today, "", now, confirmed=True, provider=issuer
            )


def _end(person: Person, mandate: Mandate, now: datetime) -> None:
    today = local_day(now)
    mandate.ends_on = today
    db.session.flush()
    record(SYSTEM, "mandate.ended", mandate, now, content={"until": today.isoformat()})
    person.forget_grants()
    notify(
        person, "mandate-ended", now,
        organisation=mandate.organisation, ends_on=today, reason="",
    )  # fmt: skip
