"""The retention rules of this package and those below; higher ones register their own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from consult.foundation.core.db import Row, db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import IdempotentRequest
from consult.foundation.files.services import discard_later
from consult.foundation.jobs.models import Job
from consult.foundation.notifications.models import Message, Notice
from consult.foundation.record.erasing import erase_about
from consult.people.accounts.lockout import DEVICE
from consult.people.accounts.models import SignInFailure, SignInSession, SpentToken
from consult.people.invitations.daily import forget_invitations, forget_rows
from consult.people.invitations.models import Invitation, InvitationBatch
from consult.people.organisations.models import MandateRequest
from consult.people.privacy.models import (
    Consent,
    DataExport,
    Incident,
    IncidentVersion,
    Suspension,
    Tombstone,
)
from consult.people.privacy.retention import Act, Due, Ids, Rule

DAY, YEAR = timedelta(days=1), timedelta(days=365)


def _deletes(model: type[Row]) -> Act:
    """Make an act that deletes rows of a table by their keys."""

    def act(ids: Sequence[int], _now: datetime) -> int:
        db.session.execute(delete(model).where(model.id.in_(ids)))
        return len(ids)

    return act


def _before(column: InstrumentedAttribute[datetime | None]) -> Due:
    """Make the question which rows of a table had their moment before the cut-off."""

    def due(cut_off: datetime) -> Ids:
        return select(column.class_.id).where(column <= cut_off)

    return due


def _empty_messages(ids: Sequence[int], _now: datetime) -> int:
    emptied = update(Message).where(Message.id.in_(ids)).values(address="", subject="", body="")
    db.session.execute(emptied)
    return len(ids)


def _places_of_tries(cut_off: datetime) -> Ids:
    of_place = SignInFailure.source.not_like(f"{DEVICE}%")
    filled = SignInFailure.source != ""
    return select(SignInFailure.id).where(SignInFailure.at <= cut_off, filled, of_place)


def _empty_places(ids: Sequence[int], _now: datetime) -> int:
    db.session.execute(update(SignInFailure).where(SignInFailure.id.in_(ids)).values(source=""))
    return len(ids)


def _sent_messages(cut_off: datetime) -> Ids:
    return select(Message.id).where(Message.settled_at <= cut_off, Message.address != "")


def _ended_invitations(cut_off: datetime) -> Ids:
    return select(Invitation.id).where(Invitation.closed_at <= cut_off, Invitation.address != "")


def _unsent_files(cut_off: datetime) -> Ids:
    unsent = InvitationBatch.sent_at.is_(None)
    return select(InvitationBatch.id).where(unsent, InvitationBatch.made_at <= cut_off)


def _refused_rows(cut_off: datetime) -> Ids:
    refused = InvitationBatch.refused > 0
    return select(InvitationBatch.id).where(refused, InvitationBatch.sent_at <= cut_off)


def _delete_exports(ids: Sequence[int], now: datetime) -> int:
    kept_as = select(DataExport.stored_as).where(DataExport.id.in_(ids))
    discard_later(db.session.scalars(kept_as).all(), now)
    db.session.execute(delete(DataExport).where(DataExport.id.in_(ids)))
    return len(ids)


def _delete_requests(ids: Sequence[int], now: datetime) -> int:
    erase_about(SYSTEM, "mandate_request", ids, now)
    db.session.execute(delete(MandateRequest).where(MandateRequest.id.in_(ids)))
    return len(ids)


def _consents_of_closed(cut_off: datetime) -> Ids:
    closed = select(Tombstone.person_id).where(Tombstone.closed_at <= cut_off)
    return select(Consent.id).where(Consent.person_id.in_(closed))


def _delete_incidents(ids: Sequence[int], _now: datetime) -> int:
    db.session.execute(delete(IncidentVersion).where(IncidentVersion.incident_id.in_(ids)))
    db.session.execute(delete(Incident).where(Incident.id.in_(ids)))
    return len(ids)


RULES = (
    Rule(
        "sign_in_places", _l("From where a failed try to sign in came, unreadable"),
        _l("the try"), DAY, _l("emptied"),
        _l("It slows down who guesses; after fifteen minutes it has no use."),
        _places_of_tries, _empty_places,
    ),
    Rule(
        "sign_in_failures", _l("Failed tries to sign in, without address or place"),
        _l("the try"), YEAR, _l("deleted"),
        _l("They are counted until you sign in: after a hundred in a row no stranger may go on."),
        _before(SignInFailure.at), _deletes(SignInFailure),
    ),
    Rule(
        "exports", _l("Exports of my data"), _l("you asked for it"), 7 * DAY,
        _l("deleted, with the file"), _l("The file holds everything about you; fetch it in time."),
        _before(DataExport.asked_at), _delete_exports,
    ),
    Rule(
        "sessions", _l("Where you are signed in"), _l("you were last there"), 15 * DAY,
        _l("deleted; sooner when you sign out"),
        _l("Fourteen days after you were last there a session is worth nothing."),
        _before(SignInSession.seen_at), _deletes(SignInSession),
    ),
    Rule(
        "spent_tokens", _l("Marks of answers that a browser or a provider gave"), _l("the answer"),
        DAY, _l("deleted"), _l("They keep an answer from being taken twice."),
        _before(SpentToken.spent_at), _deletes(SpentToken),
    ),
    Rule(
        "once_keys", _l("Marks of forms that were sent"), _l("you sent the form"), 30 * DAY,
        _l("deleted"), _l("They keep a form from being taken twice."),
        _before(IdempotentRequest.done_at), _deletes(IdempotentRequest),
    ),
    Rule(
        "jobs", _l("Work that was done"), _l("it was done"), 30 * DAY, _l("deleted"),
        _l("Long enough to find out what went wrong."), _before(Job.done_at), _deletes(Job),
    ),
    Rule(
        "failed_jobs", _l("Work that failed for good"), _l("it failed"), 90 * DAY, _l("deleted"),
        _l("Long enough to repair it."), _before(Job.failed_at), _deletes(Job),
    ),
    Rule(
        "invitations", _l("Who was invited, with address and name"), _l("the invitation ended"),
        90 * DAY, _l("emptied; that somebody was invited stays"),
        _l("Long enough to answer a question about it."), _ended_invitations, forget_invitations,
    ),
    Rule(
        "invitation_files", _l("Files of invitations that were never sent"), _l("it was read"),
        7 * DAY, _l("deleted"), _l("Long enough to look at it and send it."),
        _unsent_files, _deletes(InvitationBatch),
    ),
    Rule(
        "invitation_rows", _l("Rows of such files that could not be taken"), _l("it was sent"),
        90 * DAY, _l("emptied"), _l("Long enough to mend them."), _refused_rows, forget_rows,
    ),
    Rule(
        "notices", _l("Lines for a digest"), _l("they were sent or left out"), 90 * DAY,
        _l("deleted"), _l("Long enough to answer a question about it."),
        _before(Notice.settled_at), _deletes(Notice),
    ),
    Rule(
        "messages", _l("Text and address of mails"), _l("the mail was sent"), 90 * DAY,
        _l("emptied; that a mail was sent stays"), _l("Long enough to answer a question about it."),
        _sent_messages, _empty_messages,
    ),
    Rule(
        "mandate_requests", _l("Mandates that somebody asked for"), _l("the decision"), YEAR,
        _l("deleted; the mandate itself stays"), _l("Long enough to object to the decision."),
        _before(MandateRequest.decided_at), _delete_requests,
    ),
    Rule(
        "consents", _l("What somebody agreed to whose account is closed"),
        _l("the account was closed"), YEAR, _l("deleted"),
        _l("We must be able to show that you agreed (GDPR article 7, paragraph 1)."),
        _consents_of_closed, _deletes(Consent),
    ),
    Rule(
        "suspensions", _l("Suspensions of accounts, with the reason"), _l("the suspension ended"),
        2 * YEAR, _l("deleted"), _l("Long enough to object, and to see that it happened before."),
        _before(Suspension.ended_at), _deletes(Suspension),
    ),
    Rule(
        "incidents", _l("The log of incidents"), _l("it was noted"), 5 * YEAR, _l("deleted"),
        _l("The Autoriteit Persoonsgegevens may ask for it (GDPR article 33, paragraph 5)."),
        _before(Incident.noted_at), _delete_incidents,
    ),
    Rule(
        "contributions", _l("What was handed in, and the answers"), _l("it was handed in"), None,
        _l("stays, under a neutral name after an account closes; then goes to the archive"),
        _l("It is part of the file of a plan of the government (Archiefwet)."),
    ),
    Rule(
        "record", _l("The public log and the receipts"), _l("the act"), None,
        _l("stays: it holds no name and no text"),
        _l("With it anybody can check that nothing was lost. A receipt does not expire."),
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
