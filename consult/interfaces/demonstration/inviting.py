"""Inviting the guests of the demonstration, who answer with the links in their mails."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from flask_security import hash_password
from sqlalchemy import select

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.notifications.models import Message
from consult.interfaces.demonstration.schema import DemoInvitation
from consult.interfaces.demonstration.setting_up import PASSWORD, Stage
from consult.people.invitations.answering import accept_as_newcomer, decline_by_token
from consult.people.invitations.letters import note_sent
from consult.people.invitations.services import Offer, Period, invite
from consult.people.privacy.models import ConsentKind

_TOKEN = re.compile(r"/invitations/(\S+)")


def inviting(stage: Stage) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Yield every invitation and answer, with its moment."""
    for one in stage.content.invitations:
        sent = one.at.on(stage.day)
        yield sent, partial(_invite, stage, one, sent)
        if one.accepted is not None:
            at = one.accepted.on(stage.day)
            yield at, partial(_accept, one, at)
        if one.declined is not None:
            at = one.declined.on(stage.day)
            yield at, partial(_decline, one, at)


def _invite(stage: Stage, one: DemoInvitation, at: datetime) -> None:
    speaks_for = stage.organisations[one.organisation].id if one.organisation else None
    offer = Offer(one.email, one.name, speaks_for, one.language, one.note)
    by, body = stage.people[one.by], stage.bodies[one.body]
    made = invite(by, body, offer, Period(local_day(at)), at)
    # Its mail leaves at that moment, and not when the whole was built.
    message = db.session.get_one(Message, made.message_id)
    message.sent_at = message.settled_at = at
    note_sent(message.id, at)
    db.session.refresh(made)


def _accept(one: DemoInvitation, at: datetime) -> None:
    agreed = {ConsentKind.TAKING_PART.value: True}
    person = accept_as_newcomer(_token(one), one.name, one.language, at, agreed)
    person.password = hash_password(PASSWORD)


def _decline(one: DemoInvitation, at: datetime) -> None:
    decline_by_token(_token(one), one.reason, at)


def _token(one: DemoInvitation) -> str:
    body = db.session.scalars(select(Message.body).where(Message.address == one.email)).first()
    found = _TOKEN.search(body or "")
    if found is None:
        raise LookupError(f"no mail to {one.email} holds a link")
    return found[1]
