"""What a receipt shows: to whoever has its code, and to the one who handed the text in."""

import html
import json
import re
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest

from consult.consultation.comments.models import CommentKind
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.models import Receipt
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal
from tests.proposals.test_services import TEXT

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


def test_who_handed_it_in_can_open_the_digest_in_the_log(browse: Any, now: datetime) -> None:
    receipt = handed_in(now)
    page = browse("pia").get(f"/en/receipts/{receipt.code}").text
    said = [html.unescape(one) for one in re.findall(r'<code class="consult-code">([^<]+)', page)]
    salt, body = receipt.event.detail.salt, json.loads(said[3])
    line, digest = said[1].split(" ")
    opened = sha256(b"consult-event/v1\n" + bytes.fromhex(salt) + said[3].encode()).hexdigest()
    assert (said[2], digest) == (salt, opened)
    assert line == f"{receipt.event.at:%Y-%m-%dT%H:%M:%SZ}"
    fields = {}
    for digest, salt, value in zip(said[4::3], said[5::3], said[6::3], strict=True):
        opens = sha256(b"consult-field/v1\n" + bytes.fromhex(salt) + value.encode()).hexdigest()
        assert digest == opens
        fields[digest] = json.loads(value)
    assert fields[body["fields"]["said.title"]] == TEXT.title


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
