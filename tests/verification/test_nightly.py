"""The record is checked every night; what differs is said to the administrators, and on a page."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.queues import drain
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.record.checkpoints import begin_again
from consult.interfaces.verification.models import Verification
from consult.interfaces.verification.queries import record_state
from consult.interfaces.verification.services import DIFFERS, is_due
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round
from tests.proposals.test_services import TEXT
from tests.record.publishing import publish
from tests.record.test_checkpoints import lose
from tests.record.test_rows import past_the_program
from tests.stored_files import log_folder

DAY = timedelta(days=1)


def check(clock: Clock) -> Verification:
    """Let the check of the night run."""
    assert drain("verification", clock) == 1
    assert drain("verification", clock) == 0, "once a night"
    found = db.session.scalars(select(Verification).order_by(Verification.id.desc())).first()
    assert found is not None
    return found


@pytest.fixture
def handed_in(app: Flask, now: datetime) -> None:
    """Let Pia hand in a proposal, which is published in the log."""
    assert app
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    publish()


def test_it_is_due_once_a_night(app: Flask, clock: Clock) -> None:
    assert app
    assert not is_due(clock.time), "there is nothing yet"
    publish()
    assert is_due(clock.time)
    check(clock)
    clock.time += timedelta(hours=14)  # two o'clock at night
    assert not is_due(clock.time)
    clock.time += timedelta(hours=2)
    assert is_due(clock.time)
    assert check(clock).sound


@pytest.mark.usefixtures("handed_in")
def test_what_is_sound_is_called_sound(clock: Clock, browse: Any) -> None:
    assert "The first check is still to come" in browse().get("/en/record").text
    found = check(clock)
    assert (found.differences, found.checkpoints, found.receipts) == (0, 1, 1)
    assert found.entries == found.events == found.size
    page = browse().get("/en/record").text
    assert "Sound." in page
    assert "/log/1/checkpoint" in page
    assert browse().get("/health").json["record"] == "ok"
    assert not db.session.scalars(select(Message).where(Message.kind == DIFFERS)).all()


@pytest.mark.usefixtures("handed_in")
def test_a_difference_is_said_to_administrators_and_everybody(clock: Clock, browse: Any) -> None:
    past_the_program("UPDATE proposal SET title = 'Iets anders'")
    found = check(clock)
    [fault] = found.faults
    assert "Row 1 of proposal: “title” is not what the record holds since event" in fault
    mails = db.session.scalars(select(Message).where(Message.kind == DIFFERS)).all()
    assert [mail.person_id for mail in mails] == [person("adi").id]
    assert "Row 1 of proposal" in mails[0].body
    assert "flask consult verify" in mails[0].body
    page = browse().get("/en/record").text
    assert "Not sound." in page
    assert "1 difference was found" in page
    assert "Row 1" not in page, "rows are for the operator"
    health = browse().get("/health")
    assert (health.status_code, health.json["record"]) == (200, "differs")


@pytest.mark.usefixtures("handed_in")
def test_a_checkpoint_that_cannot_be_read_is_a_difference(clock: Clock) -> None:
    [kept] = (log_folder() / "checkpoints").iterdir()
    kept.write_text("nothing")
    found = check(clock)
    assert found.differences == 1
    assert "cannot be used" in found.faults[0]


def test_how_the_record_stands_is_one_word(app: Flask, clock: Clock, now: datetime) -> None:
    assert app
    assert record_state(now).word == "empty"
    publish()
    assert record_state(now).word == "ok"
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    assert record_state(now).word == "ok", "it has two minutes"
    assert record_state(now + timedelta(minutes=3)).word == "unproven"
    publish()
    assert record_state(now + timedelta(minutes=3)).word == "ok"
    check(clock)
    assert record_state(now + DAY).word == "ok"
    assert record_state(now + 2 * DAY).word == "unchecked"


@pytest.mark.usefixtures("handed_in")
def test_what_was_lost_stays_said(clock: Clock, now: datetime, browse: Any) -> None:
    past_the_program("DELETE FROM receipt")
    lose(1)
    past_the_program("DELETE FROM proposal_version")
    past_the_program("DELETE FROM proposal")
    assert begin_again(now) == 1
    publish()
    found = check(clock)
    assert found.differences == 0
    assert "1 were lost, and a new log began" in found.losses[0]
    page = browse().get("/en/record").text
    assert "Lost:" in page
    assert "/log/2/checkpoint" in page


def test_a_night_of_jobs_holds_it_too(app: Flask, clock: Clock) -> None:
    publish()
    run_all(clock.time, clock=clock)
    assert db.session.scalars(select(Verification)).one().sound
    assert app
