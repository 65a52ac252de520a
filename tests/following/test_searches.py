"""A search that is followed: what becomes public and holds its words is told, each thing once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.states import make_findable
from consult.foundation.core.db import db
from consult.foundation.core.search import found_ids, holds_words, index_text, words_kept
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.people.following.models import Follow, FollowedSearch, SearchHit
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy
from tests.cast import person
from tests.factories import find_round, make_proposal
from tests.following.test_following import follow, heard, theme
from tests.privacy.exported import export_of
from tests.statements import counted

Publishes = Callable[..., Proposal]


@pytest.fixture
def publishes(app: Flask, now: datetime) -> Publishes:
    """Let a moderator publish a proposal of Pia, and the worker work."""

    def publish(title: str, **fields: Any) -> Proposal:
        with app.test_request_context():
            made = make_proposal("open", State.PENDING, title=title, **fields)
            with unit_of_work():
                found = db.session.get_one(Proposal, made.id)
                make_findable(found)
                decide(person("mo"), found, Judgement(Verb.PUBLISH), now)
        run_all(now)
        return made

    return publish


def follow_words(browser: Any, words: str, expected: int = 303) -> Any:
    answer = browser.post("/nl/following/search", data={"q": words})
    assert answer.status_code == expected, answer.text
    return answer


def many(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_new_proposal_is_told_once_however_many_searches_find_it(
    browse: Any, publishes: Publishes
) -> None:
    """Sam follows two searches and the theme, Kees one of them and the round, Pia wrote it."""
    sam, kees, pia = browse("sam"), browse("kees"), browse("pia")
    for browser in (sam, kees, pia):
        follow_words(browser, "Vergunningen")
    follow_words(sam, "openbaar register")
    follow(sam, "theme", theme().id)
    follow(kees, "round", find_round("open").id)
    publishes("Een register voor elke vergunning", theme_id=theme().id)
    publishes("Fietspaden")
    assert heard() == {"followed-proposal": 1}
    assert heard("kees") == {}
    assert "followed-proposal" not in heard("pia")
    assert many(FollowedSearch) == 2


def test_from_the_page_of_a_search_to_the_list_and_back(client: Any, browse: Any) -> None:
    sam = browse("sam")
    make_proposal("open", title="Vergunningen")
    assert "Log in om deze zoekopdracht te volgen" in client.get("/nl/search?q=vergunning").text
    assert "Volg deze zoekopdracht" in sam.get("/nl/search?q=Vergunning").text
    answer = follow_words(sam, "  Vergunning ")
    assert answer.headers["Location"].endswith("/nl/search?q=vergunning")
    assert "Je volgt deze zoekopdracht" in sam.get("/nl/search?q=vergunning").text
    follow_words(sam, "VERGUNNING")
    assert (many(Follow), many(FollowedSearch)) == (1, 1)
    assert "“vergunning”" in sam.get("/nl/following").text
    number = db.session.scalars(select(FollowedSearch.id)).one()
    sam.post(f"/nl/following/search/{number}/stop")
    assert (many(Follow), many(FollowedSearch)) == (0, 0)


@pytest.mark.parametrize("words", ["", "  ", "!!", "een " * 13, "\x00"])
def test_words_that_find_nothing_are_refused(browse: Any, words: str) -> None:
    answer = browse("sam").post("/nl/following/search", data={"q": words})
    assert answer.status_code in {400, 422}
    assert many(FollowedSearch) == 0


def test_nobody_learns_which_words_others_follow(
    app: Flask, browse: Any, publishes: Publishes, now: datetime
) -> None:
    follow_words(browse("sam"), "vergunning")
    number = db.session.scalars(select(FollowedSearch.id)).one()
    lotte = browse("lotte")
    for page in ("/nl/following", "/nl/search?q=register", "/nl/notices"):
        assert "vergunning" not in lotte.get(page).text
    assert "vergunning" not in lotte.get(f"/nl/following/search/{number}").text
    publishes("Vergunning")
    with app.test_request_context():
        assert export_of("lotte", now).parts["followed_searches"] == []
        (mine,) = export_of("sam", now).parts["followed_searches"]
        assert mine["words"] == "vergunning"
        with unit_of_work():
            close_account(person("sam"), person("sam"), now, ClosedBy.SELF)
    assert (many(Follow), many(FollowedSearch), many(SearchHit)) == (0, 0, 0)


TEXTS = ("Een register voor elke vergunning", "E-mail en foto's", "東京の図書館", "Fietspaden")
WORDS = ("vergunningen", "register vergunning", "email", "foto", "図書", "fiets", "pad", "zee")


@pytest.mark.both_engines
@pytest.mark.parametrize("words", WORDS)
def test_the_words_say_what_the_index_says(app: Flask, words: str) -> None:
    with app.test_request_context():
        with unit_of_work():
            for number, text in enumerate(TEXTS, start=1):
                index_text("proposal", number, text, "nl")
        found = set(db.session.scalars(found_ids("proposal", words)))
        held = {number for number in range(1, len(TEXTS) + 1)
                if holds_words(words_kept("proposal", number), words)}  # fmt: skip
    assert held == found


def test_a_thousand_searches_cost_no_statement_more(
    app: Flask, browse: Any, publishes: Publishes, now: datetime
) -> None:
    follow_words(browse("sam"), "vergunning")
    with counted(app) as few:
        publishes("Vergunning een")
    with unit_of_work():
        db.session.add_all(FollowedSearch(words=f"woord{n}", made_at=now) for n in range(1_000))
        db.session.flush()
        ids = db.session.scalars(select(FollowedSearch.id).where(FollowedSearch.words != "x"))
        mine = person("kees").id
        db.session.add_all(
            Follow(person_id=mine, kind="search", subject_id=one, since=now) for one in ids
        )
    with counted(app) as lots:
        publishes("Vergunning twee")
    assert lots.number <= few.number + 1, str(lots)
