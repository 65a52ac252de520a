"""Who may take part is one sentence; who may not asks for a place, and hears what came of it."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.people.organisations.models import PlaceRequest
from consult.people.organisations.places import ask_place, decide_place
from consult.people.organisations.queries import get_body
from tests.cast import person
from tests.factories import acts, find_round, make_proposal

pytestmark = pytest.mark.usefixtures("app")

ASK = "/en/bodies/stakeholderforum/place"
DESK = "/en/bodies/stakeholderforum/members"
OPEN = "/en/rounds/open"


def said(page: str) -> str:
    """Return the sentence about who may take part, with its action."""
    return " ".join(
        page.partition('class="consult-takes-part')[2]
        .partition(">")[2]
        .partition("</div>")[0]
        .split()
    )


def asked() -> PlaceRequest:
    db.session.rollback()
    return db.session.scalars(select(PlaceRequest)).one()


def ask(now: datetime, who: str = "sam") -> PlaceRequest:
    with unit_of_work():
        return ask_place(person(who), get_body("stakeholderforum"), "Ik wil meedoen.", now)


def test_each_reader_reads_what_they_can_do(browse: Any) -> None:
    stranger, sam, pia = (said(browse(who).get(OPEN).text) for who in (None, "sam", "pia"))
    assert "Members of" in stranger
    assert "Sign in or join" in stranger
    assert "/en/login?next=/en/rounds/open" in stranger
    assert "Ask for a place" in sam
    assert f"{ASK}?next=" in sam
    assert "You take part as a member of" in pia
    assert "button" not in pia
    assert "could take part" in said(browse("sam").get("/en/rounds/closed").text)


def test_a_round_for_everyone_says_so(browse: Any) -> None:
    with unit_of_work():
        find_round("open").open_to_everyone = True
    number = make_proposal("open").number
    assert "Everyone can take part." in said(browse("sam").get(OPEN).text)
    line = said(browse(None).get(f"{OPEN}/proposals/{number}").text)
    assert "Everyone can take part." in line
    assert "Sign in or join" in line


def test_before_it_opens_it_says_from_when(browse: Any) -> None:
    page = said(browse("pia").get("/en/rounds/upcoming").text)
    assert "You can take part as a member of" in page
    assert ", from " in page
    assert "Remind me when it opens" in page
    pia, sam = browse("pia"), said(browse("sam").get("/en/rounds/upcoming").text)
    assert ", from " in sam
    assert "Ask for a place" in sam
    reminder = pia.get("/en/rounds/upcoming").text.partition("/en/following/round/")[2]
    there = "/en/following/round/" + reminder.partition('"')[0]
    assert pia.post(there, data={"next": "/en/rounds/upcoming"}).status_code == 303
    assert "We tell you when it opens." in said(pia.get("/en/rounds/upcoming").text)


def test_sam_asks_ana_says_yes_and_sam_takes_part(browse: Any) -> None:
    sam, ana = browse("sam"), browse("ana")
    form = {"note": "Ik werk bij een archief.", "next": f"{OPEN}"}
    assert sam.post(ASK, data=form).headers["Location"] == OPEN
    to = {one.address.partition("@")[0] for one in db.session.scalars(select(Message))}
    assert to == {"ana"}
    assert "You asked for a place on 23 November 2026" in sam.get(ASK).text
    desk = ana.get(DESK).text
    assert "Ik werk bij een archief." in desk
    granted = ana.post(f"/en/bodies/stakeholderforum/places/{asked().id}/grant")
    assert granted.headers["Location"] == DESK
    assert acts()[-2:] == ["place.granted", "membership.started"]
    assert "You take part as a member of" in said(sam.get(OPEN).text)
    assert sam.get(f"{OPEN}/proposals/new").status_code == 200
    assert sam.get(f"{ASK}?next={OPEN}").headers["Location"] == OPEN
    mail = db.session.scalars(select(Message).where(Message.kind == "place-decided")).one()
    assert (mail.address, mail.language) == ("sam@consult.example", "nl")


def test_a_refusal_has_a_reason_and_sam_hears_it(browse: Any, now: datetime) -> None:
    there = f"/en/bodies/stakeholderforum/places/{ask(now).id}/refuse"
    ana: FlaskClient = browse("ana")
    assert ana.post(there, data={"reason": " "}).status_code == 422
    assert ana.post(there, data={"reason": "De zetels zijn vol."}).status_code == 303
    mail = db.session.scalars(select(Message).where(Message.kind == "place-decided")).one()
    assert "De zetels zijn vol." in mail.body
    assert ana.post(there, data={"reason": "Nog eens."}).status_code == 422
    ask(now + timedelta(days=1))


def test_one_asks_once_and_who_sits_there_need_not(now: datetime) -> None:
    ask(now)
    for who in ("sam", "pia"):
        with pytest.raises(InvalidInput):
            ask(now, who)


def test_only_who_looks_after_the_body_decides(browse: Any, now: datetime) -> None:
    made = ask(now)
    for who in ("sam", "pia", "mo"):
        with pytest.raises(NotAllowed), unit_of_work():
            decide_place(person(who), asked(), granted=True, reason="", now=now)
    there = f"/en/bodies/stakeholderforum/places/{made.id}/grant"
    assert browse("pia").post(there).status_code == 403
    assert (
        browse("ana").post(f"/en/bodies/stakeholderforum/places/{made.id + 9}/grant").status_code
        == 404
    )


def test_a_note_is_needed_and_what_was_typed_stays(browse: Any) -> None:
    refused = browse("sam").post(ASK, data={"note": "", "next": OPEN})
    assert refused.status_code == 422
    assert 'id="note-error"' in refused.text
    assert f'value="{OPEN}"' in refused.text
    assert db.session.scalars(select(PlaceRequest)).all() == []
