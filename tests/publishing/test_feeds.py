"""Feeds and calendars, read as a feed reader and a calendar do: what is public, nothing else."""

from datetime import UTC, timedelta
from typing import Any

import feedparser
import pytest
from flask import Flask
from icalendar import Calendar
from lxml import etree

from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.dates import cancel_round, move_date
from consult.consultation.rounds.models import MovedDate, Readers
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.interfaces.publishing.feeds import ENTRIES
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import (
    CommitmentText,
    make_commitment,
    publish_commitment,
)
from tests.cast import person
from tests.factories import find_round, make_proposal
from tests.statements import counted
from tests.world import NOON, both

PLAN, ROUND = "/nl/plans/open-overheid", "/nl/rounds/open"
FEEDS = (f"{PLAN}/feed.atom", f"{PLAN}/commitments/feed.atom", f"{ROUND}/feed.atom",
         f"{ROUND}/moderation-log/feed.atom")  # fmt: skip
ATOM = "{http://www.w3.org/2005/Atom}"
DAY = timedelta(days=1)


def read(answer: Any) -> Any:
    """Read a feed with a library, and hold it to what RFC 4287 asks."""
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    root = etree.fromstring(answer.data)
    assert root.tag == f"{ATOM}feed"
    for one in (root, *root.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (found,) = one.findall(f"{ATOM}{name}")
            assert found.text, name
    ids = [one.text for one in root.iter(f"{ATOM}id")]
    assert len(ids) == len(set(ids))
    assert all(one.startswith("urn:uuid:") for one in ids)
    assert root.find(f"{ATOM}author/{ATOM}name") is not None
    found = feedparser.parse(answer.data)
    assert not found.bozo, found.get("bozo_exception")
    assert found.version == "atom10"
    assert [one.rel for one in found.feed.links][:2] == ["self", "alternate"]
    return found


def promise(title: str = "Belofte") -> None:
    with unit_of_work():
        plan = get_plan("open-overheid")
        text = CommitmentText(plan.themes[0].id, both(title, "Promise"))
        made = make_commitment(person("ana"), plan, text, NOON)
        publish_commitment(person("ana"), made, NOON + DAY)
        make_commitment(person("ana"), plan, CommitmentText(None, both("Geheim", "Secret")), NOON)
        freeze_plan(person("ana"), plan, "Ter besluit", NOON + 2 * DAY)


@pytest.mark.parametrize("path", FEEDS)
def test_an_empty_feed_is_a_feed(client: Any, path: str) -> None:
    assert read(client.get(path)).feed.updated


def test_the_news_of_a_plan(app: Flask, client: Any) -> None:
    with app.test_request_context():
        promise()
    found = read(client.get(FEEDS[0]))
    titles = [one.title for one in found.entries]
    assert titles[:2] == ["Versie 1: Ter besluit", "Actiepunt 1: Belofte"]
    assert "Ronde aangekondigd: Ronde open" in titles
    assert not [one for one in titles if "concept" in one or "Geheim" in one]
    (one,) = read(client.get(FEEDS[1])).entries
    assert one.link == "http://127.0.0.1:5000/nl/plans/open-overheid/commitments/1"
    english = read(client.get("/en/plans/open-overheid/commitments/feed.atom"))
    assert (english.entries[0].title, english.entries[0].id) == ("Commitment 1: Promise", one.id)
    assert english.feed.language == "en"


def test_a_summary_that_is_not_translated_says_its_language(app: Flask, client: Any) -> None:
    with app.test_request_context(), unit_of_work():
        find_round("open").introduction = {"nl": "Wat moet beter?"}
    for language, marked in (("nl", b"<summary>"), ("en", b'<summary xml:lang="nl">')):
        feed = client.get(f"/{language}/plans/open-overheid/feed.atom").data
        assert marked + b"Wat moet beter?" in feed


def test_a_round_tells_what_is_public_and_leads_on(app: Flask, client: Any) -> None:
    with app.test_request_context():
        for state in State:
            make_proposal("open", state, title=f"Stand {state.value}")
        for number in range(ENTRIES):
            # What may stand in no XML was taken out when it came in; a form feed is one of those.
            make_proposal("open", title=f"Nr. {number} <b>&amp;</b>", at=NOON - number * DAY)
    first = read(client.get(FEEDS[2]))
    assert len(first.entries) == ENTRIES
    (onwards,) = [one.href for one in first.feed.links if one.rel == "next"]
    second = read(client.get(onwards.removeprefix("http://127.0.0.1:5000")))
    titles = [one.title for one in (*first.entries, *second.entries)]
    assert len(titles) == len(set(titles)) == ENTRIES + 1
    assert [one for one in titles if "Stand" in one] == [
        one for one in titles if one.endswith("Stand published")
    ]


def test_the_log_tells_a_decision_and_never_what_was_hidden(app: Flask, client: Any) -> None:
    with app.test_request_context():
        made = make_proposal("open", title="Scheldpartij")
        with unit_of_work():
            found = db.session.get_one(Proposal, made.id)
            judgement = Judgement(Verb.HIDE, "Het scheldt.", Ground.OFFENSIVE)
            decide(person("mo"), found, judgement, NOON)
    answer = client.get(FEEDS[3])
    (one,) = read(answer).entries
    assert (one.title, one.summary) == ("Verborgen: #1", "Beledigend. Het scheldt.")
    assert "Scheldpartij" not in answer.text
    assert "Mo Yilmaz" not in answer.text
    assert read(client.get(FEEDS[2])).entries == []


def test_what_not_everybody_reads_has_no_feed_for_anybody(app: Flask, browse: Any) -> None:
    """A member may read the round; the address of a feed is passed on."""
    with app.test_request_context(), unit_of_work():
        find_round("open").readers = Readers.PARTICIPANTS
    for who in (None, "pia", "ana"):
        reader = browse(who)
        for path in (*FEEDS[2:], f"{ROUND}/calendar.ics"):
            assert reader.get(path).status_code == 404
        assert reader.get("/nl/rounds/draft/feed.atom").status_code == 404
        assert "Ronde open" not in reader.get(FEEDS[0]).text
        assert b"Ronde open" not in reader.get(f"{PLAN}/calendar.ics").data
    assert "feed.atom" not in browse("pia").get(ROUND).text


@pytest.mark.parametrize("path", [*FEEDS, f"{PLAN}/calendar.ics", f"{ROUND}/calendar.ics"])
def test_what_did_not_change_is_not_sent_again(
    app: Flask, client: Any, clock: Any, path: str
) -> None:
    first = client.get(path)
    clock.forward(hours=1)
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    with app.test_request_context():
        promise("Nieuw")
        made = make_proposal("open")
        with unit_of_work():
            found = db.session.get_one(Proposal, made.id)
            decide(person("mo"), found, Judgement(Verb.HIDE, "x", Ground.OFFENSIVE), NOON)
            becomes = find_round("open").closes_at + DAY
            move_date(person("ana"), find_round("open"), MovedDate.CLOSES, becomes, "Ziek.", NOON)
    if path != FEEDS[2]:  # that one was hidden at once
        changed = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert changed.status_code == 200


@pytest.mark.parametrize("many", [3, 60])
def test_a_feed_costs_the_same_however_much_there_is(app: Flask, client: Any, many: int) -> None:
    with app.test_request_context():
        for _ in range(many):
            make_proposal("open")
    client.get(FEEDS[0])  # reads what all pages have, once after a change
    with counted(app) as statements:
        read(client.get(FEEDS[2]))
    assert statements.number <= 2, str(statements)


@pytest.mark.parametrize("cursor", ["x", "a" * 3000, "WzEsMl0"])
def test_a_cursor_of_another_hand_is_refused(client: Any, cursor: str) -> None:
    for path in FEEDS[2:]:
        assert client.get(path, query_string={"cursor": cursor}).status_code == 422


def test_pages_name_their_feeds(client: Any) -> None:
    for page, feeds in ((PLAN, FEEDS[:2]), (ROUND, FEEDS[2:3]),
                        (f"{ROUND}/moderation-log", FEEDS[3:])):  # fmt: skip
        root = etree.HTML(client.get(page).text)
        named = root.xpath("//head/link[@rel='alternate'][@type='application/atom+xml']/@href")
        assert named == list(feeds)


def events(client: Any, path: str) -> dict[str, Any]:
    answer = client.get(path)
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.data).walk("VEVENT")
    return {str(one["uid"]).partition("@")[0]: one for one in found}


def test_openings_and_closings_stand_in_a_calendar_and_move_with_it(
    app: Flask, client: Any
) -> None:
    round_ = find_round("open")
    opens, closes = f"round-{round_.id}-opens", f"round-{round_.id}-closes"
    before = events(client, f"{ROUND}/calendar.ics")
    assert set(before) == {opens, closes}
    assert before[closes].start == round_.closes_at.astimezone(UTC)
    assert str(before[closes]["summary"]) == "Sluit: Ronde open"
    assert set(before) < set(events(client, f"{PLAN}/calendar.ics"))
    assert not [one for one in events(client, f"{PLAN}/calendar.ics")
                if one.startswith(f"round-{find_round('draft').id}-")]  # fmt: skip
    with app.test_request_context(), unit_of_work():
        becomes = find_round("open").closes_at + 7 * DAY
        move_date(person("ana"), find_round("open"), MovedDate.CLOSES, becomes, "Ziek.", NOON)
    after = events(client, f"{ROUND}/calendar.ics")
    assert after[closes].start == becomes.astimezone(UTC)
    assert after[closes]["sequence"] > before[closes]["sequence"]
    with app.test_request_context(), unit_of_work():
        cancel_round(person("ana"), find_round("open"), "Ziek.", NOON)
    assert str(events(client, f"{ROUND}/calendar.ics")[closes]["status"]) == "CANCELLED"


def test_the_address_to_pass_on_is_there_without_a_script(client: Any) -> None:
    make_proposal("open", title="Eén plek & meer")
    page = etree.HTML(client.get(f"{ROUND}/proposals/1").text)
    (address,) = page.xpath("//input[@id='share-address']/@value")
    assert address == "http://127.0.0.1:5000/nl/rounds/open/proposals/1"
    (mail,) = page.xpath("//a[starts-with(@href, 'mailto:')]/@href")
    assert mail.startswith("mailto:?subject=E%C3%A9n%20plek%20%26%20meer&body=http%3A//127.0.0.1")
