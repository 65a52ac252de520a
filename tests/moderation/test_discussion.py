"""Moderators talk about a contribution beside it, and nobody else hears a word of it."""

from typing import Any

import pytest

from consult.consultation.comments.models import ContributionState as State
from tests.factories import make_comment, make_proposal
from tests.moderation.desk_work import page_of_item

SAID = "Ik twijfel: is dit reclame?"


def test_a_note_is_read_by_the_team_and_asks_the_others(browse: Any) -> None:
    waits = make_comment(make_proposal("open"), State.PENDING)
    item = page_of_item(waits)
    mo, ana = browse("mo"), browse("ana")
    answer = mo.post(f"{item}/notes", data={"text": SAID, "to_discuss": "y"})
    assert answer.headers["Location"] == f"{item}#notes"
    assert SAID in ana.get(item).text
    page = ana.get("/en/moderation?tab=discuss").text
    assert waits.public_id in page
    assert "To discuss" in page
    assert ana.post(f"{item}/discussed").status_code == 303
    assert waits.public_id not in ana.get("/en/moderation?tab=discuss").text
    assert ana.post(f"{item}/discussed").status_code == 409
    assert SAID in mo.get(item).text, "the note stays"


def test_a_decision_settles_it(browse: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    item, mo = page_of_item(waits), browse("mo")
    mo.post(f"{item}/notes", data={"text": SAID, "to_discuss": "y"})
    mo.post(f"{item}/publish", data={"seen": waits.version})
    assert "There is nothing to discuss" in mo.get("/en/moderation?tab=discuss").text


def test_an_empty_note_is_refused_with_the_rest_of_the_page(browse: Any) -> None:
    waits = make_proposal("open", State.PENDING)
    answer = browse("mo").post(f"{page_of_item(waits)}/notes", data={})
    assert answer.status_code == 422
    assert waits.action in answer.text


@pytest.mark.parametrize(("who", "status"), [("pia", 404), ("bo", 403), ("sam", 404)])
def test_nobody_else_reads_or_writes_a_note(browse: Any, who: str, status: int) -> None:
    item = page_of_item(make_proposal("open", State.PENDING, author="lotte"))
    browse("mo").post(f"{item}/notes", data={"text": SAID})
    browser = browse(who)
    assert SAID not in browser.get(item).text
    assert browser.post(f"{item}/notes", data={"text": SAID}).status_code in {403, status}


def test_who_wrote_it_does_not_read_what_is_said_about_it(browse: Any) -> None:
    item = page_of_item(make_proposal("open", State.PENDING, author="mo"))
    browse("ana").post(f"{item}/notes", data={"text": SAID})
    assert SAID not in browse("mo").get(item).text
    assert browse("mo").post(f"{item}/notes", data={"text": "Ik ook."}).status_code == 403
