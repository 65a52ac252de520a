"""A search in a round finds comments too, leads to them, and finds nothing that is not public."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.found_comments import count_found_comments, find_comments
from consult.foundation.core.db import db
from consult.foundation.core.search import index_text
from consult.foundation.core.spelling import learn_words
from consult.foundation.core.unit_of_work import unit_of_work
from tests.factories import find_round, make_comment, make_proposal
from tests.invitations.letterbox import helder

WORD = "windmolen"


@pytest.fixture
def said(client: FlaskClient) -> Callable[..., Any]:
    """Return a function that makes a comment on a proposal, found by its text."""
    del client

    def make(on: Any, body: str = f"Over een {WORD}.", state: State = State.PUBLISHED) -> Any:
        comment = make_comment(on, state)
        comment.body = body
        with unit_of_work():
            index_text("comment", comment.id, body, "nl")
        return comment

    return make


def search(client: FlaskClient, query: str, **more: str) -> str:
    return client.get("/en/rounds/open/proposals", query_string={"q": query, **more}).text


def test_a_word_in_a_comment_leads_to_the_comment(
    client: FlaskClient, said: Callable[..., Any]
) -> None:
    proposal = make_proposal("open", State.PUBLISHED)
    comment = said(proposal)
    page = search(client, "windmolens")
    assert "Proposals: 0" in page
    assert "Comments: 1" in page
    found = search(client, "windmolens", kind="comments")
    assert f"<mark>{WORD}</mark>" in found
    where = f"/en/rounds/open/proposals/{proposal.number}?comment={comment.number}"
    assert f"{where}#comment-{comment.number}" in found
    assert f'id="comment-{comment.number}"' in client.get(where).text


@pytest.mark.parametrize(
    ("of_proposal", "of_comment"),
    [
        (State.PUBLISHED, State.PENDING),
        (State.PUBLISHED, State.HIDDEN),
        (State.PUBLISHED, State.WITHDRAWN),
        (State.PUBLISHED, State.LATE),
        (State.HIDDEN, State.PUBLISHED),
        (State.WITHDRAWN, State.PUBLISHED),
    ],
)
def test_what_is_not_public_is_not_found(
    client: FlaskClient,
    browse: Callable[[str], FlaskClient],
    said: Callable[..., Any],
    of_proposal: State,
    of_comment: State,
) -> None:
    said(make_proposal("open", of_proposal), state=of_comment)
    for reader in (client, browse("lotte"), browse("mo")):
        page = search(reader, WORD, kind="comments")
        assert "Comments: 0" in page
        assert "<mark>" not in page
    assert count_found_comments(find_round("open").id, WORD).number == 0


def test_pages_of_found_comments_show_each_once(said: Callable[..., Any]) -> None:
    proposal = make_proposal("open", State.PUBLISHED)
    made = [said(proposal).number for _ in range(5)]
    seen, cursor = [], None
    while True:
        page = find_comments(find_round("open").id, WORD, cursor, size=2)
        seen += [one.number for one in page]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == made[::-1]


def test_another_round_is_not_searched(client: FlaskClient, said: Callable[..., Any]) -> None:
    said(make_proposal("closed", State.PUBLISHED))
    assert "Comments: 0" in search(client, WORD)


def test_words_in_titles_and_texts_are_marked(client: FlaskClient, now: datetime) -> None:
    del now
    proposal = make_proposal("open", State.PUBLISHED)
    proposal.title = "Meer <windmolens> & zo"
    proposal.action = "Leg op elk dak **windmolens**."
    with unit_of_work():
        index_text("proposal", proposal.id, f"{proposal.title} {proposal.action}", "nl")
    db.session.commit()
    page = search(client, "windmolen")
    assert "Proposals: 1" in page
    assert "<span>Meer &lt;<mark>windmolens</mark>&gt; &amp; zo</span>" in page
    assert re.search(r"Leg op elk dak\s+<mark>windmolens</mark>", page)


def test_the_filter_offers_organisations_of_the_round_only(client: FlaskClient) -> None:
    make_proposal("open", State.PUBLISHED)
    page = client.get("/en/rounds/open/proposals").text
    assert 'id="f-organisation"' not in page, "none is there, so there is nothing to choose"
    make_proposal("open", State.PUBLISHED, organisation_id=helder().id)
    page = client.get("/en/rounds/open/proposals").text
    offered = page[page.index('id="f-organisation"') :]
    assert "Stichting Helder Bestuur (1)" in offered[: offered.index("</select>")]


def test_who_makes_a_slip_is_told_what_was_meant(
    client: FlaskClient, said: Callable[..., Any], now: datetime
) -> None:
    said(make_proposal("open", State.PUBLISHED))
    said(make_proposal("open", State.PUBLISHED), "Over een kernreactor.", State.HIDDEN)
    learn_words({}, now)
    page = search(client, "windmole")
    assert "Did you mean" not in page, "it is found as it stands"
    page = search(client, "windmolem")
    assert re.search(r'Did you mean\s+<a[^>]*q=windmolen"[^>]*>windmolen</a>\?', page)
    assert "Did you mean" not in search(client, "kernreactot"), "what is hidden tells nothing"
