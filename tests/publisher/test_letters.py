"""The publisher signs what leaves the house: mails, documents, and the picture of a shared link."""

import io
from datetime import datetime

import docx
import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from pypdf import PdfReader
from sqlalchemy import select, update

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.email import letter_of
from consult.foundation.notifications.models import Message
from consult.foundation.notifications.services import queue_message
from consult.foundation.record.models import Event
from consult.foundation.record.verify import verify_record
from consult.people.publisher.models import Publisher
from tests.html_page import read_page
from tests.publisher.filled_in import NAME, speak

PLAN = "/plans/open-overheid/plan"


def letter(now: datetime, language: str) -> object:
    with unit_of_work():
        queue_message("pia@consult.example", "security-tried", "Onderwerp", "Tekst.", language, now)
    message = db.session.scalars(select(Message).order_by(Message.id.desc())).first()
    assert message is not None
    return letter_of(message).mail()


@pytest.mark.both_engines
def test_a_mail_names_who_sends_it_in_the_language_of_its_reader(app: Flask, now: datetime) -> None:
    before = letter(now, "nl")
    assert before.from_email == app.config["MAIL_FROM"]  # type: ignore[attr-defined]
    speak()
    for language in ("nl", "en"):
        made = letter(now, language)
        address = app.config["MAIL_FROM"]
        assert made.from_email == f"{NAME[language]} <{address}>"  # type: ignore[attr-defined]
        said = made.body  # type: ignore[attr-defined]
        assert f"{NAME[language]} · open@overleg.example · 070 123 45 67" in said
        html = made.alternatives[0][0]  # type: ignore[attr-defined]
        assert f'color: #1b5e7a">{NAME[language]}</p>' in html
        assert 'href="mailto:open@overleg.example"' in html


def test_documents_name_the_publisher_and_are_made_anew_when_it_changes(
    client: FlaskClient,
) -> None:
    before = PdfReader(io.BytesIO(client.get(f"/nl{PLAN}.pdf").data)).metadata
    assert before is not None
    assert before.author == "Consult"
    speak(logo=True)
    pdf = PdfReader(io.BytesIO(client.get(f"/nl{PLAN}.pdf").data))
    assert pdf.metadata is not None
    assert pdf.metadata.author == NAME["nl"]
    assert NAME["nl"] in pdf.pages[0].extract_text()
    word = docx.Document(io.BytesIO(client.get(f"/en{PLAN}.docx").data))
    assert word.core_properties.author == NAME["en"]
    assert any(NAME["en"] in one.text for one in word.paragraphs[:6])


def test_a_shared_link_has_a_picture_of_the_site(client: FlaskClient) -> None:
    speak(logo=True)
    page = read_page(client.get("/en/plans").text)
    assert page.meta["og:site_name"] == NAME["en"]
    assert page.meta["og:locale"] == "en_GB"
    address = page.meta["og:image"].removeprefix(current_app.config["BASE_URL"])
    picture = client.get(address)
    assert picture.mimetype == "image/png"
    assert picture.data.startswith(b"\x89PNG")
    assert [int.from_bytes(picture.data[at : at + 4]) for at in (16, 20)] == [1200, 630]
    assert picture.headers["Cache-Control"].endswith("immutable")
    assert "no-cache" in client.get("/en/social-card.png?v=old").headers["Cache-Control"]


@pytest.mark.both_engines
@pytest.mark.usefixtures("app")
def test_what_changed_stands_in_the_record_and_a_change_past_it_is_named() -> None:
    speak(logo=True)
    verbs = db.session.scalars(select(Event.verb).order_by(Event.id.desc()).limit(2)).all()
    assert verbs == ["publisher.logo_changed", "publisher.changed"]
    assert verify_record().sound
    db.session.execute(update(Publisher).values(email="ander@elders.example"))
    db.session.commit()
    assert any("publisher" in fault for fault in verify_record().faults)
