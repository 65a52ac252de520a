"""Reading invitations: one by its key, those of a body, those of a person, files and counts."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, String, and_, case, func, literal, or_, select
from sqlalchemy import cast as as_type
from sqlalchemy.orm import joinedload

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.pages import Keyset, Page
from consult.foundation.core.people import Actor
from consult.foundation.notifications.models import Message
from consult.people.accounts.models import Person
from consult.people.invitations.models import (
    Invitation,
    InvitationBatch,
    InvitationKey,
    InvitationState,
)
from consult.people.invitations.sheet import Known
from consult.people.organisations.models import Body, Membership, Organisation

State = InvitationState
DAYS_SHOWN = 7


def digest_of(token: str) -> str:
    """Return what is stored of the key in a link."""
    return hashlib.sha256(token.encode()).hexdigest()


def find_by_token(token: str) -> Invitation | None:
    """Return the invitation that a link belongs to."""
    found: Invitation | None = db.session.scalar(
        select(Invitation)
        .join(InvitationKey, InvitationKey.invitation_id == Invitation.id)
        .where(InvitationKey.digest == digest_of(token))
        .options(joinedload(Invitation.body), joinedload(Invitation.organisation))
    )
    return found


def get_invitation(body: Body, invitation_id: int) -> Invitation:
    """Return an invitation to a body, or NotFound."""
    found = db.session.get(Invitation, invitation_id)
    if found is None or found.body_id != body.id:
        raise NotFound(_l("There is no such invitation."))
    return found


def find_invitation(invitation_id: int) -> Invitation | None:
    """Return an invitation by its number."""
    return db.session.get(Invitation, invitation_id)


def open_invitations_of(person: Actor, now: datetime) -> Sequence[Invitation]:
    """Return what a person can answer: the open invitations for their confirmed address."""
    if not isinstance(person, Person) or person.confirmed_at is None or not person.email:
        return []
    return db.session.scalars(
        select(Invitation)
        .where(
            Invitation.address == person.email,
            Invitation.closed_at.is_(None),
            Invitation.expires_at > now,
        )
        .options(joinedload(Invitation.body), joinedload(Invitation.organisation))
        .order_by(Invitation.id)
    ).all()


def has_account(address: str) -> bool:
    """Whether somebody signs in with an address (or may no longer)."""
    return (
        db.session.scalar(
            select(Person.id).where(
                Person.email == address,
                or_(Person.confirmed_at.is_not(None), Person.active.is_(False)),
            )
        )
        is not None
    )


def known_to(body: Body, today: date, now: datetime) -> Known:
    """Return what a file is checked against; three statements, however long the file is."""
    members = db.session.scalars(
        select(Person.email)
        .join(Membership, Membership.person_id == Person.id)
        .where(
            Membership.body_id == body.id,
            Person.email.is_not(None),
            or_(Membership.ends_on.is_(None), Membership.ends_on > today),
        )
    )
    invited = db.session.scalars(
        select(Invitation.address).where(
            Invitation.body_id == body.id,
            Invitation.closed_at.is_(None),
            Invitation.expires_at > now,
        )
    )
    register = db.session.execute(select(Organisation.id, Organisation.name, Organisation.slug))
    organisations: dict[str, int] = {}
    for id_, name, slug in register:
        organisations.setdefault(slug, id_)
        organisations[name.casefold()] = id_
    return Known(frozenset(email for email in members if email), frozenset(invited), organisations)


def _in_state(state: State, now: datetime) -> ColumnElement[bool]:
    """Return the condition that an invitation is in a state now, before the daily work is done."""
    past = and_(Invitation.closed_at.is_(None), Invitation.expires_at <= now)
    if state is State.EXPIRED:
        return or_(Invitation.state == state, past)
    return and_(Invitation.state == state, ~past)


def invitations_to(
    body: Body, now: datetime, state: State | None = None, cursor: str | None = None
) -> Page[Invitation]:
    """Return a page of the invitations to a body, the newest first."""
    statement = (
        select(Invitation)
        .where(Invitation.body_id == body.id)
        .options(joinedload(Invitation.organisation), joinedload(Invitation.accepted_by))
    )
    if state is not None:
        statement = statement.where(_in_state(state, now))
    return Keyset(Invitation.id, descending=True).page(statement, cursor)


def counts_by_state(
    now: datetime, *, body: Body | None = None, batch: InvitationBatch | None = None
) -> dict[State, int]:
    """Count the invitations of a body or of a file by their state now."""
    state = case(
        (
            and_(Invitation.closed_at.is_(None), Invitation.expires_at <= now),
            literal(State.EXPIRED.value),
        ),
        else_=as_type(Invitation.state, String),
    )
    statement = select(state, func.count()).group_by(state)
    if body is not None:
        statement = statement.where(Invitation.body_id == body.id)
    if batch is not None:
        statement = statement.where(Invitation.batch_id == batch.id)
    counted = {State(value): number for value, number in db.session.execute(statement)}
    return {one: counted.get(one, 0) for one in State}


@dataclass(frozen=True)
class Day:
    """How many answered on a day."""

    on: date
    accepted: int
    declined: int


def answers_by_day(body: Body, now: datetime) -> list[Day]:
    """Count the answers to a body's invitations, day by day, of the last days that had any."""
    rows = db.session.execute(
        select(Invitation.closed_at, Invitation.state).where(
            Invitation.body_id == body.id,
            Invitation.state.in_([State.ACCEPTED, State.DECLINED]),
            Invitation.closed_at > now - timedelta(days=DAYS_SHOWN),
        )
    )
    counted = Counter((local_day(at), state) for at, state in rows if at is not None)
    days = sorted({on for on, _state in counted}, reverse=True)
    return [
        Day(on, counted[on, State.ACCEPTED], counted[on, State.DECLINED]) for on in days
    ]  # fmt: skip


def get_batch(body: Body, batch_id: int) -> InvitationBatch:
    """Return a file of a body, or NotFound."""
    found = db.session.get(InvitationBatch, batch_id)
    if found is None or found.body_id != body.id:
        raise NotFound(_l("There is no such file."))
    return found


def batches_of(body: Body) -> Sequence[InvitationBatch]:
    """Return the last files that were sent for a body."""
    return db.session.scalars(
        select(InvitationBatch)
        .where(InvitationBatch.body_id == body.id, InvitationBatch.sent_at.is_not(None))
        .order_by(InvitationBatch.id.desc())
        .limit(10)
    ).all()


@dataclass(frozen=True)
class InvitationProgress:
    """How far the invitations of a file are."""

    states: dict[State, int]
    failed: int
    """Mails that were tried until the end, and did not leave."""

    @property
    def under_way(self) -> int:
        """How many mails still have to leave."""
        return self.states[State.WAITING] - self.failed

    @property
    def total(self) -> int:
        """How many invitations."""
        return sum(self.states.values())

    @property
    def left(self) -> int:
        """How many mails have left, or need not any more."""
        return self.total - self.states[State.WAITING]


def progress_of(batch: InvitationBatch, now: datetime) -> InvitationProgress:
    """Count how far the invitations of a file are."""
    failed = db.session.scalar(
        select(func.count())
        .select_from(Invitation)
        .join(Message, Message.id == Invitation.message_id)
        .where(
            Invitation.batch_id == batch.id,
            Invitation.state == State.WAITING,
            Invitation.closed_at.is_(None),
            Invitation.expires_at > now,
            Message.failed_at.is_not(None),
        )
    )
    return InvitationProgress(counts_by_state(now, batch=batch), failed or 0)


def undelivered_to(body: Body, ids: Sequence[int]) -> set[int]:
    """Return of which of these invitations the mail was tried until the end, and did not leave."""
    return set(
        db.session.scalars(
            select(Invitation.id)
            .join(Message, Message.id == Invitation.message_id)
            .where(
                Invitation.body_id == body.id,
                Invitation.id.in_(ids),
                Message.failed_at.is_not(None),
            )
        )
    )
