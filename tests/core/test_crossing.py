"""Different acts on one thing at once, locks that cross, and what a request does after a clash."""

import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, select
from sqlalchemy.exc import IntegrityError

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.models import Role, Theme
from consult.consultation.plans.roles import grant_role
from consult.consultation.plans.themes import remove_theme
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import (
    submit_proposal,
    withdraw_proposal,
)
from consult.consultation.proposals.texts import ProposalText
from consult.consultation.rounds.dates import cancel_round
from consult.foundation.core.db import db
from consult.foundation.core.errors import Clash
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.row_locks import lock_rows
from consult.foundation.core.unit_of_work import IdempotencyKey, unit_of_work
from consult.foundation.record.models import Event
from consult.outcomes.commitments.models import Commitment
from consult.outcomes.commitments.services import make_commitment
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import ResponseText, prepare_response
from consult.people.accounts.models import Passkey
from consult.people.accounts.services import (
    make_administrator,
)
from consult.people.organisations.memberships import end_membership
from consult.people.organisations.models import (
    Membership,
)
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy, Tombstone
from consult.people.privacy.suspending import suspend_account
from tests.cast import person
from tests.core.together import (
    WAIT,
    Act,
    Start,
    as_,
    forum,
    hand_in,
    meet,
    plan,
    proposal_of,
    the,
)
from tests.factories import acts, find_round, make_proposal
from tests.world import NOON

# Two different acts on one thing


def of_proposal(who: str, verb: Verb, **more: Any) -> Start:
    def start() -> Act:
        actor, found = person(who), proposal_of()
        return lambda: decide(actor, found, Judgement(verb, "Een reden.", **more), NOON)

    return start


def answer() -> Start:
    return as_(
        "ana", prepare_response, proposal_of, ResponseText(Outcome.ADOPTED, {"nl": "Ja."}), None
    )


def withdraw() -> Start:
    return as_("pia", withdraw_proposal, proposal_of, "Toch niet.")


def test_publishing_and_returning_at_once_is_one_of_the_two(app: Flask) -> None:
    make_proposal("open", state=State.PENDING)
    ends = meet(app, of_proposal("mo", Verb.PUBLISH), of_proposal("mo", Verb.RETURN))
    assert ends == ["NotAllowed", "done"]


def test_withdrawing_and_publishing_at_once_is_no_publication_of_what_was_withdrawn(
    app: Flask,
) -> None:
    make_proposal("open", state=State.PENDING)
    ends = meet(app, withdraw(), of_proposal("mo", Verb.PUBLISH))
    assert ends in (["NotAllowed", "done"], ["done", "done"])
    assert proposal_of().state is State.WITHDRAWN
    tally = find_round("open").tally
    assert (tally.pending, tally.published, tally.withdrawn) == (0, 0, 1)


def test_hiding_and_answering_at_once_answers_nothing_that_is_hidden(app: Flask) -> None:
    make_proposal("open")
    ends = meet(app, answer(), of_proposal("mo", Verb.HIDE, ground=Ground.OFFENSIVE))
    assert ends in (["NotAllowed", "done"], ["done", "done"])
    said = acts()
    if "response.prepared" in said:
        assert said.index("response.prepared") < said.index("proposal.hidden")


def test_handing_in_and_cancelling_at_once(app: Flask) -> None:
    def cancel() -> Act:
        ana, round_ = person("ana"), find_round("open")
        return lambda: cancel_round(ana, round_, "Toch niet.", NOON)

    ends = meet(app, cancel, hand_in("pia"))
    assert ends in (["NotAllowed", "done"], ["done", "done"])
    said = acts()
    if "proposal.submitted" in said:
        assert said.index("proposal.submitted") < said.index("round.cancelled")


def test_two_administrators_who_suspend_each_other_leave_one(app: Flask) -> None:
    with unit_of_work():
        make_administrator(SYSTEM, person("sam"), NOON)

    def suspend(who: str, whom: str) -> Start:
        return as_(who, suspend_account, lambda: person(whom), "Een reden.")

    ends = meet(app, suspend("adi", "sam"), suspend("sam", "adi"))
    assert ends[-1] == "done"
    assert set(ends) <= {"done", "SignInNeeded", "InvalidInput"}
    left = [name for name in ("adi", "sam") if person(name).active]
    assert len(left) == 1


def make_second_administrator() -> None:
    with unit_of_work():
        make_administrator(SYSTEM, person("adi"), NOON)
        make_administrator(SYSTEM, person("sam"), NOON)


def make_second_organiser() -> None:
    with unit_of_work():
        grant_role(person("ana"), plan(), "sam@consult.example", Role.ORGANISER, NOON)


@pytest.mark.parametrize(
    ("prepare", "pair"),
    [(make_second_administrator, ("adi", "sam")), (make_second_organiser, ("ana", "sam"))],
    ids=["administrators", "organisers"],
)
def test_the_last_two_who_close_their_accounts_at_once_leave_one(
    app: Flask, prepare: Callable[[], None], pair: tuple[str, str]
) -> None:
    prepare()

    def close(who: str) -> Start:
        return as_(who, lambda actor, at: close_account(actor, actor, at, ClosedBy.SELF))

    assert meet(app, *[close(who) for who in pair]) == ["InvalidInput", "done"]
    assert db.session.scalar(select(func.count(Tombstone.person_id))) == 1


def test_a_membership_that_is_ended_twice_at_once_ends_once(app: Flask) -> None:
    def end(who: str) -> Start:
        def start() -> Act:
            actor, held = person(who), the(Membership, person_id=person("pia").id)
            return lambda: end_membership(actor, held, date(2026, 11, 23), NOON)

        return start

    assert meet(app, end("ana"), end("adi")) == ["InvalidInput", "done"]
    count = select(func.count()).where(Event.verb == "membership.ended")
    assert db.session.scalar(count) == 1


def test_a_theme_that_is_removed_while_it_is_chosen(app: Flask) -> None:
    def choose_it() -> Act:
        actor, round_ = person("pia"), find_round("open")
        text = ProposalText("Eén plek", "Versnipperd.", "Bundel ze.", theme_id=the(Theme).id)
        return lambda: submit_proposal(actor, round_, text, NOON, NOON)

    ends = meet(app, choose_it, as_("ana", remove_theme, lambda: the(Theme)))
    assert ends in (["InvalidInput", "done"], ["Clash", "done"])


def test_what_is_gone_before_it_is_held_is_a_clash(app: Flask) -> None:
    assert app
    theme = the(Theme)
    gone = delete(Theme).where(Theme.id == theme.id)
    db.session.execute(gone, execution_options={"synchronize_session": False})
    with pytest.raises(Clash):
        lock_rows(theme)


# Locks that cross, and what a request does after a clash


@pytest.mark.postgresql
def test_two_who_wait_for_each_other_are_told_apart(app: Flask) -> None:
    """Each holds what the other wants: the database refuses one, and that one is a clash.

    SQLite has one writer at a time.
    """
    first_held = threading.Barrier(2)

    def crossed(one: Callable[[], Any], other: Callable[[], Any]) -> Start:
        def start() -> Act:
            first, second = one(), other()

            def act() -> None:
                lock_rows(first)
                first_held.wait(WAIT)
                lock_rows(second)

            return act

        return start

    assert meet(app, crossed(plan, forum), crossed(forum, plan)) == ["Clash", "done"]


def test_a_form_that_is_sent_twice_at_once_gets_one_answer(app: Flask) -> None:
    key = IdempotencyKey.of("1", "a-key", "body")
    ends = meet(app, hand_in("pia"), hand_in("pia"), once=key)
    assert ends == ["AlreadyDone", "done"]
    assert db.session.scalar(select(func.count(Proposal.id))) == 1


def test_a_request_that_clashed_is_done_again_and_then_succeeds(
    browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []

    def clash_twice(*args: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise Clash
        return make_commitment(*args)

    monkeypatch.setattr("consult.outcomes.commitments.views.make_commitment", clash_twice)
    ana = browse("ana")
    form = {"title_nl": "Eén plek", "title_en": "One place", "theme_id": str(the(Theme).id)}
    answer = ana.post("/nl/plans/open-overheid/commitments/new", data={**form, "origin": "new"})
    assert answer.status_code == 303, answer.text
    assert len(tries) == 3
    assert db.session.scalar(select(func.count(Commitment.id))) == 1


def test_a_request_that_clashes_each_time_is_refused_and_keeps_what_was_typed(
    browse: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def clash(*_: Any) -> Any:
        raise Clash

    monkeypatch.setattr("consult.outcomes.commitments.views.make_commitment", clash)
    form = {"title_nl": "Eén plek", "title_en": "One place", "theme_id": str(the(Theme).id)}
    answer = browse("ana").post(
        "/nl/plans/open-overheid/commitments/new", data={**form, "origin": "new"}
    )
    assert answer.status_code == 409
    assert "Eén plek" in answer.text


def test_a_fault_of_the_program_stays_one(app: Flask) -> None:
    """A row that misses what it needs met nobody: it is no clash."""
    with pytest.raises(IntegrityError), unit_of_work():
        db.session.add(Passkey(person_id=person("pia").id, name="x"))
    assert app


def test_twelve_who_hand_in_at_once_all_get_in(app: Flask) -> None:
    ends = meet(app, *(hand_in(who) for who in ("pia", "lotte", "kees") * 4))
    assert ends == ["done"] * 12
    numbers = db.session.scalars(select(Proposal.number).order_by(Proposal.number)).all()
    assert numbers == list(range(1, 13))
