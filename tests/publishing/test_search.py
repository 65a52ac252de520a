"""One search finds everything that is public, leads there, and nothing that is not."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.plans.models import Plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Readers, Round
from consult.foundation.core.db import db
from consult.foundation.core.search import SearchEntry, index_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.publishing.search import count_everything
from consult.outcomes.commitments.services import (
    CommitmentText,
    make_commitment,
    publish_commitment,
)
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import (
    ResponseText,
    prepare_response,
    publish_responses,
)
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal

WORD = "zonnebloem"


def plan() -> Plan:
    return db.session.scalars(select(Plan).where(Plan.slug == "open-overheid")).one()


def found(client: FlaskClient, query: str = WORD, **more: str) -> str:
    return client.get("/en/search", query_string={"q": query, **more}).text


def counted(query: str = WORD) -> dict[str, int]:
    return {kind.value: hits.number for kind, hits in count_everything(query).items() if hits}


def proposal_with_word(slug: str = "open", state: State = State.PUBLISHED) -> Proposal:
    made = make_proposal(slug, state)
    with unit_of_work():
        index_text("proposal", made.id, f"{made.title} {WORD}", "nl")
    return made


def answered(now: datetime) -> Proposal:
    made = make_proposal("closed")
    with unit_of_work():
        text = ResponseText(Outcome.ADOPTED, {"nl": f"Wij planten een {WORD}."})
        prepare_response(person("ana"), made, text, None, now)
    return made


@pytest.fixture
def everything(app: Any, now: datetime) -> Proposal:
    """A word in something public of each kind."""
    del app
    made = proposal_with_word()
    comment = make_comment(made, body=f"Een {WORD} graag.")
    with unit_of_work():
        index_text("comment", comment.id, comment.body, "nl")
    answered(now)
    with unit_of_work():
        publish_responses(person("ana"), find_round("closed"), now)
    with unit_of_work():
        title = {"nl": f"Actie {WORD}", "en": f"Action {WORD}"}
        text = CommitmentText(plan().themes[0].id, title, sources={made.id: {}})
        publish_commitment(person("ana"), make_commitment(person("ana"), plan(), text, now), now)
    with unit_of_work():
        find_round("open").introduction = {"nl": f"Over de {WORD}.", "en": "About flowers."}
        plan().introduction = {"nl": f"Ons plan met een {WORD}.", "en": "Our plan."}
        db.session.info.pop("unrecorded rows", None)
    return made


def test_each_kind_is_found_and_leads_there(everything: Proposal, client: FlaskClient) -> None:
    assert counted() == {
        "proposal": 1, "comment": 1, "response": 1, "commitment": 1, "round": 1, "plan": 1,
    }  # fmt: skip
    ways = {
        "proposal": f'/en/rounds/open/proposals/{everything.number}"',
        "comment": "#comment-1",
        "response": "/en/rounds/closed/proposals/1#response",
        "commitment": "/en/plans/open-overheid/commitments/1",
        "round": '/en/rounds/open"',
        "plan": '/en/plans/open-overheid"',
    }
    for kind, way in ways.items():
        page = found(client, kind=kind)
        assert way in page, kind
        page = client.get("/nl/search", query_string={"q": WORD, "kind": kind}).text
        if kind != "proposal":
            assert f"<mark>{WORD}</mark>" in page, kind


def test_a_row_says_what_it_is_where_it_stands_and_of_when(
    everything: Proposal, client: FlaskClient
) -> None:
    said = {
        "proposal": ("Proposal", f"#{everything.number}", "Round open", "handed in on"),
        "comment": ("Comment", f"#{everything.number}.1", "Round open", "handed in on"),
        "response": ("Answer", "#1", "Round closed", "answered on"),
        "commitment": ("Commitment", "", "Open Government Action Plan", "published on"),
        "round": ("Round", "", "Open Government Action Plan", "open from"),
        "plan": ("Plan", "", "", ""),
    }
    for kind, words in said.items():
        page = found(client, kind=kind)
        rows = page[page.index('id="list"') :]
        one = f"<strong>{words[0]}</strong> {words[1]}".strip()
        assert all(word in rows for word in (one, *words[2:])), (kind, words)
        assert page.index("Found: 6") < page.index('id="list"')


def test_a_page_begins_with_what_was_found(everything: Proposal, client: FlaskClient) -> None:
    del everything
    with unit_of_work():
        db.session.execute(delete(SearchEntry).where(SearchEntry.subject_type != "plan"))
    assert "Ons plan met een" in client.get("/nl/search", query_string={"q": WORD}).text


@pytest.mark.parametrize("state", [s for s in State if s is not State.PUBLISHED])
def test_a_contribution_that_is_not_public_is_not_found(
    client: FlaskClient, browse: Callable[[str], FlaskClient], state: State
) -> None:
    proposal_with_word(state=state)
    on_it = make_comment(proposal_with_word(slug="closed", state=state), body=WORD)
    said = make_comment(make_proposal("open"), state, body=WORD)
    with unit_of_work():
        for comment in (on_it, said):
            index_text("comment", comment.id, WORD, "nl")
    assert counted() == {}
    for reader in (client, browse("mo"), browse("sam")):
        asked = re.sub(rf'value="{WORD}"|q(=|%3D){WORD}', "", found(reader))
        assert WORD not in asked


def test_a_draft_of_an_answer_is_not_found_until_it_is_public(app: Any, now: datetime) -> None:
    del app
    answered(now)
    assert counted() == {}
    with unit_of_work():
        publish_responses(person("ana"), find_round("closed"), now)
    assert counted() == {"response": 1}


def test_a_round_for_its_participants_is_found_by_nobody(
    everything: Proposal, client: FlaskClient
) -> None:
    del everything, client
    with unit_of_work():
        for round_ in db.session.scalars(select(Round)):
            round_.readers = Readers.PARTICIPANTS
        db.session.info.pop("unrecorded rows", None)
    assert counted() == {"commitment": 1, "plan": 1}


def test_a_changed_text_is_found_by_its_new_words_only(everything: Proposal) -> None:
    del everything
    with unit_of_work():
        plan().introduction = {"nl": "Zonder bloemen."}
        db.session.info.pop("unrecorded rows", None)
    assert "plan" not in counted()
    assert counted("bloemen")["plan"] == 1


def test_nothing_found_and_nothing_asked(client: FlaskClient) -> None:
    assert "Look for another word" in found(client, "onvindbaar")
    assert "consult-tabs" not in found(client, "")
    assert "There is no letter or digit" in found(client, "!!!")
    assert found(client, WORD, kind="unknown")
