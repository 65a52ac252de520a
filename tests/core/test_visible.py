"""One idea of what says nothing."""

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Form

from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.themes import ThemeText, add_theme
from consult.consultation.rounds.dates import cancel_round
from consult.foundation.core.errors import InvalidInput
from consult.foundation.core.forms import line, prose
from consult.foundation.core.text import clean_line, clean_text
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.core.visible import says_nothing, without_unseen_edges
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import ResponseText, prepare_response
from consult.people.accounts.services import change_profile
from consult.people.organisations.models import BodyKind
from consult.people.organisations.services import BodyText, create_body
from consult.people.privacy.suspending import suspend_account
from tests.cast import person
from tests.factories import find_round, make_proposal

pytestmark = pytest.mark.one_engine

NOTHING = [
    "", " ", "\t\n", "\u00a0", "\u00ad\u00ad", "\u034f", "\u0301", "\u061c", "\u115f", "\u17b4",
    "\u180e", "\u2003", "\u200b", "\u200d", "\u200e\u200f", "\u2060", "\u2800", "\u3000", "\u3164",
    "\ufe0f", "\ufeff", "\uffa0", "\U000e0041", "\U0001d159", "\x00", "\x85", "\ue000", "\ufffe",
    "\u202e\u202c", "\u0e31", " \u200b\u0301\u3164 ",
]  # fmt: skip
SOMETHING = ["a", "7", "!", "€", "計", "خ", "🌱", "e\u0301", "\u200bx", "ก็", "-"]


@pytest.mark.parametrize("text", NOTHING)
def test_what_nobody_can_see_says_nothing(app: Flask, text: str) -> None:
    class Sample(Form):
        title = line("Title")
        text = prose("Text")

    assert says_nothing(text)
    assert clean_line(text) == clean_text(text) == ""
    with app.test_request_context("/en/"):
        form = Sample(MultiDict({"title": text, "text": text}))
        assert not form.validate()
        assert form.title.errors == ["Fill in “Title”."]
        assert form.text.errors == ["Fill in “Text”."]


@pytest.mark.parametrize("text", SOMETHING)
def test_what_can_be_seen_says_something(text: str) -> None:
    assert not says_nothing(text)
    assert clean_line(text)


def test_what_copying_adds_at_the_ends_is_taken_off() -> None:
    assert without_unseen_edges("\ufeff\u00a0pia@consult.example\u200b \u200e") == (
        "pia@consult.example"
    )
    assert without_unseen_edges("\u2060\u00ad") == ""


@pytest.mark.parametrize("text", ["\u200b", "\u3164\u00ad", " \u2060 "])
def test_services_take_nothing_for_nothing_too(app: Flask, now: datetime, text: str) -> None:
    del app
    ana, open_round, texts = person("ana"), find_round("open"), {"nl": text, "en": text}
    proposal, plan = make_proposal("open"), get_plan("open-overheid")
    refused: list[Callable[[], object]] = [
        lambda: add_theme(ana, plan, ThemeText(texts), "", now),
        lambda: create_body(ana, BodyText(kind=BodyKind.FORUM, name=texts), "", now),
        lambda: cancel_round(ana, open_round, text, now),
        lambda: freeze_plan(ana, plan, text, now),
        lambda: prepare_response(
            ana, proposal, ResponseText(Outcome.ADOPTED, {"nl": text}), None, now
        ),
        lambda: suspend_account(person("adi"), person("sam"), text, now),
        lambda: decide(person("mo"), proposal, Judgement(Verb.HIDE, text, Ground.OFFENSIVE), now),
        lambda: change_profile(person("pia"), text, "nl", now),
    ]
    for act in refused:
        with pytest.raises(InvalidInput), unit_of_work():
            act()
