"""What is opened beside the public log: what a public page shows now, and nothing else."""

import json
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment, CommentKind, ContributionState
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.models import Ground, RedactedKind, Verb
from consult.consultation.moderation.redaction import RedactedPassage
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.queries import get_plan
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import (
    revise_proposal,
    submit_proposal,
    withdraw_proposal,
)
from consult.consultation.rounds.models import Readers
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.erasing import erase_about
from consult.foundation.record.models import Event, Log
from consult.foundation.record.rows import recorded_tables
from consult.interfaces.verification.opening import PublicRows, opened_bundle, opened_event
from consult.outcomes.commitments.services import (
    change_commitment,
    make_commitment,
    publish_commitment,
)
from consult.people.accounts.models import Person
from tests.cast import person
from tests.commitments.test_services import text_from
from tests.conftest import Clock
from tests.factories import find_round
from tests.moderation.desk_work import let_time_pass
from tests.moderation.redacting import PERSONAL, leave_out
from tests.proposals.test_services import TEXT, stored
from tests.record.publishing import publish
from tests.record.test_proofs import canonical
from tests.record.test_tampering import live
from tests.statements import counted
from tests.stored_files import record_folder

pytestmark = pytest.mark.usefixtures("app")

Opened = dict[str, Any]


@pytest.fixture
def proposal(now: datetime) -> Proposal:
    """A proposal of Pia that waits for a moderator."""
    with unit_of_work():
        return stored(submit_proposal(person("pia"), find_round("open"), TEXT, now, now))


def judge(proposal: Proposal, verb: Verb, now: datetime, reason: str = "Duidelijk.") -> None:
    with unit_of_work():
        ground = Ground.OFF_TOPIC if verb is Verb.HIDE else None
        decide(person("mo"), proposal, Judgement(verb, reason, ground), now)


def comment(proposal: Proposal, now: datetime) -> Comment:
    """Let Kees say something about a proposal, which is published."""
    text = CommentText(kind=CommentKind.REACTION, body="Dit helpt ons.", language="nl")
    with unit_of_work():
        add_comment(person("kees"), proposal, text, now, now)
    said = db.session.scalars(select(Comment).order_by(Comment.id.desc())).first()
    assert said is not None
    if said.state is ContributionState.PENDING:
        with unit_of_work():
            decide(person("mo"), said, Judgement(Verb.PUBLISH), now)
    return said


def opened(browse: Any) -> list[Opened]:
    """Publish what was done, and read what is opened, as anybody does."""
    publish()
    answer = browse().get("/log/1/opened/000")
    assert answer.headers["Cache-Control"] == "no-cache"
    return [json.loads(line) for line in answer.text.splitlines()]


def verbs(lines: list[Opened]) -> list[str]:
    return [line["event"]["verb"] for line in lines if line["event"]["subject"]["type"] != "plan"]


def values(lines: list[Opened]) -> dict[str, Any]:
    """Return what is opened, each under the name of its field."""
    return {name: one["value"] for line in lines for name, one in line["fields"].items()}


def check(browse: Any, lines: list[Opened]) -> None:
    """Check opened lines against the log, as docs/record-format.md says (section 5)."""
    size = int(browse().get("/log/1/checkpoint").text.splitlines()[1])
    bundle = browse().get(f"/log/1/tile/entries/000.p/{size}").data
    entries = [bundle[at + 2 : at + 87].decode() for at in range(0, len(bundle), 87)]
    for line in lines:
        event = b"consult-event/v1\n" + bytes.fromhex(line["salt"]) + canonical(line["event"])
        moment, digest = entries[line["index"]].split(" ")
        assert sha256(event).hexdigest() == digest
        assert line["event"]["at"][:19] == moment[:19]
        for name, one in line["fields"].items():
            field = b"consult-field/v1\n" + bytes.fromhex(one["salt"]) + canonical(one["value"])
            assert sha256(field).hexdigest() == line["event"]["fields"][name]


def test_nothing_is_opened_of_what_waits(proposal: Proposal, browse: Any) -> None:
    assert proposal.id
    assert verbs(opened(browse)) == []


def test_what_is_published_is_opened_with_its_text(
    proposal: Proposal, now: datetime, browse: Any
) -> None:
    judge(proposal, Verb.PUBLISH, now)
    lines = opened(browse)
    check(browse, lines)
    assert verbs(lines) == ["proposal.submitted", "proposal.published"]
    said = values(lines)
    assert said[f"row.proposal.{proposal.id}.title"] == TEXT.title
    assert said[f"row.proposal.{proposal.id}.public"]["state"] == "published"
    assert said["row.decision.1.public"]["verb"] == "publish"


def test_nobody_is_named(proposal: Proposal, now: datetime, browse: Any) -> None:
    judge(proposal, Verb.PUBLISH, now)
    parts = {name.rsplit(".", 1)[1] for name in values(opened(browse))}
    assert not parts & {
        "actor",
        "author_id",
        "saved_by_id",
        "decided_by_id",
        "restricted",
        "secret",
    }


def test_what_was_hidden_is_taken_back_but_not_that_it_was(
    proposal: Proposal, now: datetime, browse: Any
) -> None:
    judge(proposal, Verb.PUBLISH, now)
    assert TEXT.title in str(opened(browse))
    judge(proposal, Verb.HIDE, now, "Gaat over iets anders.")
    lines = opened(browse)
    check(browse, lines)
    assert TEXT.title not in str(lines)
    assert verbs(lines) == ["proposal.submitted", "proposal.published", "proposal.hidden"]
    assert values(lines)["row.decision.2.reason"] == "Gaat over iets anders."


def test_of_words_that_were_left_out_it_shows_that_they_were_and_of_what_kind(
    proposal: Proposal, clock: Clock, browse: Any
) -> None:
    judge(proposal, Verb.PUBLISH, clock())
    words = RedactedPassage("action", "op één plek", RedactedKind.ADDRESS)
    leave_out(proposal, clock, words)
    assert "op één plek" not in str(opened(browse)), "at once"
    let_time_pass(clock)
    lines = opened(browse)
    check(browse, lines)
    assert "op één plek" not in str(lines)
    assert "proposal.redacted" in verbs(lines)
    said = values(lines)
    assert said["row.redaction.1.public"]["kind"] == "address"
    assert said["row.decision.2.reason"] == PERSONAL.reason


def test_a_comment_goes_with_the_proposal_that_it_is_about(
    proposal: Proposal, now: datetime, browse: Any
) -> None:
    judge(proposal, Verb.PUBLISH, now)
    comment(proposal, now)
    assert "Dit helpt ons." in str(opened(browse))
    judge(proposal, Verb.HIDE, now)
    assert "Dit helpt ons." not in str(opened(browse))


def test_what_was_withdrawn_is_taken_back(proposal: Proposal, now: datetime, browse: Any) -> None:
    judge(proposal, Verb.PUBLISH, now)
    with unit_of_work():
        withdraw_proposal(person("pia"), proposal, "Toch niet.", now)
    said = str(opened(browse))
    assert TEXT.title not in said
    assert "Toch niet." not in said


def test_a_text_from_before_it_was_changed_stays_closed(
    proposal: Proposal, now: datetime, browse: Any
) -> None:
    judge(proposal, Verb.PUBLISH, now)
    later = TEXT.__class__(**{**vars(TEXT), "title": "Een andere titel"})
    with unit_of_work():
        revise_proposal(person("pia"), proposal, later, proposal.version, now)
    judge(proposal, Verb.PUBLISH, now)
    lines = opened(browse)
    check(browse, lines)
    assert TEXT.title not in str(lines)
    assert "Een andere titel" in str(lines)


def test_what_was_erased_stays_closed(proposal: Proposal, now: datetime, browse: Any) -> None:
    judge(proposal, Verb.PUBLISH, now)
    with unit_of_work():
        erase_about(person("adi"), "proposal", [proposal.id], now)
    assert "proposal.submitted" not in verbs(opened(browse))


def test_a_round_for_its_participants_stays_closed(
    proposal: Proposal, now: datetime, browse: Any
) -> None:
    judge(proposal, Verb.PUBLISH, now)
    with unit_of_work():
        find_round("open").readers = Readers.PARTICIPANTS
    assert verbs(opened(browse)) == []


def test_the_work_before_a_commitment_was_published_stays_closed(
    now: datetime, browse: Any
) -> None:
    ana, plan = person("ana"), get_plan("open-overheid")
    with unit_of_work():
        made = make_commitment(ana, plan, text_from(), now)
    for title, minutes in (("Eerst", 1), ("Dan", 2), ("Later", 4)):
        at = now + timedelta(minutes=minutes)
        with unit_of_work():
            if minutes == 4:
                publish_commitment(ana, made, now + timedelta(minutes=3))
            text = replace(text_from(), title={"nl": title, "en": title})
            change_commitment(ana, made, text, made.version, at)
    lines = opened(browse)
    check(browse, lines)
    assert verbs(lines) == ["commitment.published", "commitment.changed"]
    assert "Later" in str(lines)
    assert "Eerst" not in str(lines)


def test_only_public_columns_are_ever_opened() -> None:
    for table in recorded_tables():
        columns = {one.key: one.columns[0].info["privacy"] for one in table.mapper.column_attrs}
        for field in table.public:
            assert all(columns[one].value == "public" for one in table.fields[field])


def test_a_bundle_costs_the_same_however_full_it_is(app: Flask, now: datetime) -> None:
    def statements() -> int:
        log = db.session.get_one(Log, 1)
        db.session.expire_all()
        with counted(app) as found:
            opened_bundle(log, 0, now)
        return found.number

    def hand_in(many: int) -> None:
        for nth in range(many):
            at = now + timedelta(seconds=nth)
            with unit_of_work():
                made = stored(submit_proposal(person("pia"), find_round("open"), TEXT, at, at))
            judge(made, Verb.PUBLISH, at)
            comment(made, at)
        publish()

    hand_in(2)
    few = statements()
    hand_in(10)
    assert statements() <= few + 1


@pytest.mark.parametrize("name", ["../keys", "1", "000.p/3", "x1/000", "x000"])
def test_there_is_no_other_file(name: str, browse: Any) -> None:
    publish()
    assert browse().get(f"/log/1/opened/{name}").status_code == 404
    assert browse().get("/log/7/opened/000").status_code == 404
    assert browse().get("/log/1/opened/x001/x234/067").status_code == 404


def test_an_erased_event_is_not_opened(proposal: Proposal, now: datetime) -> None:
    judge(proposal, Verb.PUBLISH, now)
    with unit_of_work():
        erase_about(person("adi"), "proposal", [proposal.id], now)
    event = db.session.scalars(select(Event).where(Event.verb == "proposal.submitted")).one()
    assert opened_event(event, PublicRows([event], now)) is None


def test_no_byte_tells_of_a_busy_round_that_only_participants_read(
    now: datetime, browse: Any
) -> None:
    with unit_of_work():
        find_round("open").readers = Readers.PARTICIPANTS
    live(now)
    done = {event.verb for event in db.session.scalars(select(Event))}
    assert {"proposal.submitted", "proposal.hidden", "comment.added", "response.prepared"} <= done
    files = record_folder() / "log"
    told = b"".join(path.read_bytes() for path in files.rglob("*") if path.is_file())
    told += browse().get("/log/1/opened/000").data
    texts = {
        TEXT.title,
        TEXT.action,
        "Dit helpt ons",
        "Wij nemen",
        "Staat een naam in",
        "Duidelijk.",
    }
    names = set(db.session.scalars(select(Person.display_name)))
    kinds = {verb for verb in done if verb.split(".")[0] in {"proposal", "comment", "response"}}
    for word in texts | names | kinds | {"row.proposal", "row.comment", "row.decision"}:
        assert word.encode() not in told, word
