"""Exports with everything that was handed in: who may have one, and who had one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.people import Actor
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import ensure
from consult.foundation.record.models import Event, EventDetail
from consult.foundation.record.services import record
from consult.interfaces.exchange.exporting.files import FORMATS
from consult.people.accounts.models import Person

EXPORTED = "round.exported"
LATEST = 50


def take_complete_export(actor: Actor, round_: Round, kind: str, now: datetime) -> None:
    """Let somebody have an export with everything, and record that.

    Raises InvalidInput for a format that there is not.
    """
    ensure(actor, Action.ROUND_EXPORT_COMPLETE, round_, now)
    if kind not in FORMATS:
        raise InvalidInput(_l("Choose one of the formats."))
    record(
        actor,
        EXPORTED,
        round_,
        now,
        content={"format": kind},
        plan_id=round_.plan_id,
        round_id=round_.id,
    )


@dataclass(frozen=True)
class TakenExport:
    """An export with everything that somebody had."""

    at: datetime
    who: str
    kind: str


def taken_exports(round_id: int) -> Sequence[TakenExport]:
    """Return the last exports with everything of a round, the newest first."""
    rows = db.session.execute(
        select(Event.at, Person.display_name, EventDetail.content)
        .join(EventDetail, EventDetail.event_id == Event.id)
        .outerjoin(Person, Person.id == EventDetail.actor_id)
        .where(Event.subject_type == "round", Event.subject_id == round_id)
        .where(Event.verb == EXPORTED)
        .order_by(Event.id.desc())
        .limit(LATEST)
    )
    return [TakenExport(at, who or "", str(said.get("format", ""))) for at, who, said in rows]
