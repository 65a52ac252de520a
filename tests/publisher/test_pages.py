"""Who speaks here stands on every page, in both languages, from the moment it is saved."""

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from consult.people.publisher import current
from tests.conftest import Clock
from tests.html_page import read_page
from tests.publisher.filled_in import SVG, TEXT, speak
from tests.statements import counted

EDIT = "/nl/publisher/edit"


def test_a_fresh_site_speaks_for_nobody_and_tells_the_administrator(
    client: FlaskClient, browse: Any
) -> None:
    for path in ("about", "contact", "imprint", "help"):
        page = client.get(f"/en/{path}")
        assert page.status_code == 200
        assert "Consult</title>" in page.text
        assert "Fill it in" not in page.text
    adi = browse("adi")
    assert "Fill it in" in adi.get("/en/contact").text
    home = adi.get("/en/home").text
    assert "Say who speaks here" in home
    assert "the name, how you are reached, who you are, the imprint" in home
    assert "Say who speaks here" not in browse("ana").get("/en/home").text


def test_the_administrator_says_who_speaks_here(browse: Any, client: FlaskClient) -> None:
    adi = browse("adi")
    adi.post(EDIT, data={**TEXT, "version": "0"})
    assert "Opgeslagen." in adi.get(EDIT).text
    nl, en = client.get("/nl/").text, client.get("/en/about").text
    assert "Programmabureau Open Overleg" in nl
    assert "Open Dialogue Office</title>" in en
    assert '<meta property="og:site_name" content="Open Dialogue Office">' in en
    assert "We bring people together." in en
    assert "mailto:open@overleg.example" in nl
    assert "Postbus 1<br>" in client.get("/nl/contact").text
    assert "Say who speaks here" not in adi.get("/en/home").text


def test_who_is_no_administrator_changes_nothing(browse: Any) -> None:
    for name in ("pia", "ana", "mo"):
        assert browse(name).post(EDIT, data=TEXT).status_code == 403
    answer = browse().post(EDIT, data=TEXT)
    assert answer.status_code in {302, 303, 401}


def test_all_that_is_wrong_is_said_together_and_what_was_typed_stays(browse: Any) -> None:
    typed = {**TEXT, "name_nl": "", "email": "geen adres", "accent": "#ffcc00", "band": "paars"}
    page = browse("adi").post(EDIT, data=typed)
    assert page.status_code == 422
    for sentence in ("Vul “Naam (Nederlands)” in.", "Dit is geen e-mailadres", "Dit is geen kleur"):
        assert sentence in page.text
    for kept in ("geen adres", "#ffcc00", "paars", "We bring people together."):
        assert kept in page.text
    assert "Consult</title>" in page.text


def test_a_colour_that_cannot_be_read_is_refused_with_its_contrast(browse: Any) -> None:
    page = browse("adi").post("/en/publisher/edit", data={**TEXT, "accent": "#ffcc00", "band": ""})
    assert page.status_code == 422
    assert "cannot be read well on white: its contrast is 1.51," in page.text
    assert "and at least 4.5 is needed (WCAG 2.2)" in page.text
    for accent, band, sentence in (
        ("#707070", "", "op een lichte achtergrond (#f1f1f1): het contrast is 4,38"),
        ("#154273", "#99aadd", "Witte letters zijn op deze kleur niet goed leesbaar"),
    ):
        page = browse("adi").post(EDIT, data={**TEXT, "accent": accent, "band": band})
        assert page.status_code == 422
        assert sentence in page.text


def test_colours_stand_in_one_sheet_that_is_kept(browse: Any, client: FlaskClient) -> None:
    speak()
    page = client.get("/nl/")
    sheet = next(one for one in read_page(page.text).links if "colours.css" in one.to).to
    answer = client.get(sheet)
    assert "--consult-accent: #1b5e7a;" in answer.text
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert '<meta name="theme-color" content="#12384a">' in page.text
    threads = answer.text.split('--consult-threads: url("')[1].split('"')[0]
    drawn = client.get(threads)
    assert "#12384a" in drawn.text
    assert "#d58add" not in drawn.text
    assert drawn.headers["Cache-Control"].endswith("immutable")
    icon = client.get("/publisher/icon.svg")
    assert icon.mimetype == "image/svg+xml"
    assert "#1b5e7a" in icon.text
    assert "no-cache" in icon.headers["Cache-Control"]
    assert browse("pia").get(sheet).headers["Cache-Control"].endswith("immutable")


def test_a_logo_is_shown_and_can_only_be_looked_at(browse: Any, client: FlaskClient) -> None:
    speak()
    adi = browse("adi")
    sent = {"file": (io.BytesIO(SVG), "merk.svg"), "holds_name": "y"}
    assert adi.post("/nl/publisher/logo", data=sent).status_code == 303
    page = client.get("/nl/").text
    assert 'alt="Programmabureau Open Overleg"' in page
    address = page.split('src="/publisher/logo')[1].split('"')[0]
    answer = client.get(f"/publisher/logo{address}")
    assert answer.mimetype == "image/svg+xml"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"].endswith("immutable")
    assert b"<path" in answer.data
    adi.post("/nl/publisher/logo/remove")
    assert "/publisher/logo" not in client.get("/nl/").text
    assert client.get("/publisher/logo").status_code == 404


def test_a_logo_that_acts_is_refused_and_nothing_is_stored(browse: Any) -> None:
    bad = SVG.replace(b"<path", b"<script>alert(1)</script><path")
    page = browse("adi").post("/en/publisher/logo", data={"file": (io.BytesIO(bad), "merk.svg")})
    assert page.status_code == 422
    assert "A logo only draws. This SVG holds “script”." in page.text
    assert browse().get("/publisher/logo").status_code == 404


def test_a_save_on_an_old_text_shows_both(browse: Any) -> None:
    speak()
    first, second = browse("adi"), browse("adi")
    page = second.get(EDIT).text
    assert 'name="version" type="hidden" value="1"' in page or 'value="1"' in page
    first.post(EDIT, data={**TEXT, "version": "1", "phone": "010 123 45 67"})
    stale = second.post(EDIT, data={**TEXT, "version": "1", "phone": "020 765 43 21"})
    assert stale.status_code == 409
    assert "010 123 45 67" in stale.text
    assert "020 765 43 21" in stale.text
    logo = {"file": (io.BytesIO(SVG), "merk.svg")}
    first.post("/nl/publisher/logo", data=logo)
    saved = second.post(EDIT, data={**TEXT, "version": "2", "phone": "020 765 43 21"})
    assert saved.status_code == 303, "another logo makes no text stale"


def test_a_page_asks_nothing_and_another_node_follows_within_seconds(
    app: Flask, client: FlaskClient, browse: Any, clock: Clock
) -> None:
    pia = browse("pia")
    made_anew = {"Cookie": "consult=x"}  # and not one that is kept for everybody
    client.get("/nl/imprint")
    with counted(app) as statements:
        client.get("/nl/imprint", headers=made_anew)
    assert statements.number == 0, str(statements)
    known = app.extensions["publisher"]
    speak()
    assert "Open Overleg" in pia.get("/nl/home").text
    app.extensions["publisher"] = known  # as on a node that did not make the change
    assert "Open Overleg" not in pia.get("/nl/home").text
    for reader in (client, pia):
        app.extensions["publisher"] = known
        assert "Open Overleg" in reader.get("/nl/imprint").text, "a page with what is kept for all"
    app.extensions["publisher"] = known
    clock.forward(seconds=current.KEPT / timedelta(seconds=1))
    assert "Open Overleg" in pia.get("/nl/home").text


@pytest.mark.both_engines
def test_a_change_that_is_not_committed_is_never_shown(client: FlaskClient) -> None:
    current.forget()
    with pytest.raises(ZeroDivisionError):
        speak(fail=True)
    assert "Open Overleg" not in client.get("/nl/").text
