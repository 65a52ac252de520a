"""Announcing, moving and cancelling: with a reason that everyone can read."""

from datetime import datetime, timedelta

import pytest
from flask_babel import force_locale
from sqlalchemy import update

from consult.consultation.rounds.dates import announce_round, cancel_round, move_date
from consult.consultation.rounds.desk import steps_for
from consult.consultation.rounds.models import MovedDate, Round, RoundState
from consult.consultation.rounds.queries import get_round, moves_of
from consult.consultation.rounds.timeline import timeline_of
from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed, NotFound
from consult.foundation.core.people import Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.policy.actions import Action
from consult.foundation.policy.services import can
from consult.foundation.record.rows import NOTED
from tests.cast import person
from tests.factories import acts, last_said
from tests.world import DAY, NOON

pytestmark = pytest.mark.usefixtures("app")


def draft(days: float = 20) -> Round:
    round_ = get_round("draft")
    with unit_of_work():
        round_.opens_at = NOON + timedelta(days=days)
    return round_


def test_a_round_is_announced_fourteen_days_ahead(now: datetime) -> None:
    round_ = draft(14)
    assert not can(person("sam"), Action.ROUND_READ, round_, now)
    with unit_of_work():
        announce_round(person("ana"), round_, "overbodig", now)
    assert round_.state_at(now) is RoundState.UPCOMING
    assert round_.short_notice_reason == "", "none was needed"
    assert can(Anonymous(), Action.ROUND_READ, round_, now)
    assert acts() == ["round.announced"]


def test_short_notice_needs_a_reason_which_is_public(now: datetime) -> None:
    round_ = draft(13.9)
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        announce_round(person("ana"), round_, "", now)
    assert set(refused.value.errors) == {"reason"}
    with unit_of_work():
        announce_round(person("ana"), round_, "De Kamer vroeg erom", now)
    assert round_.short_notice_reason == "De Kamer vroeg erom"
    assert last_said().reason == "De Kamer vroeg erom"


def test_a_round_that_is_not_complete_is_not_announced(now: datetime) -> None:
    round_ = draft(-1)
    with unit_of_work():
        round_.introduction = {"nl": "Alleen Nederlands"}
        round_.bodies = []
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        announce_round(person("ana"), round_, "reden", now)
    assert set(refused.value.errors) == {"introduction_en", "bodies", "opens_on"}
    assert round_.published_at is None


def test_a_round_is_announced_once(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        announce_round(person("ana"), get_round("upcoming"), "", now)


@pytest.mark.parametrize("who", ["mo", "bo", "pia", "sam", "adi"])
def test_only_organisers_announce_move_and_cancel(who: str, now: datetime) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        announce_round(person(who), draft(), "", now)
    with pytest.raises(NotAllowed):
        move_date(person(who), get_round("open"), MovedDate.CLOSES, NOON + 30 * DAY, "r", now)
    with pytest.raises(NotAllowed):
        cancel_round(person(who), get_round("open"), "reden", now)


def test_the_closing_moves_with_its_reason_on_record(now: datetime) -> None:
    round_ = get_round("open")
    was, becomes = round_.closes_at, NOON + 30 * DAY
    with unit_of_work():
        move_date(person("ana"), round_, MovedDate.CLOSES, becomes, "Op verzoek", now)
    db.session.expire_all()
    assert get_round("open").closes_at == becomes
    move = moves_of(round_.id)[0]
    assert (move.was, move.becomes, move.reason) == (was, becomes, "Op verzoek")
    assert acts() == ["round.date_moved"]
    notes = [str(one.note) for one in timeline_of(round_, [move], now) if one.note]
    assert len(notes) == 1


@pytest.mark.parametrize("days", [-1, 0, -11, 20])
def test_the_closing_never_moves_to_before_now(days: int, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        move_date(person("ana"), get_round("open"), MovedDate.CLOSES, NOON + days * DAY, "", now)
    assert set(refused.value.errors) == {"becomes_on", "reason"}


def test_in_its_last_minutes_a_round_can_still_get_more_time(now: datetime) -> None:
    round_ = get_round("open")
    last = round_.closes_at + timedelta(minutes=5)
    assert round_.state_at(last) is RoundState.GRACE
    with unit_of_work():
        move_date(person("ana"), round_, MovedDate.CLOSES, last + DAY, "Storing", last)
    assert round_.state_at(last) is RoundState.OPEN
    del now


def test_the_opening_moves_until_the_round_has_opened(now: datetime) -> None:
    ana, later = person("ana"), NOON + 10 * DAY
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        move_date(ana, get_round("open"), MovedDate.OPENS, later, "reden", now)
    assert set(refused.value.errors) == {"which"}
    with unit_of_work():
        move_date(ana, get_round("upcoming"), MovedDate.OPENS, later, "reden", now)
    assert get_round("upcoming").opens_at == later


@pytest.mark.parametrize("days", [-1, 0, 4, 30, 31])
def test_an_opening_moves_to_a_moment_that_is_fair(days: int, now: datetime) -> None:
    """Not before now, not after the closing, and not earlier with less than 14 days left."""
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        move_date(
            person("ana"), get_round("upcoming"), MovedDate.OPENS, NOON + days * DAY, "r", now
        )
    assert set(refused.value.errors) == {"becomes_on"}


def test_the_dates_of_a_draft_change_in_its_form(now: datetime) -> None:
    with pytest.raises(InvalidInput):
        move_date(person("ana"), draft(), MovedDate.CLOSES, NOON + 50 * DAY, "reden", now)


@pytest.mark.parametrize("slug", ["closed", "answered"])
def test_what_is_over_stays_over(slug: str, now: datetime) -> None:
    round_ = get_round(slug)
    with pytest.raises(NotAllowed):
        move_date(person("ana"), round_, MovedDate.CLOSES, NOON + DAY, "reden", now)
    with pytest.raises(NotAllowed):
        cancel_round(person("ana"), round_, "reden", now)


def test_a_round_is_cancelled_with_a_reason_and_once(now: datetime) -> None:
    round_ = get_round("open")
    with pytest.raises(InvalidInput), unit_of_work():
        cancel_round(person("ana"), round_, "", now)
    with unit_of_work():
        cancel_round(person("ana"), round_, "Het kabinet viel", now)
    assert round_.state_at(now) is RoundState.CANCELLED
    assert can(Anonymous(), Action.ROUND_READ, round_, now)
    assert not steps_for(round_, now)
    assert timeline_of(round_, [], now)[-1].note == "Het kabinet viel"
    with pytest.raises(NotAllowed):
        cancel_round(person("ana"), round_, "nog eens", now)


def test_the_life_of_a_cancelled_round_ends_with_that(now: datetime) -> None:
    round_ = get_round("open")
    published, opened = round_.published_at, round_.opens_at
    with unit_of_work():
        cancel_round(person("ana"), round_, "Het kabinet viel", now)
    life = timeline_of(round_, [], now)
    assert [one.at for one in life] == [published, opened, now], "it never closes"
    assert {one.state for one in life} == {"past"}


def test_of_a_round_that_nobody_announced_nothing_is_past(now: datetime) -> None:
    states = {one.state for one in timeline_of(draft(-1), [], now)}
    assert states == {"future"}, "also where it should be open"


@pytest.mark.parametrize(
    ("slug", "opens", "closes"),
    [
        ("upcoming", "Opens", "Closes"),
        ("open", "Opened", "Closes"),
        ("closed", "Opened", "Closed"),
    ],
)
def test_what_is_to_come_is_not_told_as_past(
    slug: str, opens: str, closes: str, now: datetime
) -> None:
    with force_locale("en"):
        told = [str(one.label) for one in timeline_of(get_round(slug), [], now)]
    assert told == ["Announced", opens, closes, "Answers published"]


def test_a_draft_that_was_cancelled_never_becomes_public(now: datetime) -> None:
    round_ = draft()
    with unit_of_work():
        cancel_round(person("ana"), round_, "Toch niet", now)
    assert not can(Anonymous(), Action.ROUND_READ, round_, now)
    assert not can(person("pia"), Action.ROUND_READ, round_, now)
    assert can(person("ana"), Action.ROUND_READ, round_, now)


def test_who_moves_a_date_moves_it_from_where_it_stands_by_then(now: datetime) -> None:
    round_ = get_round("open")
    others = NOON + 20 * DAY
    with unit_of_work():
        db.session.execute(
            update(Round)
            .where(Round.id == round_.id)
            .values(version=round_.version + 1, closes_at=others)
            .execution_options(synchronize_session=False, **NOTED)
        )
        ana, mine = person("ana"), NOON + 30 * DAY
        move = move_date(ana, round_, MovedDate.CLOSES, mine, "reden", now)
    assert (move.was, move.becomes, round_.closes_at) == (others, mine, mine)
