"""Emptying what was said in events, where the law asks for it (AVG art. 17).

The event, its digest and its place in the log stay, so every proof stays valid; the erasure is an
event of its own.
"""

import json
import re
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import String, cast, or_, select

from consult.core.db import db
from consult.core.people import Actor
from consult.record.models import Event, EventDetail
from consult.record.services import record


def erase_details(actor: Actor, details: Iterable[EventDetail], now: datetime) -> int:
    """Empty what was said in these events; gives how many were not empty already."""
    erased = 0
    for detail in details:
        if detail.erased_at is not None:
            continue
        detail.salt, detail.content, detail.reason, detail.erased_at = None, None, "", now
        record(actor, "record.erased", detail.event, now)
        erased += 1
    return erased


def erase_about(actor: Actor, subject_type: str, ids: Sequence[int], now: datetime) -> int:
    """Empty what was said in all events about these rows; gives how many."""
    about = (
        select(EventDetail)
        .join(Event)
        .where(
            Event.subject_type == subject_type,
            Event.subject_id.in_(ids),
            EventDetail.erased_at.is_(None),
        )
    )
    return erase_details(actor, db.session.scalars(about).all(), now)


def erase_where_said(actor: Actor, words: Sequence[str], now: datetime) -> int:
    """Empty what was said in every event in which one of these names or addresses stands."""
    wanted = [word for word in words if word]
    if not wanted:
        return 0
    content = cast(EventDetail.content, String)
    said = [
        condition
        for word in wanted
        for condition in (
            # As the database holds a text in JSON: with signs of other alphabets written out.
            content.icontains(json.dumps(word)[1:-1], autoescape=True),
            content.icontains(word, autoescape=True),
            EventDetail.reason.icontains(word, autoescape=True),
        )
    ]
    whole = re.compile(
        "|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in wanted), re.IGNORECASE
    )
    found = db.session.scalars(
        select(EventDetail).where(EventDetail.erased_at.is_(None), or_(*said))
    )
    return erase_details(actor, [one for one in found if whole.search(_text(one))], now)


def _text(detail: EventDetail) -> str:
    return f"{json.dumps(detail.content, ensure_ascii=False)}\n{detail.reason}"
