"""In a real browser: every way to sign in, setting a second factor up, and losing it."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, Page, expect

from consult.foundation.core.db import db
from consult.foundation.core.languages import LANGUAGES
from consult.foundation.jobs.services import run_all
from consult.people.accounts.models import SecondFactor
from tests.accounts.factors import App, give_app
from tests.accounts.provider import settings
from tests.accounts.visitor import address
from tests.browser.test_axe import wrong_with
from tests.cast import PASSWORD
from tests.cast import sign_in as hold
from tests.conftest import Clock
from tests.notifications.test_smtp import Serve, serve

__all__ = ["serve"]
pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture
def at_a_name(app: Flask, site: str) -> str:
    """The site at a name: a passkey does not belong to a number."""
    named = site.replace("127.0.0.1", "localhost")
    app.config["BASE_URL"] = named
    return named


@pytest.fixture
def visit(browser: Browser, at_a_name: str) -> Iterator[Open]:
    """Open a page in a new browser, with a virtual authenticator if asked."""
    contexts = []

    def go(path: str, *, key: bool = False, **more: Any) -> Page:
        context = browser.new_context(reduced_motion="reduce", **more)
        contexts.append(context)
        page = context.new_page()
        if key:
            plug_in(page)
        page.goto(at_a_name + path)
        return page

    yield go
    for context in contexts:
        context.close()


def plug_in(page: Page, **options: Any) -> tuple[Any, str]:
    """Return the browser an authenticator that keeps passkeys and knows who is there."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True, **options,
            }
        },
    )  # fmt: skip
    return devtools, made["authenticatorId"]


PASSKEY = re.compile("With a passkey|Met een passkey")


def unfold(page: Page, way: re.Pattern[str]) -> None:
    """Open a way of signing in that stands folded below the first one, where there is one."""
    folded = page.locator("details:not([open]) > summary").filter(has_text=way)
    if folded.count():
        folded.click()


def give_password(page: Page, name: str) -> None:
    form = page.locator("form").filter(has=page.locator("#password"))
    unfold(page, re.compile("With a password|Met een wachtwoord"))
    form.locator("#email").fill(address(name))
    form.locator("#password").fill(PASSWORD)
    form.get_by_role("button", name=re.compile("^(Sign in|Inloggen|Log in)$")).click()


def is_home(page: Page) -> None:
    expect(page).to_have_url(re.compile(r"/(nl|en)/home$"))


def give_code(page: Page, code: str, button: str) -> None:
    page.get_by_role("textbox").last.fill(code)
    page.get_by_role("button", name=button).click()


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).first.click()


def app_on(page: Page) -> App:
    return App(page.locator(".consult-key-text").inner_text())


def test_with_a_password(visit: Open) -> None:
    page = visit("/en/login")
    give_password(page, "pia")
    is_home(page)


def test_with_a_password_without_javascript(visit: Open) -> None:
    page = visit("/en/login", java_script_enabled=False)
    unfold(page, PASSKEY)
    expect(page.get_by_text("A passkey needs JavaScript.")).to_be_visible()
    give_password(page, "pia")
    is_home(page)


def test_with_a_link_in_a_mail(
    app: Flask, visit: Open, at_a_name: str, serve: Serve, clock: Clock
) -> None:
    """The mail goes through a real server, and its link is opened as it stands there."""
    box = serve("smtp://127.0.0.1:1025")
    page = visit("/en/login")
    page.locator("#link-email").fill(address("pia"))
    page.get_by_role("button", name="Send me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    with app.app_context():
        run_all(clock.time)
        run_all(clock.time)
        db.session.remove()
    said = box.mail().get_body(("plain",))
    assert said is not None
    text = said.get_content()
    link = re.search(r"https?://\S+", text)
    assert link
    assert link[0].startswith(at_a_name)
    page.goto(link[0])
    page.get_by_role("button", name="Inloggen").click()
    is_home(page)


def test_setting_an_app_up_and_signing_in_with_it(visit: Open, clock: Clock) -> None:
    page = visit("/en/login")
    give_password(page, "pia")
    page.goto(page.url.replace("/home", "/security"))
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    mine = app_on(page)
    give_code(page, mine.code(clock.time), "Use this app")
    codes = page.locator(".consult-recovery code").all_inner_texts()
    assert len(set(codes)) == 10
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_text("10 codes left")).to_be_visible()
    sign_out(page)
    clock.forward(minutes=1)
    other = visit("/en/login")
    give_password(other, "pia")
    give_code(other, mine.code(clock.time), "Sign in")
    is_home(other)


def test_a_lost_phone(app: Flask, visit: Open, clock: Clock) -> None:
    """A recovery code lets in, and another phone takes the place of the one that is lost."""
    with app.app_context():
        _, codes = give_app("pia", clock.time)
        db.session.remove()
    page = visit("/en/login")
    give_password(page, "pia")
    page.get_by_role("link", name="Use a recovery code").click()
    give_code(page, codes[0], "Sign in")
    expect(page.get_by_text("You have 9 left.")).to_be_visible()
    page.get_by_role("link", name="Set up another app").click()
    new = app_on(page)
    clock.forward(minutes=1)
    give_code(page, new.code(clock.time), "Use this app")
    sign_out(page)
    clock.forward(minutes=1)
    page = visit("/en/login")
    give_password(page, "pia")
    give_code(page, new.code(clock.time), "Sign in")
    is_home(page)


def test_everything_lost(app: Flask, visit: Open, clock: Clock) -> None:
    """The operator takes the second factor away, and the person sets one up anew."""
    with app.app_context():
        give_app("pia", clock.time)
        db.session.remove()
    command = ["consult", "people", "reset-second-factor", address("pia"), "--yes"]
    assert app.test_cli_runner().invoke(args=command).exit_code == 0
    page = visit("/en/login")
    give_password(page, "pia")
    is_home(page)
    page.goto(page.url.replace("/home", "/security/authenticator"))
    give_code(page, app_on(page).code(clock.time), "Use this app")
    expect(page.locator(".consult-recovery code")).to_have_count(10)


def test_a_moderator_is_led_to_a_second_factor_and_to_the_desk(
    app: Flask, visit: Open, clock: Clock
) -> None:
    app.config["SECOND_FACTOR"] = "required"
    try:
        page = visit("/en/login?next=/en/moderation")
        give_password(page, "mo")
        expect(page.get_by_role("heading", level=1)).to_have_text("Set up an authenticator app")
        expect(page.get_by_role("link", name="Moderation desk")).to_have_count(0)
        give_code(page, app_on(page).code(clock.time), "Use this app")
        page.get_by_role("button", name="I have kept them").click()
        expect(page).to_have_url(re.compile(r"/en/moderation$"))
    finally:
        app.config["SECOND_FACTOR"] = "optional"


def with_passkey(page: Page, button: str) -> None:
    """Press a button that a script answers, once the script is there."""
    unfold(page, PASSKEY)
    expect(page.get_by_role("button", name=button)).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name=button).click()


def add_passkey(page: Page, name: str) -> None:
    page.get_by_role("link", name="Add a passkey").click()
    page.wait_for_url("**/passkeys/new")  # and for its scripts: without them nothing is made
    page.get_by_label("Name of this passkey").fill(name)
    page.get_by_role("button", name="Make a passkey").click()


def test_a_passkey(visit: Open) -> None:
    """Made, used without typing anything, listed, removed, and then worth nothing."""
    page = visit("/en/login", key=True)
    give_password(page, "pia")
    page.goto(page.url.replace("/home", "/security"))
    add_passkey(page, "Mijn telefoon")
    page.get_by_role("button", name="I have kept them").click()
    expect(page.get_by_role("heading", name="Mijn telefoon")).to_be_visible()
    sign_out(page)
    page.get_by_role("link", name="Sign in", exact=True).first.click()
    with_passkey(page, "Sign in with a passkey")
    is_home(page)
    page.goto(page.url.replace("/home", "/security"))
    expect(page.get_by_text("with a passkey", exact=True)).to_be_visible()
    page.locator("#passkeys ~ ul summary").click()
    page.get_by_role("button", name=re.compile("^Yes: remove")).click()
    expect(page.get_by_role("heading", name="Mijn telefoon")).to_have_count(0)
    sign_out(page)
    page.get_by_role("link", name="Sign in", exact=True).first.click()
    with_passkey(page, "Sign in with a passkey")
    expect(page.get_by_text("This passkey did not work here.")).to_be_visible()


def test_a_passkey_as_the_second_factor(visit: Open) -> None:
    page = visit("/en/login", key=True)
    give_password(page, "pia")
    page.goto(page.url.replace("/home", "/security"))
    add_passkey(page, "Sleutel")
    sign_out(page)
    page.get_by_role("link", name="Sign in", exact=True).first.click()
    give_password(page, "pia")
    expect(page.get_by_text("Now use your passkey.")).to_be_visible()
    with_passkey(page, "Use my passkey")
    is_home(page)


def test_a_passkey_that_is_not_there_is_a_sentence(visit: Open) -> None:
    page = visit("/en/login")
    plug_in(page)
    with_passkey(page, "Sign in with a passkey")
    expect(page.get_by_text("The passkey was not used")).to_be_visible(timeout=20_000)


def test_a_browser_that_cannot_says_so(browser: Browser, at_a_name: str) -> None:
    context = browser.new_context()
    context.add_init_script("delete window.PublicKeyCredential")
    page = context.new_page()
    page.goto(f"{at_a_name}/en/login")
    unfold(page, PASSKEY)
    expect(page.get_by_text("This browser cannot use passkeys.")).to_be_visible()
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
    context.close()


@pytest.fixture
def provider(app: Flask) -> Iterator[str]:
    """A provider of another making, which knows one person."""
    claims = {"name": "Noor Nieuw", "email": address("noor"), "email_verified": True,
              "organisation": "helder-bestuur"}  # fmt: skip
    users = [User(sub="noor", claims=claims)]
    with run_server_in_thread(require_nonce=True, user_claims=users) as server:
        issuer = f"http://localhost:{server.server_port}"
        wanted = settings(issuer)
        before = {name: app.config[name] for name in wanted}
        app.config.update(wanted)
        yield issuer
        app.config.update(before)
        app.extensions.pop("consult.provider", None)


@pytest.mark.parametrize("language", LANGUAGES)
def test_through_a_provider(visit: Open, provider: str, language: str) -> None:
    page = visit(f"/{language}/login")
    page.get_by_role("link", name=re.compile("Rijk$")).click()
    assert page.url.startswith(provider)
    page.get_by_role("button", name="noor").click()
    expect(page).to_have_url(re.compile(f"/{language}/home$"))
    page.goto(page.url.replace("/home", "/mandates"))
    expect(page.get_by_role("heading", name="Stichting Helder Bestuur")).to_be_visible()


def test_linking_an_account_and_signing_in_with_it(visit: Open, provider: str) -> None:
    page = visit("/en/login")
    give_password(page, "pia")
    page.goto(page.url.replace("/home", "/security"))
    page.get_by_role("link", name="Link my account at Rijk").click()
    assert page.url.startswith(provider)
    page.get_by_role("button", name="noor").click()
    expect(page.get_by_text("Your account there is linked.")).to_be_visible()
    other = visit("/en/login")
    other.get_by_role("link", name="Sign in with Rijk").click()
    other.get_by_role("button", name="noor").click()
    is_home(other)
    expect(other.get_by_role("heading", level=1)).to_contain_text("Pia Jansen")


def test_who_does_not_agree_there_comes_back_to_a_sentence(visit: Open, provider: str) -> None:
    page = visit("/en/login")
    page.get_by_role("link", name="Sign in with Rijk").click()
    assert page.url.startswith(provider)
    page.get_by_role("button", name="Deny").click()
    expect(page.get_by_text("broken off there")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in or join")


def test_a_device_is_signed_out_from_another(app: Flask, visit: Open) -> None:
    page, other = visit("/en/login"), visit("/en/login")
    for one in (page, other):
        give_password(one, "pia")
        is_home(one)
    with app.app_context():
        hold(app.test_client(), "pia", SecondFactor.PASSKEY)
        db.session.remove()
    page.goto(page.url.replace("/home", "/security"))
    page.get_by_role("button", name="Sign out on all other devices").click()
    expect(page.get_by_text("this device")).to_be_visible()
    other.reload()
    expect(other).to_have_url(re.compile("/login"))


@pytest.mark.parametrize(
    ("language", "width"),
    [
        ("nl", 360),
        pytest.param("en", 1280, marks=pytest.mark.long),
        pytest.param("nl", 1280, marks=pytest.mark.long),
        pytest.param("en", 360, marks=pytest.mark.long),
    ],
)
def test_axe_finds_nothing_in_the_middle_of_it(
    app: Flask, visit: Open, at_a_name: str, clock: Clock, language: str, width: int
) -> None:
    size: Any = {"width": width, "height": 900}
    page = visit(f"/{language}/login", key=True, bypass_csp=True, viewport=size)
    found = wrong_with(page, "signing in")
    give_password(page, "pia")
    page.goto(f"{at_a_name}/{language}/security/passkeys/new")
    found += wrong_with(page, "a new passkey")
    page.locator("form[data-passkey] #name").fill("Telefoon")
    page.locator("form[data-passkey] button").click()
    expect(page.locator(".consult-recovery code")).to_have_count(10)
    found += wrong_with(page, "recovery codes")
    with app.app_context():
        give_app("pia", clock.time)
        db.session.remove()
    page.context.clear_cookies()
    page.goto(f"{at_a_name}/{language}/login")
    give_password(page, "pia")
    for by in ("", "?by=recovery"):
        page.goto(f"{at_a_name}/{language}/second-factor{by}")
        found += wrong_with(page, f"second factor {by}")
        page.locator("form:has(#code) button").click()
        found += wrong_with(page, f"second factor {by}, sent empty")
    assert not found
