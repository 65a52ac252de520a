"""What binds an export to the public log, checked as an outsider would (record-format.md, 8)."""

import base64
import json
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from consult.consultation.comments.models import Comment, CommentKind, ContributionState
from consult.consultation.comments.services import CommentText, add_comment
from consult.consultation.moderation.models import Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.proposals.models import Proposal
from consult.consultation.proposals.services import submit_proposal
from consult.consultation.rounds.models import Round
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.checkpoints import publish_log
from consult.foundation.record.merkle import leaf_hash, verify_inclusion
from consult.foundation.record.notes import TreeHead, read_note
from consult.foundation.record.services import append_leaves
from tests.cast import person
from tests.exchange.test_exporting import export, put_in
from tests.factories import find_round
from tests.proposals.test_services import TEXT, stored
from tests.record.test_proofs import digest

pytestmark = pytest.mark.usefixtures("app")


def bound_round(now: datetime) -> Round:
    """A round in which everything was done by the services, under a checkpoint."""
    pia, mo = person("pia"), person("mo")
    round_ = find_round("open")
    for nth in range(3):
        with unit_of_work():
            made = stored(submit_proposal(pia, round_, TEXT, now, now))
        if nth == 2:
            continue
        with unit_of_work():
            decide(mo, made, Judgement(Verb.PUBLISH, "Duidelijk."), now)
        with unit_of_work():
            said = CommentText(kind=CommentKind.REACTION, body=f"Dit helpt {nth}.", language="nl")
            add_comment(person("kees"), made, said, now, now)
        with unit_of_work():
            answer = db.session.scalars(select(Comment).order_by(Comment.id.desc())).first()
            assert answer
            if answer.state is ContributionState.PENDING:
                decide(mo, answer, Judgement(Verb.PUBLISH), now)
    with unit_of_work():
        append_leaves()
    assert publish_log()
    return find_round("open")


def test_the_entries_at_its_end_prove_what_an_export_says(now: datetime) -> None:
    lines = [json.loads(line) for line in export(bound_round(now)).splitlines()]
    kinds = [line["type"] for line in lines]
    assert kinds.index("record") == len(kinds) - 1 - kinds.count("entry")
    texts = {(line["type"], line.get("id")): line for line in lines}
    note = read_note(next(line["checkpoint"] for line in lines if line["type"] == "record"))
    head = TreeHead.read(note.text)
    entries = [line for line in lines if line["type"] == "entry"]
    assert len(entries) == 4, "two proposals, two comments; what waits is not in it"
    for entry in entries:
        event, of = entry["event"], entry["of"]
        leaf = leaf_hash(f"{event['at'][:19]}Z {digest('event', entry['salt'], event)}".encode())
        path = [base64.b64decode(one) for one in entry["proof"]]
        verify_inclusion(leaf, entry["index"], head.size, path, head.root)
        for name, field in entry["fields"].items():
            assert digest("field", **field) == event["fields"][name]
        row = {name.rsplit(".", 1)[1]: one["value"] for name, one in entry["fields"].items()}
        line = texts[of["type"], of["id"]]
        if of["type"] == "proposal":
            assert (row["title"], row["action"]) == (line["title"], line["body"])
            assert row["problem"] == line["fields"]["problem"]
        else:
            assert row == {"body": line["body"]}


def test_what_binds_an_export_is_passed_over_by_an_import(now: datetime, tmp_path: Path) -> None:
    whole = export(bound_round(now), complete=True)
    assert '"type":"entry"' in whole
    path = tmp_path / "round.jsonl"
    path.write_text(whole.replace('"id":"open"', '"id":"elders"'), "utf-8")
    before = db.session.scalar(select(func.count()).select_from(Proposal)) or 0
    put_in(path, now)
    assert db.session.scalar(select(func.count()).select_from(Proposal)) == before + 3


def test_the_json_export_carries_the_checkpoint(now: datetime) -> None:
    round_ = bound_round(now)
    note = read_note(json.loads(export(round_, "json"))["checkpoint"])
    assert TreeHead.read(note.text).origin.endswith("/log/1")
