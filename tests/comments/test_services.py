"""Kees answers, Lotte answers him, and a late word is kept apart."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from consult.consultation.comments.models import Comment, CommentKind, Thread
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.comments.queries import (
    ANSWERS,
    ANSWERS_ASKED_FOR,
    ThreadComment,
    ThreadPosition,
    thread_page,
)
from consult.consultation.comments.services import (
    DEEPEST,
    CommentText,
    add_comment,
    revise_comment,
    withdraw_comment,
)
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Moderation, RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, NotFound
from consult.foundation.core.unit_of_work import unit_of_work
from tests.cast import person
from tests.factories import find_round, make_comment, make_proposal

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def proposal() -> Proposal:
    """A public proposal of Pia in the open round."""
    return make_proposal("open")


def say(
    proposal: Proposal,
    now: datetime,
    *,
    who: str = "kees",
    parent: Comment | None = None,
    organisation: int | None = None,
    opened: datetime | None = None,
) -> Comment:
    text = CommentText("Goed idee.", CommentKind.REACTION, "nl", organisation)
    with unit_of_work():
        receipt = add_comment(person(who), proposal, text, now, opened, parent)
    return db.session.get_one(Comment, receipt.event.subject_id)


def test_a_comment_waits_for_a_moderator(proposal: Proposal, now: datetime) -> None:
    comment = say(proposal, now)
    assert (comment.state, comment.number) == (State.PENDING, 1)
    tally = db.session.get_one(RoundTally, proposal.round_id, populate_existing=True)
    assert (tally.comments, tally.comments_pending) == (0, 1)


def test_post_moderation_shows_it_at_once(proposal: Proposal, now: datetime) -> None:
    with unit_of_work():
        find_round("open").moderation = Moderation.POST
    assert say(proposal, now).state is State.PUBLISHED
    db.session.expire_all()
    assert proposal.comment_count == 1
    assert db.session.scalars(select(Thread.comment_count)).one() == 1


def test_one_speaks_for_an_organisation_with_a_mandate_only(
    proposal: Proposal, now: datetime
) -> None:
    assert say(proposal, now, who="kees", organisation=1).organisation_id == 1
    with pytest.raises(InvalidInput):
        say(proposal, now, who="lotte", organisation=1)


def test_one_dissents_from_what_an_organisation_of_ones_own_signed_only(
    proposal: Proposal, now: datetime
) -> None:
    """The form does not offer it either, but a form is no guard."""
    text = CommentText("Wij zijn het niet eens.", CommentKind.DISSENT)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        add_comment(person("lotte"), proposal, text, now, None)
    assert set(refused.value.errors) == {"kind"}
    assert db.session.scalars(select(Comment)).all() == []


@pytest.mark.parametrize("who", ["sam", "hanna", "adi"])
def test_who_does_not_take_part_does_not_comment(
    proposal: Proposal, now: datetime, who: str
) -> None:
    with pytest.raises(NotAllowed):
        say(proposal, now, who=who)


@pytest.mark.parametrize("state", [State.PENDING, State.RETURNED, State.HIDDEN, State.LATE])
def test_what_is_not_public_is_not_discussed(now: datetime, state: State) -> None:
    with pytest.raises(NotFound):
        say(make_proposal("open", state), now)


def test_answers_go_four_deep_and_then_side_by_side(proposal: Proposal, now: datetime) -> None:
    parent = make_comment(proposal)
    top = parent
    for _ in range(DEEPEST + 2):
        parent = make_comment(proposal, parent=parent) if parent.depth < DEEPEST else parent
    beside = say(proposal, now, parent=parent)
    assert beside.depth == DEEPEST
    assert beside.root_id == top.id


def test_one_does_not_answer_what_is_not_public(proposal: Proposal, now: datetime) -> None:
    pending = make_comment(proposal, State.PENDING)
    with pytest.raises(NotFound):
        say(proposal, now, parent=pending)


def test_one_does_not_answer_in_another_thread(proposal: Proposal, now: datetime) -> None:
    elsewhere = make_comment(make_proposal("open"))
    with pytest.raises(NotFound):
        say(proposal, now, parent=elsewhere)


def test_a_late_word_is_kept_and_counted_apart(proposal: Proposal) -> None:
    late = find_round("open").grace_ends_at + timedelta(seconds=1)
    assert say(proposal, late).state is State.LATE
    tally = db.session.get_one(RoundTally, proposal.round_id, populate_existing=True)
    assert (tally.comments, tally.comments_pending, tally.comments_late) == (0, 0, 1)


def test_a_word_begun_in_time_counts_during_grace(proposal: Proposal) -> None:
    closes = find_round("open").closes_at
    comment = say(proposal, closes + timedelta(minutes=5), opened=closes - timedelta(minutes=1))
    assert comment.state is State.PENDING


def test_a_returned_comment_is_revised_by_its_author(proposal: Proposal, now: datetime) -> None:
    returned = make_comment(proposal, State.RETURNED, author="kees")
    with pytest.raises(NotFound), unit_of_work():
        revise_comment(person("lotte"), returned, CommentText("Anders"), now)
    with unit_of_work():
        revise_comment(person("kees"), returned, CommentText("Netter gezegd."), now)
    assert (returned.state, returned.body) == (State.PENDING, "Netter gezegd.")


def test_withdrawing_leaves_the_answers_standing(proposal: Proposal, now: datetime) -> None:
    top = make_comment(proposal, author="kees")
    make_comment(proposal, parent=top, body="Mijn antwoord.")
    with unit_of_work():
        withdraw_comment(person("kees"), top, now)
    page = thread_page(proposal.thread_id, None).rows
    assert [said.state for said in page] == [State.WITHDRAWN]
    assert [said.body for said in page[0].answers] == ["Mijn antwoord."]
    db.session.expire_all()
    assert proposal.comment_count == 1


def test_a_reader_sees_their_own_that_waits_and_nobody_elses(
    proposal: Proposal, now: datetime
) -> None:
    say(proposal, now, who="kees")
    assert len(thread_page(proposal.thread_id, person("kees").id)) == 1
    assert not thread_page(proposal.thread_id, person("lotte").id).rows
    assert not thread_page(proposal.thread_id, None).rows


def test_long_threads_come_in_pages(proposal: Proposal) -> None:
    for _ in range(25):
        make_comment(proposal)
    first = thread_page(proposal.thread_id, None)
    second = thread_page(proposal.thread_id, None, ThreadPosition(first.next_cursor))
    numbers = [said.number for said in [*first, *second]]
    assert numbers == list(range(1, 26))
    assert second.next_cursor is None


def test_a_thread_opens_at_the_comment_that_is_asked_for(proposal: Proposal) -> None:
    tops = [make_comment(proposal) for _ in range(25)]
    answer = make_comment(proposal, parent=tops[22])
    waiting = make_comment(proposal, State.PENDING)

    def shown(number: int) -> list[int]:
        return [
            one.number
            for one in thread_page(proposal.thread_id, None, ThreadPosition(comment=number))
        ]

    assert shown(24) == [24, 25]
    assert shown(20) == list(range(1, 21))
    assert thread_page(proposal.thread_id, None, ThreadPosition(comment=3)).is_first
    assert not thread_page(proposal.thread_id, None, ThreadPosition(comment=21)).is_first
    assert shown(answer.number) == [23, 24, 25]
    # What the reader may not see, and what there is not, open the same page: the first.
    assert shown(waiting.number) == shown(999) == list(range(1, 21))


def test_many_answers_come_in_blocks(proposal: Proposal) -> None:
    top = make_comment(proposal)
    for _ in range(ANSWERS_ASKED_FOR + 7):
        last = make_comment(proposal, parent=top)
    make_comment(proposal)

    def block(asked: int | None = None) -> ThreadComment:
        return thread_page(proposal.thread_id, None, ThreadPosition(comment=asked)).rows[0]

    first = block()
    assert [one.number for one in first.answers] == list(range(2, ANSWERS + 2))
    assert (first.answers_left, first.next_answer) == (ANSWERS_ASKED_FOR + 7 - ANSWERS, ANSWERS + 2)
    assert not first.earlier_answers
    more = block(first.next_answer)
    assert [one.number for one in more.answers] == list(range(2, ANSWERS_ASKED_FOR + 2))
    assert (more.answers_left, more.next_answer) == (7, ANSWERS_ASKED_FOR + 2)
    end = block(more.next_answer)
    assert len(end.answers) == 7
    assert end.answers[-1].number == last.number
    assert (end.answers_left, end.next_answer, end.earlier_answers) == (0, None, True)


def test_an_answer_far_from_what_it_answers_says_what_that_is(proposal: Proposal) -> None:
    top = make_comment(proposal)
    early = make_comment(proposal, parent=top)
    for _ in range(ANSWERS_ASKED_FOR):
        make_comment(proposal, parent=top)
    late = make_comment(proposal, parent=early)
    place = ThreadPosition(comment=late.number)
    (shown,) = thread_page(proposal.thread_id, None, place).rows
    assert [(one.number, one.in_answer_to) for one in shown.answers][-1] == (
        late.number,
        early.number,
    )


def test_a_deep_conversation_is_a_page_like_any_other(browse: Any, proposal: Proposal) -> None:
    said = make_comment(proposal)
    for _ in range(337):
        said = make_comment(proposal, parent=said)
    page = browse().get(f"/en/rounds/open/proposals/{proposal.number}")
    assert "332 more answers to #1.1" in page.text
    assert len(page.data) < 200 * 1024
    last = browse().get(f"/en/rounds/open/proposals/{proposal.number}?comment={said.number}")
    assert f'id="comment-{said.number}"' in last.text
    assert "The first answers to #1.1" in last.text
