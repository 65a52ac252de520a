"""Where moderators look afterwards, everything public is still looked at once."""

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment
from consult.consultation.moderation.models import Decision, Verb
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Moderation
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from tests.cast import person
from tests.factories import find_round
from tests.moderation.test_pages import act

FORM = {
    "title": "Open agenda", "problem": "Niemand weet het.", "action": "Zet ze online.",
    "theme_id": "0", "organisation_id": "0", "language": "nl", "origin": "new", "amount": "",
    "act": "submit",
}  # fmt: skip
AFTER = "/en/moderation?tab=after"


@pytest.fixture(autouse=True)
def looked_at_afterwards(app: Flask) -> None:
    """Let the open round publish at once."""
    del app
    with unit_of_work():
        find_round("open").moderation = Moderation.POST


def hand_in(browse: Any) -> Proposal:
    assert browse("pia").post("/nl/rounds/open/proposals/new", data=FORM).status_code == 303
    made: Proposal = db.session.scalars(select(Proposal)).one()
    return made


def test_what_is_public_at_once_waits_for_a_look(browse: Any) -> None:
    made = hand_in(browse)
    assert browse().get(f"/nl/rounds/open/proposals/{made.number}").status_code == 200
    mo = browse("mo")
    assert "To look at afterwards" in mo.get("/en/moderation").text
    assert made.title in mo.get(AFTER).text
    assert made.title not in mo.get("/en/moderation").text


def test_a_moderator_lets_it_stay_and_it_leaves_the_queue(browse: Any) -> None:
    made = hand_in(browse)
    mo = browse("mo")
    before = db.session.scalars(select(Message)).all()
    act(mo, made, "keep", "?tab=after")
    assert made.title not in mo.get(AFTER).text
    decision = db.session.scalars(select(Decision)).one()
    assert (decision.verb, decision.decided_by_id) == (Verb.KEEP, person("mo").id)
    assert "Looked at; it stays" in browse().get("/en/rounds/open/moderation-log").text
    assert db.session.scalars(select(Message)).all() == before, "nothing changed for its author"
    assert act(mo, made, "keep").status_code == 403


def test_a_moderator_hides_it_with_a_ground(browse: Any) -> None:
    made = hand_in(browse)
    act(browse("mo"), made, "hide", "?tab=after", reason="Scheldt.", ground="offensive")
    assert made.title not in browse().get(f"/nl/rounds/open/proposals/{made.number}").text


def test_a_new_text_is_looked_at_again(browse: Any) -> None:
    made = hand_in(browse)
    mo = browse("mo")
    act(mo, made, "keep")
    db.session.refresh(made)
    newer = {**FORM, "title": "Open notulen", "version": str(made.version)}
    answer = browse("pia").post(f"/nl/rounds/open/proposals/{made.number}/revise", data=newer)
    assert answer.status_code == 303
    assert "Open notulen" in mo.get(AFTER).text


def test_a_comment_waits_there_too_and_nobody_keeps_their_own(browse: Any) -> None:
    made = hand_in(browse)
    form = {"kind": "reaction", "body": "Goed idee.", "organisation_id": "0", "language": "nl"}
    browse("lotte").post(f"/nl/rounds/open/proposals/{made.number}/comments", data=form)
    assert "Goed idee." in browse("mo").get(AFTER).text
    said = db.session.scalars(select(Comment)).one()
    assert act(browse("lotte"), said, "keep").status_code in {403, 404}
    act(browse("mo"), said, "keep")
    assert "Goed idee." not in browse("mo").get(AFTER).text


def test_where_moderators_look_first_nothing_waits_afterwards(browse: Any) -> None:
    with unit_of_work():
        find_round("open").moderation = Moderation.PRE
    made = hand_in(browse)
    act(browse("mo"), made, "publish")
    assert made.title not in browse("mo").get(AFTER).text
    assert act(browse("mo"), made, "keep").status_code == 403
