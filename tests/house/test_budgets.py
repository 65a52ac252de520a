"""A page costs the same number of statements at 10 rows and at 1,000, and an act asks once."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert

from consult.consultation.comments.models import Comment, CommentKind, ContributionState, Thread
from consult.consultation.proposals.models import Proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.policy.actions import Action
from consult.foundation.policy.table import alternatives
from consult.foundation.record.rows import NOTED
from consult.people.privacy.models import Consent
from tests.cast import person
from tests.factories import PDF_FILE, find_round, make_comment, make_proposal
from tests.statements import counted

LIST, DETAIL, QUEUE = 7, 11, 8
SUBMIT, COMMENT, POSITION = 19, 19, 17
AGAIN = {"/nl/rounds/open/proposals": 3, "/nl/rounds/open/proposals/1": 7}
"""Of a page whose parts for everybody are kept."""
TEXT = {"title": "Eén plek", "problem": "Versnipperd.", "action": "Bundel ze."}


def fill(many: int, state: ContributionState, now: datetime) -> None:
    """Store many proposals, and as many comments on the first one, in bulk."""
    first = make_proposal("open", state)
    make_comment(first, state)
    with unit_of_work():
        round_, pia = find_round("open"), person("pia").id
        db.session.execute(insert(Thread), [{"round_id": round_.id} for _ in range(many)])
        threads = [(first.thread_id or 0) + n for n in range(1, many + 1)]
        db.session.execute(
            insert(Proposal),
            [
                {
                    "round_id": round_.id, "thread_id": thread, "number": 10 + n,
                    "author_id": pia, "language": "nl", "state": state,
                    "created_at": now, "saved_at": now,
                    "arrived_at": now + timedelta(seconds=n), "published_at": now, **TEXT,
                }
                for n, thread in enumerate(threads)
            ],
        )  # fmt: skip
        db.session.execute(
            insert(Comment),
            [
                {
                    "thread_id": first.thread_id, "round_id": round_.id, "number": 10 + n,
                    "author_id": pia, "kind": CommentKind.REACTION, "body": "Goed.",
                    "language": "nl", "state": state, "arrived_at": now, "published_at": now,
                }
                for n in range(many)
            ],
        )  # fmt: skip


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_list(app: Flask, browse: Any, now: datetime, rows: int) -> None:
    fill(rows, ContributionState.PUBLISHED, now)
    pia = browse("pia")
    pia.get("/nl/help")  # the dates until which all is kept are read once
    with counted(app) as statements:
        answer = pia.get("/nl/rounds/open/proposals")
    assert answer.status_code == 200
    assert statements.number <= LIST, str(statements)


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_detail(app: Flask, browse: Any, now: datetime, rows: int) -> None:
    fill(rows, ContributionState.PUBLISHED, now)
    pia = browse("pia")
    pia.get("/nl/help")
    with counted(app) as statements:
        answer = pia.get("/nl/rounds/open/proposals/1")
    assert answer.status_code == 200
    assert "Goed." in answer.text
    assert statements.number <= DETAIL, str(statements)


@pytest.mark.parametrize("path", AGAIN)
def test_a_page_whose_parts_are_kept(app: Flask, browse: Any, now: datetime, path: str) -> None:
    fill(10, ContributionState.PUBLISHED, now)
    pia, sam = browse("pia"), browse("sam")
    pia.get(path)
    sam.get(path)
    with counted(app) as statements:
        assert sam.get(path).status_code == 200
    assert statements.number <= AGAIN[path], str(statements)


@pytest.mark.parametrize("rows", [10, 1000])
def test_the_queue(app: Flask, browse: Any, now: datetime, rows: int) -> None:
    fill(rows, ContributionState.PENDING, now)
    mo = browse("mo")
    with counted(app) as statements:
        answer = mo.get("/nl/moderation")
    assert answer.status_code == 200
    assert "Goed." in answer.text
    assert statements.number <= QUEUE, str(statements)


@pytest.mark.parametrize("rows", [10, 1000])
def test_submitting(app: Flask, browse: Any, now: datetime, rows: int) -> None:
    fill(rows, ContributionState.PUBLISHED, now)
    pia = browse("pia")
    form = {**TEXT, "theme_id": "0", "organisation_id": "1", "language": "nl", "origin": "new",
            "amount": "", "act": "submit", "once": "a-key"}  # fmt: skip
    with counted(app) as statements:
        answer = pia.post("/nl/rounds/open/proposals/new", data=form)
    assert answer.status_code == 303, answer.text
    assert "/receipts/" in answer.headers["Location"]
    assert statements.number <= SUBMIT, str(statements)


@pytest.mark.both_engines
def test_commenting_and_taking_a_position(app: Flask, browse: Any) -> None:
    make_proposal("open", ContributionState.PUBLISHED)
    pia, page = browse("pia"), "/nl/rounds/open/proposals/1"
    comment = {"body": "Goed.", "kind": "reaction", "organisation_id": "1", "language": "nl"}
    for form, to, most in (
        (comment, f"{page}/comments", COMMENT),
        ({"stance": "support", "on_behalf": "1"}, f"{page}/position", POSITION),
    ):
        with counted(app) as statements:
            answer = pia.post(to, data={**form, "once": to})
        assert answer.status_code == 303, answer.text
        assert statements.number <= most, str(statements)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Action]:
    """Every action about which the policy was asked."""
    actions: list[Action] = []

    def note(action: Action) -> Any:
        actions.append(action)
        return alternatives(action)

    monkeypatch.setattr("consult.foundation.policy.services.alternatives", note)
    return actions


FORM = {**TEXT, "theme_id": "0", "organisation_id": "1", "language": "nl", "origin": "new",
        "act": "submit"}  # fmt: skip


def test_handing_in_asks_the_policy_once(browse: Any, asked: list[Action]) -> None:
    pia = browse("pia")
    asked.clear()
    answer = pia.post("/nl/rounds/open/proposals/new", data=FORM)
    assert "/receipts/" in answer.headers["Location"]
    assert asked == [Action.PROPOSAL_SUBMIT]


def test_handing_in_a_draft_asks_the_policy_once(browse: Any, asked: list[Action]) -> None:
    """Also where the conditions are agreed to on the form."""
    draft = make_proposal("open", ContributionState.DRAFT)
    with unit_of_work():
        db.session.execute(delete(Consent).execution_options(**NOTED))
    pia = browse("pia")
    asked.clear()
    answer = pia.post(f"/nl/drafts/{draft.public_id}", data={**FORM, "agrees": "y"})
    assert "/receipts/" in answer.headers["Location"], answer.text
    assert asked == [Action.PROPOSAL_SUBMIT_DRAFT]


def test_files_are_asked_about_before_they_are_kept(browse: Any, asked: list[Action]) -> None:
    pia = browse("pia")
    asked.clear()
    data = {**FORM, "files": (io.BytesIO(PDF_FILE), "nota.pdf")}
    answer = pia.post("/nl/rounds/open/proposals/new", data=data)
    assert "/receipts/" in answer.headers["Location"]
    assert asked == [Action.PROPOSAL_SUBMIT, Action.PROPOSAL_SUBMIT]


def test_commenting_asks_the_policy_once(browse: Any, asked: list[Action]) -> None:
    make_proposal("open", ContributionState.PUBLISHED)
    pia = browse("pia")
    asked.clear()
    data = {"body": "Goed.", "kind": "reaction", "organisation_id": "0", "language": "nl"}
    answer = pia.post("/nl/rounds/open/proposals/1/comments", data=data)
    assert answer.headers["Location"].endswith("/proposals/1?comment=1#comment-1")
    assert asked == [Action.COMMENT_ADD]
