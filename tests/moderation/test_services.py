"""Mo decides with a reason; the author is told who and why; nothing hidden is shown."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.counts import past_decisions
from consult.consultation.moderation.log import log_of, totals_of
from consult.consultation.moderation.models import Decision, Ground, Verb
from consult.consultation.moderation.queries import Wanted, waiting
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.rounds.models import RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, NotFound, Refusal
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from tests.cast import person
from tests.factories import acts, find_round, make_comment, make_proposal

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture(autouse=True)
def _links(app: Flask) -> object:
    with app.test_request_context():
        yield


def judge(contribution: Any, verb: Verb, now: datetime, who: str = "mo", **more: Any) -> Decision:
    with unit_of_work():
        return decide(person(who), contribution, Judgement(verb, **more), now)


REASON = "Noem alstublieft geen namen van mensen."


def test_publishing_shows_it_and_counts_it(now: datetime) -> None:
    proposal = make_proposal("open", State.PENDING)
    judge(proposal, Verb.PUBLISH, now)
    assert proposal.state is State.PUBLISHED
    assert proposal.published_at == now
    tally = db.session.get_one(RoundTally, proposal.round_id, populate_existing=True)
    assert (tally.pending, tally.published, tally.received) == (0, 1, 1)


def test_the_author_is_told_who_decided_and_why(now: datetime) -> None:
    proposal = make_proposal("open", State.PENDING)
    judge(proposal, Verb.RETURN, now, reason=REASON)
    mail = db.session.scalars(select(Message)).one()
    assert mail.address == "pia@consult.example"
    assert REASON in mail.body
    assert "Mo Yilmaz" in mail.body


@pytest.mark.parametrize("verb", [Verb.RETURN, Verb.HIDE])
def test_a_decision_against_needs_a_reason(verb: Verb, now: datetime) -> None:
    proposal = make_proposal("open", State.PENDING)
    with pytest.raises(InvalidInput):
        judge(proposal, verb, now, reason=" ", ground=Ground.OFFENSIVE)
    assert not db.session.scalars(select(Message)).all()


def test_hiding_needs_a_ground(now: datetime) -> None:
    with pytest.raises(InvalidInput):
        judge(make_proposal("open"), Verb.HIDE, now, reason=REASON)


def test_what_was_hidden_can_be_shown_again(now: datetime) -> None:
    proposal = make_proposal("open")
    judge(proposal, Verb.HIDE, now, reason=REASON, ground=Ground.PERSONAL_DATA)
    judge(proposal, Verb.RESTORE, now, reason="Het waren openbare namen.")
    assert proposal.state is State.PUBLISHED
    assert totals_of(proposal.round_id) == {Verb.HIDE: 1, Verb.RESTORE: 1}


def test_a_second_decision_is_refused(now: datetime) -> None:
    proposal = make_proposal("open", State.PENDING)
    judge(proposal, Verb.PUBLISH, now)
    with pytest.raises(NotAllowed):
        judge(proposal, Verb.RETURN, now, reason=REASON)


@pytest.mark.parametrize("who", ["pia", "kees", "lotte", "sam", "bo", "hanna", "adi", "ana"])
def test_only_a_moderator_decides(who: str, now: datetime) -> None:
    proposal = make_proposal("open", State.PENDING)
    with pytest.raises((NotAllowed, NotFound)):
        judge(proposal, Verb.PUBLISH, now, who)


def test_nobody_decides_about_their_own_text(now: datetime) -> None:
    own = make_proposal("open", State.PENDING, author="mo")
    with pytest.raises(NotAllowed):
        judge(own, Verb.PUBLISH, now)


def test_an_organiser_admits_what_came_late_and_a_moderator_then_looks(now: datetime) -> None:
    late = make_proposal("closed", State.LATE)
    with pytest.raises(Refusal):
        judge(late, Verb.ADMIT, now, reason="De post was te laat.")
    judge(late, Verb.ADMIT, now, "ana", reason="De post was te laat.")
    assert late.state is State.PENDING
    tally = db.session.get_one(RoundTally, late.round_id, populate_existing=True)
    assert (tally.late, tally.received, tally.pending) == (0, 1, 1)


def test_a_comment_counts_where_it_is_shown_only(now: datetime) -> None:
    proposal = make_proposal("open")
    comment = make_comment(proposal, State.PENDING)
    judge(comment, Verb.PUBLISH, now)
    db.session.expire_all()
    assert proposal.comment_count == 1
    judge(comment, Verb.HIDE, now, reason=REASON, ground=Ground.OFFENSIVE)
    db.session.expire_all()
    assert proposal.comment_count == 0
    tally = db.session.get_one(RoundTally, proposal.round_id)
    assert (tally.comments, tally.comments_pending) == (0, 0)


def test_what_was_decided_before_is_counted_by_author_and_by_decision(now: datetime) -> None:
    for verb in (Verb.PUBLISH, Verb.RETURN, Verb.PUBLISH):
        judge(make_proposal("open", State.PENDING), verb, now, reason=REASON)
    judge(make_comment(make_proposal("open"), State.PENDING), Verb.RETURN, now, reason=REASON)
    plans, pia, lotte = [find_round("open").plan_id], person("pia").id, person("lotte").id
    both = {pia: {Verb.PUBLISH: 2, Verb.RETURN: 1}, lotte: {Verb.RETURN: 1}}
    assert past_decisions([pia, lotte], plans) == both
    assert past_decisions([pia], plans) == {pia: both[pia]}
    assert past_decisions([pia, lotte], [plans[0] + 1]) == {}


def test_the_queue_holds_both_kinds_oldest_first(now: datetime, clock: Any) -> None:
    first = make_proposal("open", State.PENDING, at=now)
    shown = make_proposal("open")
    make_comment(shown, State.PENDING, at=clock.forward(hours=1))
    make_proposal("closed", State.PENDING, at=clock.forward(hours=1))
    plan = find_round("open").plan_id
    at_hand = Wanted([plan], person("mo").id, now)
    page = waiting(at_hand)
    assert [(item.kind, item.number) for item in page] == [
        ("proposal", first.number), ("comment", 1), ("proposal", 1),
    ]  # fmt: skip
    assert [item.kind for item in waiting(replace(at_hand, kind="comment"))] == ["comment"]
    assert len(waiting(replace(at_hand, round_slug="closed"))) == 1
    assert not waiting(replace(at_hand, plan_ids=[plan + 1])).rows


def test_the_queue_goes_on_where_a_page_ended(now: datetime) -> None:
    for _ in range(5):
        make_proposal("open", State.PENDING, at=now)
    plan = find_round("open").plan_id
    wanted = Wanted([plan], person("mo").id, now)
    first = waiting(wanted, size=2)
    second = waiting(wanted, first.next_cursor, size=2)
    third = waiting(wanted, second.next_cursor, size=2)
    numbers = [item.number for page in (first, second, third) for item in page]
    assert numbers == [1, 2, 3, 4, 5]
    assert third.next_cursor is None


def test_the_log_shows_the_decision_and_never_the_text(now: datetime) -> None:
    proposal = make_proposal("open", title="Geheim van de buren")
    judge(proposal, Verb.HIDE, now, reason=REASON, ground=Ground.PERSONAL_DATA)
    logged = log_of(proposal.round_id).rows[0]
    assert (logged.verb, logged.ground, logged.reason) == (Verb.HIDE, "personal_data", REASON)
    assert logged.proposal_number == proposal.number
    assert "Geheim" not in str(logged)


def test_each_decision_stands_in_the_record(now: datetime) -> None:
    proposal = make_proposal("open", State.PENDING)
    judge(proposal, Verb.PUBLISH, now)
    assert acts() == ["proposal.published"]
