"""Each text says its language where that is not its reader's."""

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from consult.foundation.core.languages import language_name
from consult.foundation.core.unit_of_work import unit_of_work
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import (
    ResponseText,
    prepare_response,
    publish_responses,
)
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal

ENGLISH, DUTCH = "In het Engels", "In Dutch"


def test_a_proposal_says_its_language_to_who_reads_another(app: Flask, client: Any) -> None:
    with app.test_request_context():
        number = make_proposal("open", language="en", title="A clear list").number
    for page in ("rounds/open/proposals", f"rounds/open/proposals/{number}"):
        assert client.get(f"/nl/{page}").text.count(ENGLISH) == 1
        assert "In English" not in client.get(f"/en/{page}").text


def test_a_comment_says_its_own_language_and_not_that_of_its_proposal(
    app: Flask, client: Any
) -> None:
    with app.test_request_context():
        proposal = make_proposal("open")
        make_comment(proposal, body="A good idea.", language="en")
        page = f"rounds/open/proposals/{proposal.number}"
    assert client.get(f"/nl/{page}").text.count(ENGLISH) == 1
    read = client.get(f"/en/{page}").text
    assert read.count(DUTCH) == 1
    assert "In English" not in read


def test_an_answer_that_is_not_translated_says_so_once(
    app: Flask, client: Any, now: datetime
) -> None:
    with app.test_request_context():
        proposal = make_proposal("closed")
        with unit_of_work():
            said = ResponseText(Outcome.ADOPTED, {"nl": "Dat doen we."})
            prepare_response(person("ana"), proposal, said, None, now)
        with unit_of_work():
            publish_responses(person("ana"), find_round("closed"), now)
        page = f"rounds/closed/proposals/{proposal.number}"
    assert client.get(f"/en/{page}").text.count("Not translated.") == 1
    assert "Niet vertaald" not in client.get(f"/nl/{page}").text


def test_the_round_says_once_that_its_text_is_not_translated(app: Flask, client: Any) -> None:
    with app.test_request_context(), unit_of_work():
        find_round("open").introduction = {"nl": "Wat moet beter?"}
    page = client.get("/en/rounds/open").text
    assert page.count("Not translated. This text is in Dutch.") == 1
    assert '<div class="consult-prose consult-prose--lead" lang="nl">' in page
    assert "Niet vertaald" not in client.get("/nl/rounds/open").text


@pytest.mark.parametrize(
    ("code", "name"), [("nl", "Nederlands"), ("pt-BR", "Portugees (Brazilië)"), ("xq", "xq")]
)
def test_a_language_has_a_name_in_the_readers(app: Flask, code: str, name: str) -> None:
    with app.test_request_context("/nl/"):
        assert language_name(code) == name
