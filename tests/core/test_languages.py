"""A text that exists in one language is shown to readers of the other, and says which it is."""

from typing import Any

from flask import Flask

from consult.foundation.core.languages import in_language, pick
from tests.factories import make_meeting


def test_a_text_is_picked_in_the_language_that_is_wanted_or_else_in_one_that_it_has() -> None:
    both = {"nl": "Bijeenkomst", "en": "Meeting"}
    assert pick(both, "en") == ("Meeting", "en")
    assert pick({"nl": "Bijeenkomst", "en": ""}, "en") == ("Bijeenkomst", "nl")
    assert pick({"fy": "Gearkomste"}, "en") == ("Gearkomste", "fy")
    assert pick({}, "en") == pick(None, "en") == ("", "en")


def test_a_text_of_another_language_is_marked_and_escaped(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert in_language({"nl": "Overleg <1>"}) == '<span lang="nl">Overleg &lt;1&gt;</span>'
        assert in_language({"nl": "Overleg", "en": "Talks <1>"}) == "Talks &lt;1&gt;"


def test_a_page_in_english_shows_what_was_written_in_dutch_only(browse: Any) -> None:
    make_meeting("published", title={"nl": "Bijeenkomst"}, minutes={"nl": "We spraken af."})
    page = browse().get("/en/bodies/stakeholderforum/meetings/1").text
    assert '<span lang="nl">Bijeenkomst</span>' in page
    assert "We spraken af." in page
