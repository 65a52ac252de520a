"""Which mails a person wants, and stopping them with the address from a mail."""

from collections.abc import Mapping
from datetime import datetime

from consult.foundation.core.db import db
from consult.foundation.notifications.kinds import (
    AT_ONE_TIME,
    DEFAULTS,
    Frequency,
    Topic,
    topics_in_use,
)
from consult.foundation.notifications.services import choices_of, choose
from consult.foundation.notifications.unsubscribe import EVERYTHING
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.record.services import record
from consult.people.accounts.models import Person

_FOR_WORK = {
    Topic.QUEUE: Action.MODERATION_VIEW_QUEUE,
    Topic.WARNINGS: Action.ROUND_VIEW_DESK,
}
"""Topics that only who works on a plan hears of."""


def offered(person: Person, now: datetime) -> dict[Topic, Frequency]:
    """Return the topics a person can choose, each with what is chosen now."""
    chosen = {**DEFAULTS, **choices_of(person.id)}
    return {
        topic: chosen[topic]
        for topic in topics_in_use()
        if topic not in _FOR_WORK or can(person, _FOR_WORK[topic], None, now)
    }


def choose_mails(person: Person, wanted: Mapping[Topic, Frequency], now: datetime) -> None:
    """Choose how often one hears of each topic; only one's own."""
    ensure(person, Action.ACCOUNT_MANAGE_OWN, None, now)
    if choose(person.id, wanted, now):
        record(person, "person.mails_chosen", person, now)


def stop_mails(person_id: int, topic: str, now: datetime) -> None:
    """Stop the mails of a topic, or all digests, for whoever holds the address from a mail.

    On the site it stays among the notices. Doing it again changes nothing. For an account that was
    closed there is nothing to stop.
    """
    person = db.session.get(Person, person_id)
    if person is None or not person.active:
        return
    present = {**DEFAULTS, **choices_of(person_id)}
    if topic == EVERYTHING:
        topics = [one for one in topics_in_use() if present[one] in AT_ONE_TIME]
    else:
        topics = [Topic(topic)] if present[Topic(topic)] is not Frequency.OFF else []
    if choose(person_id, dict.fromkeys(topics, Frequency.SITE), now):
        record(person, "person.mails_chosen", person, now)
