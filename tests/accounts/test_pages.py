"""The pages of signing in: only those that we use, in two languages, guarded, kept by no cache."""

import inspect
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_security import core, decorators, password_util, unified_signin, views
from flask_security import forms as library_forms

from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.accounts.messages import message_settings
from tests.accounts.visitor import WRONG, address, ask, mails, sign_in
from tests.cast import PASSWORD, person
from tests.conftest import Clock

PAGES = (
    "login", "us-signin", "us-signin/send-code", "us-signin?who=x&code=12345678",
    "reset", "mail-sent/link", "mail-sent/reset",
)  # fmt: skip
ENDPOINTS = {
    "login", "logout", "us_signin", "us_signin_send_code", "register", "keep",
    "forgot_password", "reset_password", "change_password",
    "second_factor", "second_factor_passkey", "passkey_sign_in", "verify", "verify_passkey",
    "overview", "authenticator", "authenticator_off", "recovery_codes", "recovery_codes_kept",
    "new_recovery_codes", "new_passkey", "passkey_remove", "identity_remove", "session_end",
    "sessions_end_others", "provider_leave", "provider_return",
}  # fmt: skip


def test_no_endpoint_exists_that_we_do_not_use(app: Flask) -> None:
    found = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert {name.removeprefix("security.") for name in found if "security." in name} == ENDPOINTS


@pytest.mark.parametrize(
    "path",
    ["us-setup", "us-verify", "us-verify-link?id=x&code=1", "verify", "tf-setup", "wan-signin",
     "login/x", "change-email", "fs-static/x", "mail-sent/other"],
)  # fmt: skip
def test_pages_we_do_not_offer_are_not_there(browse: Any, path: str) -> None:
    assert browse("pia").get(f"/nl/{path}").status_code == 404


def test_the_library_brings_no_commands(app: Flask) -> None:
    assert not {"users", "roles"} & set(app.cli.commands)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_speaks_both_languages(client: FlaskClient, path: str) -> None:
    titles = []
    for language in ("nl", "en"):
        answer = client.get(f"/{language}/{path}")
        assert answer.status_code == 200
        assert answer.text.count("<h1") == 1
        found = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
        assert found
        titles.append(found[1])
    assert titles[0] != titles[1]


@pytest.mark.parametrize("path", PAGES)
def test_no_cache_keeps_them(client: FlaskClient, path: str) -> None:
    answer = client.get(f"/nl/{path}")
    if "mail-sent" not in path:
        assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("path", PAGES[:6])
def test_every_field_has_a_label(client: FlaskClient, path: str) -> None:
    page = client.get(f"/en/{path}").text
    ids = re.findall(r'<(?:input|select)[^>]*?\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    for one in ids:
        assert f'for="{one}"' in page, one


def test_messages_of_the_library_are_ours(app: Flask) -> None:
    """Whatever it flashes or refuses stands in our own catalogue."""
    ours = message_settings()
    assert len(ours) >= 15
    with app.test_request_context("/nl/login"):
        for name in ours:
            assert app.config[f"SECURITY_{name}"] == ours[name]


# What of the library stands between a reader and a page of ours.
REACHED = (
    views.login, views.reset_password, views.change_password,
    unified_signin.us_signin, unified_signin.UnifiedSigninForm,
    unified_signin._UnifiedPassCodeForm, library_forms.LoginForm, library_forms.ResetPasswordForm,
    library_forms.ChangePasswordForm, library_forms.UserEmailFormMixin,
    library_forms.RequiredLocalize, decorators.auth_required, decorators.handle_csrf,
    password_util.PasswordUtil,
)  # fmt: skip
# What of it no setting of ours leads to, with the reason.
NEVER = {
    "PASSWORD_RESET": "a reset does not sign in",
    "EMAIL_CONFIRMED": "we confirm ourselves",
    "CONFIRMATION_REQUEST": "we write ourselves, after the same answer for everybody",
    "PASSWORD_RESET_REQUEST": "we write ourselves",
    "CODE_HAS_BEEN_SENT": "we send ourselves",
    "GENERIC_US_SIGNIN": "we send ourselves",
    "PHONE_INVALID": "there are no phone numbers",
    "PASSWORD_BREACHED": "no list of them is asked",
    "PASSWORD_BREACHED_SITE_ERROR": "no list of them is asked",
}


def test_no_message_within_reach_is_left_in_the_librarys_words() -> None:
    known = set(core._default_messages)
    reached = {
        name
        for one in REACHED
        for name in re.findall(r"[\"']([A-Z][A-Z_]{3,})[\"']", inspect.getsource(one))
        if name in known
    }
    assert len(reached) >= 15
    ours = {name.removeprefix("MSG_") for name in message_settings()}
    assert not reached - ours - set(NEVER), sorted(reached - ours - set(NEVER))
    assert ours <= known


LIBRARY_WORDS = (
    "Authentication failed", "Passcode", "Email Address", "Retype Password", "Remember Me",
    "Invalid password", "not provided", "Forgot password?", "Password must be", "Aanmelden",
)  # fmt: skip


def test_no_word_of_the_library_reaches_the_screen(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    ask(client, "/en/reset", "pia")
    reset = mails(clock.time)[0].path.replace("/nl/", "/en/")
    seen = [client.get(reset).text, client.post(reset, data={"password": "kort"}).text]
    seen += [client.post(reset, data={}).text, client.get("/en/login").text]
    seen += [sign_in(client, "pia", WRONG).text, client.post("/en/login", data={}).text]
    seen += [client.post("/en/us-signin", data={}).text, client.get("/en/us-signin").text]
    pia = app.test_client()
    sign_in(pia, "pia")
    for form in ({}, {"password": WRONG}, {"password": PASSWORD, "new_password": "x"},
                 {"password": PASSWORD, "new_password": PASSWORD, "new_password_confirm": PASSWORD},
                 {"new_password": WRONG, "new_password_confirm": WRONG}):  # fmt: skip
        seen.append(pia.post("/en/change", data=form).text)
    for page in seen:
        for words in LIBRARY_WORDS:
            assert words not in page


POSTS = ("login", "logout", "us-signin", "us-signin/send-code", "reset", "keep",
         "change", "profile", "reset/x", "register/x")  # fmt: skip


@pytest.mark.parametrize("path", POSTS)
def test_a_post_without_our_token_is_refused(
    app: Flask, browse: Any, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    form = {"email": address("pia"), "password": PASSWORD, "identity": address("pia")}
    for who in (None, "pia"):
        browser = browse(who)
        browser.get("/nl/login")
        for kind in (None, "text/plain", "application/json"):
            more = {"json": form} if kind == "application/json" else {"data": form}
            headers = {"Content-Type": kind} if kind == "text/plain" else {}
            assert browser.post(f"/nl/{path}", headers=headers, **more).status_code == 400
        if who:
            assert browser.get("/nl/home").status_code == 200


def test_the_token_of_another_session_is_refused(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    mine, theirs = app.test_client(), app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', theirs.get("/nl/login").text)
    mine.get("/nl/login")
    assert token
    form = {"email": address("pia"), "password": PASSWORD, "csrf_token": token[1]}
    assert mine.post("/nl/login", data=form).status_code == 400
    assert theirs.post("/nl/login", data=form).status_code == 302


def test_a_token_from_before_signing_in_is_refused_after(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/nl/login").text)
    assert token
    form = {"email": address("pia"), "password": PASSWORD, "csrf_token": token[1]}
    client.post("/nl/login", data=form)
    assert client.post("/nl/logout", data={"csrf_token": token[1]}).status_code == 400


def test_the_demonstration_lists_its_accounts(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "<code" not in client.get("/nl/login").text
    monkeypatch.setitem(app.config, "DEMONSTRATION", True)
    page = client.get("/nl/login?next=/nl/plans").text
    assert "<code" in page
    people = re.findall(r'name="email" value="([^"]+)@voorbeeld.example"', page)
    assert people == ["pia", "kees", "sam", "ana", "mo", "bo", "hanna", "adi"]
    folded = page.index("Wie aan het plan werkt")
    assert page.index("sam@voorbeeld") < folded < page.index("ana@voorbeeld")


def test_other_ways_of_signing_in_are_folded_until_one_went_wrong(client: FlaskClient) -> None:
    fold = r"<details class=\"consult-details consult-fold\"\s*>\s*"
    folded = re.compile(f"{fold}<summary>With a password")
    assert folded.search(client.get("/en/login").text)
    page = client.post("/en/login", data={"email": address("pia"), "password": "wrong"}).text
    assert not folded.search(page)
    assert re.search(r"<details[^>]* open>\s*<summary>With a password", page)


def test_a_profile_is_changed_by_its_owner(browse: Any) -> None:
    pia = browse("pia")
    answer = pia.post("/nl/profile", data={"display_name": " P.  Jansen ", "language": "en"})
    assert answer.status_code == 303
    assert (person("pia").display_name, person("pia").language) == ("P. Jansen", "en")


@pytest.mark.parametrize(
    ("name", "language"), [("", "nl"), ("  ", "nl"), ("x" * 121, "nl"), ("Pia", "de"), ("Pia", "")]
)
def test_a_profile_that_will_not_do_is_refused(browse: Any, name: str, language: str) -> None:
    answer = browse("pia").post("/nl/profile", data={"display_name": name, "language": language})
    assert answer.status_code == 422
    assert person("pia").display_name == "Pia Jansen"


@pytest.mark.parametrize("path", ["profile", "change"])
def test_a_stranger_is_sent_to_sign_in(client: FlaskClient, path: str) -> None:
    assert "/login" in client.get(f"/nl/{path}").headers["Location"]


def test_a_closed_account_is_signed_out_at_once(browse: Any) -> None:
    pia = browse("pia")
    with unit_of_work():
        person("pia").active = False
    assert pia.get("/nl/home").status_code == 302
