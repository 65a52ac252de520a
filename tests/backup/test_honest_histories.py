"""Whatever people honestly do, nothing is called tampered with: no false alarm.

Each history is drawn by a seed: acts of the cast, erasures, omissions, new keys, imports; one in
five goes on from its backup. `make test-long` walks a thousand, on each database.
"""

import random
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import verify_public as v
from flask import Flask
from sqlalchemy import select

from consult.consultation.comments.models import Comment, CommentKind, ContributionState
from consult.consultation.comments.services import CommentText, add_comment, withdraw_comment
from consult.consultation.moderation.models import Ground, Verb
from consult.consultation.moderation.services import Judgement, decide
from consult.consultation.plans.models import Role
from consult.consultation.plans.queries import get_plan
from consult.consultation.plans.roles import grant_role
from consult.consultation.proposals.models import Proposal, Stance
from consult.consultation.proposals.positions import take_position
from consult.consultation.proposals.services import (
    revise_proposal,
    submit_proposal,
    withdraw_proposal,
)
from consult.consultation.rounds.dates import move_date
from consult.consultation.rounds.models import MovedDate
from consult.foundation.core.db import db
from consult.foundation.core.errors import Refusal
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.jobs.services import run_all
from consult.foundation.record.checkpoints import begin_again, kept_heads, publish_log
from consult.foundation.record.erasing import erase_about
from consult.foundation.record.models import Log, Receipt
from consult.foundation.record.proofs import receipt_file
from consult.foundation.record.published_log import published_log
from consult.foundation.record.services import append_leaves
from consult.foundation.record.tiles import opened_path
from consult.foundation.record.verify import verify_record
from consult.interfaces.backup import backup, restore
from consult.interfaces.exchange.importing.rounds import Options, import_rounds
from consult.interfaces.verification.opening import opened_bundle
from consult.outcomes.approvals.models import PlanVersion
from consult.outcomes.approvals.redaction import VersionRedaction, redact_version, redactable
from consult.outcomes.approvals.services import freeze_plan
from consult.outcomes.commitments.services import make_commitment, publish_commitment
from consult.outcomes.responses.models import Outcome
from consult.outcomes.responses.services import ResponseText, prepare_response
from consult.people.accounts.models import Person
from consult.people.privacy.closing import close_account
from consult.people.privacy.models import ClosedBy
from tests.backup.conftest import Target, quiet
from tests.cast import person
from tests.commitments.test_services import text_from
from tests.conftest import Note
from tests.databases import Databases
from tests.exchange.samples import ROUND, WHOLE, write_jsonl
from tests.factories import find_round
from tests.proposals.test_services import TEXT
from tests.record.publishing import publish
from tests.stored_files import log_folder

pytestmark = [pytest.mark.usefixtures("known_tables"), pytest.mark.long_on_postgresql]
SEED = 2026
ACTS = 14
Draw = random.Random
Act = Callable[[Draw, datetime, Path], object]


def present(name: str) -> Person:
    """Find somebody who may have closed their account meanwhile: then nothing can be done."""
    found = select(Person).where(Person.email == f"{name}@consult.example")
    return db.session.scalars(found).all()[0]


def some(draw: Draw) -> Proposal:
    """Draw a proposal that was handed in; refused where there is none."""
    return draw.choice(db.session.scalars(select(Proposal).order_by(Proposal.id)).all())


def _decide(verb: Verb, ground: Ground | None = None) -> Act:
    def act(draw: Draw, now: datetime, _folder: Path) -> object:
        about: list[Proposal | Comment] = [some(draw), *db.session.scalars(select(Comment))]
        return decide(person("mo"), draw.choice(about), Judgement(verb, "Daarom.", ground), now)

    return act


def _comment(draw: Draw, now: datetime, _folder: Path) -> object:
    text = CommentText(kind=CommentKind.REACTION, body=f"Zeg {draw.random()}.", language="nl")
    return add_comment(present("kees"), some(draw), text, now, now)


def _revise(draw: Draw, now: datetime, _folder: Path) -> object:
    proposal = some(draw)
    text = replace(TEXT, title=f"Titel {draw.random()}")
    revise_proposal(person("pia"), proposal, text, proposal.version, now)
    return proposal


def _answer(draw: Draw, now: datetime, _folder: Path) -> object:
    text = ResponseText(draw.choice(list(Outcome)), {"nl": "Omdat het zo is."})
    return prepare_response(person("ana"), some(draw), text, None, now)


def _commit(draw: Draw, now: datetime, _folder: Path) -> object:
    shown = select(Proposal).where(Proposal.state == ContributionState.PUBLISHED)
    source = draw.choice(db.session.scalars(shown.order_by(Proposal.id)).all())
    made = make_commitment(person("ana"), get_plan("open-overheid"), text_from(source), now)
    publish_commitment(person("ana"), made, now)
    return made


def _freeze(_draw: Draw, now: datetime, _folder: Path) -> object:
    return freeze_plan(person("ana"), get_plan("open-overheid"), "Ter besluitvorming", now)


def _redact(draw: Draw, now: datetime, _folder: Path) -> object:
    version = draw.choice(db.session.scalars(select(PlanVersion)).all())
    field = draw.choice(redactable(version))
    words = draw.choice(("", field.text.split()[0]))
    why = VersionRedaction(draw.choice(list(Ground)), "Dat moest.", field.pointer, words)
    return redact_version(person("ana"), version, why, now)


def _close(draw: Draw, now: datetime, _folder: Path) -> object:
    who = present(draw.choice(("kees", "lotte", "sam")))
    close_account(who, who, now, ClosedBy.SELF)
    return who


def _import(draw: Draw, now: datetime, folder: Path) -> object:
    name = f"ronde-{draw.randrange(10**9)}"
    path = write_jsonl(folder / f"{name}.jsonl", {**ROUND, "id": name}, *WHOLE[1:])
    db.session.commit()
    return import_rounds(SYSTEM, [path], Options(), now)


def _new_key(_draw: Draw, _now: datetime, _folder: Path) -> object:
    log = db.session.scalars(select(Log)).first()
    return published_log(log.id).rotate(log.origin) if log and log.origin else None


def _begin_again(_draw: Draw, now: datetime, _folder: Path) -> object:
    db.session.commit()
    assert begin_again(now) is None, "nothing was lost"
    return None


def _work(_draw: Draw, now: datetime, _folder: Path) -> object:
    db.session.commit()
    return run_all(now)


def _publish(_draw: Draw, _now: datetime, _folder: Path) -> object:
    db.session.commit()
    return publish_log()


HONEST: dict[str, tuple[int, Act]] = {
    "submit": (4, lambda _d, now, _f: submit_proposal(
        person("pia"), find_round("open"), TEXT, now, now)),
    "publish": (4, _decide(Verb.PUBLISH)),
    "return": (1, _decide(Verb.RETURN)),
    "hide": (1, _decide(Verb.HIDE, Ground.PERSONAL_DATA)),
    "hide from the list": (1, _decide(Verb.HIDE, Ground.OFF_TOPIC)),
    "show again": (1, _decide(Verb.RESTORE)),
    "revise": (2, _revise),
    "withdraw": (1, lambda d, now, _f: withdraw_proposal(
        person("pia"), some(d), "Toch niet.", now)),
    "comment": (3, _comment),
    "withdraw a comment": (1, lambda d, now, _f: withdraw_comment(
        present("kees"), d.choice(db.session.scalars(select(Comment)).all()), now)),
    "take a position": (2, lambda d, now, _f: take_position(
        present("lotte"), some(d), d.choice(list(Stance)), "Daarom.", now)),
    "answer": (2, _answer),
    "commit": (3, _commit),
    "freeze": (3, _freeze),
    "leave out": (3, _redact),
    "erase": (1, lambda d, now, _f: erase_about(SYSTEM, "proposal", [some(d).id], now)),
    "close an account": (1, _close),
    "give a role": (1, lambda d, now, _f: grant_role(
        person("ana"), get_plan("open-overheid"), "kees@consult.example", d.choice(list(Role)),
        now)),
    "move a date": (1, lambda d, now, _f: move_date(
        person("ana"), find_round("open"), MovedDate.CLOSES,
        now + timedelta(days=d.randrange(1, 90)), "Meer tijd.", now)),
    "import": (1, _import),
    "a new key": (1, _new_key),
    "begin the log again": (1, _begin_again),
    "the worker": (2, _work),
    "sequence": (2, lambda _d, _now, _f: append_leaves(limit=100_000)),
    "publish the log": (2, _publish),
}  # fmt: skip
"""What may happen, each with how often it does."""


def walk(draw: Draw, now: datetime, folder: Path, done: set[str]) -> None:
    """Let a history happen: what is refused at that point did not happen."""
    names = [name for name, (times, _) in HONEST.items() for _ in range(times)]
    for nth in range(ACTS):
        name = "submit" if nth == 0 else draw.choice(names)
        with suppress(Refusal, IndexError), unit_of_work():
            HONEST[name][1](draw, now + timedelta(minutes=nth), folder)
            done.add(name)
        db.session.rollback()


def alarms(folder: Path, now: datetime) -> list[str]:
    """Return what our own check and the outsiders' program find wrong with what stands here."""
    found = list(verify_record(kept_heads()).faults)
    for log in db.session.scalars(select(Log)):
        copy = folder / f"log-{log.id}"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(log_folder(log.id), copy)
        (copy / opened_path(0)).parent.mkdir()
        (copy / opened_path(0)).write_bytes(opened_bundle(log, 0, now) or b"")
        receipts = []
        for receipt in db.session.scalars(select(Receipt).limit(2)):
            made = receipt_file(receipt)
            receipts.append(folder / made.name)
            receipts[-1].write_bytes(made.content)
        said = v.check_things([str(copy), *map(str, receipts)], [], [], str(copy))
        found += [*said.faults, *said.gaps]
    return found


@pytest.mark.parametrize(
    "many", [pytest.param(6, id="some"), pytest.param(1000, marks=pytest.mark.long)]
)
def test_no_honest_history_is_called_tampered_with(
    session_app: Flask, databases: Databases, template: str, target: Target, tmp_path: Path,
    now: datetime, note: Note, many: int,
) -> None:  # fmt: skip
    done: set[str] = set()
    restored = 0
    for nth in range(many):
        draw, folder = random.Random(SEED + nth), tmp_path / str(nth)
        folder.mkdir()
        databases.set_stage(template, "stage")
        shutil.rmtree(session_app.config["RECORD"], ignore_errors=True)
        with session_app.test_request_context():
            walk(draw, now, folder, done)
            publish()
            assert alarms(folder, now) == [], f"history {nth}"
            if nth % 5 == 1:
                backup(folder / "backup.zip", quiet)
            db.session.remove()
            db.engine.dispose()
        if nth % 5 == 1:
            restored += 1
            other = target("restored", RECORD=session_app.config["RECORD"])
            with other.test_request_context():
                restore(folder / "backup.zip", quiet)
                walk(draw, now + timedelta(days=1), folder, done)
                publish()
                assert alarms(folder, now) == [], f"history {nth}, restored"
                db.session.remove()
                db.engine.dispose()
            shutil.rmtree(tmp_path / "restored")
        shutil.rmtree(folder)
    if many == 1000:
        assert done == set(HONEST)
    note(f"{many} histories of {len(done)} kinds of acts, {restored} restored: no false alarm")
