"""Two at once, against the real database: one decision, and everyone gets a clear answer."""

import threading
from collections import Counter
from typing import Any

from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Decision
from consult.consultation.plans.models import PlanRole, Role
from consult.consultation.rounds.models import RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_proposal

Form = tuple[Any, str, dict[str, str]]


def at_once(app: Flask, *forms: Form) -> Counter[int]:
    """Send forms (browser, address, data) at once and return how often each status came back."""
    found: list[int] = []
    start = threading.Barrier(len(forms))

    def send(browser: Any, address: str, data: dict[str, str]) -> None:
        with app.app_context():
            start.wait()
            found.append(browser.post(address, data=data).status_code)
            db.session.remove()

    db.session.remove()
    threads = [threading.Thread(target=send, args=form) for form in forms]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(found)


def decided() -> tuple[int, int]:
    return (
        len(db.session.scalars(select(Decision)).all()),
        len(db.session.scalars(select(Message)).all()),
    )


def test_five_clicks_on_one_button_are_one_decision(app: Flask, browse: Any, clock: Clock) -> None:
    waits = make_proposal("open", State.PENDING)
    address = f"/nl/moderation/proposal/{waits.public_id}/publish"
    form = {"seen": str(waits.version), "once": "one-form"}
    answers = at_once(app, *((browse("mo"), address, form) for _ in range(5)))
    assert answers == {303: 5}
    run_all(clock.forward(seconds=31))
    assert decided() == (1, 1)


def test_two_moderators_at_once_are_one_decision(
    app: Flask, browse: Any, now: Any, clock: Clock
) -> None:
    with unit_of_work():
        for name in ("lotte", "kees", "sam"):
            db.session.add(
                PlanRole(
                    plan_id=find_round("open").plan_id, person_id=person(name).id,
                    role=Role.MODERATOR, granted_at=now,
                )
            )  # fmt: skip
    waits = make_proposal("open", State.PENDING)
    address = f"/nl/moderation/proposal/{waits.public_id}"
    form = {"seen": str(waits.version), "reason": "Een reden.", "ground": "offensive"}
    round_id = waits.round_id
    judged = {"mo": "publish", "lotte": "return", "kees": "hide", "sam": "publish"}
    answers = at_once(
        app, *((browse(who), f"{address}/{verb}", form) for who, verb in judged.items())
    )
    assert answers == {303: 1, 409: 3}
    run_all(clock.forward(seconds=31))
    assert decided() == (1, 1)
    tally = db.session.get_one(RoundTally, round_id)
    assert (tally.pending, tally.published + tally.returned + tally.hidden) == (0, 1)
