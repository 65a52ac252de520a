"""The desk of invitations: the list with its filter and pages, one more, and a file."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.people.invitations.models import Invitation, InvitationState
from tests.cast import person
from tests.conftest import Clock
from tests.invitations.letterbox import (
    DESK,
    NIENKE,
    TODAY,
    accept_new,
    again,
    batch_of,
    forum,
    invited,
    links,
    send,
    states,
)
from tests.statements import counted

pytestmark = pytest.mark.usefixtures("app")

FORM = {
    "address": NIENKE, "name": "Nienke", "organisation_id": "0", "language": "en",
    "starts_on": TODAY.isoformat(), "ends_on": "", "note": "",
}  # fmt: skip
NEW = f"{DESK}/files/new"
FILE = {"pasted": "", "language": "nl", "starts_on": TODAY.isoformat(), "ends_on": "", "note": ""}
BUDGET = 12


def test_it_works(browse: Any) -> None:
    ana = browse("ana")
    assert ana.post(DESK, data=FORM).headers["Location"] == DESK
    page = ana.get(DESK).text
    assert "Nienke" in page
    assert NIENKE in page
    assert "Mail not sent yet" in page


@pytest.mark.parametrize(
    "path", [DESK, NEW, f"{DESK}/example.csv", f"{DESK}/files/1", f"{DESK}/files/1/to-mend.csv"]
)
def test_desks_are_for_organisers(browse: Any, now: datetime, path: str) -> None:
    batch_of(now, "e-mail\na@consult.example\nfout\n")
    assert "/login" in browse().get(path).headers["Location"]
    for who in ("pia", "mo", "sam", "inge", "evert"):
        assert browse(who).get(path).status_code == 403
    for who in ("ana", "adi"):
        assert browse(who).get(path).status_code == 200


def test_what_is_not_there(browse: Any) -> None:
    ana = browse("ana")
    for path in ("/en/bodies/x/invitations", f"{DESK}/files/99", f"{DESK}/files/99/to-mend.csv"):
        assert ana.get(path).status_code == 404
    assert ana.post(f"{DESK}/99/revoke").status_code == 404


def test_everything_that_is_wrong_comes_back_filled(browse: Any) -> None:
    wrong = {**FORM, "address": "pia@consult.example", "ends_on": "2026-01-01", "name": "Wim"}
    answer = browse("ana").post(DESK, data=wrong)
    assert answer.status_code == 422
    assert "member already" in answer.text
    assert "end lies before" in answer.text
    assert 'value="Wim"' in answer.text


def test_a_second_click_is_the_first(browse: Any) -> None:
    ana = browse("ana")
    assert [ana.post(DESK, data={**FORM, "once": "a"}).status_code for _ in range(3)] == [303] * 3
    assert states() == {"waiting": 1}


def test_acts_on_one(now: datetime, browse: Any, clock: Clock) -> None:
    one = invited(now)
    ana = browse("ana")
    clock.forward(days=1, seconds=1)
    for act, said in (("remind", "reminder"), ("resend", "goes out again")):
        assert ana.post(f"{DESK}/{one.id}/{act}").status_code == 303
        assert said in ana.get(DESK).text
        run_all(clock.time)
    assert ana.post(f"{DESK}/{one.id}/remind").status_code == 422, "a mail went out just now"
    assert ana.post(f"{DESK}/{one.id}/revoke").status_code == 303
    assert again(one.id).state is InvitationState.REVOKED
    refused = ana.post(f"{DESK}/{one.id}/revoke")
    assert refused.status_code == 422
    assert "Invite the person anew" in refused.text


def test_the_filter_and_a_state_that_is_none(now: datetime, browse: Any) -> None:
    invited(now)
    ana = browse("ana")
    assert NIENKE in ana.get(f"{DESK}?state=sent").text
    assert NIENKE not in ana.get(f"{DESK}?state=expired").text
    assert "Evert Blom" in ana.get(f"{DESK}?state=expired").text
    assert "Nobody stands here" in ana.get(f"{DESK}?state=revoked").text
    assert ana.get(f"{DESK}?state=nonsense").status_code == 200
    assert ana.get(f"{DESK}?cursor=nonsense").status_code == 422


def test_what_has_passed_its_end_is_expired_before_the_daily_work(
    now: datetime, browse: Any, clock: Clock
) -> None:
    invited(now)
    clock.forward(days=30)
    ana = browse("ana")
    assert NIENKE in ana.get(f"{DESK}?state=expired").text
    assert NIENKE not in ana.get(f"{DESK}?state=sent").text


def test_who_accepted_stands_under_the_name_they_chose(now: datetime, browse: Any) -> None:
    invited(now)
    accept_new(browse(), links()[0], display_name="Zij van hiernaast")
    assert "Zij van hiernaast" in browse("ana").get(f"{DESK}?state=accepted").text


def fill(many: int, now: datetime) -> None:
    with unit_of_work():
        same = {
            "body_id": forum().id, "state": InvitationState.SENT, "starts_on": TODAY,
            "invited_by_id": person("ana").id, "organisation_id": 1, "invited_at": now,
            "sent_at": now, "expires_at": now + timedelta(days=30),
        }  # fmt: skip
        rows = [{**same, "address": f"r{n}@consult.example"} for n in range(many)]
        db.session.execute(insert(Invitation), rows)


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_list_costs_the_same_however_long_it_is(
    app: Flask, browse: Any, now: datetime, rows: int
) -> None:
    fill(rows, now)
    ana = browse("ana")
    with counted(app) as statements:
        answer = ana.get(DESK)
    assert answer.status_code == 200
    assert "r9@consult.example" in ana.get(f"{DESK}?state=sent").text or rows > 10
    assert statements.number <= BUDGET, str(statements)


def test_pages_give_everyone_once(browse: Any, now: datetime) -> None:
    fill(45, now)
    ana, path, seen = browse("ana"), DESK, []
    while path:
        page = ana.get(path).text
        seen += [part.split("<")[0] for part in page.split('consult-address">')[1:]]
        rest = page.split('rel="next" href="')[1:]
        path = rest[0].split('"')[0].replace("&amp;", "&") if rest else ""
    assert len(seen) == len(set(seen)) == 47


def test_a_file_is_brought_looked_at_and_sent(browse: Any) -> None:
    ana = browse("ana")
    content = "﻿E-mail;Naam\nnienke@consult.example;Zoë\nfout;Bad\n".encode()
    form = {**FILE, "file": (io.BytesIO(content), "lijst.csv"), "note": "Hallo"}
    answer = ana.post(NEW, data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    here = answer.headers["Location"]
    page = ana.get(here).text
    for said in ("Zoë", "Nothing was sent yet", "not an e-mail address", "Invite 1 person"):
        assert said in page
    assert states() == {}
    assert ana.post(f"{here}/send").headers["Location"] == here
    page = ana.get(here).text
    assert "0 of 1 mails have left" in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert f'data-refresh="{here}"' in page
    run_all(datetime.fromisoformat("2026-11-23T12:00:00+00:00"))
    page = ana.get(here).text
    assert "All mails have left" in page
    assert "http-equiv" not in page
    assert "data-refresh" not in page
    mend = ana.get(f"{here}/to-mend.csv")
    assert mend.mimetype == "text/csv"
    assert "attachment" in mend.headers["Content-Disposition"]
    assert "fout;Bad;;;3;" in mend.get_data(as_text=True)


def test_a_windows_file_is_read_and_says_so(browse: Any) -> None:
    ana = browse("ana")
    content = "e-mail;naam\r\na@consult.example;Zoë\r\n".encode("cp1252")
    form = {**FILE, "file": (io.BytesIO(content), "lijst.csv")}
    answer = ana.post(NEW, data=form, content_type="multipart/form-data")
    page = ana.get(answer.headers["Location"]).text
    assert "Zoë" in page
    assert "read it as Windows text" in page


@pytest.mark.parametrize(
    ("pasted", "sentence"),
    [
        ("", "Choose a file, or paste"),
        ("naam\nPiet", "does not name a column"),
        ("e-mail\n", "nobody in this file"),
    ],
)
def test_a_file_that_is_none_comes_back_with_a_sentence(
    browse: Any, pasted: str, sentence: str
) -> None:
    answer = browse("ana").post(NEW, data={**FILE, "pasted": pasted, "note": "Bewaar mij"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Bewaar mij" in answer.text
    assert pasted.split("\n", maxsplit=1)[0] in answer.text


def test_what_was_in_a_refused_file_comes_back_as_text(browse: Any) -> None:
    form = {
        **FILE, "ends_on": "2026-01-01",
        "file": (io.BytesIO(b"e-mail\nkeep@consult.example\n"), "lijst.csv"),
    }  # fmt: skip
    answer = browse("ana").post(NEW, data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "keep@consult.example" in answer.text


def test_a_file_with_nobody_to_invite_has_no_button(browse: Any, now: datetime) -> None:
    batch = batch_of(now, "e-mail\npia@consult.example\n")
    page = browse("ana").get(f"{DESK}/files/{batch.id}").text
    assert "Nobody in this file can be invited" in page
    assert f"{batch.id}/send" not in page
    assert browse("ana").post(f"{DESK}/files/{batch.id}/send").status_code == 422


def test_the_example_can_be_brought_back(browse: Any) -> None:
    ana = browse("ana")
    example = ana.get(f"{DESK}/example.csv").data
    form = {**FILE, "file": (io.BytesIO(example), "voorbeeld.csv")}
    answer = ana.post(NEW, data=form, content_type="multipart/form-data")
    page = ana.get(answer.headers["Location"]).text
    assert "Jamila Bakri" in page
    assert "not in the register" in page


def test_files_that_were_sent_stand_on_the_desk(browse: Any, now: datetime) -> None:
    batch = batch_of(now, "e-mail\na@consult.example\nfout\n")
    ana = browse("ana")
    assert f"{DESK}/files/{batch.id}" not in ana.get(DESK).text
    send(now, batch)
    page = ana.get(DESK).text
    assert f"{DESK}/files/{batch.id}" in page
    assert "1 invitation" in page
    assert "1 bad row" in page


def test_the_desk_shows_the_last_ten_files(browse: Any, now: datetime) -> None:
    sent = [batch_of(now, f"e-mail\nnumber{n}@consult.example\n") for n in range(11)]
    for batch in sent:
        send(now, batch)
    page = browse("ana").get(DESK).text
    shown = [one for one in sent if f'{DESK}/files/{one.id}"' in page]
    assert shown == sent[1:]


def test_the_members_page_leads_here(browse: Any) -> None:
    assert DESK in browse("ana").get("/en/bodies/stakeholderforum/members").text
    assert DESK not in browse().get("/en/bodies/stakeholderforum").text
