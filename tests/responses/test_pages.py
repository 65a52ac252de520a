"""The organiser's desk in the browser: answer, save, publish together, correct in the open."""

import re
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.search import index_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.outcomes.responses.models import Outcome, Response
from tests.cast import person
from tests.factories import find_round, make_proposal
from tests.house.test_budgets import fill
from tests.statements import counted

LIST, DETAIL = 8, 9
DESK = "/nl/rounds/closed/responses"
REASON = "Dit nemen we over."
FORM = {"outcome": "adopted", "reason_nl": REASON, "version": ""}


def save(browser: Any, number: int, **form: str) -> Any:
    return browser.post(f"{DESK}/{number}", data={**FORM, **form})


def stored(number: int) -> Response:
    db.session.expire_all()
    return db.session.scalars(
        select(Response)
        .join(Proposal, Proposal.id == Response.proposal_id)
        .where(Proposal.number == number, Proposal.round_id == find_round("closed").id)
    ).one()


def closed() -> Round:
    db.session.expire_all()
    return find_round("closed")


def shown(page: str) -> list[str]:
    """Return the numbers of the proposals on a page of the desk."""
    return re.findall(r"<td[^>]*>#(\d+)</td>", page)


def test_what_is_left_is_found_by_words_theme_and_order(browse: Any) -> None:
    themes = find_round("closed").plan.themes
    for title, theme, many in (("Bomen", 0, 3), ("Bruggen", 1, 9), ("Meer bomen", 1, 1)):
        made = make_proposal("closed", title=title, theme_id=themes[theme].id, support_count=many)
        with unit_of_work():
            index_text("proposal", made.id, title, "nl")
    ana = browse("ana")
    save(ana, 1)
    assert shown(ana.get(DESK).text) == ["1", "2", "3"]
    assert shown(ana.get(f"{DESK}?q=bomen").text) == ["1", "3"]
    assert shown(ana.get(f"{DESK}?q=bomen&open=1").text) == ["3"]
    assert shown(ana.get(f"{DESK}?q=%232").text) == ["2"]
    assert shown(ana.get(f"{DESK}?theme={themes[1].id}&order=supported").text) == ["2", "3"]
    assert shown(ana.get(f"{DESK}?outcome=adopted").text) == ["1"]
    assert "Nothing found" in ana.get("/en/rounds/closed/responses?q=water").text
    assert ana.get(f"{DESK}?theme=x").status_code == 422
    assert "no letter or digit" in ana.get("/en/rounds/closed/responses?q=!").text


def test_the_story_of_a_round_that_is_answered(browse: Any) -> None:
    make_proposal("closed", title="Lees voor")
    make_proposal("closed", author="lotte", title="Zet online")
    ana, reader = browse("ana"), browse()
    desk = ana.get("/en/rounds/closed/responses").text
    assert "2 proposals have no response yet." in desk
    assert "Publish all responses" not in desk
    answer = save(ana, 1, act="next")
    assert answer.headers["Location"] == f"{DESK}/2"
    assert "Dit nemen we over." not in reader.get("/nl/rounds/closed/proposals/1").text
    refused = ana.post(f"{DESK}/publish")
    assert refused.status_code == 422
    assert "#2" in refused.text
    answer = save(ana, 2, act="next", outcome="out_of_scope", reason_nl="Dit is voor de provincie.")
    assert answer.headers["Location"] == DESK
    assert "Publish all responses" in ana.get("/en/rounds/closed/responses").text
    assert ana.post(f"{DESK}/publish").status_code == 303
    assert "Dit nemen we over." in reader.get("/nl/rounds/closed/proposals/1").text
    assert "Dit is voor de provincie." in reader.get("/nl/rounds/closed/proposals/2").text
    mails = db.session.scalars(select(Message).order_by(Message.id)).all()
    assert [(mail.address, REASON in mail.body) for mail in mails] == [
        ("pia@consult.example", True), ("lotte@consult.example", False),
    ]  # fmt: skip
    assert ana.post(f"{DESK}/publish").status_code == 403


def test_publishing_twice_sends_one_mail(browse: Any) -> None:
    make_proposal("closed")
    ana = browse("ana")
    save(ana, 1)
    answers = [ana.post(f"{DESK}/publish", data={"once": "k"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert len(db.session.scalars(select(Message)).all()) == 1


def test_a_round_that_is_open_is_not_answered(browse: Any) -> None:
    make_proposal("open")
    ana = browse("ana")
    assert "after the round has closed" in ana.get("/en/rounds/open/responses").text
    assert ana.post("/nl/rounds/open/responses/publish").status_code == 403


def test_a_correction_shows_what_it_was_and_why(browse: Any) -> None:
    make_proposal("closed")
    ana = browse("ana")
    save(ana, 1)
    ana.post(f"{DESK}/publish")
    assert 'name="because"' in ana.get(f"{DESK}/1").text
    change = {
        "version": str(stored(1).version),
        "outcome": "not_adopted",
        "reason_nl": "Toch niet.",
    }
    refused = save(ana, 1, **change)
    assert refused.status_code == 422
    assert 'href="#because"' in refused.text
    assert "Toch niet." in refused.text
    assert stored(1).outcome is Outcome.ADOPTED
    assert save(ana, 1, **change, because="De begroting ging dicht.").status_code == 303
    page = browse().get("/en/rounds/closed/proposals/1").text
    for text in ("Toch niet.", "De begroting ging dicht.", REASON, "Answer changed"):
        assert text in page
    listed = browse().get("/nl/rounds/closed/proposals?outcome=not_adopted").text
    assert 'href="/nl/rounds/closed/proposals/1"' in listed


def test_a_stale_save_gives_both_texts(browse: Any) -> None:
    make_proposal("closed")
    ana = browse("ana")
    save(ana, 1)
    answer = save(ana, 1, reason_nl="Een andere tekst.")
    assert answer.status_code == 409
    assert "Een andere tekst." in answer.text
    assert REASON in answer.text
    assert stored(1).reason == REASON


@pytest.mark.parametrize(
    "form",
    [{"reason_nl": ""}, {"reason_nl": "  "}, {"outcome": ""}, {"outcome": "maybe"},
     {"reason_nl": "x" * 10_001}, {"reason_en": "x" * 10_001}],
)  # fmt: skip
def test_an_incomplete_response_comes_back(browse: Any, form: dict[str, str]) -> None:
    make_proposal("closed")
    answer = save(browse("ana"), 1, **form)
    assert answer.status_code == 422
    assert 'id="errors"' in answer.text
    assert not db.session.scalars(select(Response)).all()


@pytest.mark.parametrize("who", ["pia", "kees", "lotte", "sam", "mo", "bo", "hanna", "adi"])
def test_only_an_organiser_has_this_desk(browse: Any, who: str) -> None:
    make_proposal("closed")
    browser = browse(who)
    assert browser.get(DESK).status_code == 403
    assert browser.get(f"{DESK}/1").status_code == 403
    assert save(browser, 1).status_code == 403
    assert browser.post(f"{DESK}/publish").status_code == 403
    assert closed().answered_at is None


def test_who_is_not_signed_in_is_asked_to(client: Any) -> None:
    make_proposal("closed")
    assert "/login" in client.get(DESK).headers["Location"]
    assert save(client, 1).status_code == 401
    assert client.post(f"{DESK}/publish").status_code == 401


def test_what_waits_for_a_moderator_gets_no_response_yet(browse: Any) -> None:
    make_proposal("closed", State.PENDING)
    ana = browse("ana")
    assert ana.get(f"{DESK}/1").status_code == 403
    assert save(ana, 1).status_code == 403


def test_the_filters_of_the_desk(browse: Any) -> None:
    make_proposal("closed", title="Lees voor")
    make_proposal("closed", title="Zet online")
    ana = browse("ana")
    save(ana, 1)
    left = ana.get(f"{DESK}?open=1").text
    assert "Zet online" in left
    assert "Lees voor" not in left
    adopted = ana.get(f"{DESK}?outcome=adopted").text
    assert "Lees voor" in adopted
    assert "Zet online" not in adopted
    assert ana.get(f"{DESK}?outcome=maybe").status_code == 422
    assert ana.get(f"{DESK}?cursor=eA").status_code == 422


def test_a_hidden_answer_is_on_no_public_page(browse: Any) -> None:
    proposal = make_proposal("closed", title="Geheim van de buren")
    ana = browse("ana")
    save(ana, 1, reason_nl="Kwik kwak kwek.")
    ana.post(f"{DESK}/publish")
    form = {"reason": "Een naam.", "ground": "personal_data"}
    browse("mo").post(f"/nl/moderation/proposal/{proposal.public_id}/hide", data=form)
    for address in ("rounds/closed", "rounds/closed/proposals", "rounds/closed/proposals/1",
                    "rounds/closed/summary", "plans/open-overheid"):  # fmt: skip
        page = browse().get(f"/nl/{address}").text
        assert "Kwik kwak" not in page
        assert "Geheim van de buren" not in page


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_statements_of_the_desk(app: Flask, browse: Any, now: datetime, rows: int) -> None:
    fill(rows, State.PUBLISHED, now)
    with unit_of_work():
        for proposal in db.session.scalars(select(Proposal).limit(rows // 2)):
            db.session.add(
                Response(
                    proposal_id=proposal.id, round_id=proposal.round_id, outcome=Outcome.ADOPTED,
                    reason="Ja.", language="nl", prepared_by_id=person("ana").id, prepared_at=now,
                )
            )  # fmt: skip
    ana = browse("ana")
    for address, most in (("responses", LIST), ("responses?open=1", LIST), ("responses/1", DETAIL)):
        with counted(app) as statements:
            answer = ana.get(f"/nl/rounds/open/{address}")
        assert answer.status_code == 200
        assert statements.number <= most, f"{address}\n{statements}"
