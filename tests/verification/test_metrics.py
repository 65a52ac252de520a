"""Figures for a monitor, the alarms, and the health page that says the same in words."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select

from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import enqueue
from consult.foundation.notifications.models import Message
from consult.interfaces.verification.metrics import metrics
from consult.interfaces.verification.services import STALLED, UNPROVEN, raise_alarms
from tests.cast import person
from tests.factories import find_round
from tests.proposals.test_services import TEXT
from tests.record.publishing import publish

pytestmark = pytest.mark.usefixtures("app")
LATER = timedelta(minutes=20)


def figures(text: str) -> dict[str, float]:
    return {
        sample.name: sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def told(kind: str) -> list[int | None]:
    return list(db.session.scalars(select(Message.person_id).where(Message.kind == kind)))


def test_they_are_closed_unless_the_operator_opens_them(
    app: Flask, browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert browse().get("/metrics").status_code == 404
    monkeypatch.setitem(app.config, "METRICS", value=True)
    publish()
    answer = browse().get("/metrics")
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    found = figures(answer.text)
    assert found["consult_log_entries"] > 0
    assert found["consult_record_differences"] == 0


def test_a_receipt_without_a_proof_is_an_alarm(now: datetime) -> None:
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    raise_alarms({}, now)
    assert told(UNPROVEN) == [], "it has two minutes"
    late = now + LATER
    assert figures(metrics(late).decode())["consult_receipts_unproven"] == 1
    raise_alarms({}, late)
    raise_alarms({}, late + LATER)
    assert told(UNPROVEN) == [person("adi").id], "once a day"
    raise_alarms({}, late + timedelta(days=1))
    assert len(told(UNPROVEN)) == 2


@pytest.mark.parametrize("failed", [False, True])
def test_a_job_that_stalls_is_an_alarm(
    now: datetime, clock: Any, browse: Any, failed: bool
) -> None:
    with unit_of_work():
        job = enqueue("digest", {}, now)
        job.failed_at = now if failed else None
    assert browse().get("/health").json["jobs"] == ("stalled" if failed else "ok")
    clock.time = now + LATER
    health = browse().get("/health")
    assert (health.status_code, health.json["jobs"]) == (200, "stalled")
    raise_alarms({}, now + LATER)
    assert told(STALLED) == [person("adi").id]
    with unit_of_work():
        db.session.get_one(Job, job.id).done_at = now
    assert browse().get("/health").json["jobs"] == "ok"
