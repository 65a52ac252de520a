"""Lotte says what she cannot say in public, has an answer, and lets it be published after all."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.notifications.models import Message
from tests.browser.conftest import OpenPage
from tests.browser.test_journey import People, press
from tests.cast import stay_signed_in
from tests.conftest import Clock

pytestmark = pytest.mark.browser

ROUND = "/en/rounds/open"


def hand_in(people: People) -> None:
    lotte = people.at("lotte", f"{ROUND}/proposals/new?step=whole")
    lotte.fill("[name=title]", "Help those who report abuses")
    lotte.fill("[name=problem]", "Whoever reports one loses their work.")
    lotte.fill("[name=action]", "Give them an adviser.")
    reason = lotte.locator("[name=not_for_publication_reason]")
    assert not reason.is_visible(), "the reason is asked for once there is one"
    lotte.check("[name=not_for_publication]")
    reason.fill("My employer reads along.")
    press(lotte, "Check and hand in|Next: check and hand in")
    press(lotte, "Hand in")
    assert "it is not published" in lotte.inner_text("body")


def read_and_answer(people: People, clock: Clock) -> None:
    mo = people.at("mo", "/en/moderation?tab=unpublished")
    mo.locator(".consult-queue__title a").first.click()
    mo.locator("#decide").wait_for()
    assert "My employer reads along." in mo.inner_text("main")
    assert mo.locator(".consult-queue__acts").count() == 0, "there is nothing to decide"
    clock.forward(days=30)
    stay_signed_in(clock.time)
    ana = people.at("ana", f"{ROUND}/responses/1")
    assert "Only its author reads your response" in ana.inner_text("body")
    ana.check("[name=outcome][value=adopted]")
    ana.fill("[name=reason_en]", "An adviser starts in May.")
    press(ana, "Save the response")
    press(ana, "Publish all responses")
    ana = people.at("ana", f"{ROUND}/summary/edit")
    ana.fill("[name=introduction_en]", "See #1.")
    press(ana, "Save and publish the summary")
    assert "ask its author to let it be published first" in ana.inner_text("body")


def nobody_else_knows(people: People) -> None:
    for who in (None, "pia"):
        page = people.at(who, f"{ROUND}/proposals/1")
        assert page.inner_text("h1") == "Not found"
        said = people.at(who, ROUND).inner_text("main")
        assert "1 was read, and not published at its author's wish" in said
        assert "adviser" not in said


def agree_to_publish(people: People, let_time_pass: Callable[[], None]) -> None:
    lotte = people.at("lotte", "/en/proposals/mine")
    assert "Not for publication" in lotte.inner_text("main")
    lotte.get_by_role("link", name="Help those who report abuses").click()
    assert "An adviser starts in May." in lotte.inner_text("#response")
    lotte.locator("summary", has_text="Let it be published").click()
    press(lotte, "Yes: let it be published")
    assert "A moderator looks at it before it is public." in lotte.inner_text("body")
    mo = people.at("mo", "/en/moderation")
    mo.locator(".consult-queue__title a").first.click()
    mo.locator("#decide").get_by_role("button", name="Publish").click()
    mo.get_by_role("button", name="Undo").wait_for()
    let_time_pass()
    page = people.at(None, f"{ROUND}/proposals/1")
    assert page.inner_text("h1") == "Help those who report abuses"
    assert "An adviser starts in May." in page.inner_text("#response")


@pytest.mark.parametrize("script", [True, False], ids=["with a script", "without"])
def test_a_text_is_read_and_not_published_until_its_author_agrees(
    app: Flask,
    open_page: OpenPage,
    clock: Clock,
    let_time_pass: Callable[[], None],
    script: bool,
) -> None:
    people = People(open_page, script=script)
    hand_in(people)
    nobody_else_knows(people)
    read_and_answer(people, clock)
    nobody_else_knows(people)
    with app.app_context():
        mails = db.session.scalars(select(Message)).all()
        told = [mail for mail in mails if "An adviser starts in May." in mail.body]
        assert [mail.address for mail in told] == ["lotte@consult.example"]
    agree_to_publish(people, let_time_pass)
