"""The demonstration is built through the services, and every link of its chain holds."""

import json
from collections import Counter
from datetime import datetime

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.meetings.queries import turnout_of
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Round, RoundState, RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.foundation.record.checkpoints import publish_log
from consult.foundation.record.models import Event, Log
from consult.foundation.record.published_log import published_log
from consult.foundation.record.services import append_leaves
from consult.foundation.record.tiles import WIDTH
from consult.foundation.record.verify import verify_record
from consult.interfaces.demonstration.build import accounts, build, is_built
from consult.interfaces.demonstration.content import load
from consult.interfaces.publishing.bodies import body_page
from consult.interfaces.verification.opening import opened_bundle
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.sealing import version_digest
from consult.outcomes.commitments.models import Commitment, CommitmentSource
from consult.outcomes.responses.queries import unanswered
from consult.people.accounts.models import Person
from consult.people.organisations.models import Body
from consult.people.organisations.queries import get_body
from tests.conftest import ENGINE, make_app
from tests.databases import Databases
from tests.stored_files import log_folder
from tests.world import NOON

pytestmark = [pytest.mark.usefixtures("demonstration"), pytest.mark.long_on_postgresql]


@pytest.fixture(scope="module")
def built(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Build it once, in a database of its own."""
    if ENGINE == "postgresql":
        databases.admin("DROP DATABASE IF EXISTS demo WITH (FORCE)", "CREATE DATABASE demo")
    folder = tmp_path_factory.mktemp("demonstration")
    app = make_app(folder, databases.url("demo"), DEMONSTRATION=True, CLOCK=lambda: NOON)
    with app.app_context():
        upgrade(directory="migrations")
        build(NOON, lambda _done, _all: None)
        db.session.remove()
    return app


@pytest.fixture
def demonstration(built: Flask) -> object:
    """Look at it from inside."""
    with built.app_context():
        yield
        db.session.remove()


def rounds() -> list[Round]:
    return list(db.session.scalars(select(Round).order_by(Round.opens_at)))


def test_there_are_closed_and_open_rounds_and_a_coming_one(now: datetime) -> None:
    assert [round_.state_at(now) for round_ in rounds()] == [
        RoundState.ANSWERED,
        RoundState.CLOSED,
        RoundState.CLOSED,
        RoundState.OPEN,
        RoundState.OPEN,
        RoundState.UPCOMING,
    ]


def test_every_count_agrees_with_what_is_stored() -> None:
    for round_ in rounds():
        tally = db.session.get_one(RoundTally, round_.id)
        states = select(Proposal.state).where(Proposal.round_id == round_.id)
        stored = Counter(state.value for state in db.session.scalars(states))
        for state in ("pending", "published", "returned", "hidden", "late"):
            assert getattr(tally, state) == stored[state], (round_.slug, state)


def test_every_public_proposal_of_the_answered_round_has_an_answer() -> None:
    assert unanswered(rounds()[0].id) == []


def test_every_commitment_comes_from_a_proposal_and_stands_in_the_version() -> None:
    commitments = db.session.scalars(select(Commitment)).all()
    assert len(commitments) == len(load().commitments)
    sources = select(CommitmentSource.commitment_id)
    assert {c.id for c in commitments} == set(db.session.scalars(sources))
    version = db.session.scalars(select(PlanVersion)).one()
    assert version_digest(version.sealed or "") == version.digest
    assert all(c.title["nl"] in version.content for c in commitments)


def test_the_grants_stay_below_the_ceiling() -> None:
    total = db.session.scalar(select(func.sum(Commitment.amount_cents))) or 0
    assert 0 < total <= 20_000_000


def test_one_came_late_and_stays_apart() -> None:
    late = db.session.scalars(select(Proposal).where(Proposal.state == State.LATE)).all()
    assert late
    assert all(proposal.published_at is None for proposal in late)


def test_the_record_is_sound_and_complete() -> None:
    verdict = verify_record()
    assert verdict.sound
    assert verdict.leaves == verdict.events > 300


def test_mails_stayed_in_the_house_and_each_has_one_recipient() -> None:
    messages = db.session.scalars(select(Message)).all()
    assert messages
    # Sent, or left out: an invitation that was answered, or news that was old by then.
    assert all(message.settled_at for message in messages)
    sent = [message for message in messages if message.sent_at and message.address]
    assert len(sent) > len(messages) / 2
    assert all(message.address.count("@") == 1 for message in sent)


def test_there_is_an_account_for_each_role() -> None:
    emails = {account["email"].split("@")[0] for account in accounts("nl")}
    assert {"ana", "mo", "pia", "kees", "bo", "hanna", "sam", "adi"} <= emails


def test_it_is_not_built_twice(now: datetime) -> None:
    assert is_built()
    with pytest.raises(Conflict):
        build(now, lambda _done, _all: None)


@pytest.mark.parametrize("language", ["nl", "en"])
def test_its_pages_open(built: Flask, language: str) -> None:
    reader = built.test_client()
    for round_ in rounds():
        for path in ("", "/proposals", "/summary", "/moderation-log"):
            assert reader.get(f"/{language}/rounds/{round_.slug}{path}").status_code == 200
    for name in ("plan.pdf", "plan.docx"):
        answer = reader.get(f"/{language}/plans/actieplan-open-overheid-2023-2027/{name}")
        assert answer.status_code == 200
        assert len(answer.data) > 10_000


def test_the_forum_has_seats_and_met_and_nobody_real_was_there(now: datetime) -> None:
    forum = get_body("stakeholderforum")
    page = body_page(forum, now)
    assert len(page.held) == 4
    assert len(page.coming) == 1
    assert page.open_seats > 0
    assert len(page.ending) == 2
    assert not page.rhythm.warns
    real = {one.name for one in load().organisations if not one.invented}
    for meeting in page.held:
        turnout = turnout_of(meeting)
        assert turnout.there > turnout.absent
        assert not real & {*turnout.organisations, *turnout.represented}
        assert meeting.minutes["nl"]
        assert meeting.minutes["en"]


def test_no_more_members_sit_than_there_are_seats(now: datetime) -> None:
    for body in db.session.scalars(select(Body)).all():
        for one in body_page(body, now).seats:
            assert one.filled <= one.seats, (body.slug, one.sector)


def test_the_public_log_and_what_is_opened_of_it_tell_nothing_that_is_not_public() -> None:
    with unit_of_work():
        append_leaves(limit=100_000)
    while publish_log():
        pass
    files = published_log(1)
    head = files.head()
    assert head
    opened = b"".join(
        opened_bundle(db.session.get_one(Log, 1), number, NOON) or b""
        for number in range(-(-head.size // WIDTH))
    ).decode()
    told = opened + "".join(
        path.read_text("latin-1") for path in log_folder().rglob("*") if path.is_file()
    )
    shown = [json.loads(line) for line in opened.splitlines()]
    assert len(shown) > 100, "what is public is opened"
    titles = {
        one["value"]
        for line in shown
        for name, one in line["fields"].items()
        if name.startswith("row.proposal.") and name.endswith(".title")
    }
    published = select(Proposal.title).where(Proposal.state == State.PUBLISHED)
    assert titles == set(db.session.scalars(published))
    kept = select(Proposal.title, Proposal.action).where(Proposal.state != State.PUBLISHED)
    people = select(Person.display_name, Person.email, Person.public_id)
    texts = [text for row in db.session.execute(kept) for text in row if text]
    names = [text for row in db.session.execute(people) for text in row if text]
    assert len(texts) > 2
    assert not [text for text in [*texts, *names] if text in told]
    silent = {"proposal.returned", "consent.given", "position.taken", "membership.started"}
    done = set(db.session.scalars(select(Event.verb)))
    assert silent & done
    assert not [verb for verb in silent if verb in told]
