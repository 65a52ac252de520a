"""What organisations keep about people: where they sit, and for whom they speak."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, or_, select

from consult.foundation.core.calendar import local_day
from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM, Actor
from consult.foundation.personal_data.closing import AtClosing
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import YEAR, Rule, before
from consult.foundation.record.erasing import erase_about
from consult.foundation.record.services import record
from consult.people.organisations.models import (
    Body,
    LastSpokenFor,
    Mandate,
    MandateRequest,
    Membership,
    Organisation,
    PlaceRequest,
    holds_on,
)
from consult.people.organisations.on_behalf import follow_decision

NAMED = (Organisation.slug, Body.slug)
PARTS = (
    ExportPart(
        "memberships",
        _l("Bodies that I am a member of"),
        Membership,
        (Membership.person_id,),
        place=20,
    ),
    ExportPart(
        "mandates", _l("Organisations that I speak for"), Mandate, (Mandate.person_id,), place=21
    ),
    ExportPart(
        "mandate_requests",
        _l("Mandates that I asked for"),
        MandateRequest,
        (MandateRequest.person_id,),
        authored=True,
        place=22,
    ),
    ExportPart(
        "place_requests",
        _l("Places that I asked for"),
        PlaceRequest,
        (PlaceRequest.person_id,),
        authored=True,
        place=23,
    ),
    ExportPart(
        "last_spoken_for",
        _l("On behalf of whom I wrote last"),
        LastSpokenFor,
        (LastSpokenFor.person_id,),
        place=24,
    ),
)


def _end_memberships_and_mandates(actor: Actor, person_id: int, now: datetime) -> None:
    """Let what the person was a member of, and spoke for, end today."""
    today = local_day(now)
    kinds: tuple[tuple[Any, str], ...] = (
        (Membership, "membership.ended"),
        (Mandate, "mandate.ended"),
    )
    for model, verb in kinds:
        running = or_(holds_on(model, today), model.starts_on > today)
        for one in db.session.scalars(select(model).where(model.person_id == person_id, running)):
            one.ends_on = max(today, one.starts_on)
            record(actor, verb, one, now, content={"until": one.ends_on.isoformat()})


_REQUESTS: tuple[tuple[Any, str], ...] = (
    (MandateRequest, "mandate"),
    (PlaceRequest, "place"),
)


def _close_requests(actor: Actor, person_id: int, now: datetime) -> None:
    """Close what the person asked and nobody decided; texts that wait for it stay theirs."""
    for model, about in _REQUESTS:
        waiting = select(model).where(model.person_id == person_id, model.decided_at.is_(None))
        for one in db.session.scalars(waiting).all():
            one.decided_at, one.granted = now, False
            record(actor, f"{about}.refused", one, now)
            if isinstance(one, MandateRequest):
                follow_decision(actor, one, None, now)
    chosen = delete(LastSpokenFor).where(LastSpokenFor.person_id == person_id)
    db.session.execute(chosen)


def _empty_notes(_actor: Actor, person_id: int, _now: datetime) -> None:
    """Empty what was written with the mandates and places of the person."""
    for model, _about in _REQUESTS:
        for asked in db.session.scalars(select(model).where(model.person_id == person_id)):
            asked.note = ""
            if isinstance(asked, MandateRequest):
                asked.named = ""
    for one in db.session.scalars(select(Mandate).where(Mandate.person_id == person_id)):
        one.note = one.end_reason = ""


def _erase_requests(actor: Actor, person_id: int, now: datetime) -> None:
    """Empty what the record says of mandates and places that the person asked for."""
    for model, about in _REQUESTS:
        asked = select(model.id).where(model.person_id == person_id)
        erase_about(actor, f"{about}_request", db.session.scalars(asked).all(), now)


AT_CLOSING: tuple[AtClosing, ...] = (
    _end_memberships_and_mandates,
    _close_requests,
    _empty_notes,
    _erase_requests,
)


def _delete_requests(ids: Sequence[int], now: datetime) -> int:
    for one in db.session.scalars(select(MandateRequest).where(MandateRequest.id.in_(ids))):
        db.session.delete(one)
        record(SYSTEM, "mandate_request.deleted", one, now)
    erase_about(SYSTEM, "mandate_request", ids, now)
    return len(ids)


def _delete_place_requests(ids: Sequence[int], now: datetime) -> int:
    for one in db.session.scalars(select(PlaceRequest).where(PlaceRequest.id.in_(ids))):
        db.session.delete(one)
        record(SYSTEM, "place_request.deleted", one, now)
    erase_about(SYSTEM, "place_request", ids, now)
    return len(ids)


RULES = (
    Rule(
        "mandate_requests", _l("Mandates that somebody asked for"), _l("the decision"), YEAR,
        _l("deleted; the mandate itself stays"), _l("Long enough to object to the decision."),
        before(MandateRequest.decided_at), _delete_requests,
    ),
    Rule(
        "place_requests", _l("Places at bodies that somebody asked for"), _l("the decision"), YEAR,
        _l("deleted; the membership itself stays"), _l("Long enough to object to the decision."),
        before(PlaceRequest.decided_at), _delete_place_requests,
    ),
)  # fmt: skip
