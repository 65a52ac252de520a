"""The organiser's pages of a round."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from consult.consultation.comments.models import ContributionState
from consult.consultation.rounds.models import Moderation, Readers, Round, RoundState
from consult.consultation.rounds.queries import get_round
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from tests.factories import find_round, make_proposal
from tests.statements import counted
from tests.world import NOON

NEW = "/nl/plans/open-overheid/rounds/new"
FORM: dict[str, Any] = {
    "title_nl": "Thematoets",
    "title_en": "Theme check",
    "introduction_nl": "Kloppen ze?",
    "introduction_en": "Are they right?",
    "questions_nl": "Eén\nTwee",
    "opens_on": "2026-12-20",
    "opens_time": "09:00",
    "closes_on": "2027-07-01",
    "closes_time": "17:30",
    "open_to_everyone": "y",
    "moderation": "pre",
    "readers": "everyone",
    "grace_minutes": "15",
}


def stored(slug: str) -> Round:
    db.session.remove()
    return get_round(slug)


@pytest.mark.parametrize("slug", ["draft", "upcoming", "open", "closed", "answered"])
def test_the_desk_in_every_state(browse: Any, slug: str) -> None:
    address = f"/nl/rounds/{slug}/manage"
    assert browse("ana").get(address).status_code == 200
    assert "/login" in browse().get(address).headers["Location"]
    for who in ("mo", "pia", "sam", "adi"):
        refused = 404 if slug == "draft" and who in {"pia", "sam"} else 403
        assert browse(who).get(address).status_code == refused, who


@pytest.mark.parametrize("page", ["manage", "edit", "announce", "move", "cancel"])
def test_a_draft_does_not_exist_for_strangers(browse: Any, page: str) -> None:
    for method in ("get", "post") if page != "manage" else ("get",):
        assert getattr(browse("sam"), method)(f"/nl/rounds/draft/{page}").status_code == 404


def test_a_private_round_does_not_exist_for_strangers(browse: Any) -> None:
    with unit_of_work():
        get_round("open").readers = Readers.PARTICIPANTS
    assert browse("sam").get("/nl/rounds/open/manage").status_code == 404
    assert browse("pia").get("/nl/rounds/open/manage").status_code == 403


def test_the_desk_says_what_to_do_now(browse: Any) -> None:
    ana = browse("ana")
    assert "rounds/draft/announce" in ana.get("/en/rounds/draft/manage").text
    assert "Invite people" in ana.get("/en/rounds/upcoming/manage").text
    assert "Nothing waits" not in ana.get("/en/rounds/open/manage").text
    make_proposal("open", ContributionState.PENDING)
    make_proposal("open", ContributionState.LATE)
    page = ana.get("/en/rounds/open/manage").text
    assert "1 contribution waits for a moderator." in page
    assert "moderation?round=open&amp;tab=late" in page
    assert "Answer the proposals" not in ana.get("/en/rounds/closed/manage").text
    make_proposal("closed")
    assert "Answer the proposals" in ana.get("/en/rounds/closed/manage").text
    assert "rounds/answered/summary/edit" in ana.get("/en/rounds/answered/manage").text


def test_a_draft_is_completed_before_it_is_announced(browse: Any) -> None:
    with unit_of_work():
        find_round("draft").introduction = {}
    page = browse("ana").get("/en/rounds/draft/manage").text
    assert "Complete the round" in page
    assert "Say in each language of the plan what the round is about." in page
    assert 'href="/en/rounds/draft/announce"' not in page


def test_the_desk_needs_few_statements(app: Flask, browse: Any) -> None:
    ana = browse("ana")
    with counted(app) as statements:
        assert ana.get("/nl/rounds/open/manage").status_code == 200
    assert statements.number <= 5, str(statements)


def test_a_round_is_made_with_local_times(browse: Any) -> None:
    made = browse("ana").post(NEW, data=FORM)
    assert made.headers["Location"] == "/nl/rounds/thematoets/manage"
    round_ = stored("thematoets")
    assert round_.opens_at == datetime(2026, 12, 20, 8, 0, tzinfo=UTC), "winter"
    assert round_.closes_at == datetime(2027, 7, 1, 15, 30, tzinfo=UTC), "summer"
    page = browse("ana").get("/nl/rounds/thematoets/manage").text
    assert "(+02:00)" in page
    again = browse("ana").get("/nl/rounds/thematoets/edit").text
    assert 'value="17:30"' in again


def test_only_organisers_make_a_round(browse: Any) -> None:
    for who in ("mo", "pia", "adi"):
        assert browse(who).get(NEW).status_code == 403
        assert browse(who).post(NEW, data=FORM).status_code == 403
    assert browse().post(NEW, data=FORM).status_code == 401


def test_a_time_that_the_clock_skips_is_refused(browse: Any) -> None:
    skipped = {**FORM, "closes_on": "2027-03-28", "closes_time": "02:30"}
    page = browse("ana").post(NEW, data=skipped)
    assert page.status_code == 422
    assert 'href="#closes_time"' in page.text
    assert 'value="02:30"' in page.text


def test_a_time_that_comes_twice_gives_people_the_most(browse: Any) -> None:
    twice = {**FORM, "opens_on": "2027-10-31", "opens_time": "02:30",
             "closes_on": "2028-10-29", "closes_time": "02:30"}  # fmt: skip
    ana = browse("ana")
    assert ana.post(NEW, data=twice).status_code == 303
    round_ = stored("thematoets")
    assert round_.opens_at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC), "the first"
    assert round_.closes_at == datetime(2028, 10, 29, 1, 30, tzinfo=UTC), "the second"
    saved = ana.post("/nl/rounds/thematoets/edit", data={**twice, "version": "1"})
    assert saved.status_code == 303
    assert stored("thematoets").closes_at == datetime(2028, 10, 29, 1, 30, tzinfo=UTC)


def test_the_form_comes_back_with_all_errors_and_what_was_typed(browse: Any) -> None:
    wrong = {**FORM, "title_en": "", "closes_on": "2026-12-01", "slug": "open"}
    del wrong["open_to_everyone"]
    page = browse("ana").post(NEW, data={**wrong, "introduction_nl": "Bewaar mij"})
    assert page.status_code == 422
    for name in ("title_en", "closes_on", "slug", "bodies"):
        assert f'href="#{name}"' in page.text, name
    assert "Bewaar mij" in page.text
    missing = browse("ana").post(NEW, data={})
    assert missing.status_code == 422
    for name in ("title_nl", "title_en", "opens_on", "closes_on", "bodies"):
        assert f'href="#{name}"' in missing.text, name


def test_after_the_opening_the_terms_are_not_in_the_form(browse: Any) -> None:
    ana = browse("ana")
    page = ana.get("/nl/rounds/open/edit").text
    assert 'name="moderation"' not in page
    assert 'name="opens_on"' not in page
    sneaky = {**FORM, "version": "1", "moderation": "post"}
    assert ana.post("/nl/rounds/open/edit", data=sneaky).status_code == 303
    round_ = stored("open")
    assert round_.title["nl"] == "Thematoets"
    assert round_.moderation is Moderation.PRE
    assert not round_.open_to_everyone
    assert ana.post("/nl/rounds/open/edit", data=sneaky).status_code == 409
    assert ana.get("/nl/rounds/closed/edit").status_code == 403


def test_a_round_is_announced_in_time(browse: Any) -> None:
    ana = browse("ana")
    assert 'name="reason"' not in ana.get("/nl/rounds/draft/announce").text
    assert ana.post("/nl/rounds/draft/announce").status_code == 303
    assert stored("draft").state_at(NOON) is RoundState.UPCOMING
    assert browse().get("/nl/rounds/draft").status_code == 200
    assert ana.post("/nl/rounds/draft/announce").status_code == 403


def test_short_notice_is_asked_for_and_shown(browse: Any) -> None:
    with unit_of_work():
        get_round("draft").opens_at = NOON + timedelta(days=3)
    ana = browse("ana")
    assert 'name="reason"' in ana.get("/nl/rounds/draft/announce").text
    refused = ana.post("/nl/rounds/draft/announce", data={"reason": " "})
    assert refused.status_code == 422
    assert 'href="#reason"' in refused.text
    said = {"reason": "De Kamer vroeg erom"}
    assert ana.post("/nl/rounds/draft/announce", data=said).status_code == 303
    assert "De Kamer vroeg erom" in browse().get("/nl/rounds/draft").text


def test_a_date_is_moved_and_the_reason_stands_on_the_desk(browse: Any) -> None:
    ana = browse("ana")
    assert 'name="which"' in ana.get("/nl/rounds/upcoming/move").text
    move = {"which": "closes", "becomes_on": "2026-12-24", "becomes_time": "12:00"}
    assert ana.post("/nl/rounds/open/move", data=move).status_code == 422
    moved = ana.post("/nl/rounds/open/move", data={**move, "reason": "Meer tijd gevraagd"})
    assert moved.status_code == 303
    assert stored("open").closes_at == datetime(2026, 12, 24, 11, 0, tzinfo=UTC)
    assert "Meer tijd gevraagd" in ana.get("/nl/rounds/open/manage").text
    assert "Meer tijd gevraagd" in browse().get("/nl/rounds/open").text
    back = {**move, "becomes_on": "2026-11-01", "reason": "x"}
    assert ana.post("/nl/rounds/open/move", data=back).status_code == 422
    assert browse("pia").post("/nl/rounds/open/move", data=move).status_code == 403


def test_a_round_is_cancelled_with_its_reason(browse: Any) -> None:
    ana = browse("ana")
    assert ana.post("/nl/rounds/open/cancel", data={"reason": ""}).status_code == 422
    said = {"reason": "Het kabinet viel"}
    assert ana.post("/nl/rounds/open/cancel", data=said).status_code == 303
    assert "Het kabinet viel" in ana.get("/nl/rounds/open/manage").text
    assert "Het kabinet viel" in browse().get("/nl/rounds/open").text
    assert ana.post("/nl/rounds/open/cancel", data=said).status_code == 403
