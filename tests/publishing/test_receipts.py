"""What a receipt shows: to whoever has its code, and to the one who handed the text in."""

import io
import re
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.services import RECEIVED, submit_proposal
from consult.consultation.proposals.texts import SentForm
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.services import store_file
from consult.foundation.notifications.email import letter_of
from consult.foundation.notifications.models import Message
from consult.foundation.record.models import Receipt
from consult.foundation.record.services import append_leaves, entry
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal
from tests.proposals.test_services import PDF, TEXT
from tests.world import NOON

pytestmark = pytest.mark.usefixtures("app")


def handed_in(now: datetime) -> Receipt:
    """The receipt of a proposal of Pia."""
    with unit_of_work():
        return submit_proposal(person("pia"), find_round("open"), TEXT, now, now)


def said(now: datetime) -> Receipt:
    """The receipt of the second comment on a proposal, of Kees."""
    proposal = make_proposal("open")
    make_comment(proposal)
    text = CommentText(kind=CommentKind.REACTION, body="Dit helpt ons.", language="nl")
    with unit_of_work():
        return add_comment(person("kees"), proposal, text, now, now)


def test_who_handed_a_proposal_in_reads_it_and_gets_to_its_page(browse: Any, now: datetime) -> None:
    page = browse("pia").get(f"/en/receipts/{handed_in(now).code}").text
    assert TEXT.title in page
    assert 'href="/en/rounds/open/proposals/1"' in page


def test_the_page_shows_the_entry_and_leads_to_the_proof(browse: Any, now: datetime) -> None:
    receipt = handed_in(now)
    with unit_of_work():
        append_leaves()
    page = browse("pia").get(f"/en/receipts/{receipt.code}").text
    code, line, leaf = re.findall(r'<code class="consult-code">([^<]+)', page)[:3]
    assert code == receipt.code, "it stands at the head"
    assert line == entry(receipt.event).decode()
    assert leaf == sha256(b"\x00" + line.encode()).hexdigest()
    assert f"/receipts/{receipt.code}/file" in page
    assert receipt.event.detail.salt not in page, "what opens it stands in the file"


def test_how_long_a_moderator_takes_is_told_from_what_was_decided(
    browse: Any, now: datetime
) -> None:
    code = handed_in(now).code
    for hours in (2, 3, 20, 50, 60):
        assert "usually took" not in browse("pia").get(f"/en/receipts/{code}").text
        decided = make_proposal("open", State.PENDING)
        with unit_of_work():
            decide(person("mo"), decided, Judgement(Verb.PUBLISH), NOON + timedelta(hours=hours))
    page = browse("pia").get(f"/en/receipts/{code}").text
    assert "Until now that usually took less than a day." in page


def test_the_proof_stands_below_the_foot_of_the_mail(app: Flask, now: datetime) -> None:
    receipt = handed_in(now)
    message = db.session.scalars(select(Message).where(Message.kind == RECEIVED)).one()
    with app.test_request_context():
        letter = letter_of(message)
    for text in (letter.text, letter.html):
        foot, proof = text.index("ontvangstbewijs wordt altijd"), text.index("acknowledgement/v1")
        assert text.index(receipt.code) < foot < proof
    assert "\f" not in letter.text + letter.html


def test_who_commented_reads_it_and_gets_to_the_comment(browse: Any, now: datetime) -> None:
    page = browse("kees").get(f"/en/receipts/{said(now).code}").text
    assert "Dit helpt ons." in page
    assert 'href="/en/rounds/open/proposals/1?comment=2"' in page


@pytest.mark.parametrize("receipt_of", [handed_in, said])
@pytest.mark.parametrize("who", [None, "lotte", "ana"])
def test_everybody_else_sees_that_and_when_and_not_what(
    browse: Any, now: datetime, who: str | None, receipt_of: Any
) -> None:
    receipt = receipt_of(now)
    page = browse(who).get(f"/en/receipts/{receipt.code}").text
    assert "Received" in page
    detail = receipt.event.detail
    salts = (detail.salt, *detail.salts.values())
    for text in (TEXT.title, "Dit helpt ons.", "/rounds/open/proposals/1", *salts):
        assert text not in page


def test_a_receipt_names_each_field_organisation_theme_and_file(browse: Any, now: datetime) -> None:
    """On the page and in the file to keep, as it was that day; the mandate may end since."""
    with unit_of_work():
        round_, pia = find_round("open"), person("pia")
        text = replace(TEXT, organisation_id=1, theme_id=round_.plan.themes[0].id)
        sent = SentForm(files=[store_file(pia, "nota.pdf", io.BytesIO(PDF), now)])
        receipt = submit_proposal(pia, round_, text, now, now, sent=sent)
    for path in (f"/nl/receipts/{receipt.code}", f"/nl/receipts/{receipt.code}/text"):
        said = browse("pia").get(path).text
        for part in (
            TEXT.title, TEXT.problem, TEXT.action, "Namens", "Stichting Helder Bestuur",
            "Toegankelijkheid verbeteren", "nota.pdf", sha256(PDF).hexdigest(), receipt.code,
        ):  # fmt: skip
            assert part in said, path
        assert browse("lotte").get(path).text.count(TEXT.title) == 0
    answer = browse("pia").get(f"/nl/receipts/{receipt.code}/text")
    assert answer.headers["Content-Disposition"].endswith(f"{receipt.code}.txt")
    assert "no-store" in answer.headers["Cache-Control"]
    assert browse("lotte").get(f"/nl/receipts/{receipt.code}/text").status_code == 403
