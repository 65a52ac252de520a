"""Everything in the block happens, or nothing; a second click gets the first answer."""

import threading
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.plans.models import Plan
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput
from consult.foundation.core.unit_of_work import (
    AlreadyDone,
    IdempotencyKey,
    IdempotentRequest,
    unit_of_work,
)
from consult.people.accounts.models import Person
from tests.cast import person


def people() -> int:
    return db.session.scalar(select(func.count()).select_from(Person)) or 0


@pytest.mark.usefixtures("app")
def test_raising_leaves_nothing_behind() -> None:
    def fail_halfway() -> None:
        with unit_of_work():
            db.session.add(Person(display_name="Nobody"))
            db.session.flush()
            raise RuntimeError

    before = people()
    with pytest.raises(RuntimeError):
        fail_halfway()
    assert people() == before


@pytest.mark.usefixtures("app")
def test_leaving_the_block_keeps_everything() -> None:
    before = people()
    with unit_of_work():
        db.session.add(Person(display_name="Somebody"))
    db.session.rollback()
    assert people() == before + 1


KEY = IdempotencyKey.of("7", "a-key", "said")


@pytest.mark.usefixtures("app")
def test_the_same_form_twice_gets_the_first_answer() -> None:
    with unit_of_work(KEY) as work:
        db.session.add(Person(display_name="Once"))
        work.leads_to = "/nl/there"
    before = people()
    with pytest.raises(AlreadyDone) as done, unit_of_work(KEY):
        db.session.add(Person(display_name="Twice"))
    assert done.value.leads_to == "/nl/there"
    assert people() == before


@pytest.mark.usefixtures("app")
def test_the_same_key_with_another_text_is_refused() -> None:
    with unit_of_work(KEY) as work:
        work.leads_to = "/nl/there"
    with (
        pytest.raises(InvalidInput),
        unit_of_work(IdempotencyKey.of("7", "a-key", "something else")),
    ):
        pass


@pytest.mark.usefixtures("app")
def test_a_key_belongs_to_its_actor() -> None:
    with unit_of_work(KEY) as work:
        work.leads_to = "/nl/there"
    with unit_of_work(IdempotencyKey.of("8", "a-key", "said")) as work:
        work.leads_to = "/nl/elsewhere"
    assert len(db.session.scalars(select(IdempotentRequest)).all()) == 2


def test_ten_clicks_at_once_make_one_row(app: Flask) -> None:
    """Threads against the real database: the lock or the unique key decides."""
    answers: list[str] = []

    def click() -> None:
        with app.app_context():
            try:
                with unit_of_work(KEY) as work:
                    db.session.add(Person(display_name="Clicked"))
                    work.leads_to = "/nl/first"
                answers.append(work.leads_to)
            except AlreadyDone as done:
                answers.append(done.leads_to)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clicked = select(func.count()).where(Person.display_name == "Clicked")
    assert db.session.scalar(clicked) == 1
    assert answers == ["/nl/first"] * 10


def test_a_click_that_the_first_one_makes_impossible_gets_its_answer(app: Flask) -> None:
    """The first commits while the second is under way, which is then refused because of it."""

    def first_click() -> None:
        with app.app_context():
            with unit_of_work(KEY) as work:
                work.leads_to = "/nl/first"
            db.session.remove()

    def second_click() -> None:
        with unit_of_work(KEY):
            # On SQLite the first could not commit now; letting go of the lock stands for it.
            db.session.rollback()
            other = threading.Thread(target=first_click)
            other.start()
            other.join()
            raise Conflict("decided already")

    with pytest.raises(AlreadyDone) as done:
        second_click()
    assert done.value.leads_to == "/nl/first"


def test_readers_that_become_writers_wait_in_line(app: Flask) -> None:
    """Each reads first and then writes, which SQLite refuses at once without the write lock."""
    failures: list[BaseException] = []

    def read_then_write() -> None:
        with app.app_context():
            try:
                for _ in range(10):
                    people()
                    with unit_of_work():
                        people()
                        db.session.add(Person(display_name="Writer"))
            except BaseException as error:  # noqa: BLE001  (the thread reports it)
                failures.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=read_then_write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    written = select(func.count()).where(Person.display_name == "Writer")
    assert db.session.scalar(written) == 40


def test_a_text_that_somebody_changed_meanwhile_is_a_conflict(app: Flask) -> None:
    plan = db.session.scalars(select(Plan)).one()

    def somebody_else() -> None:
        with app.app_context():
            with unit_of_work():
                db.session.scalars(select(Plan)).one().number = 6
            db.session.remove()

    other = threading.Thread(target=somebody_else)
    db.session.rollback()
    plan = db.session.scalars(select(Plan)).one()
    assert plan.number == 5
    db.session.commit()
    other.start()
    other.join()
    with pytest.raises(Conflict), unit_of_work():
        plan.number = 7
    assert db.session.scalars(select(Plan.number)).one() == 6


@pytest.mark.usefixtures("app")
def test_the_clock_of_the_test_stamps_the_key(now: datetime) -> None:
    with unit_of_work(KEY) as work:
        work.leads_to = "/"
    assert db.session.scalars(select(IdempotentRequest.done_at)).one() == now
    assert person("pia")
