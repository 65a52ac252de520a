"""Whoever holds the database and the key makes another history: what others kept finds it out.

What is kept is what the product gave out before: a checkpoint, a receipt, a version, an export. The
rewritten log is made by the product's own parts, signed with the real key. Each try is drawn by a
seed: `make test-long` makes a thousand.
"""

import base64
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
import verify_public as v
from flask import Flask
from sqlalchemy import select

from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.checkpoints import publish_log
from consult.foundation.record.digests import entry_of, event_digest, field_digest
from consult.foundation.record.merkle import inclusion_proof, leaf_hash, root_hash
from consult.foundation.record.models import Receipt
from consult.foundation.record.notes import Note, TreeHead, read_note, sign_note
from consult.foundation.record.proofs import receipt_file
from consult.foundation.record.published_log import PublishedLog, published_log
from consult.foundation.record.services import append_leaves
from consult.foundation.record.tiles import WIDTH, bundle, join_hashes, split_hashes, tiles_of
from consult.foundation.storage.local_storage import LocalStorage
from consult.interfaces.exchange.exporting.files import FORMATS
from consult.interfaces.exchange.exporting.lines import Export
from consult.interfaces.publishing.version_proof import version_proof
from consult.outcomes.approvals.models import PlanVersion
from tests.approvals.test_redaction import frozen
from tests.cast import person
from tests.conftest import Note as NoteFigure
from tests.factories import find_round
from tests.proposals.test_services import TEXT
from tests.record.test_tampering import live
from tests.stored_files import log_folder

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.one_engine]
SEED = 2026
Draw = random.Random
Entries = list[bytes]


@dataclass(frozen=True)
class Kept:
    """What somebody kept: where it lies, the key, and what the log held then."""

    checkpoint: Path
    receipts: tuple[Path, ...]
    version: Path
    export: Path
    key: str
    entries: Entries
    log: Path

    @property
    def all(self) -> list[Path]:
        """Every file."""
        return [self.checkpoint, *self.receipts, self.version, self.export]


def entries_of(files: PublishedLog, size: int) -> Entries:
    found: Entries = []
    for number in range(-(-size // WIDTH)):
        width = min(WIDTH, size - number * WIDTH)
        part = "" if width == WIDTH else f".p/{width}"
        data = files.read(f"tile/entries/{number:03}{part}") or b""
        found += [data[at + 2 : at + 87] for at in range(0, len(data), 87)]
    return found


@pytest.fixture
def kept(app: Flask, now: datetime, tmp_path: Path) -> Kept:
    """Let the cast do a little of everything, and keep what comes out of it."""
    del app
    live(now)
    frozen(now)
    with unit_of_work():
        append_leaves()
    note = publish_log()
    assert note
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "checkpoint").write_text(str(note), "utf-8")
    receipts = []
    for receipt in db.session.scalars(select(Receipt).limit(3)):
        made = receipt_file(receipt)
        assert made.proven
        receipts.append(folder / made.name)
        receipts[-1].write_bytes(made.content)
    version = version_proof(db.session.scalars(select(PlanVersion)).one(), now)
    (folder / "proof.json").write_bytes(version or b"")
    export = b"".join(FORMATS["jsonl"](Export(find_round("open")))).decode()
    (folder / "round.jsonl").write_text(export, "utf-8")
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
        append_leaves()
    assert publish_log(), "the log went on since"
    files = published_log(1)
    head = files.head()
    assert head
    return Kept(
        folder / "checkpoint", tuple(receipts), folder / "proof.json", folder / "round.jsonl",
        str(files.verifiers()[0]), entries_of(files, head.size), log_folder(),
    )  # fmt: skip


def wrong(kept: Kept, log: Path, *things: Path) -> bool:
    """Whether the outsiders' program finds something wrong; it must have been able to look."""
    found = v.check_things(
        [str(log), *map(str, things)], [v.parse_key(kept.key, v.LOG_KEY)], [], str(log)
    )
    assert found.code != 2, found.gaps
    return bool(found.code == 1)


def forge(kept: Kept, entries: Entries, folder: Path) -> Path:
    """Publish another history under the real key, with every file that a log has."""
    files, hashes = PublishedLog(LocalStorage(folder), 1), [leaf_hash(one) for one in entries]
    level, levels = hashes, [hashes]
    while len(level) >= WIDTH:
        level = [join_hashes(level[at : at + WIDTH]) for at in range(0, len(level) - 255, WIDTH)]
        levels.append(level)
    for tile in tiles_of(len(entries)):
        first = tile.index * WIDTH
        files.publish_tile(tile, levels[tile.level][first : first + tile.width])
        if tile.level == 0:
            some = entries[first : first + tile.width]
            files.publish_bundle(tile.index, bundle(some), tile.width)
    signers = published_log(1).signers(kept.key.split("+", 1)[0])
    size = len(entries)
    head = TreeHead(signers[0].name, size, root_hash(size, files.reader(size)))
    note = str(sign_note(str(head), signers)).encode()
    files.write("keys", f"{kept.key}\n".encode())
    files.write(f"checkpoints/{size:012}", note)
    files.write("checkpoint", note)
    return folder / "log" / "1"


def another(draw: Draw) -> bytes:
    """An entry that nobody made."""
    return f"2026-11-23T12:00:00Z {draw.randbytes(32).hex()}".encode()


def _size(kept: Kept) -> int:
    return TreeHead.read(read_note(kept.checkpoint.read_text("utf-8")).text).size


def _rewritten(kept: Kept, draw: Draw) -> Entries:
    entries = list(kept.entries)
    entries[draw.randrange(_size(kept))] = another(draw)
    return entries


def _at_another_time(kept: Kept, draw: Draw) -> Entries:
    entries, at = list(kept.entries), draw.randrange(_size(kept))
    entries[at] = b"2020-01-01T00:00:00Z" + entries[at][20:]
    return entries


def _left_out(kept: Kept, draw: Draw) -> Entries:
    entries = list(kept.entries)
    del entries[draw.randrange(_size(kept))]
    return entries + [another(draw) for _ in range(draw.randrange(3))]


def _put_in(kept: Kept, draw: Draw) -> Entries:
    entries = list(kept.entries)
    entries.insert(draw.randrange(_size(kept)), another(draw))
    return entries


def _swapped(kept: Kept, draw: Draw) -> Entries:
    entries = list(kept.entries)
    while entries == kept.entries:
        one, other = draw.sample(range(_size(kept)), 2)
        entries[one], entries[other] = entries[other], entries[one]
    return entries


def _cut_and_gone_on(kept: Kept, draw: Draw) -> Entries:
    stays = draw.randrange(_size(kept))
    return kept.entries[:stays] + [another(draw) for _ in range(draw.randrange(1, 80))]


def _made_anew(_kept: Kept, draw: Draw) -> Entries:
    return [another(draw) for _ in range(draw.randrange(1, 600))]


HISTORIES: dict[str, Callable[[Kept, Draw], Entries]] = {
    "an entry rewritten": _rewritten,
    "an entry at another time": _at_another_time,
    "an entry left out": _left_out,
    "an entry put in": _put_in,
    "two entries swapped": _swapped,
    "cut, and gone on": _cut_and_gone_on,
    "made anew": _made_anew,
}


def sealed_again(opened: dict[str, Any], name: str, value: object) -> bytes:
    """Put another value into what opens an entry, with every digest that fits it."""
    salt = opened["fields"][name]["salt"]
    opened["fields"][name]["value"] = value
    opened["event"]["fields"][name] = field_digest(salt, value)
    at = datetime.fromisoformat(opened["event"]["at"])
    return entry_of(at, event_digest(opened["salt"], opened["event"]))


def _receipt(kept: Kept, draw: Draw) -> tuple[Path, str, int, dict[str, Any]]:
    path = draw.choice(kept.receipts)
    text = path.read_text("utf-8")
    extra = text.split("\n")[1].removeprefix("extra ")
    index = int(text.split("\n")[2].removeprefix("index "))
    return path, text, index, json.loads(base64.b64decode(extra))


def _with_extra(text: str, held: dict[str, Any]) -> str:
    canonical = json.dumps(held, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    lines = text.split("\n")
    lines[1] = f"extra {base64.b64encode(canonical.encode()).decode()}"
    return "\n".join(lines)


def _receipt_of_another_text(kept: Kept, draw: Draw, _folder: Path) -> str:
    _, text, _, held = _receipt(kept, draw)
    name = draw.choice([one for one in held["fields"] if one != "said.version"])
    held["fields"][name]["value"] = "Iets heel anders."
    return _with_extra(text, held)


def _receipt_with_all_its_digests(kept: Kept, draw: Draw, _folder: Path) -> str:
    """Another text, its digests, our signature under them, and a tree in which it stands."""
    _, text, index, held = _receipt(kept, draw)
    name = draw.choice([one for one in held["fields"] if one != "said.version"])
    entry = sealed_again(held, name, "Iets heel anders.")
    note = read_note(held["acknowledgement"])
    lines = note.text.splitlines()
    lines[4] = entry.decode().split(" ")[1]
    lines[5:] = [f"{n} {held['event']['fields'][n]}" for n in sorted(held["fields"])]
    signers = published_log(1).signers(kept.key.split("+", 1)[0])
    held["acknowledgement"] = str(sign_note("".join(f"{one}\n" for one in lines), signers))
    proof, checkpoint = _in_another_tree(kept, index, entry)
    head = _with_extra(text, held).split("\n\n")[0].split("\n")[:3]
    return "\n".join([*head, *proof]) + f"\n\n{checkpoint}"


def _in_another_tree(kept: Kept, index: int, entry: bytes) -> tuple[list[str], Note]:
    """Return the proof of an entry in a tree that was never published, and its checkpoint."""
    entries = list(kept.entries[: _size(kept)])
    entries[index] = entry
    hashes = [leaf_hash(one) for one in entries]
    size = len(entries)

    def read(level: int, at: int) -> bytes:
        return join_hashes(hashes[at << level : (at + 1) << level])

    signers = published_log(1).signers(kept.key.split("+", 1)[0])
    note = sign_note(str(TreeHead(signers[0].name, size, root_hash(size, read))), signers)
    proof = [base64.b64encode(one).decode() for one in inclusion_proof(index, size, read)]
    return proof, note


def _lines(kept: Kept) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.export.read_text("utf-8").splitlines()]


def _written(lines: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)


def _entry_of(lines: list[dict[str, Any]], draw: Draw) -> tuple[dict[str, Any], dict[str, Any]]:
    """Draw an entry of an export, with the line that it is of."""
    entry = draw.choice([line for line in lines if line["type"] == "entry"])
    of = entry["of"]
    return entry, next(
        line for line in lines
        if line["type"] == of["type"] and line.get("id", line.get("proposal")) == of["id"]
    )  # fmt: skip


def _export_with_another_text(kept: Kept, draw: Draw, _folder: Path) -> str:
    lines = _lines(kept)
    _, line = _entry_of(lines, draw)
    line["body" if "body" in line else "reason"] = "Iets heel anders."
    return _written(lines)


def _export_with_all_its_digests(kept: Kept, draw: Draw, _folder: Path) -> str:
    """Another text, its digests, and a signed tree in which its entry stands."""
    lines = _lines(kept)
    entry, line = _entry_of(lines, draw)
    member, column = {
        "proposal": ("body", "action"), "comment": ("body", "body"), "response": ("reason",) * 2,
    }[entry["of"]["type"]]  # fmt: skip
    line[member] = "Iets heel anders."
    name = next(one for one in entry["fields"] if one.endswith(f".{column}"))
    leaf = sealed_again(entry, name, "Iets heel anders.")
    entry["proof"], note = _in_another_tree(kept, entry["index"], leaf)
    next(one for one in lines if one["type"] == "record")["checkpoint"] = str(note)
    return _written(lines)


def _version_with_another_text(kept: Kept, draw: Draw, _folder: Path) -> str:
    proof: dict[str, Any] = json.loads(kept.version.read_bytes())
    texts = [name for name, one in proof["fields"].items() if isinstance(one["value"], str)]
    proof["fields"][draw.choice(texts)]["value"] = "Iets heel anders."
    return json.dumps(proof)


def _version_with_all_its_digests(kept: Kept, draw: Draw, _folder: Path) -> str:
    proof: dict[str, Any] = json.loads(kept.version.read_bytes())
    salt = proof["fields"]["/label"]["salt"]
    value = f"Iets anders {draw.random()}"
    proof["fields"]["/label"]["value"] = value
    proof["sealed"]["label"] = field_digest(salt, value)
    canonical = json.dumps(
        proof["sealed"], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    proof["digest"] = sha256(b"consult-version/v1\n" + canonical.encode()).hexdigest()
    entry = proof["entry"]
    leaf = sealed_again(entry, "said.digest", proof["digest"])
    entry["proof"], note = _in_another_tree(kept, entry["index"], leaf)
    entry["checkpoint"] = str(note)
    return json.dumps(proof)


FORGERIES: dict[str, tuple[str, Callable[[Kept, Draw, Path], str]]] = {
    "a receipt of another text": ("a.tlog-proof", _receipt_of_another_text),
    "a receipt of another text, with all its digests": (
        "b.tlog-proof", _receipt_with_all_its_digests,
    ),
    "an export with another text": ("c.jsonl", _export_with_another_text),
    "an export with another text, with all its digests": (
        "d.jsonl", _export_with_all_its_digests,
    ),
    "a version with another text": ("proof.json", _version_with_another_text),
    "a version with another text, with all its digests": (
        "proof.json", _version_with_all_its_digests,
    ),
}  # fmt: skip


def test_what_is_honest_is_sound(kept: Kept) -> None:
    assert not wrong(kept, kept.log, *kept.all)
    assert split_hashes(b"x" * 64) == [b"x" * 32] * 2


@pytest.mark.parametrize(
    "tries",
    [
        pytest.param(len(HISTORIES) + len(FORGERIES), id="each kind"),
        pytest.param(1000, marks=pytest.mark.long),
    ],
)
def test_every_rewriting_is_found(kept: Kept, tmp_path: Path, tries: int, note: NoteFigure) -> None:
    draw, missed = random.Random(SEED), []
    kinds = [*HISTORIES, *FORGERIES]
    for nth in range(tries):
        kind, folder = kinds[nth % len(kinds)], tmp_path / str(nth)
        if make := HISTORIES.get(kind):
            log = forge(kept, make(kept, draw), folder)
            things = [one for one in kept.all if not wrong(kept, log, one)]
            missed += [f"{kind}: {one.name}" for one in things]
        else:
            name, write = FORGERIES[kind]
            folder.mkdir()
            (folder / name).write_text(write(kept, draw, folder), "utf-8")
            if not wrong(kept, kept.log, folder / name):
                missed.append(kind)
    assert missed == []
    note(f"{tries} rewritings of {len(kinds)} kinds with database and key, all found")
