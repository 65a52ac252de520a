"""Whatever is sent, somebody gets an answer: the page of an error does not fail itself."""

import re
from typing import Any

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from consult.foundation.core.db import db
from consult.foundation.core.forms import label_of

pytestmark = pytest.mark.one_engine

PROPOSAL = "/nl/rounds/open/proposals/1"


@pytest.mark.parametrize("name", ["x" + "_nl" * 1_500, "_nl", "_", "title_nl_en_nl", "a" * 9_000])
def test_a_field_of_any_name_is_given_back(client: FlaskClient, name: str) -> None:
    answer = client.post("/nl/profile", data={name: "Wat ik typte."})
    assert answer.status_code == 401
    assert "Wat ik typte." in answer.text


def test_the_label_of_a_localized_field_names_its_language(app: Flask) -> None:
    with app.test_request_context("/en/"):
        assert str(label_of("title_nl")) == "Title (Dutch)"
        assert str(label_of("unheard_of_en")) == "unheard_of (English)"
        assert label_of("x_nl_nl") == "x_nl (Dutch)"


FILLED_IN = {
    "amount": "12.500,50", "held_on": "overmorgen", "starts_time": "half drie", "guests": "veel",
    "reported_at": "2026-11-23T12:00", "outcome": "adopted", "languages": ["nl", "fy"],
    "theme_id": "0", "half_yearly": "y", "kind": "question", "message": "Een zin.",
}  # fmt: skip
SHOWN = [
    "12.500,50", "overmorgen", "half drie", "veel",
    "2026-11-23T12:00", "Adopted", "Dutch\nfy", ">Yes<", "Question", "Een zin.",
]  # fmt: skip
HIDDEN = {
    "password": "een-lang-wachtwoord", "code": "geheime-code", "draft": "verborgen",
    "old_password": "een-ander-wachtwoord",
    "passcode": "geheim", "version": "verborgen", "next": "verborgen", "submit": "Verzend",
}  # fmt: skip


def test_everything_that_was_filled_in_is_given_back_by_its_label(browse: Any) -> None:
    data = {**FILLED_IN, **HIDDEN}
    pages = [
        browse(None).post("/en/profile", data=data),
        browse("pia").post("/en/switch-language", data={**data, "to": "/en/profile"}),
    ]
    for page in pages:
        kept = page.text.split('id="kept"', 1)[1].split("</section>", 1)[0]
        assert [one for one in SHOWN if one not in kept] == []
        assert [one for one in HIDDEN.values() if one in kept] == []
        assert "Theme" not in kept


@pytest.mark.parametrize("path", ["/nl/home", "/nl/plans", "/nl/nothing-here", "/nl/profile"])
def test_the_database_is_gone(browse: Any, monkeypatch: pytest.MonkeyPatch, path: str) -> None:
    reader = browse("pia")
    db.session.remove()

    def gone(*_: Any, **__: Any) -> None:
        raise RuntimeError("the database is gone")

    for name in ("execute", "scalar", "scalars", "get"):
        monkeypatch.setattr(db.session, name, gone)
    reader.faults_expected = True
    for answer in (reader.get(path), reader.post(path, data={"display_name": "Pia"})):
        assert answer.status_code >= 400
        assert "Er ging iets mis" in answer.text
        assert answer.headers["Content-Security-Policy"]


def test_while_the_database_is_away_a_form_gives_back_what_was_typed(
    browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = browse("pia")

    def away(*_: Any, **__: Any) -> None:
        raise OperationalError("SELECT", {}, ConnectionError("nobody answers"))

    for name in ("execute", "scalar", "scalars", "get"):
        monkeypatch.setattr(db.session, name, away)
    reader.faults_expected = True
    typed = {"title": "Eén <plek>", "problem": "Versnipperd.", "theme_id": "0", "draft": "x" * 36}
    answer = reader.post("/nl/rounds/open/proposals/new", data=typed)
    assert (answer.status_code, "Er ging iets mis" in answer.text) == (503, True)
    said = re.findall(r"<textarea[^>]*>\n(.*)</textarea>", answer.text)
    assert said == ["Eén &lt;plek&gt;", "Versnipperd."]
    read = reader.get("/nl/plans")
    assert (read.status_code, "textarea" in read.text) == (503, False)


def test_the_log_of_a_failure_holds_no_value(
    browse: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reader = browse("pia")

    def fails(*_: Any, **__: Any) -> None:
        secret = request.form["display_name"]
        raise RuntimeError(f"{len(secret)} signs")

    for name in ("execute", "scalar", "scalars", "get"):
        monkeypatch.setattr(db.session, name, fails)
    reader.faults_expected = True
    reader.post("/nl/profile", data={"display_name": "Pia de Vries"})
    said = capsys.readouterr().out
    assert "RuntimeError: 12 signs" in said
    assert "Pia de Vries" not in said


@pytest.mark.both_engines
@pytest.mark.parametrize(
    "number",
    [
        "2147483648",
        "9223372036854775808",
        "1" + "0" * 30,
        "9" * 5_000,
        "01",
        "\u0661",
        "1_0",
        "1e1",
    ],
)
def test_a_number_that_no_row_has_is_not_found(client: FlaskClient, number: str) -> None:
    for path in (
        f"/nl/rounds/open/proposals/{number}",
        f"/nl/plans/open-overheid/versions/{number}",
    ):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/nl/rounds/a%00b", "/nl/plans/%1f", "/nl/rounds/" + "a" * 2_000])
def test_a_name_that_no_row_has_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "query", ["q=a%00b", "outcome=%00", "theme=%00", "%00=1", "cursor=%00", "state=%ed%a0%80"]
)
def test_what_is_no_text_reaches_no_database(client: FlaskClient, query: str) -> None:
    assert client.get(f"/nl/rounds/open/proposals?{query}").status_code in {200, 422}


def test_what_is_no_text_is_left_out_of_a_form(browse: Any) -> None:
    ana = browse("ana")
    form = {"kind": "a\x00", "once": "\x00\x00key", "draft": "\x00", "message": "1\x00"}
    for path in ("/nl/rounds/open/drafts", "/nl/my-data/consents", "/nl/outbox/try-again"):
        assert ana.post(path, data=form).status_code < 500


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "[::1", "a b", ""])
def test_no_address_of_ours_comes_from_the_host_that_was_sent(app: Flask, host: str) -> None:
    client = app.test_client()
    for path in ("/nl", "/nl//rounds/open", "/", "/nl/home", "/nl/logout", "/nl/plans", "/nl/sso"):
        for answer in (
            client.get(path, headers={"Host": host}),
            client.post(path, headers={"Host": host}, data={"next": "//evil.example"}),
        ):
            to = answer.headers.get("Location", "/")
            assert to.startswith(("/", app.config["BASE_URL"])), to
            assert not to.startswith("//"), to
            assert "evil.example" not in f"{answer.headers}{answer.text}"
