"""Signing in leads to a page of this site and nowhere else, whatever `next` says (T28)."""

import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.people.accounts.safe_redirects import local_path
from tests.accounts.visitor import address, is_signed_in
from tests.cast import PASSWORD
from tests.samples import SHORT_AND_LONG

pytestmark = pytest.mark.one_engine
EVIL = "evil.example"
FORMS = [
    f"https://{EVIL}", f"http://{EVIL}/nl/", f"HTTPS://{EVIL}", f"//{EVIL}", f"///{EVIL}",
    f"////{EVIL}", f"/////{EVIL}/nl/", f"/\\{EVIL}", f"\\\\{EVIL}", f"\\/{EVIL}", f"/\\/{EVIL}",
    f"\\\\\\{EVIL}", f" //{EVIL}", f"\t//{EVIL}", f"/\t/{EVIL}", f"/\n/{EVIL}", f"\r\n//{EVIL}",
    f"\x00//{EVIL}", f"\x19////{EVIL}", f"\u200a//{EVIL}", f"\u3000//{EVIL}", f"/%09/{EVIL}",
    f"/%5c{EVIL}", f"%2f%2f{EVIL}", f"/%2f{EVIL}", f"https:{EVIL}", f"https:/{EVIL}",
    f"https:///{EVIL}", f"https:\\\\{EVIL}", f"http:\\{EVIL}", f"https://localhost@{EVIL}",
    f"https://localhost:80@{EVIL}/", f"https://{EVIL}\\@localhost", f"https://localhost.{EVIL}",
    f"https://{EVIL}#localhost", f"https://{EVIL}?localhost", f"https://{EVIL}%00.localhost",
    "http://localhost/nl/home", "http://localhost", "http://127.0.0.1:5000/nl/", "http://[",
    "http://[::1", "http://[evil", "//[", "javascript:alert(1)", "JaVaScRiPt:alert(1)",
    " javascript:alert(1)", "java\tscript:alert(1)", "javascript://%0aalert(1)",
    "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://x", "mailto:a@b", "tel:1",
    f"/nl//{EVIL}", f"/nl/..//{EVIL}", f"/nl/../../{EVIL}", f"/nl/./{EVIL}", f"/nl/\\{EVIL}",
    f"/nl/\r\nLocation: https://{EVIL}", "/nl/\nSet-Cookie: a=b", "/nl/\x00", "/nl/ ", "/nl/\x7f",
    f".{EVIL}", f"@{EVIL}", f"?next=//{EVIL}", f"#//{EVIL}", "nl/home", "/", "//", "///", "\\", ".",
    "..", "/de/home", "/NL/home", "/nlx/", "/static/x", "security.logout", "publishing.home",
    "/nl/" + "x" * 3000, "/nl/é", "/nl/\u202e", f"//{EVIL}/nl/home", f";//{EVIL}", f"/;@{EVIL}",
]  # fmt: skip


def is_ours(location: str) -> bool:
    return bool(re.fullmatch(r"/(nl|en)/[\x21-\x5b\x5d-\x7e]*", location)) and "//" not in location


def test_there_are_eighty_forms() -> None:
    assert len(set(FORMS)) >= 80


@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
def test_what_is_no_plain_path_is_refused(form: str) -> None:
    assert local_path(form) == ""


@pytest.mark.parametrize(
    "path", ["/nl/", "/en/home", "/nl/rounds/open/proposals/new", "/en/plans/x?theme=a&q=b%20c#d"]
)
def test_a_plain_path_of_ours_passes(path: str) -> None:
    assert local_path(path) == path


@SHORT_AND_LONG
def test_no_form_leads_away_from_the_form_field(app: Flask, everything: bool) -> None:
    for form in FORMS if everything else FORMS[::2]:
        client = app.test_client()
        said = {"email": address("pia"), "password": PASSWORD, "next": form}
        answer = client.post("/nl/login", data=said)
        assert answer.status_code == 302, repr(form)
        assert is_ours(answer.headers["Location"]), repr(form)
        assert is_signed_in(client), repr(form)


@SHORT_AND_LONG
def test_no_form_leads_away_from_the_address(app: Flask, everything: bool) -> None:
    said = {"email": address("pia"), "password": PASSWORD}
    for form in FORMS if everything else FORMS[1::2]:
        answer = app.test_client().post(f"/nl/login?next={quote(form, safe='')}", data=said)
        assert answer.status_code == 302, repr(form)
        assert is_ours(answer.headers["Location"]), repr(form)


def test_no_form_stands_on_a_page(client: FlaskClient) -> None:
    for page in ("login", "us-signin", "us-signin/send-code", "reset"):
        for form in FORMS[::6]:
            answer = client.get(f"/nl/{page}?next={quote(form, safe='')}")
            assert answer.status_code == 200, (page, form)
            assert 'name="next"' not in answer.text, (page, form)


def test_one_bad_one_spoils_the_rest(client: FlaskClient) -> None:
    said = {"email": address("pia"), "password": PASSWORD, "next": ["/en/home", f"//{EVIL}"]}
    answer = client.post(f"/nl/login?next=//{EVIL}&next=/en/home", data=said)
    assert answer.headers["Location"] == "/nl/home"


def test_signing_out_leads_to_the_start(client: FlaskClient) -> None:
    answer = client.post("/nl/logout?next=https://evil.example", data={"next": f"//{EVIL}"})
    assert answer.headers["Location"] == "/nl/"
