"""What rows say is bound by events, and a row that was changed past the program is named."""

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text, update

from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import save_draft, submit_proposal
from consult.foundation.core.db import Base, Privacy, db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record import rows
from consult.foundation.record.carrying import carry_rows, rows_wait
from consult.foundation.record.models import Log
from consult.foundation.record.rows import (
    NOTED,
    UnnotedError,
    note_changed,
    record_rows,
    recorded_tables,
    table_recorded,
)
from consult.foundation.record.services import LEFT, append_leaves
from consult.foundation.record.verify import verify_record
from consult.outcomes.responses.models import Outcome, Response
from consult.outcomes.responses.queries import response_of
from consult.outcomes.responses.services import ResponseText, prepare_response
from tests.cast import person
from tests.factories import acts, find_round
from tests.proposals.test_services import TEXT, stored

pytestmark = pytest.mark.usefixtures("app")

# Tables of which no event speaks, and why.
UNBOUND = {
    "account_use": "when somebody was last here",
    "alembic_version": "the schema",
    "attachment": "names and digests of files stand in the event of their text",
    "broadcast": "mail",
    "column_assignment": "a help for the next import",
    "data_export": "a file that goes",
    "event": "the record itself",
    "event_detail": "the record itself",
    "gap_warning": "that a warning was sent",
    "followed_search": "what somebody looks for, which is nobody else's",
    "search_hit": "what a followed search found",
    "suspected_data": "what a machine saw in a text, which it can see again",
    "follow": "what somebody wants to hear of, which is nobody else's",
    "imported_id": "where rows came from; the import stands in the record with its digest",
    "incident": "changed by nobody: triggers",
    "incident_version": "changed by nobody: triggers",
    "invitation": "who was asked; what came of it is a membership",
    "invitation_batch": "who was asked",
    "invitation_key": "a secret",
    "job": "work to do",
    "attribution": "the event proposal.attributed says it",
    "facet_count": "counted by the database",
    "kept_form": "what waits for a sign-in, and goes within a day",
    "last_spoken_for": "a choice that is remembered",
    "sector_count": "counted",
    "statement_in_view": "what stood before a person; counted with the statement",
    "lane": "work to do",
    "public_revision": "a number that says that something changed",
    "rate_count": "what slows guessing down",
    "report": "what is between who reports and who moderates; the decision is bound",
    "claim": "who reads what, for a quarter of an hour",
    "held_decision": "what may still be taken back; the decision is bound once it takes effect",
    "moderation_rules": "an event says all of them each time they change",
    "moderator_note": "what moderators say to each other; the decision is bound",
    "second_look": "that a second moderator is to look; what they decide is bound",
    "storage_place": "where bytes lie",
    "leaf": "the record itself",
    "linked_identity": "a way to sign in",
    "log": "the record itself",
    "message": "mail",
    "notice": "mail",
    "once": "forms that were sent",
    "passkey": "a way to sign in",
    "person": "an account; its roles, mandates and consents are bound",
    "platform_role": "names of roles",
    "position": "counted; each change stands in position_history, which triggers guard",
    "position_history": "changed by nobody: triggers",
    "preference": "which mails somebody wants",
    "receipt": "its event binds the code, and is compared with it",
    "recovery_code": "a secret",
    "retention_run": "a log of its own",
    "tally_slot": "counted",
    "sealed_text": "what was left out; that it was is bound by the redaction",
    "search_entry": "made from the texts",
    "search_word": "made from the texts",
    "sheet_upload": "a file that goes; its import stands in the record with its digest",
    "sign_in_failure": "signing in",
    "sign_in_session": "signing in",
    "spent_token": "a secret",
    "suspension": "the event says it",
    "thread": "counted",
    "tombstone": "the event says it",
    "verification": "what a check found",
}


PUBLISHED = "(SELECT id FROM event WHERE verb = 'proposal.published')"


@pytest.fixture
def proposal(now: datetime) -> Proposal:
    """A proposal of Pia that Mo published and Ana answered."""
    with unit_of_work():
        made = stored(submit_proposal(person("pia"), find_round("open"), TEXT, now, now))
    with unit_of_work():
        decide(person("mo"), made, Judgement(Verb.PUBLISH, "Duidelijk voorstel."), now)
    with unit_of_work():
        answer = ResponseText(Outcome.ADOPTED, {"nl": "Wij nemen het over."})
        prepare_response(person("ana"), made, answer, None, now)
    with unit_of_work():
        append_leaves()
    return made


def past_the_program(statement: str) -> None:
    """Do something to the database as somebody does who may write to it, triggers or not."""
    db.session.rollback()
    on_sqlite = db.engine.dialect.name == "sqlite"
    if on_sqlite:
        triggers = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%_no_%'"
        for name in db.session.scalars(text(triggers)).all():
            db.session.execute(text(f"DROP TRIGGER {name}"))
    else:
        db.session.execute(text("SET session_replication_role = replica"))
    db.session.execute(text(statement))
    db.session.commit()
    if not on_sqlite:
        db.session.execute(text("SET session_replication_role = DEFAULT"))
        db.session.commit()
    db.session.expire_all()


def tamper(statement: str) -> None:
    """Do something to the database within a transaction that is rolled back in the end."""
    if db.engine.dialect.name != "sqlite":
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
    db.session.execute(text(statement))
    db.session.expire_all()


def test_every_table_is_bound_or_it_is_said_why_not() -> None:
    bound = {table.name for table in recorded_tables()}
    tables = set(Base.metadata.tables)
    assert not bound & set(UNBOUND)
    assert bound | set(UNBOUND) >= tables, "declare it (record_rows), or say why not"
    known = set(inspect(db.engine).get_table_names())
    assert not {name for name in UNBOUND if name not in known}


def test_no_name_of_a_field_can_be_taken_for_another() -> None:
    labels = {label.value for label in Privacy}
    for table in recorded_tables():
        assert re.fullmatch("[a-z_]+", table.name)
        for field, columns in table.fields.items():
            assert all(re.fullmatch("[a-z0-9_]+", one) for one in columns)
            assert not labels & set(columns)
            assert re.sub("_[2-9]$", "", field) in labels or columns == (field,)


JOINED = Path(__file__).parent / "joined_columns.json"
"""Which columns stand together in a field, as events that were published bind them."""


def test_what_older_events_bind_stays_what_it_was() -> None:
    here = {
        f"{table.name}.{field}": sorted(columns)
        for table in recorded_tables()
        for field, columns in table.fields.items()
        if columns != (field,)
    }
    before = json.loads(JOINED.read_text(encoding="utf-8"))
    assert {field: here.get(field) for field in before} == before, (
        "a column joined a field that events bind already: name it in `newer` of record_rows"
    )
    assert here.keys() == before.keys(), "write the new field into joined_columns.json"


def test_a_column_of_a_later_version_is_bound_apart(
    proposal: Proposal, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events of a version without the column stay sound, and the next event binds it."""
    monkeypatch.setattr(rows, "_tables", dict(rows._tables))
    record_rows(Response, leaving_out=(Response.round_id,))
    text = ResponseText(Outcome.NOT_ADOPTED, {"nl": "Toch niet."})

    def answer() -> None:
        response = response_of(proposal.id)
        assert response is not None
        with unit_of_work():
            prepare_response(person("ana"), proposal, text, response.version, now)
        with unit_of_work():
            append_leaves()

    answer()
    record_rows(Response, newer=[(Response.round_id,)])
    assert table_recorded(Response).fields["public_2"] == ("round_id",)
    assert "public_2" in table_recorded(Response).public
    assert verify_record().faults == []
    text = ResponseText(Outcome.ADOPTED, {"nl": "Toch wel."})
    answer()
    assert verify_record().faults == []
    past_the_program("UPDATE response SET round_id = (SELECT id FROM round WHERE slug = 'draft')")
    [fault] = verify_record().faults
    assert "“public_2” is not what the record holds" in fault


@pytest.mark.usefixtures("proposal")
def test_what_services_do_is_bound_by_their_own_events() -> None:
    assert acts() == ["proposal.submitted", "proposal.published", "response.prepared"]
    verdict = verify_record()
    assert verdict.faults == []
    assert verdict.leaves == verdict.events


TAMPERED = [
    ("UPDATE proposal SET title = 'Iets anders'", "Row 1 of proposal: “title”"),
    ("UPDATE proposal SET state = 'withdrawn'", "Row 1 of proposal: “public”"),
    ("UPDATE proposal SET author_id = author_id + 1", "Row 1 of proposal: “author_id”"),
    ("UPDATE proposal SET organisation_id = 1", "Row 1 of proposal: “public”"),
    ("UPDATE proposal_version SET saved_by_id = NULL", "Row 1 of proposal_version"),
    ("UPDATE decision SET reason = 'Zomaar.'", "Row 1 of decision: “reason”"),
    ("UPDATE decision SET verb = 'hide'", "Row 1 of decision: “public”"),
    ("UPDATE response SET outcome = 'not_adopted'", "Row 1 of response: “public”"),
    ("UPDATE response SET reason = 'Toch niet.'", "Row 1 of response: “reason”"),
    ("UPDATE receipt SET code = 'AAAAA'", "Receipt AAAAA: it is not the one"),
    ("UPDATE receipt SET issued_at = '2020-01-01 00:00:00'", "its day or its holder"),
    ("UPDATE plan_role SET role = 'organiser' WHERE role = 'moderator'", "of plan_role"),
    ("DELETE FROM person_platform_role", "of person_platform_role: it is gone"),
    ("INSERT INTO person_platform_role SELECT person.id, 1 FROM person WHERE person.id = 3",
     "of person_platform_role: no event speaks of it"),
    ("UPDATE mandate SET ends_on = '2020-01-01' WHERE id = 1", "Row 1 of mandate: “public”"),
    ("UPDATE consent SET version = version + 1 WHERE id = 1", "Row 1 of consent: “private”"),
    (f"UPDATE event_detail SET actor_id = 1 + actor_id WHERE event_id = {PUBLISHED}",
     "“actor” is not what"),
    ("UPDATE event SET plan_id = NULL WHERE verb = 'proposal.published'", "its place in the"),
    ("UPDATE event SET verb = 'proposal.returned' WHERE verb = 'proposal.published'",
     "(proposal.returned, "),
    ("UPDATE event SET fields = '{}' WHERE verb = 'proposal.published'", "its place in the"),
    ("DELETE FROM decision", "Row 1 of decision: it is gone, and no event deleted it."),
    ("DELETE FROM response", "Row 1 of response: it is gone, and no event deleted it."),
    ("DELETE FROM receipt", "its receipt is missing."),
    ("DELETE FROM event_detail WHERE event_id = 1", "its detail row is missing."),
    ("DELETE FROM leaf WHERE position = 1", "The log: place 1 is missing."),
]  # fmt: skip


@pytest.mark.long_on_postgresql  # where tampering is tried too (test_tampering.py)
@pytest.mark.usefixtures("proposal")
def test_what_was_done_past_the_program_is_named() -> None:
    past_the_program("SELECT 1")  # the triggers are gone from here on
    for statement, column in TAMPERED:
        tamper(statement)
        assert column in "\n".join(verify_record().faults), statement
        db.session.rollback()
    assert verify_record().faults == [], "each was taken back"


@pytest.mark.usefixtures("proposal")
def test_a_row_that_nobody_recorded_is_named() -> None:
    past_the_program(
        "INSERT INTO decision (round_id, proposal_id, verb, reason, decided_at) "
        "VALUES (1, 1, 'hide', 'Zomaar.', '2026-11-23 12:00:00')"
    )
    assert verify_record().faults == ["Row 2 of decision: no event speaks of it."]


def test_when_and_since_when_it_differs_is_said(proposal: Proposal, now: datetime) -> None:
    past_the_program("UPDATE proposal SET title = 'Iets anders'")
    [fault] = verify_record().faults
    assert f"since event {proposal.id + 2}" in fault or "since event" in fault
    assert f"{now:%Y-%m-%dT%H:%M}" in fault


def test_a_draft_is_bound_by_nothing_until_it_is_handed_in(now: datetime) -> None:
    with unit_of_work():
        draft = save_draft(person("pia"), find_round("open"), TEXT, now)
    assert acts() == []
    past_the_program("UPDATE proposal SET title = 'Iets anders'")
    assert verify_record().faults == []
    draft = db.session.get_one(Proposal, draft.id)
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now, draft)
    assert verify_record().faults == []
    past_the_program("UPDATE proposal SET state = 'draft'")
    assert "Row 1 of proposal: “public”" in verify_record().faults[0]


def test_what_no_service_recorded_is_recorded_all_the_same(proposal: Proposal) -> None:
    with unit_of_work():
        proposal.period = "2027"
    [last] = db.session.scalars(text("SELECT verb FROM event ORDER BY id DESC LIMIT 1"))
    assert last == LEFT
    assert verify_record().faults == []


def test_a_statement_about_many_rows_says_that_they_are_noted(proposal: Proposal) -> None:
    renamed = update(Proposal).values(period="2028")
    with pytest.raises(UnnotedError), unit_of_work():
        db.session.execute(renamed)
    with unit_of_work():
        db.session.execute(update(Proposal).values(comment_count=3))
        db.session.execute(renamed.execution_options(**NOTED))
        note_changed(Proposal, [proposal.id])
    assert verify_record().faults == []


def test_rows_that_are_older_than_the_log_are_carried_over(now: datetime) -> None:
    with unit_of_work():
        append_leaves()
    past_the_program(
        "INSERT INTO plan_body (plan_id, body_id, position) "
        "SELECT 1, body.id, 9 FROM body WHERE id NOT IN (SELECT body_id FROM plan_body)"
    )
    past_the_program("UPDATE log SET rows_carried_at = NULL")
    assert rows_wait()
    assert verify_record().faults == []
    db.session.rollback()
    assert carry_rows(now) > 30
    assert not rows_wait()
    assert db.session.query(Log).one().rows_carried_at == now
    assert acts() == ["record.carried_over"] * len(acts())
    assert verify_record().faults == []
    past_the_program("UPDATE theme SET slug = 'anders' WHERE id = 1")
    assert "Row 1 of theme: “slug”" in verify_record().faults[0]
