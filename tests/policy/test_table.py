"""The policy says what the house says: a sample of cells by name, and the printed page."""

from collections.abc import Callable, Iterable
from datetime import datetime

import pytest

from consult.consultation.comments.models import ContributionState
from consult.foundation.core.errors import NotAllowed, NotFound, SignInNeeded
from consult.foundation.core.people import Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can, ensure
from consult.foundation.policy.table import TABLE
from tests.cast import person
from tests.policy.matrix import (
    PAGE,
    Cell,
    cells,
    closed_to_strangers,
    contribution,
    get_round,
    matrix,
    page,
)

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.one_engine]


def test_the_printed_page_is_the_table(now: datetime) -> None:
    assert PAGE.read_text() == page(now), "make it anew: python -m tests.policy.matrix"


def test_nobody_is_allowed_what_no_question_allows(now: datetime) -> None:
    """A stranger with an account may read, and do nothing to the plan but what all may."""
    allowed = {cell.action for cell in matrix(now) if cell.actor == "stranger" and cell.allowed}
    assert allowed == {
        Action.HOME_READ,
        Action.ACCOUNT_MANAGE_OWN,
        Action.FOLLOW_BEGIN,
        Action.CONTRIBUTION_REPORT,
        Action.MEETING_READ,
        Action.ROUND_READ,
        Action.PROPOSAL_READ,
        Action.PROPOSAL_LIST_OWN,
        Action.PROPOSAL_READ_TEXT,
        Action.MODERATION_READ_LOG,
        Action.SUMMARY_READ,
        Action.COMMITMENT_READ,
        Action.MANDATE_ASK,
        Action.PLACE_ASK,
        Action.INVITATION_LIST_OWN,
        Action.MY_DATA_KEEP,
    }


def test_the_anonymous_reader_only_reads(now: datetime) -> None:
    allowed = {cell.action for cell in matrix(now) if cell.actor == "anonymous" and cell.allowed}
    assert all(action.value.endswith(("read", "read_log", "read_text")) for action in allowed)


def test_no_draft_is_readable_for_anybody_but_its_author(now: datetime) -> None:
    readers = {
        cell.actor
        for cell in matrix(now)
        if cell.allowed
        and cell.state.startswith("draft,")
        and cell.action in {Action.PROPOSAL_READ, Action.PROPOSAL_EDIT_DRAFT}
    }
    assert readers == {"author"}


def test_a_moderator_does_not_decide_about_their_own_text(now: datetime) -> None:
    own = contribution(ContributionState.PENDING, get_round("open"), now)
    own.author_id = person("mo").id
    with pytest.raises(NotAllowed, match=r"wrote this yourself|zelf"):
        ensure(person("mo"), Action.CONTRIBUTION_PUBLISH, own, now)


def test_an_administrator_changes_no_text_and_reads_no_draft(now: datetime) -> None:
    allowed = {
        cell.action for cell in matrix(now) if cell.actor == "administrator" and cell.allowed
    }
    assert (
        not {
            Action.PROPOSAL_EDIT_DRAFT,
            Action.PROPOSAL_REVISE,
            Action.CONTRIBUTION_HIDE,
            Action.RESPONSE_PREPARE,
        }
        & allowed
    )


def test_refusals_tell_who_is_refused_what_they_may_know(now: datetime) -> None:
    hidden = contribution(ContributionState.HIDDEN, get_round("open"), now)
    ensure(Anonymous(), Action.PROPOSAL_READ, hidden, now)  # its place stays
    for action in (Action.PROPOSAL_READ_TEXT, Action.COMMENT_ADD, Action.POSITION_TAKE):
        with pytest.raises(NotFound):
            ensure(Anonymous(), action, hidden, now)
    returned = contribution(ContributionState.RETURNED, get_round("open"), now)
    with pytest.raises(NotFound):
        ensure(person("sam"), Action.PROPOSAL_READ, returned, now)
    with pytest.raises(SignInNeeded):
        ensure(Anonymous(), Action.PROPOSAL_DRAFT, get_round("open"), now)
    with pytest.raises(NotAllowed):
        ensure(person("sam"), Action.PROPOSAL_DRAFT, get_round("open"), now)


def test_every_action_has_at_least_one_person_who_may(now: datetime) -> None:
    allowed = {cell.action for cell in matrix(now) if cell.allowed}
    # These two ask for a hiding that is stored: see tests/moderation/test_rules.py.
    stored = {Action.CONTRIBUTION_CONFIRM, Action.CONTRIBUTION_REVERSE}
    assert set(TABLE) - allowed <= {Action.MAILS_READ} | stored


def test_a_colleague_takes_part_through_their_organisation(now: datetime) -> None:
    assert can(person("kees"), Action.PROPOSAL_DRAFT, get_round("open"), now)
    assert not can(person("sam"), Action.PROPOSAL_DRAFT, get_round("open"), now)


def allowed_to(
    actor: str, now: datetime, asked: Callable[[datetime], Iterable[Cell]] = matrix
) -> set[tuple[Action, str]]:
    """Return every cell in which an actor may act, also in a round for participants only."""
    found = [*asked(now), *closed_to_strangers(now)]
    assert actor in {cell.actor for cell in found}
    return {(cell.action, cell.state) for cell in found if cell.actor == actor and cell.allowed}


@pytest.mark.parametrize("actor", ["former member", "expired"])
def test_whose_membership_is_over_may_do_what_a_stranger_may(actor: str, now: datetime) -> None:
    assert allowed_to(actor, now) == allowed_to("stranger", now)


def test_who_is_invited_may_answer_and_else_do_what_a_stranger_may(now: datetime) -> None:
    more = allowed_to("invited", now) - allowed_to("stranger", now)
    assert more == {(Action.INVITATION_ANSWER, "of the invited")}
    assert allowed_to("stranger", now) <= allowed_to("invited", now)


def test_who_is_suspended_may_do_what_an_anonymous_reader_may(now: datetime) -> None:
    assert allowed_to("suspended", now) == allowed_to("anonymous", now)
    with unit_of_work():
        person("sacha").active = True
    after = allowed_to("suspended", now, cells)
    assert after == allowed_to("member", now), "she would be a member"


def test_who_speaks_for_a_member_organisation_is_a_member_but_for_the_seat(now: datetime) -> None:
    through_organisation = {action for action, _ in allowed_to("colleague", now)}
    assert through_organisation >= {action for action, _ in allowed_to("member", now)}
    assert allowed_to("colleague", now) < allowed_to("contact", now)
