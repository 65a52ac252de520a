"""Retention: the table, the calendar, running twice, dying half way, and the log."""

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog
from flask import Flask
from sqlalchemy import select
from structlog.testing import capture_logs

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.claims import LEASE, keep_claim
from consult.consultation.moderation.discussion import add_note
from consult.consultation.moderation.holding import decide_at_desk, redact_at_desk, take_back
from consult.consultation.moderation.models import (
    Claim,
    Ground,
    HeldDecision,
    ModeratorNote,
    SealedText,
    Verb,
)
from consult.consultation.moderation.redaction import RedactedPassage
from consult.consultation.moderation.services import Judgement
from consult.consultation.moderation.subjects import keys_of
from consult.consultation.proposals.models import Attachment, Proposal
from consult.foundation.core.db import Row, db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.rate_limits import RateCount
from consult.foundation.core.unit_of_work import IdempotentRequest, unit_of_work
from consult.foundation.files.services import store_file
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import enqueue, run_all
from consult.foundation.notifications.models import Message, Notice
from consult.foundation.personal_data import retention as registered
from consult.foundation.personal_data.retention import Rule, rules
from consult.foundation.record.models import EventDetail
from consult.foundation.record.verify import verify_record
from consult.people.accounts.lockout import DEVICE
from consult.people.accounts.models import (
    KeptForm,
    Person,
    SignInFailure,
    SignInMethod,
    SignInSession,
    SpentToken,
)
from consult.people.organisations.mandates import ask_mandate, decide_request
from consult.people.organisations.models import MandateRequest, PlaceRequest
from consult.people.organisations.places import ask_place, decide_place
from consult.people.organisations.queries import get_body, get_organisation
from consult.people.privacy import retention
from consult.people.privacy.closing import close_account
from consult.people.privacy.inactive_accounts import WARNING, YEARS, note_use
from consult.people.privacy.incidents import IncidentText, note_incident
from consult.people.privacy.models import (
    AccountUse,
    ClosedBy,
    Consent,
    DataExport,
    Incident,
    IncidentVersion,
    RetentionRun,
    Suspension,
    Tombstone,
)
from consult.people.privacy.retention import due_now, period_in_words, run_retention, run_rule
from consult.people.privacy.suspending import restore_account, suspend_account
from tests.accounts.visitor import mails, sign_in
from tests.cast import CAST, person
from tests.conftest import Clock
from tests.factories import find_round, make_proposal
from tests.privacy.exported import export_of
from tests.privacy.retention_page import PAGE, page
from tests.proposals.test_services import PDF
from tests.statements import counted
from tests.stored_files import path_of, path_of_key

DAY = timedelta(days=1)
Make = Callable[[datetime], None]


def failure(now: datetime) -> None:
    db.session.add(SignInFailure(account="a", source="b", at=now))


def ended(now: datetime) -> None:
    db.session.add(session_seen("x", now))


def session_seen(key: str, at: datetime) -> SignInSession:
    return SignInSession(
        key=key, person_id=person("pia").id, began_at=at, seen_at=at, proved_at=at,
        how=SignInMethod.PASSWORD,
    )  # fmt: skip


def typed(at: datetime) -> None:
    typed = {"key": "k", "page": "/en/x", "fields": "{}", "address": "pia@consult.example"}
    db.session.add(KeptForm(**typed, kept_at=at))


def spent(now: datetime) -> None:
    db.session.add(SpentToken(digest="d", spent_at=now))


def once(now: datetime) -> None:
    db.session.add(
        IdempotentRequest(actor="1", key="k", fingerprint="f", leads_to="/", done_at=now)
    )


def limited(now: datetime) -> None:
    db.session.add(RateCount(key="k", number=1, ends_at=now))


def job(now: datetime) -> None:
    enqueue("account-letter", {"email": "pia@consult.example"}, now).done_at = now


def failed_job(now: datetime) -> None:
    enqueue("account-letter", {"email": "pia@consult.example"}, now).failed_at = now


def message(now: datetime) -> None:
    db.session.add(
        Message(
            kind="test", person_id=person("pia").id, address="pia@consult.example", language="nl",
            subject="Over", body="Tekst", created_at=now, due_at=now,
            sent_at=now, settled_at=now,
        )
    )  # fmt: skip


def notice(now: datetime) -> None:
    db.session.add(
        Notice(kind="test", person_id=person("pia").id, line="Iets", created_at=now, settled_at=now)
    )


def request(now: datetime) -> None:
    made = ask_mandate(person("sam"), get_organisation("helder-bestuur"), "Ik werk er.", now)
    decide_request(person("ana"), made, granted=False, reason="Nee.", now=now)


def place(now: datetime) -> None:
    made = ask_place(person("sam"), get_body("stakeholderforum"), "Ik wil meedoen.", now)
    decide_place(person("ana"), made, granted=False, reason="Nee.", now=now)


def suspension(now: datetime) -> None:
    suspend_account(SYSTEM, person("lotte"), "Reclame.", now)
    restore_account(SYSTEM, person("lotte"), "Toch niet.", now)


def incident(now: datetime) -> None:
    text = IncidentText("Lijst gemaild", now, "Twintig deelnemers", "Spam", "Teruggeroepen")
    note_incident(person("adi"), text, now)


def closed(now: datetime) -> None:
    close_account(SYSTEM, person("pia"), now, ClosedBy.ADMINISTRATOR)


def held_decision(now: datetime) -> None:
    waits = make_proposal("open", State.PENDING)
    held = decide_at_desk(person("mo"), waits, Judgement(Verb.PUBLISH), now)
    assert isinstance(held, HeldDecision)
    take_back(person("mo"), held.act, now)


def sealed_text(now: datetime) -> None:
    proposal = make_proposal("open", problem="Bel Zwaantje.")
    why = Judgement(Verb.REDACT, "Een naam.", Ground.PERSONAL_DATA)
    redact_at_desk(person("mo"), proposal, [RedactedPassage("problem", "Zwaantje")], why, now)


def moderator_note(now: datetime) -> None:
    add_note(person("mo"), make_proposal("open", State.PENDING), "Wat vinden jullie?", now)


def claim(now: datetime) -> None:
    keep_claim(
        person("mo"), keys_of(make_proposal("open", State.PENDING)), now - LEASE, take_over=False
    )


CASES: dict[str, tuple[Make, Any]] = {
    "sign_in_failures": (failure, SignInFailure),
    "sessions": (ended, SignInSession),
    "spent_tokens": (spent, SpentToken),
    "kept_forms": (typed, KeptForm),
    "once_keys": (once, IdempotentRequest),
    "rate_counts": (limited, RateCount),
    "jobs": (job, Job),
    "failed_jobs": (failed_job, Job),
    "mandate_requests": (request, MandateRequest),
    "place_requests": (place, PlaceRequest),
    "suspensions": (suspension, Suspension),
    "incidents": (incident, Incident),
    "consents": (closed, Consent),
    "notices": (notice, Notice),
    "held_decisions": (held_decision, HeldDecision),
    "moderator_notes": (moderator_note, ModeratorNote),
    "claims": (claim, Claim),
    "sealed_texts": (sealed_text, SealedText),
}
ELSEWHERE = {
    "exports", "messages", "drafts", "chosen_files", "unconfirmed_accounts",
    "unused_accounts_warned", "unused_accounts", "sign_in_places", "invitations",
    "invitation_files", "invitation_rows", "sheet_uploads", "reports", "statements_in_view",
}  # fmt: skip
"""Rules with tests of their own: below, in tests/invitations/test_daily.py, of chosen files in
tests/proposals/test_drafts.py, of spreadsheets in tests/exchange/test_bringing.py, of reports in
tests/moderation/test_reports.py, and of statements in tests/voting/test_services.py."""


def put(app: Flask, make: Make, now: datetime) -> None:
    with app.test_request_context(), unit_of_work():
        make(now)


def count(model: type[Row]) -> int:
    return len(db.session.scalars(select(model.id)).all())


def rule_of(kind: str) -> Rule:
    (found,) = [rule for rule in rules() if rule.kind == kind]
    return found


@pytest.mark.usefixtures("app")
def test_every_rule_that_does_something_is_tested() -> None:
    assert {rule.kind for rule in rules() if rule.apply} == set(CASES) | ELSEWHERE


@pytest.mark.usefixtures("app")
def test_every_rule_is_whole() -> None:
    for rule in rules():
        assert bool(rule.period) == bool(rule.select_due) == bool(rule.apply), rule.kind
        assert all(str(said) for said in (rule.what, rule.since, rule.effect, rule.why))


@pytest.mark.usefixtures("app")
def test_receipts_and_the_record_are_never_deleted() -> None:
    assert {rule.kind for rule in rules() if rule.period is None} == {
        "contributions", "record", "tombstones", "retention_log", "follows",
    }  # fmt: skip


@pytest.mark.usefixtures("app")
def test_the_printed_page_is_the_table() -> None:
    assert PAGE.read_text() == page(), "print it: python -m tests.privacy.retention_page"


@pytest.mark.parametrize("kind", CASES)
def test_it_goes_when_its_period_is_over_and_not_a_second_before(
    app: Flask, now: datetime, kind: str
) -> None:
    make, model = CASES[kind]
    put(app, make, now)
    before = count(model)
    rule = rule_of(kind)
    assert rule.period is not None
    assert run_rule(rule, now + rule.period - timedelta(seconds=1)) == 0
    assert count(model) == before
    assert db.session.scalars(select(RetentionRun)).all() == []
    at = now + rule.period
    assert run_rule(rule, at) >= 1
    assert count(model) < before
    line = db.session.scalars(select(RetentionRun)).one()
    assert (line.kind, line.ran_at, line.cut_off) == (kind, at, now)
    assert line.number == before - count(model)


@pytest.mark.parametrize("kind", CASES)
def test_a_second_run_changes_nothing(app: Flask, now: datetime, kind: str) -> None:
    put(app, CASES[kind][0], now)
    rule = rule_of(kind)
    assert rule.period is not None
    at = now + rule.period
    first = run_rule(rule, at)
    assert run_rule(rule, at + DAY) == 0
    assert run_rule(rule, at) == 0
    assert [line.number for line in db.session.scalars(select(RetentionRun))] == [first]


def test_what_is_under_way_stays(app: Flask, now: datetime) -> None:
    """Work to do, a request to decide, a suspension that holds, a mail to send: none of it goes."""
    with app.test_request_context(), unit_of_work():
        enqueue("account-letter", {}, now)
        ask_mandate(person("sam"), get_organisation("helder-bestuur"), "Ik werk er.", now)
        suspend_account(SYSTEM, person("lotte"), "Reclame.", now)
        message(now)
        waiting = db.session.scalars(select(Message).where(Message.kind == "test")).one()
        waiting.sent_at = waiting.settled_at = None
    later = now + 3000 * DAY
    for kind in ("jobs", "failed_jobs", "mandate_requests", "suspensions", "messages"):
        assert run_rule(rule_of(kind), later) == 0, kind


def test_the_place_of_a_try_is_emptied_and_its_device_and_count_stay(
    app: Flask, now: datetime
) -> None:
    device = f"{DEVICE}abc"
    with unit_of_work():
        db.session.add_all(
            SignInFailure(account="a", source=source, at=now) for source in ("b", device)
        )
    rule = rule_of("sign_in_places")
    assert run_rule(rule, now + DAY - timedelta(seconds=1)) == 0
    assert run_rule(rule, now + DAY) == 1
    assert run_rule(rule, now + 2 * DAY) == 0
    assert app
    assert set(db.session.scalars(select(SignInFailure.source))) == {"", device}


def test_a_request_goes_from_the_record_too_and_proofs_stay(app: Flask, now: datetime) -> None:
    put(app, request, now)
    run_rule(rule_of("mandate_requests"), now + 365 * DAY)
    reasons = set(db.session.scalars(select(EventDetail.reason)))
    assert reasons == {""}
    assert verify_record().sound


def test_incidents_go_with_every_version(app: Flask, now: datetime) -> None:
    put(app, incident, now)
    run_rule(rule_of("incidents"), now + 5 * 365 * DAY)
    assert db.session.scalars(select(IncidentVersion)).all() == []


def test_messages_are_emptied_and_that_they_were_sent_stays(app: Flask, now: datetime) -> None:
    put(app, message, now)
    assert run_rule(rule_of("messages"), now + 90 * DAY - timedelta(seconds=1)) == 0
    assert run_rule(rule_of("messages"), now + 90 * DAY) == 1
    kept = db.session.scalars(select(Message)).one()
    assert (kept.address, kept.subject, kept.body, kept.sent_at) == ("", "", "", now)
    assert run_rule(rule_of("messages"), now + 91 * DAY) == 0


def test_exports_go_with_their_file(app: Flask, now: datetime) -> None:
    assert app
    file = path_of_key(export_of("pia", now).row.stored_as)
    assert run_rule(rule_of("exports"), now + 7 * DAY - timedelta(seconds=1)) == 0
    assert file.exists()
    assert run_rule(rule_of("exports"), now + 7 * DAY) == 1
    run_all(now + 7 * DAY)
    assert not file.exists()
    assert count(DataExport) == 0


def test_a_kill_half_way_leaves_row_and_file_for_the_next_run(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app
    file = path_of_key(export_of("pia", now).row.stored_as)

    def killed(*_args: object) -> None:
        raise SystemExit

    monkeypatch.setattr(retention, "_log", killed)
    with pytest.raises(SystemExit):
        run_rule(rule_of("exports"), now + 7 * DAY)
    monkeypatch.undo()
    run_all(now + 7 * DAY)
    assert file.exists()
    assert count(DataExport) == 1
    assert run_rule(rule_of("exports"), now + 7 * DAY) == 1
    run_all(now + 7 * DAY)
    assert not file.exists()
    assert count(DataExport) == 0


def test_a_kill_half_way_loses_nothing_and_counts_everything_once(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three batches; the worker dies in the second: what was done is in the log, the rest waits."""
    assert app
    monkeypatch.setattr(retention, "BATCH", 10)
    with unit_of_work():
        db.session.add_all(session_seen(str(n), now) for n in range(25))
    rule, runs = rule_of("sessions"), []
    assert rule.apply is not None
    act = rule.apply

    def dies(ids: Any, at: datetime) -> int:
        runs.append(len(ids))
        done = act(ids, at)
        if len(runs) == 2:
            raise SystemExit
        return done

    with pytest.raises(SystemExit):
        run_rule(replace(rule, apply=dies), now + 15 * DAY)
    assert count(SignInSession) == 15
    assert [line.number for line in db.session.scalars(select(RetentionRun))] == [10]
    assert run_rule(rule, now + 15 * DAY) == 15
    assert [line.number for line in db.session.scalars(select(RetentionRun))] == [25]
    assert count(SignInSession) == 0


def test_one_rule_that_fails_keeps_no_other_from_its_work(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app
    put(app, once, now)

    def fails(*_args: object) -> int:
        raise ValueError("broken")

    put(app, failure, now)
    broken = replace(rule_of("sign_in_places"), apply=fails)
    monkeypatch.setitem(registered._rules, "sign_in_places", broken)
    with app.test_request_context(), pytest.raises(ValueError, match="broken"):
        run_retention({}, now + 31 * DAY)
    assert count(IdempotentRequest) == 0
    assert db.session.scalars(select(SignInFailure.source)).all() == ["b"]


def test_a_rule_that_fails_tells_the_log_nothing_of_a_person(
    app: Flask, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a database says of a row that it does not take holds the values of that row."""

    def fails(*_args: object) -> int:
        raise ValueError("pia@consult.example")

    put(app, failure, now)
    broken = replace(rule_of("sign_in_places"), apply=fails)
    monkeypatch.setitem(registered._rules, "sign_in_places", broken)
    monkeypatch.setattr(retention, "log", structlog.get_logger())
    with capture_logs() as said, app.test_request_context(), pytest.raises(ValueError, match="pia"):
        run_retention({}, now + 31 * DAY)
    assert [one["kind"] for one in said if one["event"] == "retention failed"] == ["sign_in_places"]
    assert "pia@" not in str(said)


def test_drafts_go_a_year_after_their_round(app: Flask, now: datetime) -> None:
    assert app
    open_, over = (make_proposal(slug, State.DRAFT) for slug in ("open", "closed"))
    handed_in = make_proposal("closed", State.RETURNED)
    with unit_of_work():
        stored = store_file(person("pia"), "nota.pdf", io.BytesIO(PDF), now)
        db.session.add(Attachment(proposal_id=over.id, file=stored))
    at = find_round("closed").closes_at + 365 * DAY
    rule = rule_of("drafts")
    assert run_rule(rule, at - timedelta(seconds=1)) == 0
    assert run_rule(rule, at) == 1
    assert set(db.session.scalars(select(Proposal.id))) == {open_.id, handed_in.id}
    run_all(at)
    assert not path_of(stored).exists()
    assert run_rule(rule, at + DAY) == 0


def test_drafts_of_a_cancelled_round_go_too(app: Flask, now: datetime) -> None:
    assert app
    make_proposal("open", State.DRAFT)
    with unit_of_work():
        find_round("open").cancelled_at = now - DAY
    assert run_rule(rule_of("drafts"), now + 364 * DAY) == 1


def test_an_account_that_was_never_confirmed_closes_after_a_month(
    app: Flask, now: datetime
) -> None:
    assert app
    with unit_of_work():
        person("sam").confirmed_at, person("sam").create_datetime = None, now
    sam = person("sam").id
    rule = rule_of("unconfirmed_accounts")
    assert run_rule(rule, now + 30 * DAY - timedelta(seconds=1)) == 0
    assert run_rule(rule, now + 30 * DAY) == 1
    assert db.session.get_one(Tombstone, sam).closed_by is ClosedBy.RETENTION
    assert db.session.get_one(Person, sam).email is None
    assert run_rule(rule, now + 31 * DAY) == 0


@pytest.fixture
def in_use(app: Flask, now: datetime) -> None:
    """Everybody signed in today, but Sam, who was here three years ago less a month."""
    assert app
    with unit_of_work():
        for name in CAST:
            note_use(person(name).id, now + YEARS)
        db.session.get_one(AccountUse, person("sam").id).last_at = now


@pytest.mark.usefixtures("in_use")
def test_an_unused_account_is_warned_and_closed_a_month_later(app: Flask, clock: Clock) -> None:
    start, sam = clock.time, person("sam").id
    warned, closes = rule_of("unused_accounts_warned"), rule_of("unused_accounts")
    with app.test_request_context():
        assert run_rule(warned, start + YEARS - WARNING - timedelta(seconds=1)) == 0
        assert run_rule(warned, start + YEARS - WARNING) == 1
        assert run_rule(warned, start + YEARS - WARNING + DAY) == 0
        assert run_rule(closes, start + YEARS - timedelta(seconds=1)) == 0
        sent = mails(start + YEARS)[-1]
        assert (sent.kind, sent.address) == ("account-unused", "sam@consult.example")
        assert run_rule(closes, start + YEARS) == 1
        assert run_rule(closes, start + YEARS + DAY) == 0
    stone = db.session.get_one(Tombstone, sam)
    assert stone.closed_by is ClosedBy.RETENTION
    assert db.session.get_one(Person, sam).display_name.startswith("Deelnemer")
    assert person("pia").active


@pytest.mark.usefixtures("in_use")
def test_who_signs_in_after_the_warning_keeps_the_account(
    app: Flask, browse: Any, clock: Clock
) -> None:
    with app.test_request_context():
        clock.time += YEARS - WARNING
        run_rule(rule_of("unused_accounts_warned"), clock.time)
        clock.forward(days=20)
        assert sign_in(browse(), "sam").status_code == 302
        clock.forward(days=10)
        assert run_rule(rule_of("unused_accounts"), clock.time) == 0
    assert person("sam").active
    db.session.rollback()
    use = db.session.get_one(AccountUse, person("sam").id)
    assert (use.last_at, use.warned_at) == (clock.time - 10 * DAY, None)


@pytest.mark.usefixtures("in_use")
def test_nobody_is_closed_who_was_not_warned_a_month_before(app: Flask, now: datetime) -> None:
    """The worker stood still for years: the warning goes out first, whatever the calendar says."""
    late = now + YEARS + 500 * DAY
    with app.test_request_context():
        assert run_rule(rule_of("unused_accounts"), late) == 0
        run_rule(rule_of("unused_accounts_warned"), late)
        assert run_rule(rule_of("unused_accounts"), late + WARNING - timedelta(seconds=1)) == 0
        assert run_rule(rule_of("unused_accounts"), late + WARNING) >= 1


def test_whoever_is_needed_stays(app: Flask, now: datetime) -> None:
    """The last organiser and the last administrator are never closed by a calendar."""
    with app.test_request_context():
        run_rule(rule_of("unused_accounts_warned"), now + YEARS)
        run_rule(rule_of("unused_accounts"), now + YEARS + WARNING)
    left = db.session.scalars(select(Person.email).where(Person.email.is_not(None))).all()
    assert set(left) == {"ana@consult.example", "adi@consult.example"}


def test_the_worker_does_it_once_a_day(app: Flask, clock: Clock) -> None:
    put(app, once, clock.time)
    clock.forward(days=31)
    clock.time = clock.time.replace(hour=3, minute=10)  # 04:10 in Amsterdam, in winter
    asked: set[str] = set()
    with app.test_request_context():
        for minutes in (0, 10, 10, 600):
            clock.forward(minutes=minutes)
            ask_due(clock.time, asked)
            run_all(clock.time)
    done = select(Job).where(Job.kind == "retention", Job.done_at.is_not(None))
    assert len(db.session.scalars(done).all()) == 1
    assert [line.kind for line in db.session.scalars(select(RetentionRun))] == ["once_keys"]


def test_the_command_says_what_would_go_and_changes_nothing(app: Flask, clock: Clock) -> None:
    put(app, once, clock.time)
    put(app, ended, clock.time)
    clock.forward(days=40)
    run = app.test_cli_runner()
    said = run.invoke(args=["consult", "retention", "--dry-run"])
    assert said.stdout == "sessions: 1\nonce_keys: 1\n"
    assert (count(IdempotentRequest), count(SignInSession)) == (1, 1)
    assert db.session.scalars(select(RetentionRun)).all() == []
    assert run.invoke(args=["consult", "retention"]).stdout == said.stdout
    db.session.rollback()
    assert (count(IdempotentRequest), count(SignInSession)) == (0, 0)
    assert run.invoke(args=["consult", "retention"]).stdout == ""


def test_the_log_holds_no_personal_data(app: Flask, now: datetime) -> None:
    assert app
    names = {column.name for column in RetentionRun.__table__.columns}
    assert names == {"id", "kind", "ran_at", "cut_off", "number"}
    assert now


@pytest.mark.parametrize("who", ["pia", "ana", "mo", "bo"])
def test_the_page_is_for_administrators(browse: Any, who: str) -> None:
    assert browse(who).get("/nl/retention").status_code == 403


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_page_costs_the_same_for_a_long_log(
    app: Flask, browse: Any, now: datetime, rows: int
) -> None:
    with unit_of_work():
        db.session.add_all(
            RetentionRun(kind="jobs", ran_at=now + n * DAY, cut_off=now, number=n)
            for n in range(rows)
        )
    adi = browse("adi")
    with counted(app) as statements:
        answer = adi.get("/en/retention")
    assert answer.status_code == 200
    assert "Work that was done" in answer.text
    acting = [rule for rule in rules() if rule.apply]
    assert statements.number <= len(acting) + 4, "one for each rule, and little more"


@pytest.mark.parametrize(
    ("days", "said"), [(1, "1 day"), (90, "90 days"), (365, "1 year"), (1825, "5 years")]
)
def test_periods_in_words(app: Flask, days: int, said: str) -> None:
    with app.test_request_context("/en/"):
        assert period_in_words(timedelta(days=days)) == said


def test_counting_is_not_doing(app: Flask, now: datetime) -> None:
    put(app, once, now)
    waiting = {rule.kind: number for rule, number in due_now(now + 31 * DAY)}
    assert waiting["once_keys"] == 1
    assert count(IdempotentRequest) == 1
