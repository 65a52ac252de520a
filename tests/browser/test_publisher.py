"""From a site that speaks for nobody to one whose pages, files and mails say who speaks there."""

import io
import re

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.conftest import OpenPage, axe
from tests.publisher.filled_in import SVG

pytestmark = pytest.mark.browser

ACCENT = "rgb(27, 94, 122)"


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    page.wait_for_load_state()


def follow(page: Page, name: str) -> None:
    page.get_by_role("link", name=re.compile(f"^{name}")).first.click()
    page.wait_for_load_state()


@pytest.mark.parametrize("script", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_administrator_says_who_speaks_here(open_page: OpenPage, script: bool) -> None:
    reader = open_page(None, "/en/contact", width=360, script=script)
    expect(reader.locator("main")).to_contain_text("has not said yet how you reach it")

    adi = open_page("adi", "/en/home", width=360, script=script)
    expect(adi.locator("main")).to_contain_text("Say who speaks here")
    follow(adi, "Fill it in")
    adi.fill("[name=name_nl]", "Bureau Samenspraak")
    adi.fill("[name=name_en]", "Dialogue Office")
    adi.fill("[name=email]", "hallo@samenspraak.example")
    adi.fill("[name=about_en]", "We ask, **listen** and answer.")
    adi.fill("[name=accent]", "#ffd200")
    press(adi, "Save the publisher")
    expect(adi.locator("#errors")).to_contain_text("cannot be read well on white")
    assert adi.input_value("[name=about_en]") == "We ask, **listen** and answer."
    adi.fill("[name=accent]", "1B5E7A")
    press(adi, "Save the publisher")
    expect(adi.locator("main")).to_contain_text("It is saved.")
    follow(adi, "Choose a logo")
    logo = {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": SVG}
    adi.set_input_files("[name=file]", logo)  # type: ignore[arg-type]
    press(adi, "Save the logo")
    expect(adi.locator("main")).to_contain_text("The logo is saved.")

    reader.goto(reader.url.replace("/contact", "/about"))
    assert reader.title() == "About us – Dialogue Office"  # noqa: RUF001
    expect(reader.locator("main strong")).to_have_text("listen")
    expect(reader.locator("header")).to_contain_text("Dialogue Office")
    mail = reader.get_by_role("link", name="hallo@samenspraak.example").first
    assert mail.evaluate("link => getComputedStyle(link).color") == ACCENT
    shown = reader.locator("header img").first
    assert shown.evaluate("image => image.getBoundingClientRect().height") == 48
    assert shown.evaluate("image => image.complete && image.naturalWidth > 0")
    assert reader.evaluate("document.documentElement.scrollWidth") == 360
    if script:
        assert axe(reader) == []
    site = reader.url.split("/en/")[0]
    answer = reader.request.get(f"{site}/nl/plans/open-overheid/plan.pdf")
    metadata = PdfReader(io.BytesIO(answer.body())).metadata
    assert metadata is not None
    assert metadata.author == "Bureau Samenspraak"


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("width", [360, 1440])
def test_the_help_page_leads_by_its_contents(
    open_page: OpenPage, language: str, width: int
) -> None:
    page = open_page(None, f"/{language}/help", width=width)
    if width == 360:
        page.locator("details.consult-contents-fold summary").click()
    ways = page.locator("a[href^='#']:visible")
    names = [one for one in ways.all() if one.get_attribute("href") != "#content"]
    assert len(names) == 6
    last = names[3]
    anchor = last.get_attribute("href")
    last.click()
    expect(page.locator(f"{anchor}")).to_be_in_viewport()
    pictures = page.locator("figure svg[role=img]")
    assert pictures.count() == 4
    for one in pictures.all():
        assert len(one.get_attribute("aria-label") or "") > 40
        box = one.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
    assert axe(page) == []
