"""Every link on every page, in every state, has a target that answers, and an anchor that is there.

Each page has a title and one heading of its own, and a public one a description, also for sharing.

The pages are those of tests/browser/pages.py, on an empty world and on a full one, with what is
hidden, withdrawn, waiting and late beside it. No browser is needed to follow a link.
"""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException

from consult.consultation.comments.models import ContributionState as State
from consult.foundation.core.db import db
from consult.people.accounts.models import SecondFactor
from tests.browser.pages import CLOSED, EMPTY, FULL, OPEN, fill
from tests.cast import person, sign_in
from tests.factories import make_comment, make_proposal
from tests.html_page import Link, Read, read_page
from tests.publisher.filled_in import NAME

pytestmark = pytest.mark.one_engine

FILES = (".pdf", ".docx", ".css", ".js", ".svg", ".woff2", ".ico", ".png")
"""What answers everybody alike is asked for once in a run: some of it takes long to make."""
DASH = " \N{EN DASH} "
"""Between the title of a page and the name of the site."""
Pages = dict[str | None, list[str]]
Answers = dict[str, tuple[int, Read | None]]


class Crawl:
    """Reads pages as somebody, and remembers what each address answered."""

    def __init__(self, app: Flask, who: str | None, files: Answers) -> None:
        self.app = app
        self.who = who
        self.client: FlaskClient = app.test_client()
        if who is not None:
            has_second = person(who).second_factor_at is not None
            sign_in(self.client, who, SecondFactor.AUTHENTICATOR if has_second else None)
        self.answers: Answers = {}
        self.files = files

    def get(self, path: str) -> tuple[int, Read | None]:
        """Return the status that a path leads to in the end, and the page of that very address.

        A page to sign in first, and a file, have no anchors to look for.
        """
        known = self.files if urlsplit(path).path.endswith(FILES) else self.answers
        if path not in known:
            answer, at = self.client.get(path), path
            while answer.status_code in {301, 302, 303, 308}:
                at = urljoin(at, answer.headers["Location"])
                answer = self.client.get(at)
            is_page = answer.mimetype == "text/html" and at == path
            # A file that is still being made is there: the page says when to come back.
            status = 200 if "Retry-After" in answer.headers else answer.status_code
            known[path] = status, read_page(answer.text) if is_page else None
        return known[path]

    def wrong_on(self, path: str) -> Iterator[str]:
        """Yield each link of a page that leads nowhere."""
        status, page = self.get(path)
        if page is None:
            return
        for link in dict.fromkeys(page.links):
            if why := self.why_wrong(path, link):
                yield f"{self.who} {path} ({status}): <{link.tag}> {link.to!r} {why}"
        is_letter = path.startswith("/nl/mails/")
        for why in () if is_letter else self.why_nameless(page, status):
            yield f"{self.who} {path} ({status}): {why}"
        doubled = {one for one in page.ids if page.ids.count(one) > 1}
        if doubled:
            yield f"{self.who} {path}: the same id twice: {sorted(doubled)}"

    def why_nameless(self, page: Read, status: int) -> Iterator[str]:
        """Say what a page lacks by which somebody finds, shares or hears it."""
        name, mark, site = page.title.rpartition(DASH)
        if not mark or not name.strip() or site not in {"Consult", NAME["nl"]}:
            yield f"the title is {page.title!r}"
        if len(page.headings) != 1 or not page.headings[0].strip():
            yield f"the headings of the first level are {page.headings}"
        if self.who is None and status == 200:
            for one in ("description", "og:title", "og:description", "og:site_name", "og:image"):
                if not page.meta.get(one, "").strip():
                    yield f"there is no {one}"

    def why_wrong(self, path: str, link: Link) -> str | None:
        """Say what is wrong with a link of a page; None if nothing is."""
        if not link.to.strip():
            return "is empty"
        to = urlsplit(urljoin(path, link.to.removeprefix(self.app.config["BASE_URL"])))
        if to.scheme or to.netloc:
            known = to.scheme in {"http", "https", "mailto", "tel"}
            return None if known else "has a strange scheme"
        if link.method == "post" or link.lang:
            # A page in the other language answers as this one does.
            return self._why_no_route(to.path, "POST" if link.method == "post" else "GET")
        here = link.to.startswith("#")
        status, there = self.get(path if here else to.path + (f"?{to.query}" if to.query else ""))
        if status >= 400 and not here:
            return f"answers {status}"
        lost = there is not None and to.fragment and to.fragment not in there.ids
        return "names an anchor that is not there" if lost else None

    def _why_no_route(self, path: str, method: str) -> str | None:
        try:
            self.app.url_map.bind("").match(path, method=method)
        except HTTPException as problem:
            return None if path.endswith("/nothing-here") else f"has no route ({problem.code})"
        return None


def crawl(app: Flask, pages: Pages) -> list[str]:
    """Follow every link of these pages once, as each of their readers."""
    wrong: list[str] = []
    files: Answers = {}
    for who, paths in pages.items():
        reader = Crawl(app, who, files)
        for path in dict.fromkeys(paths):
            wrong += reader.wrong_on(f"/nl{path}")
    return wrong


def every_state() -> Pages:
    """Store a proposal in every state, with comments in every state below the public ones."""
    paths = []
    for place in (OPEN, CLOSED):
        slug = place.rsplit("/", 1)[-1]
        for state in State:
            made = make_proposal(slug, state)
            if made.number is not None:
                paths += [f"{place}/proposals/{made.number}"]
            if state in {State.PUBLISHED, State.WITHDRAWN, State.HIDDEN}:
                for below in State:
                    make_comment(made, below, parent=make_comment(made, below, author="pia"))
        paths += [place, f"{place}/proposals", f"{place}/moderation-log"]
    who: tuple[str | None, ...] = (None, "pia", "mo", "ana")
    return {one: [*paths, *(["/home", "/moderation"] if one else [])] for one in who}


def full_world(app: Flask, now: datetime) -> Pages:
    pages: Pages = {who: [*paths] for who, paths in FULL.items()}
    for who, path in fill(app, now):
        pages.setdefault(who, []).append(path)
    return pages


@pytest.fixture
def demonstration(app: Flask) -> Iterator[None]:
    """Show what only the demonstration shows: the page of its mails."""
    app.config["DEMONSTRATION"] = True
    yield
    app.config["DEMONSTRATION"] = False


def none_wrong(wrong: list[str]) -> None:
    assert not wrong, f"{len(wrong)}:\n" + "\n".join(wrong[:40])


@pytest.mark.usefixtures("demonstration")
def test_for_readers_and_participants(app: Flask, now: datetime) -> None:
    pages = full_world(app, now)
    none_wrong(crawl(app, {who: pages[who] for who in (None, "pia")}))


@pytest.mark.long
@pytest.mark.usefixtures("demonstration")
def test_for_everybody_on_a_full_world(app: Flask, now: datetime) -> None:
    none_wrong(crawl(app, full_world(app, now)))


@pytest.mark.long
def test_for_everybody_on_an_empty_world(app: Flask) -> None:
    none_wrong(crawl(app, EMPTY))


@pytest.mark.long
def test_in_every_state_of_a_contribution(app: Flask) -> None:
    with app.test_request_context():
        pages = every_state()
        db.session.remove()
    none_wrong(crawl(app, pages))


@pytest.mark.parametrize(
    ("link", "why"),
    [
        ("", "is empty"), ("/nl/nothing", "answers 404"), ("#nowhere", "an anchor"),
        ("/nl/plans#nowhere", "an anchor"), ("ftp://x", "scheme"),
    ],
)  # fmt: skip
def test_a_dead_link_is_found(app: Flask, link: str, why: str) -> None:
    assert why in str(Crawl(app, None, {}).why_wrong("/nl/plans", Link("a", link)))
