"""Lotte wants a text read, and not published: no word of it is in a public byte."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.models import Attachment, Proposal
from consult.foundation.core.db import db
from consult.foundation.core.spelling import learn_words
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.queues import walk_queues
from consult.foundation.notifications.models import Message
from consult.foundation.record.models import Receipt
from consult.people.following.models import Follow, FollowedKind, SearchHit
from consult.people.following.searches import take_search
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_proposal
from tests.house.test_matrix import Case, things
from tests.privacy.planted import SIGN, found, unpacked
from tests.privacy.test_planted_strings import addresses
from tests.privacy.unpublished import Signs, answer_the_closed_round, hand_in_one_of_each
from tests.record.publishing import publish
from tests.samples import SHORT_AND_LONG, some_of

__all__ = ["things"]
# Nobody, somebody without a role, members of the forum and of the organisation of others.
OTHERS = (None, "sam", "pia", "kees", "coen", "hanna")
# What differs from page to page: the words that were looked for, and the keys of forms.
KEYS = re.compile(r'zq\d{6}qz|name="(once|csrf_token)" value="[^"]*"')
SAYS_WHAT_ONE_FOLLOWS = ("/nl/home", "/nl/following", "/nl/my-data/")
ON_THE_TEAM = {"ana", "mo", "bo"}


@pytest.fixture
def discussed(app: Flask) -> Proposal:
    """A public proposal of Pia in the open round, and one in the closed round."""
    with app.test_request_context():
        make_proposal("closed")
        return make_proposal("open")


@pytest.fixture
def signs(app: Flask, discussed: Proposal, now: datetime, clock: Clock) -> Signs:
    """All that Lotte wants kept from publication, after everything was done that makes it known."""
    signs = Signs()
    with app.test_request_context():
        follow_everything(discussed, now)
        hand_in_one_of_each(signs, discussed, now)
        answer_the_closed_round(signs, now)
    learn_words({}, now)
    publish()
    while walk_queues(clock):
        pass
    return signs


def followed_words() -> list[str]:
    """Return the first words that are to come: Pia follows a search for each."""
    ahead = Signs()
    return [ahead.new() for _ in range(5)]


def follow_everything(discussed: Proposal, now: datetime) -> None:
    """Let Pia follow rounds, a theme, a proposal, and searches for the words that are to come."""
    words = followed_words()
    with unit_of_work():
        pia, plan = person("pia"), discussed.round.plan
        follows = [
            (FollowedKind.ROUND, discussed.round_id),
            (FollowedKind.ROUND, find_round("closed").id),
            (FollowedKind.THEME, plan.themes[0].id),
            (FollowedKind.PROPOSAL, discussed.id),
            *((FollowedKind.SEARCH, take_search(word, now).id) for word in words),
        ]
        db.session.add_all(
            Follow(person_id=pia.id, kind=kind, subject_id=id_, since=now) for kind, id_ in follows
        )


def where_it_stands() -> list[str]:
    """Return the addresses of what Lotte handed in, and of what leads to it."""
    pages = []
    for one in db.session.scalars(select(Proposal).where(Proposal.not_for_publication)):
        page = f"/nl/rounds/{one.round.slug}/proposals/{one.number}"
        pages += [page, f"{page}/history", f"{page}/revise", f"/nl/drafts/{one.public_id}"]
    comments = db.session.scalars(select(Comment).where(Comment.not_for_publication))
    pages += [f"/nl/comments/{one.public_id}/revise" for one in comments]
    pages += [f"/nl/receipts/{code}" for code in db.session.scalars(select(Receipt.code))]
    files = db.session.scalars(select(Attachment))
    pages += [f"/nl/attachments/{one.file.public_id}" for one in files]
    return [*pages, "/log/1/opened/000"]


def searches(words: Iterable[str]) -> list[str]:
    """Return the addresses of searches for some words, wherever people search."""
    return [
        address
        for word in words
        for address in (
            f"/nl/search?q={word}",
            f"/nl/rounds/open/proposals?q={word}",
            f"/nl/rounds/closed/proposals?q={word}&kind=comments",
        )
    ]


def leaks(browse: Any, who: str | None, paths: Iterable[str], signs: Signs) -> list[str]:
    """Return where somebody finds a planted word that is not in the address itself."""
    browser, wrong = browse(who), []
    for path in paths:
        there = {one for one in found(browser.get(path)) & set(signs.made) if one not in path}
        if who == "pia" and path.startswith(SAYS_WHAT_ONE_FOLLOWS):
            there -= set(followed_words())  # what she typed herself
        if there:
            wrong.append(f"{who}: {sorted(there)} in {path}")
    return wrong


@SHORT_AND_LONG
def test_nobody_else_finds_a_word_of_it(
    app: Flask, browse: Any, signs: Signs, things: dict[str, list[Case]], everything: bool
) -> None:
    every, _ = addresses(app, things)
    wrong = []
    for who in OTHERS:
        paths = every if everything or who is None else some_of(every, 20, str(who))
        wrong += leaks(browse, who, [*paths, *where_it_stands()], signs)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", [None, "pia"])
def test_a_search_does_not_tell_that_a_word_is_in_it(
    browse: Any, signs: Signs, who: str | None
) -> None:
    browser = browse(who)
    asked = some_of(signs.made, 6, str(who))
    for address, nowhere in zip(searches(asked), searches(["zq000000qz"]) * 6, strict=True):
        answers = [KEYS.sub("", browser.get(path).text) for path in (address, nowhere)]
        assert answers[0] == answers[1], address
    slips = [sign.replace("qz", "qs") for sign in asked]
    assert not leaks(browse, who, searches(slips), signs), "no word of it is suggested"


@pytest.mark.usefixtures("signs")
def test_its_author_and_the_team_read_it(browse: Any) -> None:
    """So that the test above cannot pass because nothing is anywhere."""
    for who in ("lotte", "ana"):
        browser = browse(who)
        seen = {sign for path in where_it_stands() for sign in found(browser.get(path))}
        assert len(seen) > 20, who


@pytest.mark.usefixtures("signs")
def test_no_mail_tells_others_of_it() -> None:
    read_it = {person(name).email for name in (*ON_THE_TEAM, "lotte")}
    mails = db.session.scalars(select(Message)).all()
    assert any(SIGN.search(mail.body) for mail in mails), "Lotte has her answer"
    wrong = [
        (mail.kind, mail.address)
        for mail in mails
        if SIGN.search(f"{mail.subject}{mail.body}") and mail.address not in read_it
    ]
    assert wrong == []
    assert db.session.scalars(select(SearchHit)).all() == [], "no search that Pia follows finds it"


def test_no_public_export_has_it_and_the_complete_one_has_it_marked(
    app: Flask, signs: Signs, tmp_path: Path
) -> None:
    def export(slug: str, form: str, *more: str) -> str:
        path = tmp_path / f"{slug}.{form}"
        args = ["consult", "export-round", slug, "--format", form, "--output", str(path), *more]
        assert app.test_cli_runner().invoke(args=args).exit_code == 0
        return unpacked(path.read_bytes())

    for form in ("jsonl", "csv", "json", "xlsx", "ods", "docx", "odt", "pdf"):
        for slug in ("open", "closed"):
            assert set(SIGN.findall(export(slug, form))) & set(signs.made) == set(), form
    (told,) = [one for one in map(json.loads, export("open", "jsonl").splitlines())
               if one["type"] == "totals"]  # fmt: skip
    assert (told["not_for_publication"], told["comments_not_for_publication"]) == (3, 1)
    lines = [json.loads(line) for line in export("open", "jsonl", "--complete").splitlines()]
    kept = [line for line in lines if line.get("status") == "not_for_publication"]
    assert [line["type"] for line in kept] == ["proposal"] * 3 + ["comment"]
    assert all("zq" in line["not_for_publication"] for line in kept)


@pytest.mark.usefixtures("signs")
def test_the_database_itself_refuses_to_publish_it() -> None:
    for model in (Proposal, Comment):
        for state in (State.PUBLISHED, State.PENDING, State.HIDDEN, State.RETURNED):
            kept = update(model).where(model.state == State.NOT_FOR_PUBLICATION)
            with pytest.raises(IntegrityError):
                db.session.execute(kept.values(state=state))
            db.session.rollback()
