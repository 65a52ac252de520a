"""The pages of meetings: what everyone sees, what members see, and what organisers do."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from consult.consultation.meetings.models import Meeting, MeetingKind, MeetingState
from consult.consultation.meetings.queries import members_on
from consult.consultation.meetings.services import note_attendance
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.organisations.queries import get_body
from tests.cast import person
from tests.factories import PDF_FILE, filed, make_meeting, make_proposal
from tests.meetings.test_services import all_there
from tests.statements import counted
from tests.world import NOON

BODY = "/en/bodies/stakeholderforum"
FORM = {
    "title_nl": "Vierde bijeenkomst", "kind": "regular", "held_on": "2026-12-01",
    "starts_time": "10:00", "ends_time": "12:00", "place": "Zaal 3", "agenda_nl": "1. Opening",
}  # fmt: skip
SECRETS = ("Zaal 3", "Vertrouwelijk punt", "13:00")
AGENDA = {"nl": "Vertrouwelijk punt"}


@pytest.mark.parametrize("who", [None, "sam", "faas", "hanna"])
def test_everyone_sees_the_day_and_the_title_of_a_planned_meeting(browse: Any, who: Any) -> None:
    make_meeting(place="Zaal 3", agenda=AGENDA)
    for address in (f"{BODY}/meetings/1", f"{BODY}/meetings", BODY):
        page = browse(who).get(address).text
        assert "30 November 2026" in page
        assert "Meeting" in page
        assert not [word for word in SECRETS if word in page], address


@pytest.mark.parametrize("who", ["pia", "lotte", "kees", "ana", "adi"])
def test_members_and_organisers_see_how_they_can_come(browse: Any, who: str) -> None:
    make_meeting(place="Zaal 3", agenda=AGENDA)
    page = browse(who).get(f"{BODY}/meetings/1").text
    assert all(word in page for word in SECRETS)


@pytest.mark.parametrize("who", [None, "pia", "sam"])
def test_a_draft_of_the_minutes_is_for_organisers(browse: Any, who: Any) -> None:
    made = make_meeting("held", minutes={"nl": "Geheim besluit."})
    assert "Geheim besluit." not in browse(who).get(f"{BODY}/meetings/{made.number}").text
    assert "Geheim besluit." in browse("ana").get(f"{BODY}/meetings/{made.number}").text


def test_published_minutes_name_organisations_and_no_person(browse: Any, now: datetime) -> None:
    made = make_meeting("begun")
    with unit_of_work():
        note_attendance(person("ana"), made, all_there(made), 5, now)
    ana, address = browse("ana"), f"{BODY}/meetings/{made.number}"
    text = {"minutes_nl": "Afgesproken.", "minutes_en": "Agreed.", "version": str(made.version)}
    assert ana.post(f"{address}/minutes", data=text).status_code == 303
    assert ana.post(f"{address}/publish").status_code == 303
    page = browse().get(address).text
    assert "Agreed." in page
    assert "Stichting Helder Bestuur" in page
    assert "3 of 3" in page
    assert "5 guests" in page
    assert not [name for name in ("Pia", "Lotte", "Kees", "Ana", "Zaal") if name in page]
    assert "Pia Jansen" in ana.get(address).text
    stale = ana.post(f"{address}/minutes", data={**text, "minutes_en": "Mine."})
    assert stale.status_code == 409
    assert "Mine." in stale.text
    assert "Agreed." in stale.text


def test_ana_plans_moves_and_cancels(browse: Any) -> None:
    ana = browse("ana")
    made = ana.post(f"{BODY}/meetings/new", data=FORM)
    assert made.headers["Location"] == f"{BODY}/meetings/1"
    meeting = db.session.scalars(select(Meeting)).one()
    assert meeting.starts_at == datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
    moved = ana.post(f"{BODY}/meetings/1/edit", data={**FORM, "version": "1", "place": "Zaal 4"})
    assert moved.status_code == 303
    stale = ana.post(f"{BODY}/meetings/1/edit", data={**FORM, "version": "1", "place": "Zaal 5"})
    assert stale.status_code == 409
    assert "Zaal 5" in stale.text
    assert ana.post(f"{BODY}/meetings/1/cancel", data={}).status_code == 422
    assert ana.post(f"{BODY}/meetings/1/cancel", data={"reason": "Ziek."}).status_code == 303
    assert "Ziek." in browse().get(f"{BODY}/meetings/1").text
    assert ana.get(f"{BODY}/meetings/1/edit").status_code == 403


def test_a_wrong_form_comes_back_filled(browse: Any) -> None:
    ana, address = browse("ana"), f"{BODY}/meetings/new"
    for wrong, field in (
        ({"ends_time": "09:00"}, "ends_time"),
        ({"title_nl": ""}, "title_nl"),
        ({"held_on": "2027-03-28", "starts_time": "02:30"}, "starts_time"),
        ({"held_on": "gisteren"}, "held_on"),
    ):
        answer = ana.post(address, data={**FORM, **wrong})
        assert answer.status_code == 422, wrong
        assert f'href="#{field}"' in answer.text
        assert "Zaal 3" in answer.text
    assert db.session.scalars(select(Meeting)).all() == []


def test_a_double_click_plans_one_meeting(browse: Any) -> None:
    ana, form = browse("ana"), {**FORM, "once": "een-sleutel"}
    first, second = (ana.post(f"{BODY}/meetings/new", data=form) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"]
    assert len(db.session.scalars(select(Meeting)).all()) == 1


def test_attendance_by_form(browse: Any) -> None:
    made = make_meeting("begun")
    address = f"{BODY}/meetings/{made.number}/attendance"
    ana = browse("ana")
    assert "Lotte Smit" in ana.get(address).text
    nobody = {f"member_{one.id}": "absent" for one in members_on(made)}
    refused = ana.post(address, data={**nobody, "guests": "0"})
    assert refused.status_code == 422
    assert "Somebody must have been there." in refused.text
    assert ana.post(address, data={**nobody, "guests": "veel"}).status_code == 422
    assert ana.post(address, data={**nobody, "guests": "2"}).status_code == 303
    assert browse("pia").get(address).status_code == 403
    assert ana.get(f"{BODY}/meetings/{make_meeting().number}/attendance").status_code == 403


def test_files_are_for_members_until_the_minutes_are_public(browse: Any) -> None:
    planned, published = make_meeting(), make_meeting("published")
    early = f"{BODY}/meetings/{planned.number}/files/{filed(planned)}"
    late = f"{BODY}/meetings/{published.number}/files/{filed(published)}"
    assert browse("lotte").get(early).data == PDF_FILE
    assert browse("sam").get(early).status_code == 403
    assert browse().get(early).status_code in {302, 401}
    assert browse().get(late).data == PDF_FILE
    assert "attachment" in browse().get(late).headers["Content-Disposition"]
    foreign = early.replace(f"meetings/{planned.number}/", f"meetings/{published.number}/")
    assert browse("ana").get(foreign).status_code == 404
    assert browse("ana").post(f"{foreign}/remove").status_code == 404


def test_a_file_is_added_on_the_page_and_a_bad_one_is_explained_there(browse: Any) -> None:
    made, ana = make_meeting(), browse("ana")
    address = f"{BODY}/meetings/{made.number}/files"
    good = {"files": (io.BytesIO(PDF_FILE), "stuk.pdf")}
    assert ana.post(address, data=good).status_code == 303
    assert "stuk.pdf" in browse("pia").get(f"{BODY}/meetings/{made.number}").text
    assert ana.post(address, data={}).status_code == 422
    bad = ana.post(address, data={"files": (io.BytesIO(b"MZ"), "x.exe")})
    assert bad.status_code == 422
    assert "x.exe" in bad.text


def test_a_file_that_waits_in_a_form_is_seen_by_who_chose_it_only(browse: Any) -> None:
    """Ana and Adi may both add files: the form has the same place for the two of them."""
    page = f"{BODY}/meetings/{make_meeting().number}"
    both = [(io.BytesIO(PDF_FILE), "vertrouwelijk.pdf"), (io.BytesIO(b"MZ"), "x.exe")]
    assert browse("ana").post(f"{page}/files", data={"files": both}).status_code == 422
    assert "vertrouwelijk.pdf" in browse("ana").get(page).text
    assert "vertrouwelijk.pdf" not in browse("adi").get(page).text


def test_an_attachment_of_a_proposal_is_no_file_of_a_meeting(app: Flask, browse: Any) -> None:
    from tests.house.test_matrix import attached  # noqa: PLC0415  (it imports this package)

    with app.test_request_context():
        address = attached(make_proposal("open"))
    made = make_meeting("published")
    wrong = f"{BODY}/meetings/{made.number}/files/{address}"
    assert browse("ana").get(wrong).status_code == 404


def test_what_is_not_there(browse: Any) -> None:
    assert browse().get(f"{BODY}/meetings/1").status_code == 404
    assert browse().get("/en/bodies/niets/meetings").status_code == 404
    assert browse().get(f"{BODY}/meetings?cursor=onzin").status_code == 422
    assert "No meetings yet" in browse().get(f"{BODY}/meetings").text
    assert "Plan a meeting" not in browse().get(f"{BODY}/meetings").text


@pytest.mark.parametrize("many", [10, 1000])
def test_the_pages_cost_the_same(app: Flask, browse: Any, now: datetime, many: int) -> None:
    with unit_of_work():
        forum = get_body("stakeholderforum").id
        rows = [
            {"body_id": forum, "number": n + 1, "kind": MeetingKind.REGULAR,
             "state": MeetingState.PUBLISHED, "title": {"en": f"Meeting {n}"}, "agenda": {},
             "starts_at": now - timedelta(days=n // 2), "ends_at": now, "minutes": {"en": "x"},
             "minutes_changed_at": now, "published_at": now, "created_at": NOON, "version": 1,
             "place": "", "guests": 1, "cancelled_reason": ""}
            for n in range(many)
        ]  # fmt: skip
        db.session.execute(insert(Meeting), rows)
    reader = browse()
    reader.get("/en/bodies")  # reads what all pages have, once after a change
    for address, most in ((f"{BODY}/meetings", 2), (f"{BODY}/meetings/1", 3), (BODY, 8)):
        with counted(app) as statements:
            assert reader.get(address).status_code == 200
        assert statements.number <= most, f"{address}:\n{statements}"
    seen, address = [], f"{BODY}/meetings"
    for _ in range(60):
        page = reader.get(address).text
        seen += [part.split("<")[0].split(">")[-1] for part in page.split("/meetings/")[1:]]
        if 'rel="next"' not in page:
            break
        address = page.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    titles = [one for one in seen if one.startswith("Meeting ")]
    assert len(titles) == len(set(titles)) == many
