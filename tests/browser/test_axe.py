"""axe finds nothing, on every template, full and empty, in both languages (WCAG 2.2 AA tags).

The short form looks at some pages of each kind, drawn by a seed; the long one at every page.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, template_rendered
from playwright.sync_api import Page

from consult.interfaces.publishing.document_cache import BeingMade
from consult.people.accounts.models import SecondFactor
from tests.browser.conftest import OpenPage, axe
from tests.browser.pages import EMPTY, FULL, IN_A_FLOW, PLAN, WRONG, fill
from tests.cast import sign_in
from tests.factories import make_proposal
from tests.samples import some_of

pytestmark = pytest.mark.browser

TEMPLATES = Path(__file__).parents[2] / "templates"
LANGUAGES = ["nl", "en"]
PHONE = 360
SAMPLE = 1
SEND_EMPTY = """() => {
    const form = [...document.querySelectorAll("main form[method=post], main form")].at(-1);
    form.noValidate = true;
    form.querySelectorAll("input:not([type=hidden]), textarea").forEach((field) => {
        if (["checkbox", "radio"].includes(field.type)) field.checked = false;
        else field.value = "";
    });
    form.requestSubmit();
}"""


@pytest.fixture
def full(app: Flask, now: datetime) -> Iterator[list[tuple[str | None, str]]]:
    """Fill the world; the page of mails exists in a demonstration only."""
    app.config["DEMONSTRATION"] = True
    yield fill(app, now)
    app.config["DEMONSTRATION"] = False


def of(full: list[tuple[str | None, str]], who: str | None) -> list[str]:
    return [*FULL[who], *(path for one, path in full if one == who)]


def wrong_with(page: Page, where: str) -> list[str]:
    """Say what axe finds on the page that is open, and whether it is too wide, on a phone too."""
    found = [f"{where}: {finding}" for finding in axe(page)]
    usual = page.viewport_size
    assert usual is not None
    for width in (usual["width"], PHONE):
        page.set_viewport_size({"width": width, "height": usual["height"]})
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            found.append(f"{where}: scrolls sideways by {over} px at {width} px")
    page.set_viewport_size(usual)
    return found


Pages = list[tuple[str | None, str]]


def some(pages: Mapping[str | None, list[str]], language: str) -> Pages:
    """Draw some pages with their readers; others in each language."""
    every = [(who, path) for who, paths in pages.items() for path in paths]
    return some_of(every, SAMPLE, f"{language} {len(every)}")


def findings(open_page: OpenPage, who: str | None, paths: list[str], language: str) -> list[str]:
    page = open_page(who, f"/{language}/", bypass_csp=True)
    base = page.url.removesuffix("/")
    found = []
    for path in paths:
        answer = page.goto(base + path)
        assert answer is not None
        assert answer.status < 500, path
        found += wrong_with(page, f"{who} {language}{path}")
    return found


def wrong_when_empty(
    open_page: OpenPage, who: str | None, paths: list[str], language: str
) -> list[str]:
    page = open_page(who, f"/{language}/", bypass_csp=True)
    base = page.url.removesuffix("/")
    found = []
    for path in paths:
        page.goto(base + path)
        with page.expect_navigation():
            page.evaluate(SEND_EMPTY)
        found += wrong_with(page, f"{who} {language}{path}, sent empty")
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_some_empty_pages(open_page: OpenPage, language: str) -> None:
    for who, path in some(EMPTY, language):
        assert not findings(open_page, who, [path], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_some_full_pages(open_page: OpenPage, full: Any, language: str) -> None:
    for who, path in some({who: of(full, who) for who in FULL}, language):
        assert not findings(open_page, who, [path], language)


@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("language", LANGUAGES)
def test_some_forms_sent_with_nothing_in_them(open_page: OpenPage, language: str) -> None:
    for who, path in some(WRONG, language):
        assert not wrong_when_empty(open_page, who, [path], language)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", list(EMPTY))
def test_empty_pages(open_page: OpenPage, who: str | None, language: str) -> None:
    assert not findings(open_page, who, EMPTY[who], language)


@pytest.mark.long
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", list(FULL))
def test_full_pages(open_page: OpenPage, full: Any, who: str | None, language: str) -> None:
    assert not findings(open_page, who, of(full, who), language)


@pytest.mark.long
@pytest.mark.usefixtures("full")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("who", list(WRONG))
def test_forms_sent_with_nothing_in_them(
    open_page: OpenPage, who: str | None, language: str
) -> None:
    assert not wrong_when_empty(open_page, who, WRONG[who], language)


def test_no_template_is_missing_from_these_pages(app: Flask, browse: Any, full: Any) -> None:
    parts = {"layouts", "partials"}
    missing = {
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.glob("*/*.html")
        if path.parent.name not in parts and not path.name.startswith("_")
    } - IN_A_FLOW

    def note(_app: Flask, template: Any, **_more: Any) -> None:
        missing.discard(template.name)

    with template_rendered.connected_to(note, app):
        for pages in (FULL, EMPTY):
            for who, paths in pages.items():
                browser = browse()
                if who:
                    sign_in(browser, who, SecondFactor.AUTHENTICATOR)
                for path in of(full, who) if pages is FULL else paths:
                    if missing:
                        browser.get(f"/nl{path}")
    assert not missing


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_document_that_is_being_made(
    open_page: OpenPage, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*_args: object) -> None:
        raise BeingMade

    monkeypatch.setattr("consult.interfaces.publishing.views.downloads.cached_document", busy)
    for path in (f"{PLAN}/plan.pdf", "/rounds/open/downloads/pdf"):
        page = open_page(None, f"/{language}{path}", bypass_csp=True)
        assert page.title()
        assert not wrong_with(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_way_to_the_other_language_with_what_was_typed(
    open_page: OpenPage, language: str
) -> None:
    """The page comes without a script only, and axe is one: it looks at what came elsewhere."""
    make_proposal("open")
    proposal = f"/{language}/rounds/open/proposals/1"
    without = open_page("lotte", proposal, script=False)
    without.fill("[name=body]", "Goed plan, maar wie betaalt?")
    without.locator("form:has([name=body]) button[formaction*='switch-language']").click()
    without.wait_for_url("**/switch-language")
    page = open_page("lotte", proposal, bypass_csp=True)
    page.set_content(without.content())
    assert page.get_by_text("Goed plan, maar wie betaalt?").count() == 1
    assert not wrong_with(page, language)


def test_axe_does_find_what_is_wrong(open_page: OpenPage) -> None:
    page = open_page(None, "/nl/", bypass_csp=True)
    page.evaluate("document.querySelector('main').innerHTML += '<img src=x>'")
    assert any("image-alt" in finding for finding in axe(page))
