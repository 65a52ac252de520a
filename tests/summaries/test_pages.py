"""Ana writes the summary and publishes what she sees."""

import re
from typing import Any

from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.search import index_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.outcomes.summaries.models import Summary
from tests.factories import find_round, make_proposal

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


def told_in(page: str) -> list[int]:
    """Return the numbers of the proposals that the desk lists, from above to below."""
    return [int(number) for number in re.findall(r'consult-number">#(\d+)<', page)]


def test_the_proposals_of_a_theme_are_walked_while_writing(browse: Any) -> None:
    theme = find_round("closed").plan.themes[1]
    for _ in range(23):
        make_proposal("closed", theme_id=theme.id)
    make_proposal("closed")
    ana = browse("ana")
    page = ana.get(EDIT).text
    assert told_in(page) == [*range(1, 21), 24]
    assert "0 of 23 cited" in page
    more = re.search(rf'name="more" value="(theme_{theme.id}:[^"]+)"', page)
    assert more
    typed = {"introduction_en": "Half a sentence", "version": ""}
    page = ana.post(EDIT, data={**typed, "more": more[1]})
    assert page.status_code == 200
    assert told_in(page.text) == [21, 22, 23, 24]
    assert "Half a sentence" in page.text
    assert db.session.scalars(select(Summary)).first() is None


def test_what_is_not_cited_yet_is_found_by_a_word(browse: Any) -> None:
    for title in ("Bomen", "Bruggen", "Meer bomen"):
        made = make_proposal("closed", title=title)
        with unit_of_work():
            index_text("proposal", made.id, title, "nl")
    ana = browse("ana")
    typed = {"introduction_en": "See #1.", "version": "", "act": "save"}
    assert ana.post(EDIT, data=typed).status_code == 303
    look = {**typed, "version": "1", "act": "find"}
    assert told_in(ana.post(EDIT, data={**look, "query": "bomen"}).text) == [1, 3]
    page = ana.post(EDIT, data={**look, "query": "bomen", "uncited": "y"}).text
    assert told_in(page) == [3]
    assert "See #1." in page
    assert "1 of 3 cited" in page
    assert "Nothing here fits" in ana.post(EDIT, data={**look, "query": "water"}).text
    assert "no letter or digit" in ana.post(EDIT, data={**look, "query": "?"}).text
