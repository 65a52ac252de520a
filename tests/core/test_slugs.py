"""Every title has an address that can be read, or is refused."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from consult.consultation.plans.models import Plan, Theme
from consult.foundation.core.db import db
from consult.foundation.core.slugs import LONGEST, RESERVED, new_slug, slug_error, slug_of

pytestmark = pytest.mark.one_engine


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Eén Overheid, dichtbij!", "een-overheid-dichtbij"),
        ("План", "plan"),
        ("计划 2027", "jihua-2027"),
        ("خطة", "khth"),
        ("Straße & Ørsted", "strasse-orsted"),
        ("e" + "\u0301" * 100, "e"),
        ("🌱", "seedling"),
        ("\u200b\u3164\u2060", ""),
    ],
)
def test_a_title_is_spelt_in_small_letters(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@given(st.text(max_size=200))
def test_what_is_made_of_any_title_is_a_slug_or_nothing(title: str) -> None:
    slug = slug_of(title)
    assert len(slug) <= LONGEST
    assert re.fullmatch(r"([a-z0-9]+(-[a-z0-9]+)*)?", slug)


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Nieuw plan", "nieuw-plan"),
        ("\u041f\u043b\u0430\u043d", "plan"),
        ("---", "plan"),
        ("x" * 200, "x" * 80),
    ],
)
def test_without_a_slug_one_is_made(title: str, slug: str) -> None:
    assert new_slug(Plan.slug, "", title) == (slug, None)
    assert slug_error(Plan.slug, slug) is None


@pytest.mark.usefixtures("app")
@pytest.mark.parametrize("title", ["Open overheid", "new", "\u200b", ""])
def test_one_that_is_taken_or_cannot_be_made_is_refused(title: str) -> None:
    assert new_slug(Plan.slug, "", title)[1]


@pytest.mark.usefixtures("app")
def test_a_title_without_a_letter_gets_a_number_where_it_is_not_the_first() -> None:
    plan = db.session.scalars(select(Plan)).one()
    plan.slug = "plan"
    assert new_slug(Plan.slug, "", "!?") == ("plan-2", None)
    db.session.rollback()


@pytest.mark.usefixtures("app")
def test_a_slug_that_was_typed_is_taken_or_refused() -> None:
    assert new_slug(Plan.slug, "nieuw-plan", "") == ("nieuw-plan", None)
    for typed in ("open-overheid", "new", "Nieuw", "a--b", "план", "a/b", "..", "x" * 81, "\u200b"):
        assert new_slug(Plan.slug, typed, "Plan")[1], typed
    assert new_slug(Theme.slug, "toegang", "", Theme.plan_id == 99) == ("toegang", None)


def test_no_word_of_ours_can_be_a_slug(app: Flask) -> None:
    rules = [rule.rule.split("/") for rule in app.url_map.iter_rules()]
    assert set(_beside_slugs(rules)) <= RESERVED


def _beside_slugs(rules: list[list[str]]) -> Iterator[Any]:
    for parts in rules:
        for place, part in enumerate(parts):
            if part.endswith("slug>"):
                for other in rules:
                    beside = other[place] if len(other) > place else "<"
                    if other[:place] == parts[:place] and not beside.startswith("<"):
                        yield beside
