"""At most one digest a day for a person, of what they may still read when it is sent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.message import Message as Mime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert, select

from consult.consultation.comments.models import Comment
from consult.consultation.comments.models import ContributionState as State
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.consultation.rounds.models import Readers
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.schedule import ask_due
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications import digests
from consult.foundation.notifications.digests import MOST_LINES, make_digests
from consult.foundation.notifications.kinds import DIGEST, Frequency, Topic
from consult.foundation.notifications.models import Message, Notice
from consult.foundation.notifications.services import choose, queue_message
from consult.people.organisations.models import Membership
from tests.cast import person
from tests.conftest import Clock
from tests.factories import find_round, make_comment, make_proposal
from tests.statements import counted

MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # half past seven in Amsterdam


@pytest.fixture(autouse=True)
def empty(app: Flask) -> None:
    app.extensions["mailman"].outbox = []


@pytest.fixture
def work(clock: Clock) -> Callable[[datetime], None]:
    """Let the worker do what is due at a moment."""

    def at(moment: datetime) -> None:
        clock.time = moment
        ask_due(moment, set())
        run_all(moment)

    return at


def notice(name: str, line: str, at: datetime, kind: str = "comment-received", **more: Any) -> None:
    with unit_of_work():
        db.session.add(
            Notice(
                kind=kind,
                person_id=person(name).id,
                line=line,
                created_at=at,
                link="http://127.0.0.1:5000/nl/x",
                **more,
            )
        )


def wants(name: str, how: Frequency, topic: Topic = Topic.REPLIES) -> None:
    with unit_of_work():
        choose(person(name).id, {topic: how}, MONDAY)


def sent(app: Flask) -> list[Mime]:
    """The digests that left; the rounds of the world send mails of their own."""
    mails = [mail.message() for mail in app.extensions["mailman"].outbox]
    return [mail for mail in mails if str(mail["Subject"]).startswith(("Nieuws", "News"))]


def text(mail: Mime) -> str:
    part = mail.get_payload(0)
    assert isinstance(part, Mime)
    body = part.get_payload(decode=True)
    assert isinstance(body, bytes)
    return body.decode()


def test_a_day_comes_together_at_half_past_seven(app: Flask, work: Any) -> None:
    notice("pia", "Eén", MONDAY - timedelta(hours=9))
    notice("pia", "Twee", MONDAY - timedelta(hours=2))
    notice("lotte", "Drie", MONDAY - timedelta(hours=2))
    work(MONDAY - timedelta(minutes=1))
    assert sent(app) == []
    work(MONDAY)
    first, second = sorted(sent(app), key=lambda mail: str(mail["To"]))
    assert (first["To"], second["To"]) == ("lotte@consult.example", "pia@consult.example")
    said = text(second)
    assert said.index("- Twee") < said.index("- Eén")
    assert second["List-Unsubscribe"]
    work(MONDAY + timedelta(hours=8))
    assert len(sent(app)) == 2


def test_at_most_one_a_day_and_what_comes_later_comes_tomorrow(app: Flask, work: Any) -> None:
    notice("pia", "Eén", MONDAY - timedelta(hours=1))
    work(MONDAY)
    notice("pia", "Twee", MONDAY + timedelta(hours=1))
    make_digests({"day": "2026-11-23", "after": 0}, MONDAY + timedelta(hours=2))
    run_all(MONDAY + timedelta(hours=2))
    assert len(sent(app)) == 1
    work(MONDAY + timedelta(days=1))
    assert "Twee" in text(sent(app)[1])
    assert "Eén" not in text(sent(app)[1])


@pytest.mark.long_on_postgresql
def test_on_a_day_without_news_nothing_comes(app: Flask, work: Any) -> None:
    for n in range(8):
        work(MONDAY + timedelta(days=n))
    assert sent(app) == []


def test_the_week_comes_on_monday_in_the_digest_of_that_day(app: Flask, work: Any) -> None:
    wants("pia", Frequency.WEEKLY)
    notice("pia", "Van de week", MONDAY - timedelta(days=5))
    for day in (-4, -3, -2, -1):
        work(MONDAY + timedelta(days=day))
    assert sent(app) == []
    notice("pia", "Van vandaag", MONDAY - timedelta(hours=1), kind="queue-proposal")
    work(MONDAY)
    (mail,) = sent(app)
    assert "Van de week" in text(mail)
    assert "Van vandaag" in text(mail)


def test_a_monday_on_which_nobody_worked_is_made_up_for(app: Flask, work: Any) -> None:
    wants("pia", Frequency.WEEKLY)
    notice("pia", "Van de week", MONDAY - timedelta(days=2))
    notice("pia", "Na maandag", MONDAY + timedelta(hours=2))
    work(MONDAY + timedelta(days=2))
    (mail,) = sent(app)
    assert "Van de week" in text(mail)
    assert "Na maandag" not in text(mail)


@pytest.mark.long_on_postgresql
@pytest.mark.parametrize("day", [datetime(2026, 3, 29), datetime(2026, 10, 25)])  # noqa: DTZ001
def test_when_the_clock_changes_it_is_still_half_past_seven_once(
    app: Flask, work: Any, day: datetime
) -> None:
    start = day.replace(tzinfo=UTC) - timedelta(hours=12)
    work(start)
    notice("pia", "Eén", start)
    for hour in range(48):
        work(start + timedelta(minutes=30, hours=hour))
    (mail,) = sent(app)
    assert mail["To"] == "pia@consult.example"
    made = db.session.scalars(select(Message.created_at).where(Message.kind == DIGEST)).one()
    assert made.hour == (5 if day.month == 3 else 6)


def test_switched_off_meanwhile_nothing_comes(app: Flask, work: Any) -> None:
    notice("pia", "Eén", MONDAY - timedelta(hours=1))
    wants("pia", Frequency.OFF)
    work(MONDAY)
    work(MONDAY + timedelta(days=1))
    assert sent(app) == []
    assert db.session.scalars(select(Notice.settled_at)).one() is not None


def test_chosen_at_once_meanwhile_what_waited_still_comes(app: Flask, work: Any) -> None:
    notice("pia", "Eén", MONDAY - timedelta(hours=1))
    wants("pia", Frequency.IMMEDIATELY)
    work(MONDAY)
    assert len(sent(app)) == 1


def test_it_speaks_its_readers_language(app: Flask, work: Any) -> None:
    with unit_of_work():
        person("pia").language = "en"
    for name in ("pia", "lotte"):
        notice(name, "Eén", MONDAY - timedelta(hours=1))
    work(MONDAY)
    subjects = {mail["To"]: mail["Subject"] for mail in sent(app)}
    assert subjects["pia@consult.example"] == "News from Consult: 1 message"
    assert subjects["lotte@consult.example"] == "Nieuws van Consult: 1 bericht"
    assert {mail["Content-Language"] for mail in sent(app)} == {"nl", "en"}


def test_lines_stand_by_topic_and_round_and_too_many_are_counted(app: Flask, work: Any) -> None:
    for n in range(MOST_LINES + 5):
        notice("mo", f"Stuk {n}", MONDAY - timedelta(hours=1), "queue-proposal", heading="Ronde A")
    notice("mo", "Antwoord", MONDAY - timedelta(hours=1), heading="Ronde B")
    work(MONDAY)
    said = text(sent(app)[0])
    replies, queue = said.index("antwoorden · Ronde B"), said.index("wachtrij · Ronde A")
    assert replies < queue
    assert said.count("- Stuk") == MOST_LINES
    assert "En nog 5." in said


# Rights are asked when it is sent


@pytest.fixture
def comment(app: Flask) -> Comment:
    """A comment of Lotte on the proposal of Pia, of which Pia hears in her digest."""
    with app.test_request_context():
        made = make_comment(make_proposal("open"))
        other = make_comment(db.session.scalars(select(Proposal)).one(), body="Anders.")
    for one, line in ((made, "Eerste"), (other, "Tweede")):
        notice("pia", line, MONDAY - timedelta(hours=1), about_type="comment", about_id=one.id)
    return made


def hide(app: Flask, comment: Comment) -> None:
    with app.test_request_context(), unit_of_work():
        found = db.session.get_one(Comment, comment.id)
        decide(person("mo"), found, Judgement(Verb.HIDE, "Scheldt.", Ground.OFFENSIVE), MONDAY)


def test_what_was_hidden_is_left_out(app: Flask, work: Any, comment: Comment) -> None:
    hide(app, comment)
    work(MONDAY)
    said = next(text(mail) for mail in sent(app) if mail["To"] == "pia@consult.example")
    assert "Tweede" in said
    assert "Eerste" not in said


def test_with_nothing_left_it_is_not_sent(app: Flask, work: Any, comment: Comment) -> None:
    for one in db.session.scalars(select(Comment)).all():
        hide(app, one)
    work(MONDAY)
    assert "pia@consult.example" not in {mail["To"] for mail in sent(app)}
    digest = db.session.scalars(select(Message).where(Message.kind == DIGEST)).one()
    assert (digest.sent_at, digest.body) == (None, "")
    assert digest.left_out_at == MONDAY
    assert comment


def test_it_is_asked_again_when_the_mail_server_was_away(
    app: Flask, work: Any, comment: Comment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: Any) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as down:
        down.setattr("flask_mailman.backends.locmem.EmailBackend.open", away)
        work(MONDAY)
    hide(app, comment)
    work(MONDAY + timedelta(hours=5))
    said = next(text(mail) for mail in sent(app) if mail["To"] == "pia@consult.example")
    assert "Tweede" in said
    assert "Eerste" not in said


def test_whose_membership_ended_hears_no_more_of_a_closed_round(
    app: Flask, work: Any, comment: Comment
) -> None:
    with unit_of_work():
        find_round("open").readers = Readers.PARTICIPANTS
        lotte = person("lotte").id
        for one in db.session.scalars(select(Membership).where(Membership.person_id == lotte)):
            one.ends_on = MONDAY.date()
    notice("lotte", "X", MONDAY - timedelta(hours=1), about_type="comment", about_id=comment.id + 1)
    with unit_of_work():
        db.session.get_one(Comment, comment.id + 1).author_id = person("pia").id
    work(MONDAY)
    assert {mail["To"] for mail in sent(app)} == {"pia@consult.example"}


def test_what_no_longer_waits_stands_in_no_queue(app: Flask, work: Any) -> None:
    with app.test_request_context():
        waits, gone = make_proposal("open", State.PENDING), make_proposal("open", State.WITHDRAWN)
    for one, line in ((waits, "Wacht"), (gone, "Weg")):
        notice("mo", line, MONDAY, "queue-proposal", about_type="proposal", about_id=one.id)
    work(MONDAY + timedelta(days=1))
    said = text(sent(app)[0])
    assert "Wacht" in said
    assert "Weg" not in said


def test_what_is_too_late_is_left_out(app: Flask, work: Any) -> None:
    notice(
        "pia", "Sluit bijna", MONDAY, "round-closes-soon", expires_at=MONDAY + timedelta(hours=3)
    )
    work(MONDAY + timedelta(days=1))
    assert sent(app) == []


def test_a_suspended_account_gets_none(app: Flask, work: Any) -> None:
    notice("sacha", "Eén", MONDAY - timedelta(hours=1))
    work(MONDAY)
    assert sent(app) == []


# A worker that dies


def test_who_dies_in_the_middle_leaves_all_or_nothing(
    app: Flask, work: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("pia", "lotte", "mo"):
        notice(name, "Eén", MONDAY - timedelta(hours=1))
    right, calls = queue_message, []

    def dies(*args: Any, **more: Any) -> Message:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return right(*args, **more)

    with monkeypatch.context() as crash:
        crash.setattr(digests, "queue_message", dies)
        work(MONDAY)
    assert sent(app) == []
    assert not db.session.scalars(
        select(Notice.digest_id).where(Notice.digest_id.is_not(None))
    ).all()
    work(MONDAY + timedelta(minutes=2))
    assert len(sent(app)) == 3


def test_a_batch_that_is_done_twice_makes_no_second_digest(app: Flask, work: Any) -> None:
    notice("pia", "Eén", MONDAY - timedelta(hours=1))
    for _ in range(3):
        make_digests({"day": "2026-11-23", "after": 0}, MONDAY)
    work(MONDAY)
    assert len(sent(app)) == 1


@pytest.mark.parametrize("many", [10, 1000])
def test_a_batch_reads_the_same_whatever_waits(app: Flask, many: int) -> None:
    row = {"kind": "comment-received", "line": "Eén", "created_at": MONDAY}
    with unit_of_work():
        pia = person("pia").id
        db.session.execute(insert(Notice), [{**row, "person_id": pia} for _ in range(many)])
    with counted(app) as statements:
        make_digests({"day": "2026-11-24", "after": 0}, MONDAY + timedelta(days=1))
    assert statements.number <= 10, str(statements)
