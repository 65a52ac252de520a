"""Agreeing to a text, withdrawing that, and asking for it where it is needed.

Whoever agreed to the present version of a text has that among their grants, so that asking costs no
statement of its own.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, literal, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.languages import reader_language
from consult.foundation.core.people import PERSON_ID, Actor, GrantSource
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person
from consult.people.privacy.models import Consent, ConsentKind, GivenAt
from consult.people.privacy.texts import TEXTS

FIELD = "agrees"
ASKED = _l("You can hand this in after you agree. Read the conditions, and tick the box.")


GRANTS: GrantSource = select(literal("consent"), Consent.version, Consent.kind).where(
    Consent.person_id == PERSON_ID, Consent.withdrawn_at.is_(None)
)
"""What somebody agreed to."""


def has_agreed(actor: Actor, kind: ConsentKind) -> bool:
    """Whether somebody agreed to the present version of a text, and did not withdraw it."""
    return actor.grants.has("consent", TEXTS[kind].version, kind.value)


def must_be_asked(actor: Actor) -> bool:
    """Whether somebody must agree to the conditions before handing anything in.

    Whoever has no account (an import, the platform itself) is asked nothing.
    """
    return isinstance(actor, Person) and not has_agreed(actor, ConsentKind.TAKING_PART)


def ensure_agreed(actor: Actor, agreed_in: str | None, now: datetime) -> None:
    """Refuse (InvalidInput) a contribution of somebody who did not agree to the conditions.

    Whoever ticks the box on the form of a contribution agrees with it: `agreed_in` is the language
    in which they read the conditions.
    """
    if agreed_in is not None and isinstance(actor, Person):
        _agree(actor, ConsentKind.TAKING_PART, agreed_in, GivenAt.CONTRIBUTION, now)
    if must_be_asked(actor):
        raise InvalidInput(_l("This is not complete yet."), errors={FIELD: ASKED})


def give_consent(
    person: Person, kind: ConsentKind, language: str, given_on: GivenAt, now: datetime
) -> None:
    """Note that a person agrees to the present version of a text; twice is once."""
    ensure(person, Action.MY_DATA_KEEP, None, now)
    _agree(person, kind, language, given_on, now)


def _agree(
    person: Person, kind: ConsentKind, language: str, given_on: GivenAt, now: datetime
) -> None:
    lock_rows(person)
    person.forget_grants()
    if not has_agreed(person, kind):
        _note(person, kind, language, given_on, now)


def note_registration(
    person: Person, ticked: Mapping[str, bool], language: str, now: datetime
) -> None:
    """Note what somebody agreed to who is making an account."""
    for kind in ConsentKind:
        if ticked.get(kind.value) and not has_agreed(person, kind):
            _note(person, kind, language, GivenAt.REGISTRATION, now)


def note_agreed(person: Person, ticked: Mapping[str, bool], now: datetime) -> None:
    """Note what somebody agreed to on the form of a new account, in the language of its page."""
    note_registration(person, ticked, reader_language(), now)


def _note(
    person: Person, kind: ConsentKind, language: str, given_on: GivenAt, now: datetime
) -> None:
    text = TEXTS[kind]
    given = Consent(
        person_id=person.id,
        kind=kind,
        version=text.version,
        digest=text.digest,
        language=language,
        given_at=now,
        given_on=given_on,
    )
    db.session.add(given)
    db.session.flush()
    content = {"kind": kind.value, "version": text.version, "text": text.digest}
    record(person, "consent.given", given, now, content=content)
    person.forget_grants()


def withdraw_consent(person: Person, kind: ConsentKind, now: datetime) -> None:
    """Withdraw every version of a consent that stands; that it was given stays as history."""
    ensure(person, Action.MY_DATA_KEEP, None, now)
    lock_rows(person)
    given = select(Consent).where(
        Consent.person_id == person.id, Consent.kind == kind, Consent.withdrawn_at.is_(None)
    )
    for one in db.session.scalars(given).all():
        one.withdrawn_at = now
        record(person, "consent.withdrawn", one, now, content={"kind": kind.value})
    person.forget_grants()


def consents_of(person_id: int) -> Sequence[Consent]:
    """Return everything that a person ever agreed to, newest first."""
    return db.session.scalars(
        select(Consent).where(Consent.person_id == person_id).order_by(Consent.id.desc())
    ).all()


def agreed_to(kind: ConsentKind) -> Select[int]:
    """Return a SELECT of the numbers of whoever agreed to the present version of a text."""
    return select(Consent.person_id).where(
        Consent.kind == kind,
        Consent.version == TEXTS[kind].version,
        Consent.withdrawn_at.is_(None),
    )


def end_consents(person_id: int, now: datetime) -> None:
    """Withdraw what stands of a person whose account is closed."""
    standing = select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    for one in db.session.scalars(standing):
        one.withdrawn_at = now
