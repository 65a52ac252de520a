"""The log of incidents: for administrators only, in versions, with 72 hours to report."""

import csv
import io
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import Event, EventDetail
from consult.people.privacy.incidents import (
    LIMIT,
    Deadline,
    IncidentText,
    add_version,
    as_csv,
    note_incident,
)
from consult.people.privacy.models import Incident, IncidentVersion
from tests.cast import CAST, person
from tests.conftest import Clock

FORM = {
    "what": "Een lijst met adressen is gemaild.", "discovered_at": "2026-11-22T09:30",
    "began_at": "2026-11-21T17:00", "whose": "Adressen van deelnemers.", "how_many": "20",
    "consequences": "Ongewenste mail.", "measures": "De mail is teruggeroepen.",
}  # fmt: skip
HOURS = timedelta(hours=1)


@pytest.fixture
def told(now: datetime) -> IncidentText:
    return IncidentText("Lijst gemaild", now, "Adressen", "Spam", "Teruggeroepen")


@pytest.fixture
def noted(app: Flask, now: datetime, told: IncidentText) -> Incident:
    assert app
    with unit_of_work():
        return note_incident(person("adi"), told, now)


@pytest.mark.parametrize("who", sorted(set(CAST) - {"adi", "sacha"}))
def test_only_an_administrator_notes_one(
    app: Flask, now: datetime, told: IncidentText, who: str
) -> None:
    assert app
    with pytest.raises(NotAllowed), unit_of_work():
        note_incident(person(who), told, now)


@pytest.mark.parametrize("who", [None, "pia", "ana", "mo", "bo"])
def test_nobody_else_reads_any(browse: Any, noted: Incident, who: str | None) -> None:
    for path in ("incidents", "incidents/new", f"incidents/{noted.public_id}", "incidents.csv"):
        answer = browse(who).get(f"/nl/{path}")
        assert answer.status_code in {302, 403}
        assert "Lijst gemaild" not in answer.text


def test_from_the_form_to_the_page(browse: Any) -> None:
    adi = browse("adi")
    assert "No incidents" in adi.get("/en/incidents").text
    answer = adi.post("/en/incidents/new", data=FORM)
    assert answer.status_code == 303
    page = adi.get(answer.headers["Location"]).text
    assert "Een lijst met adressen is gemaild." in page
    assert "22 November 2026 at 09:30 (+01:00)" in page
    assert "44 hours left, until 25 November 2026 at 09:30 (+01:00)." in page
    assert "<svg" in page
    version = db.session.scalars(select(IncidentVersion)).one()
    assert version.discovered_at.isoformat() == "2026-11-22T08:30:00+00:00"
    assert version.how_many == 20


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"what": ""}, "Fill in “What happened?”."),
        ({"discovered_at": ""}, "Fill in “When was it discovered?”."),
        ({"discovered_at": "gisteren"}, "Write a day and a time"),
        ({"discovered_at": "2026-12-24T09:30"}, "This moment is still to come."),
        ({"began_at": "2026-11-22T10:30"}, "It cannot be discovered before it began."),
        (
            {"discovered_at": "2026-03-29T02:30", "began_at": ""},
            "Choose a time before 02:00, or from",
        ),
        ({"how_many": "veel"}, "Write a whole number from 0 to 100,000,000."),
        (
            {"reported_at": "2026-11-22T12:00", "not_reported": "Geen risico."},
            "leave the reason for not reporting empty",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    browse: Any, changed: dict[str, str], said: str
) -> None:
    answer = browse("adi").post("/en/incidents/new", data={**FORM, **changed})
    assert answer.status_code == 422
    assert said in answer.text
    assert "De mail is teruggeroepen." in answer.text
    assert db.session.scalars(select(Incident)).all() == []


def test_more_is_a_next_version_and_the_first_stays(
    browse: Any, noted: Incident, clock: Clock
) -> None:
    adi, page = browse("adi"), f"/en/incidents/{noted.public_id}"
    clock.forward(hours=5)
    more = {**FORM, "version": "1", "what": "Het waren er meer.", "reported_at": "2026-11-23T15:00"}
    assert adi.post(page, data=more).status_code == 303
    shown = adi.get(page).text
    assert "Het waren er meer." in shown
    assert "Lijst gemaild" in shown
    assert "Reported in time" in shown
    db.session.rollback()
    numbers = db.session.scalars(select(IncidentVersion.number).order_by(IncidentVersion.id))
    assert numbers.all() == [1, 2]


def test_two_at_once_do_not_pass_each_other_by(
    noted: Incident, now: datetime, told: IncidentText
) -> None:
    with unit_of_work():
        add_version(person("adi"), noted, replace(told, what="Eerst"), 1, now)
    db.session.refresh(noted)
    with pytest.raises(Conflict) as refusal, unit_of_work():
        add_version(person("adi"), noted, replace(told, what="Ook"), 1, now)
    assert refusal.value.mine["what"] == "Ook"
    assert refusal.value.theirs["what"] == "Eerst"


@pytest.mark.usefixtures("noted")
def test_the_database_refuses_to_overwrite() -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        db.session.execute(text("UPDATE incident_version SET what = 'niets'"))
    db.session.rollback()


@pytest.mark.usefixtures("noted")
def test_the_record_says_that_it_was_noted_and_not_what() -> None:
    noted = select(EventDetail.content).join(Event).where(Event.verb == "incident.noted")
    assert db.session.scalars(noted).all() == [{"version": 1}]


@pytest.mark.parametrize(
    ("changes", "after", "state", "left"),
    [
        ({}, 0 * HOURS, "running", 72),
        ({}, 71.5 * HOURS, "running", 0),
        ({}, LIMIT, "running", 0),
        ({}, LIMIT + timedelta(seconds=1), "over", 0),
        ({"reported_at": 10 * HOURS}, 100 * HOURS, "reported", 0),
        ({"reported_at": LIMIT}, 100 * HOURS, "reported", 0),
        ({"reported_at": LIMIT + timedelta(seconds=1)}, 100 * HOURS, "reported_late", 0),
        ({"not_reported": "Geen risico."}, 100 * HOURS, "not_needed", 0),
    ],
)
def test_the_limit(
    now: datetime, changes: dict[str, Any], after: timedelta, state: str, left: int
) -> None:
    facts = {
        name: now + value if isinstance(value, timedelta) else value
        for name, value in changes.items()
    }
    version = IncidentVersion(**{"discovered_at": now, "not_reported": "", **facts})
    found = Deadline.of(version, now + after)
    assert (found.state, found.hours_left) == (state, left)
    assert 0 <= found.used <= 1


def test_the_csv_holds_every_version_and_no_formula(
    noted: Incident, now: datetime, told: IncidentText, browse: Any
) -> None:
    with unit_of_work():
        add_version(person("adi"), noted, replace(told, what='=HYPERLINK("x")'), 1, now)
    answer = browse("adi").get("/nl/incidents.csv")
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff")), delimiter=";"))
    assert [row["what"] for row in rows] == ["Lijst gemaild", '\'=HYPERLINK("x")']
    assert [row["version"] for row in rows] == ["1", "2"]
    assert rows[0]["written_by"] == "Adi Mohan"
    assert answer.mimetype == "text/csv"
    assert "".join(as_csv()).count("Lijst gemaild") == 1


def test_a_moment_to_come_is_refused_by_the_service(
    app: Flask, now: datetime, told: IncidentText
) -> None:
    assert app
    with pytest.raises(InvalidInput) as refusal, unit_of_work():
        note_incident(person("adi"), replace(told, told_at=now + HOURS), now)
    assert set(refusal.value.errors) == {"told_at"}


def test_a_later_version_tells_of_no_moment_to_come_either(
    noted: Incident, now: datetime, told: IncidentText
) -> None:
    with pytest.raises(InvalidInput) as refusal, unit_of_work():
        add_version(person("adi"), noted, replace(told, told_at=now + HOURS), 1, now)
    assert set(refusal.value.errors) == {"told_at"}
