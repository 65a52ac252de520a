"""What privacy itself keeps about people: consents, exports, suspensions, incidents, the end."""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM, Actor
from consult.foundation.core.rate_limits import RateCount
from consult.foundation.core.unit_of_work import IdempotentRequest
from consult.foundation.files.services import discard_later
from consult.foundation.personal_data.closing import AtClosing
from consult.foundation.personal_data.export_parts import ExportPart
from consult.foundation.personal_data.retention import DAY, YEAR, Ids, Rule, before, deletes
from consult.foundation.record.services import record
from consult.people.privacy.consents import end_consents
from consult.people.privacy.models import (
    AccountUse,
    Consent,
    DataExport,
    Incident,
    IncidentVersion,
    Suspension,
    Tombstone,
)

PARTS = (
    ExportPart(
        "sign_in", _l("When I last signed in"), AccountUse, (AccountUse.person_id,), place=11
    ),
    ExportPart(
        "suspensions",
        _l("When my account was suspended"),
        Suspension,
        (Suspension.person_id,),
        place=12,
    ),
    ExportPart(
        "consents", _l("What I agreed to"), Consent, (Consent.person_id,), authored=True, place=13
    ),
    ExportPart("exports", _l("Exports of my data"), DataExport, (DataExport.person_id,), place=90),
)


def _discard_exports(_actor: Actor, person_id: int, now: datetime) -> None:
    """Discard the exports: each holds all that is made neutral."""
    mine = DataExport.person_id == person_id
    discard_later(db.session.scalars(select(DataExport.stored_as).where(mine)).all(), now)
    db.session.execute(delete(DataExport).where(mine))


def _forget_use(_actor: Actor, person_id: int, now: datetime) -> None:
    """Forget which forms the person sent and when they came, and end what they agreed to."""
    # The marks of forms lie below the package that rules are registered in: they stand here.
    db.session.execute(delete(IdempotentRequest).where(IdempotentRequest.actor == str(person_id)))
    db.session.execute(delete(AccountUse).where(AccountUse.person_id == person_id))
    end_consents(person_id, now)


AT_CLOSING: tuple[AtClosing, ...] = (_discard_exports, _forget_use)


def _delete_exports(ids: Sequence[int], now: datetime) -> int:
    kept_as = select(DataExport.stored_as).where(DataExport.id.in_(ids))
    discard_later(db.session.scalars(kept_as).all(), now)
    db.session.execute(delete(DataExport).where(DataExport.id.in_(ids)))
    return len(ids)


def _consents_of_closed(cut_off: datetime) -> Ids:
    closed = select(Tombstone.person_id).where(Tombstone.closed_at <= cut_off)
    return select(Consent.id).where(Consent.person_id.in_(closed))


def _delete_consents(ids: Sequence[int], now: datetime) -> int:
    for one in db.session.scalars(select(Consent).where(Consent.id.in_(ids))):
        db.session.delete(one)
        record(SYSTEM, "consent.deleted", one, now)
    return len(ids)


def _delete_incidents(ids: Sequence[int], _now: datetime) -> int:
    db.session.execute(delete(IncidentVersion).where(IncidentVersion.incident_id.in_(ids)))
    db.session.execute(delete(Incident).where(Incident.id.in_(ids)))
    return len(ids)


RULES = (
    Rule(
        "exports", _l("Exports of my data"), _l("you asked for it"), 7 * DAY,
        _l("deleted, with the file"), _l("The file holds everything about you; fetch it in time."),
        before(DataExport.asked_at), _delete_exports,
    ),
    Rule(
        "once_keys", _l("Marks of forms that were sent"), _l("you sent the form"), 30 * DAY,
        _l("deleted"), _l("They keep a form from being taken twice."),
        before(IdempotentRequest.done_at), deletes(IdempotentRequest),
    ),
    Rule(
        "rate_counts", _l("How often somebody, or a place, did something that has a limit"),
        _l("the minute or hour of the limit ended"), DAY, _l("deleted"),
        _l("They keep guessing and flooding slow."), before(RateCount.ends_at), deletes(RateCount),
    ),
    Rule(
        "consents", _l("What somebody agreed to whose account is closed"),
        _l("the account was closed"), YEAR, _l("deleted"),
        _l("We must be able to show that you agreed (GDPR article 7, paragraph 1)."),
        _consents_of_closed, _delete_consents,
    ),
    Rule(
        "suspensions", _l("Suspensions of accounts, with the reason"), _l("the suspension ended"),
        2 * YEAR, _l("deleted"), _l("Long enough to object, and to see that it happened before."),
        before(Suspension.ended_at), deletes(Suspension),
    ),
    Rule(
        "incidents", _l("The log of incidents"), _l("it was noted"), 5 * YEAR, _l("deleted"),
        _l("The Autoriteit Persoonsgegevens may ask for it (GDPR article 33, paragraph 5)."),
        before(Incident.noted_at), _delete_incidents,
    ),
    Rule(
        "tombstones", _l("That an account was closed, when and by whom"), _l("it was closed"), None,
        _l("stays, without a name"), _l("It shows why a name is gone."),
    ),
    Rule(
        "retention_log", _l("The log of this table"), _l("the run"), None,
        _l("stays: it holds numbers only"), _l("It shows that we hold to these periods."),
    ),
)  # fmt: skip
