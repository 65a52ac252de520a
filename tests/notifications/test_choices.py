"""A person chooses per topic; what must come comes; a link from a mail stops one topic."""

import re
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.email import letter_of
from consult.foundation.notifications.kinds import Frequency, Topic
from consult.foundation.notifications.models import Message, Notice, Preference
from consult.foundation.notifications.services import (
    choices_of,
    choose,
    forget_messages,
    notify,
    queue_message,
)
from consult.foundation.notifications.unsubscribe import EVERYTHING, read, sign
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy
from tests.cast import person
from tests.conftest import Clock
from tests.factories import acts
from tests.statements import counted
from tests.world import NOON

MANDATE = {"organisation": {"name": "Helder"}, "ends_on": NOON.date(), "reason": ""}


def chooses(name: str, **wanted: Frequency) -> None:
    with unit_of_work():
        choose(person(name).id, {Topic(topic): how for topic, how in wanted.items()}, NOON)


def tell(app: Flask, name: str, kind: str = "mandate-ended") -> Message | None:
    with app.test_request_context(), unit_of_work():
        return notify(person(name), kind, NOON, **MANDATE)


def number(model: Any) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def form(**changes: str) -> dict[str, str]:
    return {
        "contribution": "immediately", "replies": "daily", "rounds": "immediately",
        "membership": "immediately", **changes,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("how", "messages", "notices"),
    [
        (None, 1, 1),
        (Frequency.IMMEDIATELY, 1, 1),
        (Frequency.DAILY, 0, 1),
        (Frequency.WEEKLY, 0, 1),
        (Frequency.SITE, 0, 1),
        (Frequency.OFF, 0, 0),
    ],
)
def test_a_message_comes_when_it_is_wanted(
    app: Flask, how: Frequency | None, messages: int, notices: int
) -> None:
    if how:
        chooses("pia", membership=how)
    tell(app, "pia")
    assert (number(Message), number(Notice)) == (messages, notices)


def test_keys_come_whatever_was_chosen(app: Flask) -> None:
    chooses("pia", **{topic.value: Frequency.OFF for topic in Topic if topic.value != "security"})
    with app.test_request_context(), unit_of_work():
        assert notify(person("pia"), "security-link", NOON, link="x", code="12345678")
    run_all(NOON)
    assert db.session.scalars(select(Message.sent_at)).one() == NOON


def test_what_was_switched_off_meanwhile_is_not_sent(app: Flask) -> None:
    app.extensions["mailman"].outbox = []
    tell(app, "pia")
    chooses("pia", membership=Frequency.OFF)
    run_all(NOON)
    assert app.extensions["mailman"].outbox == []
    message = db.session.scalars(select(Message)).one()
    assert (message.left_out_at, message.sent_at) == (NOON, None)


def test_telling_costs_one_look_at_what_was_chosen(app: Flask) -> None:
    with app.test_request_context(), unit_of_work():
        pia = person("pia")
        with counted(app) as statements:
            notify(pia, "mandate-ended", NOON, **MANDATE)
    assert statements.number == 3, str(statements)  # the mail, and the notice on the site


# The page


def test_it_works(app: Flask, browse: Any) -> None:
    pia = browse("pia")
    page = pia.get("/en/notifications").text
    assert "What becomes of my contribution" in page
    assert "The queue" not in page
    answer = pia.post("/en/notifications", data=form(replies="weekly", rounds="off"))
    assert answer.status_code == 303
    assert choices_of(person("pia").id) == {
        Topic.REPLIES: Frequency.WEEKLY, Topic.ROUNDS: Frequency.OFF,
    }  # fmt: skip
    again = pia.get("/en/notifications").text
    assert "Your choice is saved" in again
    assert re.search(r'<option selected value="weekly">', again)
    verbs = acts()
    assert verbs == ["person.mails_chosen"]
    assert app


def test_saving_the_same_again_changes_and_records_nothing(browse: Any) -> None:
    pia = browse("pia")
    pia.post("/en/notifications", data=form())
    assert (number(Preference), acts()) == (0, [])


def test_who_moderates_or_organises_chooses_more(browse: Any) -> None:
    for name in ("mo", "ana"):
        assert "The queue" in browse(name).get("/en/notifications").text


def test_a_stranger_signs_in_first(client: Any) -> None:
    for answer in (client.get("/en/notifications"), client.post("/en/notifications")):
        assert answer.status_code in {302, 401}
    assert number(Preference) == 0


@pytest.mark.parametrize("wrong", ["often", "", "OFF"])
def test_what_cannot_be_chosen_is_refused_with_the_rest_kept(browse: Any, wrong: str) -> None:
    answer = browse("pia").post("/en/notifications", data=form(replies=wrong, rounds="weekly"))
    assert answer.status_code == 422
    assert '<option selected value="weekly">' in answer.text
    assert number(Preference) == 0


def test_nobody_chooses_for_the_queue_who_does_not_see_it(browse: Any) -> None:
    browse("pia").post("/en/notifications", data=form(queue="off", security="off"))
    assert choices_of(person("pia").id) == {}


# Stopping from a mail


def test_the_choices_of_a_closed_account_go_and_those_of_others_stay(app: Flask) -> None:
    assert app
    for name in ("pia", "kees"):
        chooses(name, replies=Frequency.WEEKLY)
    with unit_of_work():
        forget_messages(person("pia").id, NOON)
    assert choices_of(person("pia").id) == {}
    assert choices_of(person("kees").id) == {Topic.REPLIES: Frequency.WEEKLY}


@pytest.fixture
def strict(app: Flask) -> Any:
    """A browser of nobody, where forms need their own key."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app.test_client()
    app.config["WTF_CSRF_ENABLED"] = False


ONE_CLICK = {"List-Unsubscribe": "One-Click"}


def test_looking_stops_nothing_and_one_click_stops_one_topic(strict: Any) -> None:
    path = f"/nl/unsubscribe/{sign(person('pia').id, 'replies')}"
    page = strict.get(path)
    assert page.status_code == 200
    assert number(Preference) == 0
    for _ in range(2):
        assert strict.post(path, data=ONE_CLICK).status_code == 200
    assert choices_of(person("pia").id) == {Topic.REPLIES: Frequency.SITE}
    assert len(acts()) == 1


def test_the_button_of_the_page_does_the_same(strict: Any) -> None:
    path = f"/en/unsubscribe/{sign(person('pia').id, 'rounds')}"
    key = re.findall(r'name="csrf_token" value="([^"]+)"', strict.get(path).text)[-1]
    answer = strict.post(path, data={"csrf_token": key})
    assert "These mails have stopped" in answer.text
    assert choices_of(person("pia").id) == {Topic.ROUNDS: Frequency.SITE}


def test_only_two_views_take_a_form_without_its_key(app: Flask, strict: Any) -> None:
    exempt = app.extensions["csrf"]._exempt_views
    assert exempt == {
        "consult.people.accounts.views.mail.unsubscribe_now",
        "consult.interfaces.verification.views.log.cosignatures",  # it takes a signature
    }
    assert strict.post("/en/outbox/try-again").status_code in {400, 401}


def test_a_digest_is_stopped_as_a_whole(strict: Any) -> None:
    chooses("pia", rounds=Frequency.WEEKLY)
    strict.post(f"/en/unsubscribe/{sign(person('pia').id, EVERYTHING)}", data=ONE_CLICK)
    present = choices_of(person("pia").id)
    assert present[Topic.ROUNDS] is present[Topic.REPLIES] is Frequency.SITE
    assert Topic.CONTRIBUTION not in present


def test_a_link_of_another_hand_is_refused(app: Flask, strict: Any) -> None:
    good = sign(person("pia").id, "replies")
    parts = good.split(".")
    for bad in ("x", good[:-2], good + "x", "." + parts[-1], sign(person("pia").id, "security")):
        assert strict.get(f"/en/unsubscribe/{bad}").status_code == 404
        assert strict.post(f"/en/unsubscribe/{bad}", data=ONE_CLICK).status_code == 404
    assert number(Preference) == 0
    assert app


def test_the_token_is_good_for_nothing_else(app: Flask, browse: Any) -> None:
    token = sign(person("pia").id, "replies")
    assert "pia" not in token
    for path in (f"/en/reset/{token}", f"/en/register/{token}"):
        assert 'type="password"' not in browse().get(path).text
    session = app.test_client()
    session.set_cookie("consult", token)
    assert session.get("/en/home").status_code in {302, 401}
    assert read(token) == (person("pia").id, Topic.REPLIES)


def test_for_a_closed_account_there_is_nothing_to_stop(strict: Any) -> None:
    pia = person("pia").id
    with unit_of_work():
        close_account(SYSTEM, person("pia"), NOON, ClosedBy.ADMINISTRATOR)
    answer = strict.post(f"/en/unsubscribe/{sign(pia, 'replies')}", data=ONE_CLICK)
    assert answer.status_code == 200
    assert number(Preference) == 0


# What a mail carries


def letter(app: Flask, kind: str, name: str = "pia", **more: Any) -> Any:
    with unit_of_work():
        message = queue_message(
            "pia@consult.example", kind, more.get("subject", "Onderwerp"),
            more.get("body", "Tekst."), more.get("language", "nl"), NOON, person(name).id,
        )  # fmt: skip
    with app.app_context():
        return letter_of(message)


def test_every_mail_says_why_it_comes_and_how_to_stop_it(app: Flask) -> None:
    made = letter(app, "mandate-ended", language="en")
    assert "because it is about your mandates" in made.text
    assert "/en/notifications" in made.text
    stop = made.headers["List-Unsubscribe"]
    assert stop.startswith("<http://127.0.0.1:5000/en/unsubscribe/")
    assert stop.strip("<>") in made.text
    assert made.headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert '<html lang="en">' in made.html
    assert stop.strip("<>") in made.html


@pytest.mark.parametrize("kind", ["security-link", "proposal-received", "nobody-declared-this"])
def test_what_always_comes_offers_no_stop(app: Flask, kind: str) -> None:
    made = letter(app, kind)
    assert "List-Unsubscribe" not in made.headers
    assert "unsubscribe" not in made.text + made.html


def test_headers_arrive_whole(app: Flask) -> None:
    mail = letter(app, "mandate-ended").mail().message()
    assert re.fullmatch(r"<http\S+>", mail["List-Unsubscribe"])
    assert mail["Content-Language"] == "nl"
    assert [part.get_content_type() for part in mail.get_payload()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("<b>x</b> & y", "&lt;b&gt;x&lt;/b&gt; &amp; y"),
        ("a\nb\n\nc", "<p>a<br>\nb</p>\n<p>c</p>"),
        (
            "Zie https://x.example/a?b=1&c=2.",
            'Zie <a href="https://x.example/a?b=1&amp;c=2" rel="nofollow noopener ugc">https',
        ),
        (
            'https://x.example/"onmouseover="x',
            '<a href="https://x.example/%22onmouseover=%22x" rel="nofollow noopener ugc">',
        ),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        (
            "- Klik\n  https://evil.example/",
            '<a href="https://evil.example/" rel="nofollow noopener ugc">https://evil',
        ),
        ("== Kop ==", "<p>== Kop ==</p>"),
    ],
)
def test_the_look_is_made_of_the_text_and_hides_nothing(app: Flask, body: str, shown: str) -> None:
    made = letter(app, "mandate-ended", body=body)
    assert shown in made.html
    assert "<img" not in made.html
    assert "<script" not in made.html


def test_a_line_of_a_digest_leads_to_a_page_of_ours_only(app: Flask, clock: Clock) -> None:
    ours = "== Kop ==\n\n- Eén\n  http://127.0.0.1:5000/nl/x\n- Twee\n  https://evil.example/"
    made = letter(app, "digest", body=ours)
    assert "<h2>Kop</h2>" in made.html
    assert '<li><a href="http://127.0.0.1:5000/nl/x">Eén</a></li>' in made.html
    assert "evil" not in made.html
    assert clock
