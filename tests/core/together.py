"""Acts of several people at one instant, in threads with connections of their own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import (
    submit_proposal,
)
from consult.consultation.proposals.texts import ProposalText
from consult.foundation.core.db import db
from consult.foundation.core.errors import Refusal
from consult.foundation.core.unit_of_work import AlreadyDone, IdempotencyKey, unit_of_work
from consult.people.organisations.models import (
    Body,
    Organisation,
)
from tests.cast import person
from tests.conftest import ENGINE
from tests.factories import find_round
from tests.world import NOON

WAIT = 20
"""Seconds after which a thread no longer waits for another: something is wrong then."""
TEXT = ProposalText("Eén plek", "Versnipperd.", "Bundel ze.")

Act = Callable[[], Any]
Start = Callable[[], Act]
"""Reads what is acted on; gives the act itself."""


def the(model: Any, **named: Any) -> Any:
    """Return the one row of a model that has these values, or the first one."""
    return db.session.scalars(select(model).filter_by(**named).order_by(model.id)).first()


def plan() -> Any:
    return the(Plan, slug="open-overheid")


def forum() -> Any:
    return the(Body, slug="stakeholderforum")


def helder() -> Any:
    return the(Organisation, slug="helder-bestuur")


@contextmanager
def together_at_the_first_flush(many: int) -> Iterator[None]:
    """Let sessions wait for each other before their first rows, for a moment at most."""
    meet = threading.Barrier(many)
    came = threading.local()

    def wait(_session: Session, *_: Any) -> None:
        if not getattr(came, "here", False) and threading.current_thread().name == "act":
            came.here = True
            with suppress(threading.BrokenBarrierError):
                meet.wait(0.25)

    if ENGINE == "postgresql":  # SQLite has one writer at a time anyway
        event.listen(Session, "before_flush", wait)
    try:
        yield
    finally:
        if ENGINE == "postgresql":
            event.remove(Session, "before_flush", wait)


def meet(app: Flask, *starts: Start, once: IdempotencyKey | None = None) -> list[str]:
    """Do acts at once and return how each ended: "done", or the kind of its refusal, sorted."""
    ends: list[str] = []
    begin = threading.Barrier(len(starts))

    def run(start: Start) -> None:
        with app.test_request_context():
            try:
                act = start()
                begin.wait(WAIT)
                with unit_of_work(once):
                    act()
                ends.append("done")
            except (Refusal, AlreadyDone) as refused:
                ends.append(type(refused).__name__)
            except Exception as fault:  # noqa: BLE001  (whatever it is, it must be seen)
                ends.append(f"{type(fault).__name__}: {fault}")
                begin.abort()
            finally:
                db.session.remove()

    db.session.remove()
    with together_at_the_first_flush(len(starts)):
        threads = [threading.Thread(target=run, args=(one,), name="act") for one in starts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return sorted(ends)


def as_(name: str, service: Callable[..., Any], *args: Any) -> Start:
    """Let somebody of the cast act; an argument that is a function is read first, as a page is."""

    def start() -> Act:
        actor = person(name)
        read = [one() if callable(one) and not isinstance(one, type) else one for one in args]
        return lambda: service(actor, *read, NOON)

    return start


def proposal_of() -> Proposal:
    found: Proposal = the(Proposal)
    return found


def hand_in(who: str) -> Start:
    def start() -> Act:
        actor, round_ = person(who), find_round("open")
        return lambda: submit_proposal(actor, round_, TEXT, NOON, NOON)

    return start
