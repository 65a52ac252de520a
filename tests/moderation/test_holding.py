"""A slip at the keyboard can be taken back for thirty seconds, and nobody hears of it."""

from typing import Any

import pytest
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.holding import decide_at_desk, take_back
from consult.consultation.moderation.models import Decision, Ground, HeldDecision, Verb
from consult.consultation.moderation.services import Judgement
from consult.consultation.proposals.services import withdraw_proposal
from consult.consultation.rounds.models import RoundTally
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, NotFound, Refusal
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from tests.cast import person
from tests.conftest import Clock
from tests.factories import make_comment, make_proposal
from tests.moderation.desk_work import hold, let_time_pass, page_of_item, state_of

OFFENSIVE = Judgement(Verb.HIDE, "Scheldt op iemand.", Ground.OFFENSIVE)
PUBLISH = Judgement(Verb.PUBLISH)
pytestmark = pytest.mark.usefixtures("app")


def verbs() -> list[Verb]:
    return list(db.session.scalars(select(Decision.verb).order_by(Decision.id)))


def mails() -> int:
    return len(db.session.scalars(select(Message.id)).all())


@pytest.mark.parametrize("judgement", [PUBLISH, Judgement(Verb.RETURN, "Wat moet er gebeuren?")])
def test_it_takes_effect_when_its_time_is_over(clock: Clock, judgement: Judgement) -> None:
    waits = make_proposal("open", State.PENDING)
    hold(waits, judgement, clock)
    run_all(clock.forward(seconds=29))
    assert (state_of(waits), verbs(), mails()) == (State.PENDING, [], 0)
    run_all(clock.forward(seconds=2))
    assert state_of(waits) is not State.PENDING
    assert (verbs(), mails()) == ([judgement.verb], 1)


def test_taken_back_it_never_was(clock: Clock) -> None:
    waits = make_comment(make_proposal("open"), State.PENDING)
    held = hold(waits, PUBLISH, clock)
    with unit_of_work():
        take_back(person("mo"), held.act, clock.forward(seconds=20))
    let_time_pass(clock)
    assert (state_of(waits), verbs(), mails()) == (State.PENDING, [], 0)
    hold(waits, PUBLISH, clock)
    let_time_pass(clock)
    assert state_of(waits) is State.PUBLISHED


@pytest.mark.parametrize("before", [State.PENDING, State.PUBLISHED])
def test_hiding_works_at_once_and_is_taken_back_without_a_mail(clock: Clock, before: State) -> None:
    shown = make_proposal("open", before)
    held = hold(shown, OFFENSIVE, clock)
    assert state_of(shown) is State.HIDDEN
    with unit_of_work():
        take_back(person("mo"), held.act, clock.forward(seconds=20))
    let_time_pass(clock)
    assert state_of(shown) is before
    assert verbs() == [Verb.HIDE, Verb.REVERSE], "the record shows both"
    assert mails() == 0
    tally = db.session.get_one(RoundTally, shown.round_id)
    assert (tally.hidden, getattr(tally, before.value)) == (0, 1)


def test_of_a_hiding_its_author_hears_when_the_time_is_over(clock: Clock) -> None:
    hold(make_proposal("open"), OFFENSIVE, clock)
    run_all(clock.forward(seconds=29))
    assert mails() == 0
    run_all(clock.forward(seconds=2))
    assert mails() == 1


def test_afterwards_nothing_is_taken_back(clock: Clock) -> None:
    held = hold(make_proposal("open", State.PENDING), PUBLISH, clock)
    clock.forward(seconds=30)
    with pytest.raises(Refusal, match="al ingegaan"), unit_of_work():
        take_back(person("mo"), held.act, clock())


def test_nobody_takes_back_what_another_decided(clock: Clock) -> None:
    held = hold(make_proposal("open", State.PENDING), PUBLISH, clock)
    with pytest.raises(NotFound), unit_of_work():
        take_back(person("ana"), held.act, clock())
    with pytest.raises(Conflict, match="niets om terug te draaien"), unit_of_work():
        take_back(person("mo"), "0d1c64e6-1a4c-4c1e-9d59-3a3f4d2f4b12", clock())


def test_a_text_that_changed_meanwhile_is_not_published_and_its_moderator_sees_why(
    browse: Any, clock: Clock
) -> None:
    waits = make_proposal("open", State.PENDING)
    hold(waits, PUBLISH, clock)
    with unit_of_work():
        person("mo").language = "en"
        withdraw_proposal(person("pia"), waits, "Toch niet.", clock.forward(seconds=10))
    let_time_pass(clock)
    assert (state_of(waits), verbs()) == (State.WITHDRAWN, [])
    page = browse("mo").get(page_of_item(waits)).text
    assert "A decision did not take effect" in page
    assert "withdrew this" in page


def test_the_desk_says_what_can_be_taken_back_and_does_it(browse: Any) -> None:
    first, second = make_proposal("open", State.PENDING), make_proposal("open", State.PENDING)
    mo, ana, address = browse("mo"), browse("ana"), page_of_item(first)
    mo.post(f"{address}/publish", data={"seen": first.version})
    assert "#1 is published in 30 seconds." in mo.get(page_of_item(second)).text
    assert "#1 is published" not in ana.get("/en/moderation").text
    assert first.public_id not in mo.get("/en/moderation").text, "it left the list"
    act = db.session.scalars(select(HeldDecision.act)).one()
    assert ana.post(f"/en/moderation/take-back/{act}").status_code == 404
    answer = mo.post(f"/en/moderation/take-back/{act}")
    assert answer.headers["Location"] == address
    assert "Taken back" in mo.get(address).text
    assert first.public_id in mo.get("/en/moderation").text
    assert mo.post(f"/en/moderation/take-back/{act}").status_code == 403


def test_hands_off_what_is_held(browse: Any, clock: Clock) -> None:
    waits = make_proposal("open", State.PENDING)
    hold(waits, PUBLISH, clock)
    with pytest.raises(Conflict, match="net over besloten"), unit_of_work():
        decide_at_desk(person("mo"), waits, OFFENSIVE, clock())
    page = browse("mo").get(page_of_item(waits)).text
    assert "Mo Yilmaz decided about this" in page
    assert 'id="decide-publish"' not in page
