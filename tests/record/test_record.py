"""The record proves what was said, and shows every hand that touched it."""

from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db
from consult.foundation.core.errors import NotFound
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.digests import leaf_digest
from consult.foundation.record.models import Event, EventDetail, Leaf, Receipt
from consult.foundation.record.queries import log_size, revision
from consult.foundation.record.services import (
    append_leaves,
    find_receipt,
    issue_receipt,
    leaf_body,
    record,
)
from consult.foundation.record.verify import verify_record
from tests.cast import person

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def event(now: datetime) -> Event:
    """Something that Pia said about the plan, with a receipt and a leaf."""
    with unit_of_work():
        plan = db.session.scalars(select(Plan)).one()
        made = record(person("pia"), "plan.praised", plan, now, content={"text": "Mooi"})
        issue_receipt(made, person("pia").id, now)
    with unit_of_work():
        assert append_leaves() == 1
    return made


def test_what_was_said_verifies(event: Event) -> None:
    assert event.id
    verdict = verify_record()
    assert verdict.sound
    assert (verdict.events, verdict.leaves, verdict.receipts) == (1, 1, 1)


def test_the_event_holds_no_name_and_no_text(event: Event) -> None:
    row = db.session.execute(text("SELECT * FROM event")).mappings().one()
    assert "Mooi" not in str(dict(row))
    assert "Pia" not in str(dict(row))
    assert event.commitment == row["commitment"]


def test_a_changed_text_is_found(event: Event) -> None:
    with unit_of_work():
        db.session.get_one(EventDetail, event.id).content = {"text": "Lelijk"}
    verdict = verify_record()
    assert not verdict.sound
    assert f"event {event.id}" in verdict.faults[0]


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
        detail = db.session.get_one(EventDetail, event.id)
        detail.salt, detail.content, detail.reason, detail.erased_at = None, None, "", now
    verdict = verify_record()
    assert verdict.sound
    assert verdict.erased == 1


def test_leaves_are_numbered_without_gaps_whatever_the_order(event: Event, now: datetime) -> None:
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
    assert positions == [0, 1, 2, 3]
    assert event.id


def test_the_log_is_as_long_as_it_has_leaves(now: datetime) -> None:
    assert log_size() == 0
    plan = db.session.scalars(select(Plan)).one()
    for length in (1, 2):
        with unit_of_work():
            record(person("pia"), "plan.praised", plan, now)
        with unit_of_work():
            append_leaves()
        assert log_size() == length


@pytest.mark.usefixtures("event")
def test_a_leaf_that_is_missing_is_found(now: datetime) -> None:
    """No trigger of ours stands in a database that somebody else made up."""
    plan = db.session.scalars(select(Plan)).one()
    with unit_of_work():
        later = record(person("pia"), "plan.praised", plan, now)
        db.session.flush()
        digest = leaf_digest(leaf_body(later))
        db.session.add(Leaf(event_id=later.id, position=2, digest=digest))
    assert verify_record().faults == ["leaf 2: a leaf before it is missing"]


@pytest.mark.usefixtures("event")
def test_a_receipt_is_found_however_its_code_is_typed() -> None:
    receipt = db.session.scalars(select(Receipt)).one()
    assert find_receipt(receipt.code.lower().replace("-", " ")).id == receipt.id
    with pytest.raises(NotFound):
        find_receipt("AAAAA-AAAAA")


def test_after_an_older_backup_the_revision_is_another_one(now: datetime) -> None:
    """Then the next event may have the number of one that is no more."""
    plan = db.session.scalars(select(Plan)).one()
    seen = set()
    for _ in range(2):
        record(person("pia"), "plan.praised", plan, now)
        db.session.flush()
        seen.add(revision())
        db.session.rollback()
    assert len(seen) == 2
