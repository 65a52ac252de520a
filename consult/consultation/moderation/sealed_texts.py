"""What was left out of a text, for who must be able to check it: each opening is on the record."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from consult.consultation.moderation.copies_in_messages import messages_with
from consult.consultation.moderation.models import Ground, SealedText
from consult.consultation.moderation.redacted_copies import RedactedWords, Rewriting
from consult.consultation.moderation.subjects import Moderated, about
from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.models import Event, EventDetail
from consult.foundation.record.services import record
from consult.people.accounts.models import Person

OPENED = "redaction.opened"


@dataclass(frozen=True)
class Opening:
    """That somebody read what was left out of a text."""

    name: str | None
    """None where the account was closed."""
    at: datetime


def open_sealed(actor: Actor, contribution: Moderated, now: datetime) -> Sequence[SealedText]:
    """Return what stood in a contribution before words were left out of it, on the record.

    The last first; a text that was handed in before, where it is another one than the present.
    """
    ensure(actor, Action.REDACTION_OPEN, contribution, now)
    record(
        actor, OPENED, contribution, now,
        plan_id=contribution.round.plan_id, round_id=contribution.round_id,
    )  # fmt: skip
    order = (SealedText.decision_id.desc(), SealedText.text_version.is_not(None), SealedText.id)
    found = select(SealedText).where(about(SealedText, contribution)).order_by(*order)
    different = {
        (one.field, one.original): one for one in reversed(db.session.scalars(found).all())
    }
    return list(reversed(different.values()))


def rewriting_of(
    contribution: Moderated, texts: Sequence[SealedText], ground: Ground | None = None
) -> Rewriting:
    """Return what was left out of a contribution, from what is sealed of it."""
    pairs = {words: mark for one in texts for words, mark in one.passages}
    passages = [RedactedWords(words, mark) for words, mark in pairs.items()]
    return Rewriting(contribution, passages, ground)


@dataclass(frozen=True)
class SentMail:
    """A mail that was sent before words were left out of what it tells of."""

    name: str | None
    sent_at: datetime


def sent_before(rewriting: Rewriting, texts: Sequence[SealedText]) -> Sequence[SentMail]:
    """Return the mails with the words that were sent: what the outbox keeps has the marks now."""
    marked = Rewriting(
        rewriting.contribution, [RedactedWords(one.mark, "") for one in rewriting.passages]
    )
    last = max((one.sealed_at for one in texts), default=None)
    if last is None:
        return []
    sent = [one for one in messages_with(marked) if one.sent_at and one.sent_at <= last]
    names = {one.id: one.display_name for one in _people({one.person_id for one in sent})}
    return [
        SentMail(names.get(one.person_id or 0), one.sent_at)
        for one in sent
        if one.sent_at is not None
    ]


def _people(ids: set[int | None]) -> Sequence[Person]:
    return db.session.scalars(select(Person).where(Person.id.in_(ids - {None}))).all()


def openings_of(contribution: Moderated) -> Sequence[Opening]:
    """Return who read what was left out of a contribution, and when; the last one first."""
    rows = db.session.execute(
        select(Person.display_name, Event.at)
        .select_from(Event)
        .join(EventDetail, EventDetail.event_id == Event.id)
        .outerjoin(Person, Person.id == EventDetail.actor_id)
        .where(
            Event.subject_type == contribution.__tablename__,
            Event.subject_id == contribution.id,
            Event.verb == OPENED,
        )
        .order_by(Event.id.desc())
    )
    return [Opening(name, at) for name, at in rows]
