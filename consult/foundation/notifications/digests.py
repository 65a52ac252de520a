"""Digests: at most one a day for a person, with all that they chose to hear of later.

At half past seven each waiting notice gets its place in the digest of its reader: a message that
is still empty. Its text is written when it is sent, of what its reader may still read by then.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypedDict

from flask import current_app, render_template
from flask_babel import force_locale
from sqlalchemy import select, update

from consult.foundation.core.calendar import local_day, moment_of
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import enqueue, was_asked
from consult.foundation.notifications.kinds import (
    AT_A_DESK,
    DEFAULTS,
    DIGEST,
    Frequency,
    Topic,
    kind_of,
)
from consult.foundation.notifications.labels import TOPICS
from consult.foundation.notifications.models import Message, Notice, Preference
from consult.foundation.notifications.readers import Recipient, may_still_read, recipients
from consult.foundation.notifications.services import queue_message

HOUR = time(7, 30)
BATCH = 100
MOST_LINES = 25
"""So many lines of one round are shown; of more, how many."""

ChosenFrequencies = Mapping[tuple[int, Topic], Frequency]


class DigestsOfDay(TypedDict):
    """Of which day the digests are made, and after which person."""

    day: str
    after: int


def start_digests(payload: Mapping[str, str], now: datetime) -> None:
    """Begin with the digests of a day."""
    make_digests({"day": payload["period"], "after": 0}, now)


def make_digests(payload: DigestsOfDay, now: datetime) -> None:
    """Place the notices of some people in their digests, and ask for the next people.

    All of it in one short transaction: a worker that dies leaves either everything or nothing.
    """
    day, after = payload["day"], payload["after"]
    with unit_of_work():
        waiting = _waiting(after)
        if not waiting:
            return
        people = recipients(list(waiting))
        chosen = _chosen(list(waiting))
        have = _have_one(day, list(waiting))
        for person_id, notices in waiting.items():
            if person_id not in have:
                _gather(people.get(person_id), notices, chosen, day, now)
        last = max(waiting)
        if not was_asked(key := f"digests-batch:{day}:{last}"):
            enqueue("digests-batch", {"day": day, "after": last}, now, key=key)


def _waiting(after: int) -> dict[int, list[Notice]]:
    """Return the open notices of the next people, and keep everybody else off them."""
    ids = db.session.scalars(
        select(Notice.person_id)
        .where(Notice.settled_at.is_(None), Notice.person_id > after)
        .distinct()
        .order_by(Notice.person_id)
        .limit(BATCH)
    ).all()
    found: dict[int, list[Notice]] = {}
    if not ids:
        return found
    for notice in db.session.scalars(
        select(Notice)
        .where(Notice.settled_at.is_(None), Notice.person_id.in_(ids))
        .order_by(Notice.person_id, Notice.id)
        .with_for_update()
    ):
        found.setdefault(notice.person_id, []).append(notice)
    return found


def _chosen(ids: Sequence[int]) -> ChosenFrequencies:
    rows = db.session.scalars(select(Preference).where(Preference.person_id.in_(ids)))
    return {(one.person_id, one.topic): one.frequency for one in rows}


def _have_one(day: str, ids: Sequence[int]) -> set[int]:
    keys = [_key(day, id_) for id_ in ids]
    found = db.session.scalars(select(Message.person_id).where(Message.key.in_(keys)))
    return {id_ for id_ in found if id_ is not None}


def _key(day: str, person_id: int) -> str:
    return f"digest:{day}:{person_id}"


def _gather(
    person: Recipient | None,
    notices: Sequence[Notice],
    chosen: ChosenFrequencies,
    day: str,
    now: datetime,
) -> None:
    monday = _last_monday(now)
    due: list[Notice] = []
    for notice in notices:
        topic = kind_of(notice.kind).topic
        when = chosen.get((notice.person_id, topic), DEFAULTS.get(topic, Frequency.DAILY))
        if person is None or when in {Frequency.OFF, Frequency.SITE}:
            notice.settled_at = now
        elif when is not Frequency.WEEKLY or notice.created_at < monday:
            due.append(notice)
    if person is None or not due:
        return
    digest = queue_message(
        person.email or "", DIGEST, "", "", person.language, now, person.id,
        key=_key(day, due[0].person_id),
    )  # fmt: skip
    db.session.execute(
        update(Notice)
        .where(Notice.id.in_([notice.id for notice in due]))
        .values(digest_id=digest.id, settled_at=now)
        .execution_options(synchronize_session=False)
    )


def _last_monday(now: datetime) -> datetime:
    """Return the last Monday at half past seven: what waits for a week from before it is due.

    So a Monday on which nobody worked is made up for on the next day.
    """
    day = local_day(now)
    monday = day - timedelta(days=day.weekday())
    at = moment_of(monday, HOUR)
    return at if at <= now else moment_of(monday - timedelta(days=7), HOUR)


@dataclass(frozen=True)
class Group:
    """The lines of one topic and round, newest first."""

    title: str
    lines: Sequence[Notice]
    more: int


def write_digest(message: Message, now: datetime) -> bool:
    """Write the text of a digest, of what its reader may still read; False if nothing is left."""
    reader = recipients([message.person_id or 0]).get(message.person_id or 0)
    if reader is None:
        return False
    notices = db.session.scalars(
        select(Notice).where(Notice.digest_id == message.id).order_by(Notice.id.desc())
    ).all()
    chosen = _chosen([message.person_id or 0])
    kept = [one for one in notices if _is_wanted(one, chosen, now)]
    if not kept:
        return False
    with force_locale(message.language):
        text = render_template(
            f"emails/{DIGEST}.txt",
            recipient=reader,
            base_url=current_app.config["BASE_URL"],
            groups=_groups(kept),
            number=len(kept),
        )
    subject, _, body = text.strip().partition("\n")
    message.subject, message.body = subject, body.strip()
    return True


def _is_wanted(notice: Notice, chosen: ChosenFrequencies, now: datetime) -> bool:
    topic = kind_of(notice.kind).topic
    if chosen.get((notice.person_id, topic)) is Frequency.OFF:
        return False
    if notice.read_at is not None and topic not in AT_A_DESK:
        return False  # they know it already
    if notice.expires_at is not None and notice.expires_at <= now:
        return False
    return may_still_read(notice.person_id, notice.kind, notice.about_type, notice.about_id, now)


def _groups(notices: Sequence[Notice]) -> list[Group]:
    found: dict[tuple[Topic, str], list[Notice]] = {}
    for notice in notices:
        found.setdefault((kind_of(notice.kind).topic, notice.heading), []).append(notice)
    order = list(Topic)
    ordered = sorted(found.items(), key=lambda one: (order.index(one[0][0]), -one[1][0].id))
    return [
        Group(
            title=" · ".join(part for part in (str(TOPICS[topic]), heading) if part),
            lines=lines[:MOST_LINES],
            more=max(0, len(lines) - MOST_LINES),
        )
        for (topic, heading), lines in ordered
    ]
