"""The backup of the whole demonstration, and archives altered by chance, seeded."""

import random
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from consult.foundation.core.db import db
from consult.interfaces.backup import BackupError, backup, restore
from consult.interfaces.backup.staging import Staging
from consult.interfaces.demonstration.build import build
from tests.backup.conftest import Snapshot, Target, everything, quiet
from tests.backup.forging import Forged
from tests.world import NOON

ROUNDS = 400
VALUES: tuple[Any, ...] = (
    None, True, False, 0, -1, 2**31, 2**63, 10**400, 1.5, "", " ", "\0", "\ud800", "x" * 70_000,
    "2026-11-23", "2026-02-30T00:00:00+00:00", "0001-01-01T00:00:00+00:00", [], {}, [[[]]],
    {"nl": None}, {"nl": ["\0"]}, "../..", "public", "1", "999999",
)  # fmt: skip


@pytest.mark.long
def test_the_whole_demonstration_comes_back_the_same(target: Target, tmp_path: Path) -> None:
    site, other = target("site"), target("other")
    first, second = tmp_path / "first.zip", tmp_path / "second.zip"
    with site.app_context():
        build(NOON, lambda _done, _all: None)
        backup(first, quiet)
        held = everything()
        db.session.remove()
    with other.app_context():
        done = restore(first, quiet)
        assert done.verdict is not None
        assert done.verdict.sound
        assert everything().rows.keys() == held.rows.keys()
        backup(second, quiet)
    assert first.read_bytes() == second.read_bytes()


def alter(forged: Forged, chance: random.Random) -> str:
    """Change something by chance and return what."""
    name = chance.choice([one for one in forged.members if forged.members[one]])
    if name.startswith("files/") or chance.random() < 0.2:
        content = bytearray(forged.members[name])
        for _ in range(chance.randrange(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        forged.members[name] = bytes(content)
        return f"bytes of {name}"
    table = name.removeprefix("tables/").removesuffix(".jsonl")
    rows = forged.rows(table)
    what = "rows"
    act = chance.randrange(4)
    if act == 0:
        rows.append(dict(chance.choice(rows)))
    elif act == 1:
        del rows[chance.randrange(len(rows))]
    elif act == 2:
        chance.shuffle(rows)
    else:
        row = chance.choice(rows)
        column = chance.choice(sorted(row))
        row[column] = chance.choice(VALUES)
        what = column
    forged.put(table, rows)
    return f"{what} of {table}"


@pytest.mark.long
@pytest.mark.usefixtures("known_tables")
def test_what_chance_alters_is_refused_in_a_sentence_or_could_be_taken(
    archive: Path, target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def could_be_taken(*_: object) -> None:
        raise BackupError("it could be taken, and is not, so that the target stays empty")

    monkeypatch.setattr(Staging, "promote", could_be_taken)
    app: Flask = target()
    chance = random.Random(2026)
    refusals = 0
    with app.app_context():
        for number in range(ROUNDS):
            forged = Forged.of(archive)
            what = alter(forged, chance)
            source = forged.write(tmp_path / "altered.zip")
            with pytest.raises(BackupError) as refusal:
                restore(source, quiet, unsound=True)
            assert str(refusal.value), (number, what)
            refusals += "could be taken" not in str(refusal.value)
        held = everything()
        assert held == Snapshot({name: [] for name in held.rows}, {})
    assert refusals > ROUNDS // 2
