"""Inviting from a file: checked whole, sent whole or not at all, and no mail is lost."""

import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from flask import Flask
from flask_mailman import EmailMessage
from sqlalchemy import func, select

from consult.foundation.core.db import db
from consult.foundation.core.errors import InvalidInput, NotAllowed
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.services import run_all
from consult.foundation.notifications.models import Message
from consult.foundation.record.models import Event, EventDetail
from consult.people.invitations import batches, letters
from consult.people.invitations.batches import check_file, keep_batch, rows_to_mend
from consult.people.invitations.models import Invitation, InvitationBatch, InvitationKey
from consult.people.invitations.queries import progress_of
from consult.people.invitations.services import Period
from tests.cast import person
from tests.conftest import Clock, Note
from tests.house.test_matrix import counts
from tests.invitations.letterbox import (
    FROM_TODAY,
    NIENKE,
    batch_of,
    forum,
    helder,
    invited,
    links,
    send,
    states,
)

pytestmark = pytest.mark.usefixtures("app")

HEADER = "e-mail;naam;organisatie;taal\n"
BAD = {
    50: "geen adres;Fout",
    120: "p7@consult.example;Dubbel",
    200: "pia@consult.example;Lid",
    300: "inge@consult.example;Al uitgenodigd",
    400: "x@consult.example;Onbekend;Stichting Bestaat Niet",
    450: "y@consult.example;" + "n" * 121,
}
REASONS = ["not-an-address", "double", "member", "invited", "organisation", "long-name"]


def five_hundred() -> str:
    """Write 500 people, of whom six cannot be invited."""
    rows = [
        BAD.get(n, f"p{n}@consult.example;Persoon {n};{'helder-bestuur' if n % 9 == 0 else ''};nl")
        for n in range(500)
    ]
    return HEADER + "\n".join(rows) + "\n"


def of_batch(batch: InvitationBatch) -> list[Invitation]:
    db.session.rollback()
    found = select(Invitation).where(Invitation.batch_id == batch.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


@pytest.mark.long_on_postgresql
def test_five_hundred_people_from_one_file(now: datetime) -> None:
    batch = batch_of(now, five_hundred())
    assert (batch.invited, batch.refused) == (494, 6)
    assert [row["line"] for row in batch.bad_rows] == [n + 2 for n in BAD]
    assert [row["reason"] for row in batch.bad_rows] == REASONS
    assert states() == {}, "looking sends nothing"
    assert send(now, batch) == 494
    assert states() == {"waiting": 494}
    run_all(now)
    assert states() == {"sent": 494}
    mails = select(Message.address).where(Message.kind == "invitation-sent")
    addresses = db.session.scalars(mails).all()
    assert len(addresses) == len(set(addresses)) == 494
    assert len(set(db.session.scalars(select(InvitationKey.digest)))) == 494
    speakers = [one for one in of_batch(batch) if one.organisation_id == helder().id]
    assert len(speakers) == len([n for n in range(500) if n % 9 == 0 and n not in BAD])


@pytest.mark.long_on_postgresql
def test_the_same_file_twice_changes_nothing(now: datetime) -> None:
    forty = HEADER + "".join(f"p{n}@consult.example\n" for n in range(40))
    send(now, batch_of(now, forty))
    run_all(now)
    before = states()
    again = batch_of(now, forty)
    assert again.invited == 0
    assert again.refused == 40
    with pytest.raises(InvalidInput, match="nobody left"):
        send(now, again)
    run_all(now)
    assert states() == before


def test_a_file_is_sent_once(now: datetime) -> None:
    batch = batch_of(now, HEADER + "a@consult.example\n")
    send(now, batch)
    with pytest.raises(InvalidInput, match="sent already"):
        send(now, db.session.get_one(InvitationBatch, batch.id))
    assert states() == {"waiting": 1}


def test_who_was_invited_between_looking_and_sending_is_left_out(now: datetime) -> None:
    batch = batch_of(now, HEADER + f"{NIENKE}\nb@consult.example\n")
    invited(now)
    assert send(now, batch) == 1
    run_all(now)
    assert len(links()) == 1


def test_checking_changes_nothing_and_takes_no_lock(now: datetime) -> None:
    before = counts()
    found = check_file(person("ana"), forum(), five_hundred(), "nl", now)
    assert len(found.rows) == 494
    assert not db.session().info.get("writes"), "others can write meanwhile"
    assert counts() == before


@pytest.mark.parametrize("who", ["pia", "mo", "sam", "inge", "sacha"])
def test_others_bring_and_send_no_file(now: datetime, who: str) -> None:
    batch = batch_of(now, HEADER + "a@consult.example\n")
    with pytest.raises(NotAllowed):
        check_file(person(who), forum(), HEADER, "nl", now)
    with pytest.raises(NotAllowed), unit_of_work():
        batches.send_batch(person(who), batch, now)
    found = check_file(person("ana"), forum(), HEADER + "b@consult.example\n", "nl", now)
    with pytest.raises(NotAllowed), unit_of_work():
        keep_batch(person(who), forum(), found, FROM_TODAY, "", now)


def test_the_rows_to_mend_can_be_brought_again(now: datetime) -> None:
    batch = batch_of(now, five_hundred())
    out = rows_to_mend(batch, ["e-mail", "naam", "organisatie", "taal", "regel", "wat er mis is"])
    mended = "".join(out)
    assert "not an e-mail address" in mended
    mended = mended.replace("geen adres", "wel@consult.example")
    second = batch_of(now, mended)
    assert [row["address"] for row in second.rows][:1] == ["wel@consult.example"]


def test_a_failure_in_the_middle_leaves_nothing(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    batch = batch_of(now, five_hundred())

    def fails(_now: datetime) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(batches, "ask_writing", fails)
    before = counts()
    with pytest.raises(RuntimeError):
        send(now, batch)
    assert counts() == before
    monkeypatch.undo()
    assert send(now, db.session.get_one(InvitationBatch, batch.id)) == 494


DYING = """
import os, sys
from pathlib import Path
from sqlalchemy import event
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.people.invitations.batches import send_batch
from consult.people.invitations.letters import write_waiting
from consult.people.invitations.models import InvitationBatch
from tests.cast import person
from tests.conftest import make_app
from tests.world import NOON
url, folder, batch_id, what = sys.argv[1:]
app = make_app(Path(folder), url, CLOCK=lambda: NOON)
with app.app_context():
    event.listen(db.session.registry(), "after_flush", lambda *_: None)
    event.listen(db.session.registry(), "before_commit", lambda _s: os.kill(os.getpid(), 9))
    if what == "send":
        with unit_of_work():
            send_batch(person("ana"), db.session.get_one(InvitationBatch, int(batch_id)), NOON)
    else:
        write_waiting({"after": 0}, NOON)
"""


def die(app: Flask, folder: Path, batch_id: int, what: str) -> None:
    """Let another process do it, and kill it with -9 at the moment of the commit."""
    url = str(app.config["SQLALCHEMY_DATABASE_URI"])
    db.session.remove()
    said = subprocess.run(
        [sys.executable, "-c", DYING, url, str(folder), str(batch_id), what],
        cwd=Path(__file__).parents[2],
        check=False,
    )
    assert said.returncode == -9


def test_the_record_says_who_let_how_many_be_invited(now: datetime) -> None:
    send(now, batch_of(now, HEADER + "een@consult.example\ntwee@consult.example\n"))
    event = db.session.scalars(select(Event).where(Event.verb == "invitations.sent")).one()
    detail = db.session.get_one(EventDetail, event.id)
    assert detail.actor_id == person("ana").id
    assert detail.content == {"body": forum().id, "invited": 2}


def test_a_process_that_dies_leaves_all_or_nothing(
    app: Flask, now: datetime, tmp_path: Path
) -> None:
    people = "".join(f"p{n}@consult.example\n" for n in range(30))
    batch = batch_of(now, HEADER + people)
    before = counts()
    die(app, tmp_path, batch.id, "send")
    assert counts() == before
    assert send(now, db.session.get_one(InvitationBatch, batch.id)) == 30
    sent = counts()
    die(app, tmp_path, batch.id, "write")
    assert counts() == sent, "no half a mail, and no key without one"
    run_all(now)
    assert states() == {"sent": 30}


SERVER = "flask_mailman.backends.locmem.EmailBackend"


def test_while_mail_is_down_nothing_is_lost(
    now: datetime, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_server: Any) -> None:
        raise ConnectionRefusedError(111, "Connection refused")

    batch = batch_of(now, HEADER + "".join(f"p{n}@consult.example\n" for n in range(20)))
    send(now, batch)
    with monkeypatch.context() as down:
        down.setattr(f"{SERVER}.open", away)
        run_all(now)
        assert states() == {"waiting": 20}
        how_far = progress_of(batch, now)
        assert (how_far.left, how_far.total, how_far.under_way) == (0, 20, 20)
    later = clock.forward(hours=1)
    run_all(later)
    assert states() == {"sent": 20}
    assert progress_of(batch, later).under_way == 0


def test_a_mail_that_never_leaves_is_shown_as_failed(
    now: datetime, clock: Clock, monkeypatch: pytest.MonkeyPatch, browse: Any
) -> None:
    def take(_server: Any, mails: list[EmailMessage]) -> int:
        for mail in mails:
            if mail.to == ["slecht@consult.example"]:
                raise SMTPRecipientsRefused({mail.to[0]: (550, b"no such user")})
        return len(mails)

    monkeypatch.setattr(f"{SERVER}.send_messages", take)
    batch = batch_of(now, HEADER + "goed@consult.example\nslecht@consult.example\n")
    send(now, batch)
    run_all(clock.forward(hours=6))
    assert states() == {"sent": 1, "waiting": 1}
    how_far = progress_of(batch, clock.time)
    assert (how_far.failed, how_far.under_way) == (1, 0)
    desk = "/en/bodies/stakeholderforum/invitations"
    page = browse("ana").get(f"{desk}/files/{batch.id}").text
    assert "1 mails did not leave" in page
    assert "http-equiv" not in page
    assert "Mail did not leave" in browse("ana").get(desk).text


@pytest.mark.long_on_postgresql
def test_other_work_comes_in_between(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "AT_A_TIME", 20)
    people = "".join(f"p{n}@consult.example\n" for n in range(94))
    send(now, batch_of(now, HEADER + people))
    writing = select(func.count()).select_from(Job).where(Job.kind == "write-invitations")
    run_all(now)
    assert db.session.scalar(writing) == 5


@pytest.mark.long_on_postgresql
def test_ten_thousand_rows_keep_nobody_waiting(now: datetime, note: Note) -> None:
    text = HEADER + "".join(f"p{n}@consult.example;Persoon {n};;\n" for n in range(10_000))
    start = time.perf_counter()
    found = check_file(person("ana"), forum(), text, "nl", now)
    checked = time.perf_counter()
    with unit_of_work():
        batch = keep_batch(person("ana"), forum(), found, FROM_TODAY, "", now)
    kept = time.perf_counter()
    send(now, batch)
    sent = time.perf_counter()
    note(
        f"10,000 rows: checked in {checked - start:.2f} s without a lock, "
        f"kept in {kept - checked:.2f} s, invited in {sent - kept:.2f} s"
    )
    assert states() == {"waiting": 10_000}
    assert kept - checked < 3
    assert sent - kept < 4


def test_a_file_for_a_seat_that_is_over_is_refused(now: datetime) -> None:
    found = check_file(person("ana"), forum(), HEADER + "a@consult.example\n", "nl", now)
    over = Period(now.date(), now.date() - timedelta(days=1))
    with pytest.raises(InvalidInput) as refused, unit_of_work():
        keep_batch(person("ana"), forum(), found, over, "", now)
    assert set(refused.value.errors) == {"ends_on"}
