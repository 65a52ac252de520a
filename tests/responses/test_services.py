"""Ana answers every proposal with a reason, publishes together, and corrects in the open."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.proposals.listing import Order, ProposalFilter
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.notifications.models import Message
from consult.foundation.record.models import Event, EventDetail
from consult.outcomes.responses.models import Correction, Outcome
from consult.outcomes.responses.queries import (
    ANSWERED_STATES,
    answered_counts,
    next_unanswered,
    progress_of,
    to_answer,
    unanswered,
)
from consult.outcomes.responses.services import ResponseText, prepare_response, publish_responses
from tests.cast import person
from tests.factories import acts, find_round, make_proposal

pytestmark = pytest.mark.usefixtures("app")
EVERYTHING = ProposalFilter(order=Order.OLDEST.value)


@pytest.fixture(autouse=True)
def _links(app: Flask) -> object:
    with app.test_request_context():
        yield


def answer(proposal: Any, now: datetime, who: str = "ana", **more: Any) -> Any:
    said = {"outcome": Outcome.ADOPTED_IN_PART, "reason": "We nemen de helft over.", **more}
    version, reason = said.pop("version", None), said.pop("reason")
    said.setdefault("reasons", {"nl": reason})
    with unit_of_work():
        return prepare_response(person(who), proposal, ResponseText(**said), version, now)


def publish(now: datetime, who: str = "ana") -> int:
    with unit_of_work():
        return publish_responses(person(who), find_round("closed"), now)


def test_responses_are_published_together_when_none_is_missing(now: datetime) -> None:
    one, two = make_proposal("closed"), make_proposal("closed", author="lotte")
    answer(one, now)
    with pytest.raises(InvalidInput, match=f"#{two.number}"):
        publish(now)
    assert find_round("closed").answered_at is None
    answer(two, now, outcome=Outcome.NOT_ADOPTED, reason="Dit regelt de wet al.")
    assert publish(now) == 2
    db.session.expire_all()
    assert find_round("closed").answered_at == now
    assert (one.outcome, two.outcome) == ("adopted_in_part", "not_adopted")
    assert answered_counts(one.round_id) == {"adopted_in_part": 1, "not_adopted": 1}
    mails = db.session.scalars(select(Message)).all()
    assert {mail.address for mail in mails} == {"pia@consult.example", "lotte@consult.example"}


def test_a_draft_response_shows_nothing_to_the_public(now: datetime) -> None:
    proposal = make_proposal("closed")
    answer(proposal, now)
    assert proposal.outcome is None
    assert not db.session.scalars(select(Message)).all()
    assert progress_of(proposal.round_id).percent == 100
    assert unanswered(proposal.round_id) == []


def test_what_is_hidden_or_late_needs_no_response(now: datetime) -> None:
    make_proposal("closed", State.HIDDEN)
    make_proposal("closed", State.LATE)
    assert publish(now) == 0


def test_an_open_round_is_not_answered_yet(now: datetime) -> None:
    with pytest.raises(NotAllowed), unit_of_work():
        publish_responses(person("ana"), find_round("open"), now)


def test_a_round_is_answered_once(now: datetime) -> None:
    publish(now)
    with pytest.raises(NotAllowed):
        publish(now)


def test_a_response_needs_a_reason(now: datetime) -> None:
    with pytest.raises(InvalidInput):
        answer(make_proposal("closed"), now, reason=" ")


@pytest.mark.parametrize("who", ["pia", "mo", "bo", "sam", "adi"])
def test_only_an_organiser_responds(who: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        answer(make_proposal("closed"), now, who)


def test_a_public_answer_changes_with_a_reason_and_keeps_what_it_was(now: datetime) -> None:
    proposal = make_proposal("closed")
    response = answer(proposal, now)
    publish(now)
    change = {"version": response.version, "outcome": Outcome.ADOPTED, "reason": "Toch alles."}
    with pytest.raises(InvalidInput) as refusal:
        answer(proposal, now, **change)
    assert "because" in refusal.value.errors
    later = now + timedelta(days=1)
    answer(proposal, later, **change, because="De minister vond alsnog geld.")
    db.session.expire_all()
    assert proposal.outcome == "adopted"
    kept = db.session.scalars(select(Correction)).one()
    assert (kept.outcome, kept.reason) == (Outcome.ADOPTED_IN_PART, "We nemen de helft over.")
    assert kept.corrected_at == later
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert event.verb == "response.corrected"
    assert db.session.get_one(EventDetail, event.id).reason == "De minister vond alsnog geld."
    first, second = db.session.scalars(select(Message).order_by(Message.id))
    assert "De minister vond alsnog geld." not in first.body
    assert "De minister vond alsnog geld." in second.body
    assert {first.address, second.address} == {"pia@consult.example"}


def test_what_is_shown_again_later_is_answered_at_once(now: datetime) -> None:
    publish(now)
    late = make_proposal("closed")
    response = answer(late, now)
    assert response.published_at == now
    verbs = acts()
    assert verbs[-1] == "response.published"
    assert not db.session.scalars(select(Correction)).all()


def test_a_stale_save_gives_both_texts_and_changes_nothing(now: datetime) -> None:
    proposal = make_proposal("closed")
    answer(proposal, now, reason="De eerste tekst.")
    with pytest.raises(Conflict) as conflict:
        answer(proposal, now, reason="Mijn tekst.")
    assert "Mijn tekst." in conflict.value.mine.values()
    assert "De eerste tekst." in conflict.value.theirs.values()


@pytest.mark.parametrize("state", [s for s in State if s not in ANSWERED_STATES])
def test_what_waits_or_is_gone_gets_no_response(state: State, now: datetime) -> None:
    proposal = make_proposal("closed", state)
    with pytest.raises((NotAllowed, NotFound)):
        answer(proposal, now)


def test_the_mail_is_in_the_language_of_its_reader(now: datetime) -> None:
    with unit_of_work():
        person("lotte").language = "en"
    answer(make_proposal("closed", author="lotte"), now)
    publish(now)
    mail = db.session.scalars(select(Message)).one()
    assert mail.language == "en"
    assert "Adopted in part" in mail.body
    assert "/en/rounds/closed/proposals/1#response" in mail.body


def test_each_response_and_the_round_stand_in_the_record(now: datetime) -> None:
    for author in ("pia", "lotte"):
        answer(make_proposal("closed", author=author), now)
    publish(now)
    verbs = acts()
    assert verbs == ["response.prepared"] * 2 + ["response.published"] * 2 + ["round.answered"]


def test_the_counts_are_what_the_public_sees(now: datetime) -> None:
    one, two = make_proposal("closed"), make_proposal("closed")
    answer(one, now)
    answer(two, now)
    publish(now)
    with unit_of_work():
        two.state = State.HIDDEN
    assert answered_counts(one.round_id) == {"adopted_in_part": 1}


def test_the_desk_goes_on_to_what_is_left(now: datetime) -> None:
    made = [make_proposal("closed") for _ in range(4)]
    for state in (State.PENDING, State.RETURNED, State.HIDDEN, State.WITHDRAWN):
        make_proposal("closed", state)
    round_id = made[0].round_id
    answer(made[1], now)
    assert next_unanswered(round_id, 1) == 3
    assert next_unanswered(round_id, 4) == 1
    assert [row.number for row in to_answer(round_id, EVERYTHING, only_open=True)] == [1, 3, 4]
    assert [
        row.number for row in to_answer(round_id, EVERYTHING, outcome=Outcome.ADOPTED_IN_PART)
    ] == [2]
    first = to_answer(round_id, EVERYTHING, size=3)
    assert [row.number for row in to_answer(round_id, EVERYTHING, first.next_cursor, size=3)] == [4]
    progress = progress_of(round_id)
    assert (progress.left, progress.percent) == (3, 25)
    for one in (made[0], made[2], made[3]):
        answer(one, now)
    assert next_unanswered(round_id, 1) is None


def test_what_is_not_for_publication_is_answered_to_its_author_alone(
    now: datetime, browse: Any
) -> None:
    answer(make_proposal("closed"), now)
    kept = make_proposal("closed", State.NOT_FOR_PUBLICATION, author="lotte")
    assert unanswered(find_round("closed").id) == [kept.number]
    with pytest.raises(InvalidInput, match=f"#{kept.number}"):
        publish(now)
    answer(kept, now, reason="We kennen je probleem en lossen het op.")
    assert publish(now) == 2
    mail = db.session.scalars(
        select(Message).where(Message.address == "lotte@consult.example")
    ).one()
    assert "We kennen je probleem en lossen het op." in mail.body
    assert "alleen jij en de mensen die aan het plan werken lezen dit antwoord" in mail.body
    page = f"/nl/rounds/closed/proposals/{kept.number}"
    assert "We kennen je probleem" in browse("lotte").get(page).text
    assert browse("pia").get(page).status_code == 404
    assert answered_counts(find_round("closed").id) == {"adopted_in_part": 1}
