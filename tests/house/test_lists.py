"""Every list, followed by its own "next" link to the end, shows each row exactly once.

The rows are many and their keys are equal, so that nothing but the last column of a keyset tells
them apart. A list is whatever draws the pager: the table holds all of them.
"""

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, update

from consult.consultation.comments.models import Comment, CommentKind
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.meetings.models import Meeting, MeetingKind, MeetingState
from consult.consultation.moderation.models import Decision, Report, ReportKind, Verb
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Position, Proposal, Stance
from consult.consultation.rounds.models import Moderation
from consult.foundation.core.db import db
from consult.foundation.core.search import index_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message, Notice
from consult.foundation.record.rows import NOTED
from consult.interfaces.exchange.reading.columns import ColumnField
from consult.interfaces.exchange.reading.spreadsheet import ColumnChoices, SheetRound
from consult.interfaces.exchange.reading.upload_choices import UploadChoices
from consult.interfaces.exchange.services import keep_choices, keep_upload, look_at_file
from consult.people.following.models import Follow
from consult.people.invitations.models import Invitation, InvitationState
from consult.people.organisations.models import Organisation, Sector
from consult.people.privacy.models import RetentionRun
from tests.cast import person
from tests.factories import find_round, make_proposal, make_round_of_statements, make_statement
from tests.html_page import read_page
from tests.world import NOON, SINCE

MANY = 47
THREAD = 200
ROUND = "/nl/rounds/open"
VOTING = "/nl/rounds/stellingen/statements"
UPLOAD = "11111111-1111-4111-8111-111111111111"


def proposals(state: State = State.PUBLISHED, counts: int = 0) -> set[str]:
    """Store many proposals that arrived at one moment and return their numbers."""
    first = make_proposal("open", state)
    like = {c.key: getattr(first, c.key) for c in Proposal.__table__.columns}
    for name in ("id", "public_id", "thread_id", "number"):
        like.pop(name)
    like |= {"comment_count": counts, "support_count": counts}
    with unit_of_work():
        rows = [{**like, "number": 100 + n} for n in range(MANY)]
        db.session.execute(insert(Proposal), rows)
    return {"1", *(str(row["number"]) for row in rows)}


def statements() -> set[str]:
    """Store many statements with equal counts and return their numbers."""
    make_round_of_statements()
    one = make_statement("Data zijn open.")
    like = {c.key: getattr(one, c.key) for c in Proposal.__table__.columns}
    for name in ("id", "public_id", "thread_id", "number"):
        like.pop(name)
    with unit_of_work():
        rows = [{**like, "number": 100 + n} for n in range(MANY)]
        db.session.execute(insert(Proposal), rows)
    return {"1", *(str(row["number"]) for row in rows)}


def votes() -> set[str]:
    """Let Pia vote on all of them."""
    numbers = statements()
    with unit_of_work():
        for one in db.session.scalars(select(Proposal)):
            vote = {"proposal_id": one.id, "person_id": person("pia").id, "taken_at": NOON}
            db.session.add(Position(**vote, stance=Stance.SUPPORT))
    return numbers


def proposals_found() -> set[str]:
    """Store many proposals that one word finds and return their numbers."""
    numbers = proposals()
    with unit_of_work():
        for one in db.session.scalars(select(Proposal)):
            index_text("proposal", one.id, "Een voorstel", "nl")
            one.published_at = one.published_at or one.arrived_at
    return numbers


def thread(state: State = State.PUBLISHED) -> set[str]:
    """Store a thread with answers below some of its comments and return their numbers."""
    about = make_proposal("open")
    with unit_of_work():
        like = {
            "thread_id": about.thread_id, "round_id": about.round_id, "kind": CommentKind.QUESTION,
            "author_id": person("lotte").id, "body": "Waarom?", "language": "nl", "state": state,
            "arrived_at": NOON, "published_at": NOON if state is State.PUBLISHED else None,
        }  # fmt: skip
        tops = [{**like, "number": 1 + n} for n in range(THREAD - 50)]
        db.session.execute(insert(Comment), tops)
        ids = db.session.scalars(select(Comment.id).order_by(Comment.id)).all()
        below = [
            {**like, "number": THREAD - 49 + n, "root_id": ids[n % 60], "parent_id": ids[n % 60]}
            for n in range(50)
        ]
        db.session.execute(insert(Comment), below)
    return {str(n) for n in range(1, THREAD + 1)}


def queue(state: State = State.PENDING) -> set[str]:
    """Store proposals and comments that wait since one moment and return their public ids."""
    proposals(state)
    thread(state)
    with unit_of_work():
        find_round("open").moderation = Moderation.POST
        for model in (Proposal, Comment):
            fresh = update(model).values(reviewed_at=None)
            db.session.execute(fresh.execution_options(**NOTED))
    return {
        public_id
        for model in (Proposal, Comment)
        for public_id in db.session.scalars(select(model.public_id).where(model.state == state))
    }


def log() -> set[str]:
    about = make_proposal("open")
    common = {"proposal_id": about.id, "round_id": about.round_id, "verb": Verb.KEEP,
              "decided_at": NOON, "decided_by_id": person("mo").id}  # fmt: skip
    return bulk(Decision, [{**common, "reason": f"rij-{n}."} for n in range(MANY)])


def sheet_errors() -> set[str]:
    """Bring a spreadsheet with an error in many rows, and return their cells."""
    ana, plan = person("ana"), get_plan("open-overheid")
    content = "t;b\n" + ";x\n" * (3 * MANY)
    columns = {0: ColumnField.TITLE, 1: ColumnField.BODY}
    choices = UploadChoices(ColumnChoices(0, 1, columns), SheetRound("x", "nl", "y"), True)
    looked_at = look_at_file(ana, plan, "a.csv", io.BytesIO(content.encode()), NOON)
    with unit_of_work():
        upload = keep_upload(ana, plan, looked_at, None, NOON)
        upload.public_id = UPLOAD
        db.session.flush()
        keep_choices(ana, upload, {}, choices, NOON)
    return {f"A{2 + n}" for n in range(3 * MANY)}


def bulk(model: Any, rows: list[dict[str, Any]]) -> set[str]:
    """Store many rows and return their numbers, which stand behind a mark in their texts."""
    with unit_of_work():
        db.session.execute(insert(model), rows)
    return {str(n) for n in range(len(rows))}


def meetings() -> set[str]:
    with unit_of_work():
        rows = [
            {"body_id": 1, "number": n + 1, "kind": MeetingKind.REGULAR, "title": {"nl": "Samen"},
             "state": MeetingState.PLANNED, "starts_at": NOON, "ends_at": NOON, "place": "",
             "agenda": {}, "minutes": {}, "created_at": NOON, "version": 1}
            for n in range(MANY)
        ]  # fmt: skip
        db.session.execute(insert(Meeting), rows)
    return {str(row["number"]) for row in rows}


def messages(*, failed: bool) -> set[str]:
    at = NOON if failed else None
    common = {"kind": "round-opened", "address": "a@consult.example", "language": "nl",
              "body": "Hallo.", "created_at": NOON, "due_at": NOON, "attempts": 3,
              "failed_at": at, "settled_at": at}  # fmt: skip
    rows = [{**common, "subject": f"rij-{n}.", "failure": f"rij-{n}."} for n in range(MANY)]
    return bulk(Message, rows)


def runs() -> set[str]:
    rows = [
        {"kind": f"kind-{n}", "ran_at": NOON, "cut_off": NOON, "number": 70_000 + n}
        for n in range(MANY)
    ]
    bulk(RetentionRun, rows)
    return {f"70.{n:03}" for n in range(MANY)}


def organisations() -> set[str]:
    """Many organisations, most of them with one name: only the number tells these apart."""
    rows = [
        {"slug": f"rij-{n}", "name": "Zelfde naam" if n % 3 else f"Éénling {n}",
         "sector": list(Sector)[n % 2], "created_at": NOON, "version": 1}
        for n in range(3 * MANY)
    ]  # fmt: skip
    return bulk(Organisation, rows) | {"helder-bestuur"}


def invitations() -> set[str]:
    common = {"body_id": 1, "state": InvitationState.REVOKED, "starts_on": SINCE,
              "invited_by_id": person("ana").id, "invited_at": NOON, "sent_at": NOON,
              "expires_at": NOON, "closed_at": NOON, "language": "nl"}  # fmt: skip
    rows = [{**common, "address": f"rij-{n}.@consult.example", "name": ""} for n in range(MANY)]
    return bulk(Invitation, rows)


def notices() -> set[str]:
    common = {"kind": "round-moved", "person_id": person("pia").id, "heading": "", "link": "",
              "created_at": NOON}  # fmt: skip
    return bulk(Notice, [{**common, "line": f"rij-{n}."} for n in range(MANY)])


def followed() -> set[str]:
    """Let Pia follow many things that are not there any more, each since a day of its own."""
    mine = {"person_id": person("pia").id, "kind": "theme"}
    rows = [{**mine, "subject_id": 1000 + n, "since": NOON} for n in range(MANY)]
    bulk(Follow, rows)
    return {str(one["subject_id"]) for one in rows}


def reported() -> set[str]:
    """Store reports of many proposals, two of each, and return the public ids of those."""
    proposals()
    ids = db.session.execute(select(Proposal.id, Proposal.public_id)).all()
    common = {"round_id": find_round("open").id, "kind": ReportKind.OTHER, "sentence": "Nee.",
              "reported_at": NOON, "answer": ""}  # fmt: skip
    bulk(Report, [{**common, "proposal_id": id_} for id_, _public in ids for _ in range(2)])
    return {public_id for _id, public_id in ids}


@dataclass(frozen=True)
class List:
    """A list: who reads it, where, what fills it, and what marks a row on the page."""

    endpoint: str
    who: str | None
    path: str
    fill: Callable[[], set[str]]
    row: str
    pages: int = 3


NUMBERED = r'href="/nl/rounds/open/proposals/(\d+)"'
LISTS = [
    List("proposals.index", None, f"{ROUND}/proposals", proposals, NUMBERED),
    List("proposals.index", None, f"{ROUND}/proposals?order=discussed", proposals, NUMBERED),
    List("proposals.index", "mo", f"{ROUND}/proposals?order=supported", proposals, NUMBERED),
    List("proposals.index", None, f"{ROUND}/proposals?theme=none&endpoint=a&_anchor=b&_external=1",
         proposals, NUMBERED),
    List("proposals.mine", "pia", "/nl/proposals/mine", proposals, NUMBERED),
    List("publishing.proposal", None, f"{ROUND}/proposals/1", thread, r'id="comment-(\d+)"', 8),
    List("moderation.queue", "mo", "/nl/moderation", queue, r'id="item-([0-9a-f-]+)"', 13),
    List("moderation.queue", "mo", "/nl/moderation?round=open&kind=comment&tab=after",
         lambda: queue(State.PUBLISHED) - only_proposals(), r'id="item-([0-9a-f-]+)"', 10),
    List("moderation.queue", "ana", "/nl/moderation?tab=late&only=proposal",
         lambda: queue(State.LATE) & only_proposals(), r'id="item-([0-9a-f-]+)"'),
    List("moderation.log", None, f"{ROUND}/moderation-log", log, r"rij-(\d+)\."),
    List("moderation.reports", "mo", "/nl/moderation/reports", reported,
         r'href="/nl/moderation/proposal/([0-9a-f-]+)"'),
    List("meetings.index", None, "/nl/bodies/stakeholderforum/meetings", meetings,
         r'href="/nl/bodies/stakeholderforum/meetings/(\d+)"'),
    List("publishing.mails", None, "/nl/mails", lambda: messages(failed=False), r">rij-(\d+)\."),
    List("publishing.mails", None, "/nl/mails?q=rij&kind=round-opened",
         lambda: messages(failed=False), r">rij-(\d+)\."),
    List("publishing.search", None, "/nl/search?q=voorstel", proposals_found,
         r'href="/nl/rounds/open/proposals/(\d+)"'),
    List("accounts.notices", "pia", "/nl/notices", notices, r"rij-(\d+)\.\s"),
    List("following.index", "pia", "/nl/following", followed, r"/nl/following/theme/(\d+)/stop"),
    List("accounts.outbox", "adi", "/nl/outbox", lambda: messages(failed=True), r"rij-(\d+)\."),
    List("exchange.check", "ana", f"/nl/plans/open-overheid/import/{UPLOAD}/check", sheet_errors,
         r">(A\d+)<"),
    List("statements.index", None, VOTING, statements,
         r'href="/nl/rounds/stellingen/proposals/(\d+)"'),
    List("statements.index", None, f"{VOTING}?order=newest", statements,
         r'href="/nl/rounds/stellingen/proposals/(\d+)"'),
    List("statements.mine", "pia", f"{VOTING}/mine", votes,
         r'href="/nl/rounds/stellingen/statements/(\d+)/vote"'),
    List("privacy.retention", "adi", "/nl/retention", runs, r"\b(70\.\d{3})\b"),
    List("responses.index", "ana", f"{ROUND}/responses?open=1", proposals,
         r'href="/nl/rounds/open/responses/(\d+)"'),
    List("organisations.index", "adi", "/nl/organisations", organisations,
         r'href="/nl/organisations/(?:rij-)?(\d+|helder-bestuur)"'),
    List("invitations.index", "ana", "/nl/bodies/stakeholderforum/invitations?state=revoked",
         invitations, r"rij-(\d+)\.@"),
]  # fmt: skip


def only_proposals() -> set[str]:
    return set(db.session.scalars(select(Proposal.public_id)))


def pages(client: FlaskClient, path: str) -> Iterable[str]:
    """Read a list to its end; each next page opens at an anchor that is there."""
    anchor = ""
    for _turn in range(50):
        answer = client.get(path)
        assert answer.status_code == 200, path
        page = read_page(answer.text)
        assert not anchor or anchor in page.ids, f"#{anchor} on {path}"
        yield answer.text
        following = page.named("next")
        if not following:
            return
        (path,) = following
        anchor = urlsplit(path).fragment
        assert anchor
        assert not urlsplit(path).netloc
    pytest.fail(f"{path} has no end")


@pytest.mark.parametrize("one", LISTS, ids=lambda one: f"{one.who}-{one.path}")
def test_each_row_is_shown_exactly_once(app: Flask, browse: Any, one: List) -> None:
    app.config["DEMONSTRATION"] = one.endpoint == "publishing.mails"
    with app.test_request_context():
        wanted = one.fill()
        db.session.remove()
    read = list(pages(browse(one.who), one.path))
    app.config["DEMONSTRATION"] = False
    shown = [list(dict.fromkeys(re.findall(one.row, text))) for text in read]
    rows = [row for page in shown for row in page]
    assert len(rows) == len(set(rows))
    assert set(rows) == wanted
    assert len(read) == one.pages


def test_no_list_is_forgotten(app: Flask) -> None:
    templates = Path(str(app.root_path)).parent / "templates"
    drawn = {
        f"{path.parent.relative_to(templates)}.{path.stem}".replace("._", ".")
        for path in templates.rglob("*.html")
        if "{{ pager(" in path.read_text() and path.parent.name != "partials"
    }
    assert drawn == {one.endpoint for one in LISTS}


def test_the_last_page_leads_back_to_the_first(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context():
        proposals()
    path = f"{ROUND}/proposals?order=supported"
    last = list(pages(client, path))[-1]
    (first,) = read_page(last).named("first")
    assert first == f"{path}#list"


@pytest.mark.parametrize("asked", ["comment=140", "comment=200"])
def test_an_address_of_a_comment_opens_where_it_stands(
    app: Flask, client: FlaskClient, asked: str, now: datetime
) -> None:
    del now
    with app.test_request_context():
        thread()
    page = client.get(f"{ROUND}/proposals/1?{asked}").text
    assert f'id="comment-{asked.partition("=")[2]}"' in page
