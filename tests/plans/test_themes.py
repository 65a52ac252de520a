"""Themes are input: an ordered list that organisers keep."""

from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

from consult.consultation.plans.models import Plan, Theme
from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.themes import (
    ThemeText,
    add_theme,
    change_theme,
    move_theme,
    remove_theme,
    theme_of,
)
from consult.foundation.core.db import db
from consult.foundation.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from consult.foundation.core.unit_of_work import unit_of_work
from tests.cast import person
from tests.factories import acts, last_said, make_proposal

pytestmark = pytest.mark.usefixtures("app")

DATA = ThemeText({"nl": "Open data", "en": "Open data"})


def plan() -> Plan:
    db.session.expire_all()
    return get_plan("open-overheid")


def order() -> list[str]:
    return [theme.slug for theme in plan().themes]


def test_a_theme_is_added_as_the_last_one(now: datetime) -> None:
    with unit_of_work():
        add_theme(person("ana"), plan(), DATA, "", now)
    assert order() == ["toegang", "openbaarheid", "dialoog", "open-data"]
    assert acts() == ["theme.added"]


def test_all_errors_come_together(now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        add_theme(person("ana"), plan(), ThemeText({"nl": "Dialoog"}), "dialoog", now)
    assert set(refused.value.errors) == {"title_en", "slug"}


def test_a_theme_changes_and_keeps_a_language_that_the_plan_no_longer_has(now: datetime) -> None:
    one = plan()
    with unit_of_work():
        one.languages = ["nl"]
    theme = theme_of(one, "dialoog")
    with unit_of_work():
        change_theme(person("ana"), theme, ThemeText({"nl": "Gesprek"}), theme.version, now)
    assert theme_of(plan(), "dialoog").title == {"nl": "Gesprek", "en": "Dialogue"}


def test_a_description_that_is_emptied_in_a_language_is_gone(now: datetime) -> None:
    told = replace(DATA, description={"nl": "Wat open staat", "en": "What is open"})
    for text in (told, replace(told, description={"nl": "Wat open staat"})):
        theme = theme_of(plan(), "dialoog")
        with unit_of_work():
            change_theme(person("ana"), theme, text, theme.version, now)
    assert theme_of(plan(), "dialoog").description == {"nl": "Wat open staat"}


def test_a_stale_save_is_a_conflict(now: datetime) -> None:
    theme = theme_of(plan(), "dialoog")
    read = theme.version
    with unit_of_work():
        change_theme(person("ana"), theme, DATA, read, now)
    with pytest.raises(Conflict) as conflict, unit_of_work():
        change_theme(person("ana"), theme, ThemeText({"nl": "Mijn", "en": "My"}), read, now)
    assert "Mijn" in conflict.value.mine.values()
    assert "Open data" in conflict.value.theirs.values()


@pytest.mark.parametrize(
    ("slug", "places", "becomes"),
    [
        ("dialoog", -1, ["toegang", "dialoog", "openbaarheid"]),
        ("toegang", 1, ["openbaarheid", "toegang", "dialoog"]),
        ("toegang", -1, ["toegang", "openbaarheid", "dialoog"]),
        ("dialoog", 1, ["toegang", "openbaarheid", "dialoog"]),
    ],
)
def test_a_theme_moves_one_place(slug: str, places: int, becomes: list[str], now: datetime) -> None:
    with unit_of_work():
        move_theme(person("ana"), theme_of(plan(), slug), places, now)
    assert order() == becomes


def test_the_record_says_from_which_place_to_which_a_theme_moved(now: datetime) -> None:
    with unit_of_work():
        move_theme(person("ana"), theme_of(plan(), "dialoog"), -1, now)
    assert last_said().content == {"from": 3, "to": 2}


def test_a_theme_that_nothing_uses_is_removed(now: datetime) -> None:
    with unit_of_work():
        remove_theme(person("ana"), theme_of(plan(), "toegang"), now)
    assert order() == ["openbaarheid", "dialoog"]
    assert [theme.position for theme in plan().themes] == [1, 2]


def test_a_theme_in_use_stays_and_the_refusal_says_by_what(now: datetime) -> None:
    theme = theme_of(plan(), "dialoog")
    make_proposal(theme_id=theme.id)
    with pytest.raises(InvalidInput, match=r"voorstellen: 1|proposals: 1"), unit_of_work():
        remove_theme(person("ana"), theme, now)
    assert "dialoog" in order()


@pytest.mark.parametrize("who", ["mo", "pia", "sam", "bo"])
def test_nobody_else_touches_themes(who: str, now: datetime) -> None:
    theme = theme_of(plan(), "dialoog")
    with pytest.raises(NotAllowed):
        add_theme(person(who), plan(), DATA, "", now)
    with pytest.raises(NotAllowed):
        change_theme(person(who), theme, DATA, theme.version, now)
    with pytest.raises(NotAllowed):
        move_theme(person(who), theme, 1, now)
    with pytest.raises(NotAllowed):
        remove_theme(person(who), theme, now)
    assert db.session.scalar(select(Theme).where(Theme.slug == "dialoog")) is theme


def test_a_theme_that_is_not_there() -> None:
    with pytest.raises(NotFound):
        theme_of(plan(), "bestaat-niet")
