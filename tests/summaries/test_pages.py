"""Ana writes the summary and publishes what she sees."""

from typing import Any

from tests.factories import make_proposal

EDIT = "/en/rounds/closed/summary/edit"


def test_what_is_typed_is_what_is_published(browse: Any) -> None:
    make_proposal("closed")
    ana = browse("ana")
    form = {"introduction_en": "Many said #1.", "version": "", "act": "publish"}
    assert ana.post(EDIT, data=form).headers["Location"].endswith("/en/rounds/closed/summary")
    page = browse().get("/en/rounds/closed/summary").text
    assert "Many said" in page
    assert "everybody sees at once" in ana.get(EDIT).text


def test_before_closing_it_is_saved_and_not_published(browse: Any) -> None:
    ana = browse("ana")
    there = EDIT.replace("closed", "open")
    assert "You can publish it once the round has closed" in ana.get(there).text
    form = {"introduction_en": "Early words.", "version": "", "act": "publish"}
    assert ana.post(there, data=form).status_code == 403
    assert "Early words." not in browse().get("/en/rounds/open/summary").text
    assert ana.post(there, data={**form, "act": "save"}).status_code == 303
    assert "Early words." not in browse().get("/en/rounds/open/summary").text
