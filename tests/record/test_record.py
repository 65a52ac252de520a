"""The record proves what was said, and shows every hand that touched it."""

from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.erasing import erase_details
from consult.foundation.record.merkle import leaf_hash
from consult.foundation.record.models import Event, EventDetail, Leaf, Log, Receipt
from consult.foundation.record.queries import log_size
from consult.foundation.record.services import (
    append_leaves,
    entry,
    find_receipt,
    record,
    record_with_receipt,
)
from consult.foundation.record.verify import verify_record
from tests.cast import person

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def event(now: datetime) -> Event:
    """Something that Pia said about the plan, with a receipt and a leaf."""
    append_all()
    plan = db.session.scalars(select(Plan)).one()
    with unit_of_work():
        made = record_with_receipt(
            person("pia"), "plan.praised", plan, now,
            content={"text": "Mooi"}, plan_id=plan.id, round_id=1,
        ).event  # fmt: skip
    append_all()
    return made


def append_all() -> None:
    with unit_of_work():
        append_leaves()


def test_what_was_said_verifies(event: Event) -> None:
    assert event.id
    verdict = verify_record()
    assert verdict.faults == []
    assert verdict.receipts == 1
    assert verdict.events == verdict.leaves == log_size()
    assert verdict.rows > 20


def test_the_event_holds_no_name_and_no_text(event: Event) -> None:
    row = db.session.execute(text("SELECT * FROM event WHERE id = :id"), {"id": event.id})
    said = str(dict(row.mappings().one()))
    assert "Mooi" not in said
    assert "Pia" not in said
    assert set(event.fields) == {"actor", "said.text", "receipt"}


def test_the_entry_in_the_log_is_a_moment_and_a_digest(event: Event) -> None:
    when, digest = entry(event).decode().split(" ")
    assert when == f"{event.at:%Y-%m-%dT%H:%M:%SZ}"
    assert len(digest) == 64
    assert len(entry(event)) == 85


def test_a_changed_text_is_found(event: Event) -> None:
    with unit_of_work():
        db.session.get_one(EventDetail, event.id).content = {"text": "Lelijk"}
    [fault] = verify_record().faults
    assert f"Event {event.id}" in fault
    assert "“said.text” is not what the event binds" in fault


@pytest.mark.parametrize(
    "act", ["UPDATE event SET verb = 'x'", "DELETE FROM event", "DELETE FROM leaf"]
)
@pytest.mark.usefixtures("event")
def test_the_database_refuses_to_rewrite_history(act: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text(act))
    db.session.rollback()


def test_an_erased_text_leaves_a_sound_record(event: Event, now: datetime) -> None:
    with unit_of_work():
        assert erase_details(person("adi"), [event.detail], now) == 1
        assert erase_details(person("adi"), [event.detail], now) == 0
    detail = db.session.get_one(EventDetail, event.id, populate_existing=True)
    assert detail.content == {}
    assert set(detail.salts) == {"actor", "receipt"}
    verdict = verify_record()
    assert verdict.faults == []
    assert verdict.erased == 1


def test_a_text_emptied_past_the_program_is_found(event: Event, now: datetime) -> None:
    with unit_of_work():
        detail = db.session.get_one(EventDetail, event.id)
        detail.salts = {name: detail.salts[name] for name in ("actor", "receipt")}
        detail.content, detail.erased_at = {}, now
    [fault] = verify_record().faults
    assert fault == f"Event {event.id}: “said.text” was emptied, and no event says so."


def test_leaves_are_numbered_without_gaps_whatever_the_order(event: Event, now: datetime) -> None:
    size = log_size()
    plan = db.session.scalars(select(Plan)).one()
    for _ in range(3):
        with unit_of_work():
            record(person("pia"), "plan.praised", plan, now)
    with unit_of_work():
        assert append_leaves(limit=2) == 2
    with unit_of_work():
        assert append_leaves() == 1
        assert append_leaves() == 0
    positions = db.session.scalars(text("SELECT position FROM leaf ORDER BY position")).all()
    assert positions == list(range(size + 3))
    assert event.id


def test_the_log_is_as_long_as_it_has_leaves(now: datetime) -> None:
    append_all()
    before = log_size()
    plan = db.session.scalars(select(Plan)).one()
    for length in (1, 2):
        with unit_of_work():
            record(person("pia"), "plan.praised", plan, now)
        append_all()
        assert log_size() == before + length
    assert db.session.scalars(select(Log)).one().rows_carried_at is not None


@pytest.mark.usefixtures("event")
def test_a_leaf_that_is_missing_is_found(now: datetime) -> None:
    """No trigger of ours stands in a database that somebody else made up."""
    size = log_size()
    plan = db.session.scalars(select(Plan)).one()
    with unit_of_work():
        later = record(person("pia"), "plan.praised", plan, now)
        db.session.flush()
        digest = leaf_hash(entry(later)).hex()
        db.session.add(Leaf(event_id=later.id, position=size + 1, digest=digest))
    assert verify_record().faults == [f"The log: place {size} is missing."]


@pytest.mark.usefixtures("event")
def test_a_receipt_is_found_however_its_code_is_typed() -> None:
    receipt = db.session.scalars(select(Receipt)).one()
    assert find_receipt(receipt.code.lower().replace("-", " ")).id == receipt.id
    with pytest.raises(NotFound):
        find_receipt("AAAAA-AAAAA")
