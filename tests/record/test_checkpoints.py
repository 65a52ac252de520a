"""The published log: what others can read and check without us."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import count, pairwise
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from consult.consultation.plans.models import Plan
from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record import checkpoints
from consult.foundation.record.bulk import BulkEvent, record_all
from consult.foundation.record.checkpoints import (
    LogError,
    begin_again,
    kept_heads,
    publish_log,
)
from consult.foundation.record.merkle import (
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from consult.foundation.record.models import Event, EventDetail, Leaf, Log
from consult.foundation.record.notes import SignerKey, TreeHead, VerifierKey, read_note, sign_note
from consult.foundation.record.published_log import (
    PublishedLog,
    hold_log,
    published_log,
)
from consult.foundation.record.queries import log_size
from consult.foundation.record.services import append_leaves, entry, record
from consult.foundation.record.tiles import join_hashes
from consult.foundation.record.verify import verify_record
from consult.interfaces.exchange.bulk import take_ids
from tests.cast import person
from tests.factories import find_round
from tests.proposals.test_services import TEXT
from tests.record.test_rows import past_the_program
from tests.stored_files import log_folder, record_folder

# What stands in files is the same on both databases.
pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.long_on_postgresql]


@pytest.fixture
def files(app: Flask) -> PublishedLog:
    """The log of the stage, published."""
    del app
    append_all()
    assert publish_log() is not None
    return published_log(1)


def append_all() -> None:
    with unit_of_work():
        append_leaves(limit=100_000)


def grow(by: int, now: datetime) -> None:
    """Let so many more entries join the log."""
    plan = db.session.scalars(select(Plan)).one()
    acts = [BulkEvent("plan.praised", "plan", plan.id, {"nth": nth}) for nth in range(by)]
    with unit_of_work():
        record_all(person("pia"), acts, now, ids=take_ids(Event, by))
    append_all()


def publish_all() -> None:
    while publish_log() is not None:
        pass


def entries_of(files: PublishedLog) -> Iterator[bytes]:
    """Read every entry out of the bundles, as a stranger does."""
    head = files.head()
    assert head is not None
    for index in count():
        width = min(256, head.size - index * 256)
        if width <= 0:
            return
        part = "" if width == 256 else f".p/{width}"
        data = files.read(f"tile/entries/{index:03}{part}")
        assert data is not None
        while data:
            length = int.from_bytes(data[:2])
            yield data[2 : 2 + length]
            data = data[2 + length :]


def plain_root(hashes: list[bytes]) -> bytes:
    return root_hash(len(hashes), partial(_subtree, hashes))


def _subtree(hashes: list[bytes], level: int, index: int) -> bytes:
    return join_hashes(hashes[index << level : (index + 1) << level])


def test_a_checkpoint_is_signed_by_the_key_of_the_log(files: PublishedLog) -> None:
    note = files.checkpoint()
    assert note is not None
    head = TreeHead.read(note.text)
    assert head.origin == db.session.scalars(select(Log.origin)).one()
    assert head.origin.endswith("/log/1")
    assert head.size == log_size()
    assert len(note.signed_by(files.verifiers())) == 1
    assert [str(one) for one in files.kept()] == [str(note)]


@pytest.mark.parametrize("by", [1, 200, 600])
def test_the_files_hold_every_entry_and_lead_to_the_root(
    files: PublishedLog, now: datetime, by: int
) -> None:
    grow(by, now)
    publish_all()
    found = list(entries_of(files))
    head = files.head()
    assert head is not None
    assert head.size == len(found) == log_size()
    assert plain_root([leaf_hash(one) for one in found]) == head.root
    leaves = db.session.scalars(select(Leaf.digest).order_by(Leaf.position)).all()
    assert [leaf_hash(one).hex() for one in found] == leaves
    assert all(len(one) == 85 for one in found)


def test_every_checkpoint_follows_from_the_one_before(files: PublishedLog, now: datetime) -> None:
    for by in (1, 3, 255, 256, 300):
        grow(by, now)
        publish_all()
    heads = [TreeHead.read(note.text) for note in files.kept()]
    assert len(heads) == 6
    read = files.reader(heads[-1].size)
    for before, after in pairwise(heads):
        proof = consistency_proof(before.size, after.size, read)
        verify_consistency(before.size, before.root, after.size, after.root, proof)
    for index, one in enumerate(entries_of(files)):
        proof = inclusion_proof(index, heads[-1].size, read)
        verify_inclusion(leaf_hash(one), index, heads[-1].size, proof, heads[-1].root)


def test_partial_tiles_go_once_the_full_one_is_there(files: PublishedLog, now: datetime) -> None:
    size = log_size()
    assert files.read(f"tile/0/000.p/{size}") is not None
    grow(256, now)
    publish_all()
    assert files.read("tile/0/000") is not None
    assert files.read(f"tile/0/000.p/{size}") is None
    assert files.read(f"tile/entries/000.p/{size}") is None
    assert files.read(f"tile/0/001.p/{size}") is not None
    assert files.read("tile/1/000.p/1") is not None


def test_much_is_published_a_part_at_a_time(
    files: PublishedLog, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "MOST_TILES", 2)
    grow(1300, now)
    publish_all()
    sizes = [TreeHead.read(note.text).size for note in files.kept()]
    assert sizes[1:-1] == [512, 1024]
    assert sizes[-1] == log_size()


def test_where_nothing_joined_nothing_is_signed(files: PublishedLog) -> None:
    assert publish_log() is None
    assert len(list(files.kept())) == 1


def test_an_empty_record_has_no_log() -> None:
    past_the_program("DELETE FROM leaf")
    past_the_program("DELETE FROM log")
    assert publish_log() is None


def test_another_process_that_publishes_is_not_disturbed(files: PublishedLog) -> None:
    del files
    with hold_log() as mine, hold_log() as other:
        assert (mine, other) == (True, False)
        assert publish_log() is None


def test_nothing_is_signed_over_a_history_that_was_rewritten(
    files: PublishedLog, now: datetime
) -> None:
    with unit_of_work():
        record(person("pia"), "plan.praised", db.session.scalars(select(Plan)).one(), now)
    append_all()
    changed = db.session.scalars(select(Event).order_by(Event.id)).first()
    assert changed is not None
    past_the_program("UPDATE event SET verb = 'plan.blamed' WHERE id = 1")
    with pytest.raises(LogError, match="not what their places"):
        publish_log()
    # Nor where the leaf was rewritten with it.
    changed = db.session.get_one(Event, 1, populate_existing=True)
    digest = leaf_hash(entry(changed)).hex()
    past_the_program(f"UPDATE leaf SET digest = '{digest}' WHERE event_id = 1")
    with pytest.raises(LogError, match="are not those of the checkpoint"):
        publish_log()
    assert len(list(files.kept())) == 1


def test_nothing_is_signed_where_entries_are_lost(files: PublishedLog) -> None:
    past_the_program(f"DELETE FROM leaf WHERE position = {log_size() - 1}")
    with pytest.raises(LogError, match="its checkpoint is of"):
        publish_log()
    past_the_program("UPDATE log SET origin = 'elsewhere/log/1'")
    with pytest.raises(LogError, match="elsewhere/log/1"):
        publish_log()
    assert len(list(files.kept())) == 1


def test_after_a_rotation_both_keys_sign_until_the_old_one_goes(
    files: PublishedLog, now: datetime
) -> None:
    [old] = files.verifiers()
    new = files.rotate(old.name).verifier
    grow(1, now)
    note = publish_log()
    assert note is not None
    assert [one.key_id for one in note.signatures] == [new.key_id, old.key_id]
    assert files.verifiers() == [new, old]
    folder = record_folder() / "keys" / "1"
    (folder / "key-before").unlink()
    grow(1, now)
    note = publish_log()
    assert note is not None
    assert [one.key_id for one in note.signatures] == [new.key_id]
    assert files.verifiers() == [new, old], "old checkpoints can still be checked"


def test_the_key_is_ours_alone(files: PublishedLog) -> None:
    assert files
    folder = record_folder()
    secrets = [path for path in folder.rglob("*") if "keys/" in str(path) and path.is_file()]
    assert [oct(path.stat().st_mode & 0o777) for path in secrets] == ["0o600"]
    key = SignerKey.read(secrets[0].read_text())
    public = b"".join(path.read_bytes() for path in log_folder().rglob("*") if path.is_file())
    assert key.written().encode()[-40:] not in public
    assert str(key.verifier).encode() in public


def test_a_tile_that_is_missing_is_said(files: PublishedLog) -> None:
    read = files.reader(log_size())
    files.remove(f"tile/0/000.p/{log_size()}")
    with pytest.raises(KeyError):
        root_hash(log_size(), read)


def lose(many: int) -> None:
    """Lose the last events, as a restore from an older backup does."""
    last = log_size() - many
    event = db.session.scalar(select(Leaf.event_id).where(Leaf.position == last))
    for table, key in (("leaf", "event_id"), ("event_detail", "event_id"), ("event", "id")):
        past_the_program(f"DELETE FROM {table} WHERE {key} >= {event}")


def test_where_nothing_is_lost_no_other_log_begins(files: PublishedLog, now: datetime) -> None:
    assert begin_again(now) is None
    grow(3, now)
    assert begin_again(now) is None
    assert db.session.scalars(select(Log.id)).all() == [1]
    assert files.head() is not None


def test_after_a_loss_a_new_log_begins_and_says_so(files: PublishedLog, now: datetime) -> None:
    grow(10, now)
    publish_all()
    old = files.head()
    assert old is not None
    lose(4)
    assert "4 are lost" in verify_record(kept_heads()).faults[0]
    db.session.rollback()
    assert begin_again(now) == 4
    first = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert first is not None
    assert first.verb == "record.begun_again"
    assert first.detail.content["lost"] == 4
    assert first.detail.content["entries"] == old.size - 4
    assert first.detail.content["checkpoint"] == str(files.checkpoint())
    grow(5, now)
    publish_all()
    new = published_log(2).head()
    assert new is not None
    assert (new.origin, new.size) == (old.origin.replace("/1", "/2"), 6)
    assert [leaf_hash(one).hex() for one in entries_of(published_log(2))] == db.session.scalars(
        select(Leaf.digest).where(Leaf.position >= old.size - 4).order_by(Leaf.position)
    ).all()
    assert files.head() == old, "the old log is closed and stays as it was"
    verdict = verify_record(kept_heads())
    assert verdict.faults == []
    assert "4 were lost, and a new log began" in verdict.losses[0]
    assert verdict.checkpoints == 2
    assert begin_again(now) is None


def test_what_is_left_of_an_old_log_is_still_compared(files: PublishedLog, now: datetime) -> None:
    grow(10, now)
    publish_all()
    lose(4)
    assert begin_again(now) == 4
    publish_all()
    past_the_program("UPDATE leaf SET digest = 'ab' WHERE position = 0".replace("ab", "ab" * 32))
    assert "are not those of the checkpoint" in "\n".join(verify_record(kept_heads()).faults)
    past_the_program("DELETE FROM leaf WHERE position = 3")
    assert "The log: place 3 is missing." in verify_record(kept_heads()).faults
    assert files.head() is not None


def test_a_new_log_that_nobody_announced_is_a_fault(files: PublishedLog, now: datetime) -> None:
    grow(10, now)
    publish_all()
    lose(4)
    past_the_program(
        "INSERT INTO log (id, origin, began_at, first, rows_carried_at) "
        f"VALUES (2, 'x/log/2', '2026-11-23 12:00:00', {log_size()}, '2026-11-23 12:00:00')"
    )
    assert "no event says that a new log began" in "\n".join(verify_record(kept_heads()).faults)
    assert files.head() is not None


def test_a_checkpoint_kept_elsewhere_is_compared(
    app: Flask, files: PublishedLog, now: datetime, tmp_path: Path
) -> None:
    grow(3, now)
    publish_all()
    kept = tmp_path / "checkpoint"
    kept.write_text(str(files.checkpoint()))
    arguments = ["consult", "verify", "--against", str(kept)]
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    assert "3 checkpoints" in done.stdout
    assert ": sound" in done.stdout
    # Somebody rolls back the database and the folder together.
    lose(2)
    shutil.rmtree(log_folder() / "checkpoints")
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 1
    assert "2 are lost" in done.stderr
    for wrong, words in (
        ("nothing", "has no signatures"),
        (str(sign_note(str(files.head()), [SignerKey.make("x")])), "no key of this log"),
        (str(sign_note("x/log/9\n1\n" + "A" * 43 + "=\n", [SignerKey.make("x")])), "no log of"),
    ):
        kept.write_text(wrong)
        done = app.test_cli_runner().invoke(args=arguments)
        assert done.exit_code == 1
        assert words in done.stderr


ENTRY = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ [0-9a-f]{64}")


def test_no_byte_of_the_published_log_tells_who_did_what(
    files: PublishedLog, now: datetime
) -> None:
    """Whatever was done, public or not: a moment and a digest, hashes, and signed numbers."""
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    grow(300, now)
    append_all()
    publish_all()
    events = {one.verb for one in db.session.scalars(select(Event))}
    assert {"proposal.submitted", "plan.praised"} <= events
    salts = {one for detail in db.session.scalars(select(EventDetail)) for one in (
        detail.salt, *detail.salts.values()
    )}  # fmt: skip
    digests = {one for event in db.session.scalars(select(Event)) for one in event.fields.values()}
    assert all(ENTRY.fullmatch(one) for one in entries_of(files))
    seen = set()
    for path in log_folder().rglob("*"):
        if not path.is_file():
            continue
        kind, data = path.relative_to(log_folder()).parts[0], path.read_bytes()
        seen.add(kind)
        if kind == "tile" and "entries" not in path.parts:
            assert len(data) % 32 == 0
        elif kind != "tile":
            assert kind in {"checkpoint", "checkpoints", "keys"}
            for line in data.decode().splitlines():
                VerifierKey.read(line) if kind == "keys" else None
            if kind != "keys":
                assert str(TreeHead.read(read_note(data.decode()).text)) in data.decode()
        for secret in (*salts, *digests, TEXT.title, "proposal", "plan", "Pia"):
            assert secret.encode() not in data
    assert seen == {"tile", "checkpoint", "checkpoints", "keys"}


def test_a_new_database_never_uses_the_name_of_another_log(
    files: PublishedLog, now: datetime
) -> None:
    before = files.checkpoint()
    for table in ("log", "leaf"):
        past_the_program(f"DELETE FROM {table}")
    append_all()
    publish_all()
    assert db.session.scalars(select(Log.id)).all() == [2]
    head = published_log(2).head()
    assert head is not None
    assert head.origin.endswith("/log/2")
    assert str(files.checkpoint()) == str(before)
    grow(3, now)
    publish_all()
    lose(2)
    assert begin_again(now) == 2
    assert db.session.scalars(select(Log.id).order_by(Log.id)).all() == [2, 3]
