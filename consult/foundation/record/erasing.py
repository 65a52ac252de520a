"""Emptying what was said in events, where the law asks for it (AVG art. 17).

The event, its digest and its place in the log stay, so every proof stays valid; the erasure is an
event of its own.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Text, and_, cast, or_, select
from sqlalchemy.orm import contains_eager

from consult.foundation.core.db import db
from consult.foundation.core.people import Actor
from consult.foundation.record.models import Event, EventDetail
from consult.foundation.record.rows import ROW, says_now
from consult.foundation.record.services import CARRIED, REASON, SAID, record


def erase_details(actor: Actor, details: Iterable[EventDetail], now: datetime) -> int:
    """Empty what was said in these events and return how many were not empty already.

    What their rows said goes as well, as far as the rows do not say it now.
    """
    return sum(_empty(actor, detail, _to_empty(detail), now) for detail in details)


def _empty(actor: Actor, detail: EventDetail, gone: Collection[str], now: datetime) -> bool:
    """Empty these fields of an event, on the record; whether there were any."""
    if not gone:
        return False
    detail.salts = {name: salt for name, salt in detail.salts.items() if name not in gone}
    detail.content = {key: said for key, said in detail.content.items() if SAID + key not in gone}
    if REASON in gone:
        detail.reason = ""
    if CARRIED in gone:
        detail.carried = None
    detail.erased_at = now
    record(actor, "record.erased", detail.event, now, content={"fields": sorted(gone)})
    return True


def _to_empty(detail: EventDetail) -> set[str]:
    """Return the fields of an event that an erasure empties."""
    digests = detail.event.fields
    return {
        name
        for name, salt in detail.salts.items()
        if name == REASON
        or name.startswith(SAID)
        or (name.startswith(ROW) and not says_now(name, salt, digests[name]))
    }


def erase_words(
    actor: Actor,
    about: Mapping[str, Sequence[int]],
    rows: Mapping[str, Collection[str]],
    holds: Callable[[str], bool],
    now: datetime,
) -> int:
    """Empty the fields of events in which words stand that are left out, and return how many.

    `about` are the numbers of what the events are about, by table. `rows` are rows of which words
    were left out, by the beginning of the names of their fields, with their columns: what any event
    bound of those, and they do not say now, goes too. Everything else stays as it was said.
    """
    subjects = [
        and_(Event.subject_type == table, Event.subject_id.in_(ids)) for table, ids in about.items()
    ]
    salts = cast(EventDetail.salts, Text)
    bound = [salts.contains(f'"{start}.', autoescape=True) for start in rows]
    found = _details_of(or_(*subjects, *bound))
    gone = {f"{start}.{column}" for start, columns in rows.items() for column in columns}
    return sum(_empty(actor, one, _with_words(one, gone, holds), now) for one in found)


def _with_words(
    detail: EventDetail, rows: Collection[str], holds: Callable[[str], bool]
) -> set[str]:
    """Return the fields of an event in which words stand, or stood that its row says no longer."""
    said = {SAID + key: value for key, value in detail.content.items()}
    said |= {REASON: detail.reason, CARRIED: detail.carried}
    digests = detail.event.fields
    return {
        name
        for name, salt in detail.salts.items()
        if holds("\n".join(_said(said.get(name))))
        or (name in rows and not says_now(name, salt, digests[name]))
    }


def erase_about(actor: Actor, subject_type: str, ids: Sequence[int], now: datetime) -> int:
    """Empty what was said in all events about these rows and return how many."""
    about = _details_of(Event.subject_type == subject_type, Event.subject_id.in_(ids))
    return erase_details(actor, about, now)


def _details_of(*events: ColumnElement[bool]) -> Sequence[EventDetail]:
    """Return what was said in these events."""
    found = (
        select(EventDetail).join(Event).where(*events).options(contains_eager(EventDetail.event))
    )
    return db.session.scalars(found).all()


def erase_what_they_said(actor: Actor, person_id: int, words: Sequence[str], now: datetime) -> int:
    """Empty what a person said in events, where one of these names or addresses stands in it.

    What others said is never emptied by it: anybody could choose a word of theirs as a name.
    """
    wanted = [word for word in words if word]
    if not wanted:
        return 0
    whole = re.compile(
        "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in wanted), re.IGNORECASE
    )
    theirs = _details_of(EventDetail.actor_id == person_id)
    return erase_details(actor, [one for one in theirs if whole.search(_text(one))], now)


def erase_where_said(
    actor: Actor, subject_types: Sequence[str], plan_id: int, texts: Sequence[str], now: datetime
) -> int:
    """Empty what was said in events of a plan about such things, where one of the texts stands."""
    found = _details_of(Event.plan_id == plan_id, Event.subject_type.in_(subject_types))
    return erase_details(
        actor, [one for one in found if any(text in _text(one) for text in texts)], now
    )


def _text(detail: EventDetail) -> str:
    return "\n".join([*_said(detail.content), detail.reason])


def _said(value: object) -> Iterator[str]:
    """Yield the texts in what was said; how its parts are called is nobody's text."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _said(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _said(inner)
