"""A round is made as a draft, and what was promised stays as it was."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import event

from consult.consultation.plans.queries import get_plan
from consult.consultation.rounds.editing import (
    RoundText,
    change_round,
    create_round,
    fixed_fields,
    text_of,
)
from consult.consultation.rounds.models import Moderation, Readers, RoundState, RoundTally
from consult.consultation.rounds.queries import get_round, rounds_in
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from consult.foundation.core.people import Anonymous
from consult.foundation.core.unit_of_work import unit_of_work
from tests.cast import person
from tests.factories import acts, find_round
from tests.world import DAY, NOON

pytestmark = pytest.mark.usefixtures("app")

THEMES = RoundText(
    title={"nl": "Thematoets", "en": "Theme check"},
    introduction={"nl": "Kloppen de thema's?", "en": "Are these the right themes?"},
    opens_at=NOON + 20 * DAY,
    closes_at=NOON + 40 * DAY,
    open_to_everyone=True,
)


def test_a_new_round_is_a_draft_with_counts_of_nothing(now: datetime) -> None:
    with unit_of_work():
        made = create_round(person("ana"), get_plan("open-overheid"), THEMES, "", now)
    assert made.slug == "thematoets"
    assert made.state_at(now) is RoundState.DRAFT
    assert db.session.get_one(RoundTally, made.id).received == 0
    assert acts() == ["round.created"]


@pytest.mark.parametrize("who", ["mo", "bo", "pia", "sam", "adi"])
def test_only_organisers_make_rounds(who: str, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        create_round(person(who), get_plan("open-overheid"), THEMES, "", now)
    with pytest.raises(NotAllowed):
        create_round(Anonymous(), get_plan("open-overheid"), THEMES, "", now)


def test_all_errors_come_together(now: datetime) -> None:
    wrong = replace(
        THEMES,
        title={"nl": "Toets"},
        closes_at=NOON,
        open_to_everyone=False,
        grace_minutes=999,
    )
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_round(person("ana"), get_plan("open-overheid"), wrong, "open", now)
    assert set(refused.value.errors) == {
        "title_en",
        "closes_on",
        "bodies",
        "grace_minutes",
        "slug",
    }
    assert acts() == []


def test_a_body_of_another_plan_cannot_be_addressed(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        create_round(
            person("ana"), get_plan("open-overheid"), replace(THEMES, body_ids=[99]), "", now
        )
    assert set(refused.value.errors) == {"bodies"}


def test_everything_of_a_draft_changes(now: datetime) -> None:
    round_ = get_round("draft")
    text = replace(THEMES, body_ids=[], readers=Readers.PARTICIPANTS, moderation=Moderation.POST)
    with unit_of_work():
        change_round(person("ana"), round_, text, round_.version, now)
    db.session.expire_all()
    assert text_of(get_round("draft")) == text


def test_bodies_alone_make_a_new_version(now: datetime) -> None:
    round_ = get_round("draft")
    read = round_.version
    text = replace(text_of(round_), body_ids=[], open_to_everyone=True)
    with unit_of_work():
        change_round(person("ana"), round_, text, read, now)
    assert round_.version > read
    with pytest.raises(Conflict) as conflict, unit_of_work():
        change_round(person("ana"), round_, THEMES, read, now)
    assert "Thematoets" in conflict.value.mine.values()
    assert "Ronde draft" in conflict.value.theirs.values()


@pytest.mark.parametrize(
    ("slug", "change", "error"),
    [
        ("upcoming", {"closes_at": NOON + 60 * DAY}, "closes_on"),
        ("upcoming", {"opens_at": NOON + 6 * DAY}, "opens_on"),
        ("open", {"closes_at": NOON + 60 * DAY}, "closes_on"),
        ("open", {"open_to_everyone": True}, "open_to_everyone"),
        ("open", {"body_ids": [], "open_to_everyone": True}, "bodies"),
        ("open", {"moderation": Moderation.POST}, "moderation"),
        ("open", {"readers": Readers.PARTICIPANTS}, "readers"),
        ("open", {"grace_minutes": 60}, "grace_minutes"),
    ],
)
def test_what_was_promised_stays(
    slug: str, change: dict[str, object], error: str, now: datetime
) -> None:
    round_ = get_round(slug)
    text = replace(text_of(round_), **change)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        change_round(person("ana"), round_, text, round_.version, now)
    assert error in refused.value.errors


def test_terms_may_change_until_the_opening_and_texts_until_the_end(now: datetime) -> None:
    upcoming, running = get_round("upcoming"), get_round("open")
    assert "moderation" not in fixed_fields(upcoming, now)
    with unit_of_work():
        terms = replace(text_of(upcoming), moderation=Moderation.POST)
        change_round(person("ana"), upcoming, terms, upcoming.version, now)
        words = replace(text_of(running), introduction={"nl": "Duidelijker.", "en": "Clearer."})
        change_round(person("ana"), running, words, running.version, now)
    assert get_round("open").introduction["nl"] == "Duidelijker."
    at_opening = upcoming.opens_at + timedelta(seconds=1)
    assert "moderation" in fixed_fields(upcoming, at_opening)


@pytest.mark.parametrize("slug", ["closed", "answered"])
def test_a_round_that_is_over_does_not_change(slug: str, now: datetime) -> None:
    round_ = get_round(slug)
    with pytest.raises(NotAllowed):
        change_round(person("ana"), round_, text_of(round_), round_.version, now)


@pytest.mark.parametrize("who", ["mo", "pia", "sam", "adi"])
def test_only_organisers_change_rounds(who: str, now: datetime) -> None:
    round_ = get_round("draft")
    with pytest.raises((NotAllowed, NotFound)):  # a round that waits is not there for outsiders
        change_round(person(who), round_, THEMES, round_.version, now)


def test_a_round_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        get_round("bestaat-niet")


def test_a_round_comes_whole_in_one_statement() -> None:
    seen: list[str] = []
    db.session.expunge_all()
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    found = get_round("open")
    shown = (found.plan.themes[0].slug, found.bodies[0].body.slug, found.tally.received)
    assert shown == ("toegang", "stakeholderforum", 0)
    assert len([one for one in seen if one.startswith("SELECT")]) == 1


def test_all_rounds_of_a_plan_the_newest_first() -> None:
    slugs = [round_.slug for round_ in rounds_in(find_round("open").plan_id)]
    assert slugs == ["draft", "upcoming", "open", "closed", "answered"]
