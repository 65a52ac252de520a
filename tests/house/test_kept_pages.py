"""Pages that are kept for everybody: each says what it uses, and what it shows raises the revision.

The pages are those of tests/browser/pages.py for who does not sign in, on a full world. A kept page
is compared with the same page made anew: after what changes nothing that a reader sees, and as the
clock goes past all dates.
"""

import re
from collections import defaultdict
from dataclasses import replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.exceptions import NotFound

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import save_draft, submit_proposal
from consult.consultation.proposals.texts import ProposalText
from consult.foundation.core.db import db
from consult.foundation.core.page_cache import EXTENSION, PageCache, PublicPage
from consult.foundation.core.page_expiry import next_change
from consult.foundation.core.public_revision import Revision
from consult.foundation.core.unit_of_work import unit_of_work
from tests.browser.pages import EMPTY, FULL, fill
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round
from tests.house.parameters import QUERY
from tests.samples import SHORT_AND_LONG, some_of

MADE_NOW = {"Authorization": "none"}
"""With it a page is made anew, all of it, as for who is not signed in."""
_SIGNED = re.compile(r'name="(once|csrf_token)" value="[^"]+"')
"""What is another one at each answer."""
MADE_ANEW = {
    "privacy.closed": "comes after a form",
    "accounts.sent": "a mail was just sent from here",
    "accounts.unsubscribe": "is for who has the key in its address",
    "invitations.declined": "comes after a form",
    "invitations.show": "is for who has the key in its address",
    "publishing.check": "asks for a secret code",
    "publishing.mails": "of the demonstration",
    "publishing.receipt": "is for who has the code in its address",
    "publishing.round_downloads": "says which files are being made",
    "verification.record": "grows with every act",
}
"""Pages that answer everybody and are not kept, and why; those of signing in set a cookie."""


def kept_pages(app: Flask) -> dict[str, PublicPage]:
    found: dict[str, PublicPage] = app.extensions[f"{EXTENSION}-pages"]
    return found


def endpoint_of(app: Flask, path: str) -> str:
    """Return which page answers at an address; empty where there is none."""
    try:
        endpoint: str = app.url_map.bind("").match(path.partition("?")[0], method="GET")[0]
    except NotFound:
        return ""
    return endpoint


@pytest.fixture
def everywhere(app: Flask, now: datetime) -> list[str]:
    """Where somebody gets on a full world who does not sign in."""
    more = [path for who, path in fill(app, now) if who is None]
    paths = dict.fromkeys([*EMPTY[None], *FULL[None], *more])
    return [f"/nl{_in_order(path)}" for path in paths]


def _in_order(path: str) -> str:
    """Write an address as a kept page knows it: what it asks for, by name."""
    place, mark, query = path.partition("?")
    return place + mark + "&".join(sorted(query.split("&")))


@pytest.fixture
def kept(app: Flask, everywhere: list[str]) -> list[str]:
    """The addresses of pages that are kept."""
    return [path for path in everywhere if endpoint_of(app, path) in kept_pages(app)]


def as_kept(client: FlaskClient, path: str) -> str:
    return client.get(path).text


def made_anew(client: FlaskClient, path: str) -> str:
    return client.get(path, headers=MADE_NOW).text


def stale(client: FlaskClient, paths: list[str]) -> list[str]:
    return [path for path in paths if as_kept(client, path) != made_anew(client, path)]


def revision(app: Flask) -> Revision:
    found = app.extensions[EXTENSION].revisions.read()
    assert isinstance(found, Revision)
    return found


def test_each_says_what_it_uses_of_its_address(app: Flask) -> None:
    used = {endpoint: set(QUERY.get(endpoint, {})) for endpoint in kept_pages(app)}
    assert {endpoint: page.parameters for endpoint, page in kept_pages(app).items()} == used


def test_what_answers_everybody_is_kept(
    app: Flask, everywhere: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    client = app.test_client(use_cookies=False)
    for path in everywhere:
        first, endpoint = client.get(path), endpoint_of(app, path)
        signs_in = endpoint.startswith("security.")
        if first.status_code != HTTPStatus.OK or endpoint in MADE_ANEW or signs_in:
            continue
        assert "Set-Cookie" not in first.headers, path
        assert first.headers["Cache-Control"] == "public, no-cache", path
        again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == HTTPStatus.NOT_MODIFIED, path


def test_what_no_reader_sees_changes_no_kept_page(
    app: Flask, client: FlaskClient, kept: list[str], browse: Any, now: datetime
) -> None:
    assert not stale(client, kept)
    before = revision(app)
    with app.test_request_context():
        text = ProposalText(title="Nog een voorstel", problem="Ja.", action="Doen.", result="Goed.")
        pia, open_, closed = person("pia"), find_round("open"), find_round("closed")
        public = db.session.scalars(
            select(Proposal).where(Proposal.round_id == open_.id, Proposal.state == State.PUBLISHED)
        ).first()
        assert public is not None
        with unit_of_work():
            draft = save_draft(pia, open_, text, now)
        with unit_of_work():
            save_draft(pia, open_, replace(text, title="Nog een beter voorstel"), now, draft)
        with unit_of_work():
            submit_proposal(pia, open_, text, now, now, draft)
            submit_proposal(pia, closed, text, now, now)
            add_comment(pia, public, CommentText("Een gedachte."), now, now)
    browse("lotte").get("/nl/notices")
    assert revision(app).pages == before.pages
    assert revision(app).counts > before.counts
    assert not stale(client, kept)


@SHORT_AND_LONG
def test_no_kept_page_outlives_a_date(
    app: Flask, client: FlaskClient, kept: list[str], clock: Clock, *, everything: bool
) -> None:
    """Each page is made just before a date, and asked for again at it and just after."""
    until, turns = clock() + timedelta(days=60), []
    with app.app_context():
        at = next_change(clock())
        while at < until:
            turns.append(at)
            at = next_change(at)
    assert len(turns) > 80
    instant, second = timedelta(microseconds=1), timedelta(seconds=1)
    for turn in sorted(some_of(turns, len(turns) if everything else 6, "turns")):
        paths = some_of(kept, 16 if everything else 8, str(turn))
        for at in (turn - instant, turn, turn + instant, turn + second):
            clock.time = max(clock(), at)  # dates lie an instant apart, and no clock goes back
            assert not stale(client, paths), at


READERS = (None, "pia", "lotte", "sam", "mo", "ana", "adi", "coen")
"""Nobody, authors, a member who waits for a mandate, who works on a plan, who never agreed."""


def test_a_part_that_is_kept_is_the_same_for_all_readers(
    app: Flask, kept: list[str], browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each part is made for each reader, as if nothing were kept; a token is in none of them."""
    cache: PageCache = app.extensions[EXTENSION]
    made: dict[object, set[str]] = defaultdict(set)
    makers: dict[object, set[str | None]] = defaultdict(set)
    reader: str | None = None

    def note(place: object, one: Any) -> None:
        if isinstance(place, tuple):
            made[place].add(one.text)
            makers[place].add(reader)

    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    monkeypatch.setattr(cache, "find", lambda *_: None)
    monkeypatch.setattr(cache, "keep", note)
    for reader in READERS:
        client = browse(reader)
        for path in kept:
            client.get(path)
    names = {place[1] for place in made if isinstance(place, tuple)}
    assert names >= {"listing", "heading", "text", "thread", "positions", "journey", "facts"}
    assert not [place for place, texts in made.items() if len(texts) > 1]
    assert not [place for place, texts in made.items() if "csrf_token" in str(texts)]
    assert sum(len(those) > 2 for those in makers.values()) > 20


def test_who_is_signed_in_reads_what_is_there_now(
    app: Flask, browse: Any, kept: list[str], now: datetime
) -> None:
    """A page with parts that were kept is the page that is made anew: after a change, and later."""
    paths = [path for path in kept if "/rounds/" in path]
    for reader in ("pia", "mo"):
        client = browse(reader)
        before = [client.get(path).text for path in paths]
        with app.test_request_context(), unit_of_work():
            public = db.session.scalars(
                select(Proposal).where(Proposal.state == State.PUBLISHED)
            ).first()
            assert public is not None
            judgement = Judgement(Verb.HIDE, f"Dit las {reader}.", Ground.OFFENSIVE)
            decide(person("mo"), public, judgement, now)
        after = [client.get(path).text for path in paths]
        assert before != after
        anew = [client.get(path, headers=MADE_NOW).text for path in paths]
        assert [_SIGNED.sub("", one) for one in after] == [_SIGNED.sub("", one) for one in anew]
