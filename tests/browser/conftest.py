"""A real browser on the real application: Chromium, driven by Playwright.

Without a Chromium these tests are skipped with a sentence; CONSULT_REQUIRE_BROWSER=1 makes its
absence a failure.
"""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from werkzeug.serving import make_server

from consult.foundation.core.db import db
from consult.foundation.jobs.services import run_all
from consult.people.accounts.models import SecondFactor
from tests.cast import person, sign_in
from tests.conftest import ENGINE, Clock

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
AXE = Path(__file__).parents[2] / "build" / "axe.min.js"
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def chromium() -> str | None:
    """Find a Chromium: the one that is named, else one of the machine; one without a window first.

    It is the same browser, and takes a third of the work.
    """
    named = os.environ.get("CONSULT_CHROMIUM")
    found = (named, *map(shutil.which, CHROMIUMS))
    return next((path for path in found if path), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once for the run."""
    path = chromium()
    if path is None:
        sentence = "no Chromium found (install chromium, or name it in CONSULT_CHROMIUM)"
        if os.environ.get("CONSULT_REQUIRE_BROWSER") == "1":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    """Serve the application on a free port, with CSRF protection on and return its address."""
    if ENGINE != "sqlite":
        pytest.skip("the browser looks at one database")
    before = {name: app.config[name] for name in ("WTF_CSRF_ENABLED", "BASE_URL")}
    app.config["WTF_CSRF_ENABLED"] = True
    server = make_server("127.0.0.1", 0, app, threaded=True)
    # Closing waits for what is still being answered: the next test puts another database here.
    server.daemon_threads = False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    db.session.remove()
    app.config["BASE_URL"] = f"http://127.0.0.1:{server.port}"
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    server.server_close()
    thread.join()
    app.config.update(before)


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(browser: Browser, site: str, app: Flask) -> Iterator[OpenPage]:
    """Open a page for somebody of the cast: `open_page("pia", "/nl/", width=360)`."""
    contexts: list[BrowserContext] = []

    def visit(
        who: str | None, path: str, *, width: int = 1280, script: bool = True, **more: Any
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=script,
            reduced_motion="reduce",
            **more,
        )
        contexts.append(context)
        if who:
            context.add_cookies([session_cookie(app, who, site)])
        page = context.new_page()
        page.goto(site + path)
        return page

    yield visit
    for context in contexts:
        context.close()


def session_cookie(app: Flask, who: str, site: str) -> Any:
    """Make the cookie of somebody who signed in (the sign-in page has its own tests)."""
    client = app.test_client()
    has_one = person(who).second_factor_at is not None
    sign_in(client, who, SecondFactor.AUTHENTICATOR if has_one else None)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    db.session.remove()
    return {"name": cookie.key, "value": cookie.value, "url": site}


@pytest.fixture
def let_time_pass(app: Flask, clock: Clock) -> Callable[[], None]:
    """Return what lets the time go by in which a moderator can take a decision back."""

    def pass_() -> None:
        with app.app_context():
            run_all(clock.forward(seconds=31))
            db.session.remove()

    return pass_


def axe(page: Page) -> list[str]:
    """Run axe with the tags of WCAG 2.2 AA and return a line per finding.

    What stays in reach at the edge of a phone lies over something at each place of a page, and
    goes from there as one scrolls: it is looked at where it stands in the page.
    """
    page.evaluate(AXE.read_text())
    page.evaluate(
        "document.querySelector('.consult-reach')?.style.setProperty('position', 'static')"
    )
    found = page.evaluate(
        "async (tags) => (await axe.run(document, {runOnly: tags})).violations",
        AXE_TAGS,
    )
    return [
        f"{one['id']}: {one['help']} - {node['target']} {node['html'][:150]}"
        for one in found
        for node in one["nodes"]
    ]
