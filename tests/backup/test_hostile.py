"""A backup is input from outside: what is wrong is said in a sentence, and nothing is changed."""

import json
import random
import stat
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.interfaces.backup import BackupError, restore
from tests.backup.conftest import Snapshot, Target, everything, quiet, tables_here
from tests.backup.forging import Forged, seal
from tests.conftest import make_app
from tests.databases import Databases
from tests.stored_files import path_of_key

Alter = Callable[[Forged], object]
pytestmark = pytest.mark.one_engine


@pytest.fixture(scope="module")
def target_app(
    databases: Databases, empty: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An empty target for all of them: none may change it."""
    databases.copy(empty, "unharmed")
    app = make_app(tmp_path_factory.mktemp("unharmed"), databases.url("unharmed"))
    with app.app_context():
        path_of_key("").mkdir()
        yield app
        assert everything().is_empty()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def unharmed(target_app: Flask, known_tables: None) -> Iterator[Flask]:
    """The same target; whoever is refused leaves it empty."""
    assert known_tables is None
    with target_app.app_context():
        yield target_app
        db.session.remove()


def refused(app: Flask, source: Path) -> str:
    """Try to restore and return the sentence of the refusal, after which nothing is changed."""
    assert app
    with pytest.raises(BackupError) as refusal:
        restore(source, quiet)
    with db.engine.connect() as connection:
        for table in tables_here(connection).sorted_tables:
            assert not connection.scalar(select(select(table).exists())), table.name
    assert not list(path_of_key("").iterdir())
    sentence = str(refusal.value)
    assert 20 < len(sentence) < 1500
    assert "Traceback" not in sentence
    return sentence


def cuts(content: bytes) -> Iterator[bytes]:
    """Cut off at twenty places, the first and last bytes among them."""
    places = sorted({0, 1, 4, 21, 22, len(content) - 1, len(content) - 64, len(content) - 87})
    step = len(content) // 13
    for place in (*places, *range(step, len(content), step)):
        yield content[:place]


def flips(content: bytes) -> Iterator[bytes]:
    chosen = random.Random(8)
    for _ in range(20):
        place = chosen.randrange(len(content))
        changed = bytes([content[place] ^ (1 << chosen.randrange(8))])
        yield content[:place] + changed + content[place + 1 :]


def test_whatever_is_cut_flipped_or_added_is_found(
    whole: tuple[bytes, Snapshot], unharmed: Flask, tmp_path: Path
) -> None:
    sealed = whole[0]
    source = tmp_path / "damaged.zip"
    added = (sealed + b"\0", b"PK" + sealed, sealed + sealed, sealed[::-1], b"no archive")
    tried = 0
    for content in (*cuts(sealed), *flips(sealed), *added):
        source.write_bytes(content)
        assert "not a whole backup" in refused(unharmed, source)
        tried += 1
    assert tried >= 45


# The seal is right in all that follows: somebody made these on purpose.
ENTRIES: dict[str, tuple[zipfile.ZipInfo | str, str]] = {
    "absolute": ("/etc/passwd", "name that no backup has"),
    "above": ("files/../../consult.sqlite", "name that no backup has"),
    "backslash": ("files\\..\\x", "name that no backup has"),
    "drive": ("C:/x", "name that no backup has"),
    "folder": ("files/", "name that no backup has"),
    "hidden": ("files/.restoring", "name that no backup has"),
    "deeper": ("files/a/b", "name that no backup has"),
    "other letters": ("files/\u202efdp.exe", "name that no backup has"),
    "too long": ("files/" + "a" * 300, "name that no backup has"),
    "twice": ("tables/person.jsonl", "twice"),
    "manifest twice": ("manifest.json", "twice"),
    "not named": ("files/5a5a", "does not name"),
    "foreign table": ("tables/pg_authid.jsonl", "does not name"),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_an_entry_with_a_hostile_name_is_refused(
    archive: Path, unharmed: Flask, tmp_path: Path
) -> None:
    for name, words in ENTRIES.values():
        forged = Forged.of(archive)
        forged.extra.append((name, b"{}\n"))
        assert words in refused(unharmed, forged.write(tmp_path / "forged.zip"))
    assert not (tmp_path / "consult.sqlite").exists()


def test_a_link_an_encrypted_entry_and_a_lie_about_a_size_are_refused(
    archive: Path, unharmed: Flask, tmp_path: Path
) -> None:
    link = zipfile.ZipInfo("files/5a5a")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    forged = Forged.of(archive)
    forged.extra.append((link, b"/etc/passwd"))
    assert "link" in refused(unharmed, forged.write(tmp_path / "link.zip"))

    # The list at the end of a ZIP says how an entry is packed, and how large it is.
    right = Forged.of(archive).write(tmp_path / "right.zip").read_bytes()
    entry = right.rindex(b"PK\x01\x02", 0, right.rindex(b"manifest.json"))
    for place, changed, words in (
        (entry + 8, b"\x01\x00", "encrypted"),
        (entry + 10, b"\x0c\x00", "unknown way"),
        (entry + 10, b"\x63\x00", "unknown way"),
        (entry + 24, b"\x10\x00\x00\x00", "cannot be read"),
        (entry + 24, b"\xff\xff\xff\x7f", "larger than any"),
        (entry + 16, b"\x00\x00\x00\x00", "cannot be read"),
        (entry + 42, b"\xff\xff\xff\x7f", "cannot be read"),
    ):
        lying = tmp_path / "lying.zip"
        lying.write_bytes(right[:place] + changed + right[place + len(changed) :])
        assert words in refused(unharmed, seal(lying))


def test_a_bomb_is_refused_before_it_fills_the_memory(
    archive: Path, unharmed: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("consult.interfaces.backup.archive.LONGEST_LINE", 2**21)
    forged = Forged.of(archive)
    forged.members["tables/person.jsonl"] = b" " * 2**23 + b"\n"
    assert "longer than any row" in refused(unharmed, forged.write(tmp_path / "bomb.zip"))

    forged = Forged.of(archive)
    del forged.members["tables/person.jsonl"]
    forged.as_is = b"[" * 2**20
    assert "cannot be read" in refused(unharmed, forged.write(tmp_path / "deep.zip"))


MANIFESTS: dict[str, tuple[Any, str]] = {
    "null": (None, "holds no object"),
    "a list": ([], "holds no object"),
    "a text": ("2", "holds no object"),
    "no format": ({}, "format"),
    "format of yesterday": ({"format": 1}, "format"),
    "format as a text": ({"format": "2"}, "format"),
    "format as a truth": ({"format": True}, "format"),
    "huge format": ({"format": 10**400}, "format"),
    "no revision": ({"format": 2}, "schema"),
    "revision as a list": ({"format": 2, "revision": ["0009"]}, "schema"),
    "revision as an option": ({"format": 2, "revision": "--sql x"}, "schema"),
    "key as a number": ({"format": 2, "revision": "0009", "key": 1}, "key"),
    "lost as a number": ({"format": 2, "revision": "0009", "key": None, "lost": 3}, "lost"),
    "no members": ({"format": 2, "revision": "0009", "key": None, "lost": []}, "no members"),
}


def test_a_manifest_of_another_shape_is_refused(
    archive: Path, unharmed: Flask, tmp_path: Path
) -> None:
    for manifest, words in MANIFESTS.values():
        forged = Forged.of(archive)
        forged.as_is = json.dumps(manifest).encode()
        assert words in refused(unharmed, forged.write(tmp_path / "forged.zip"))
    for as_is in (b"", b"\xff\xfe", b"{", b'{"format": 1' + b"0" * 5000 + b"}", b'{"format": NaN}',
                  b'{"format": 2, "format": 2}'):  # fmt: skip
        forged = Forged.of(archive)
        forged.as_is = as_is
        assert "cannot be read" in refused(unharmed, forged.write(tmp_path / "forged.zip"))


def _facts(name: str, **facts: Any) -> Alter:
    def alter(forged: Forged) -> None:
        forged.honest = False
        for key, value in facts.items():
            forged.manifest["members"][name][key] = value

    return alter


@pytest.mark.parametrize(
    ("alter", "words"),
    [
        (_facts("tables/person.jsonl", size=10**400), "impossible size"),
        (_facts("tables/person.jsonl", size=-1), "impossible size"),
        (_facts("tables/person.jsonl", rows="3"), "impossible size"),
        (_facts("tables/person.jsonl", rows=True), "impossible size"),
        (_facts("tables/person.jsonl", sha256="x"), "no digest"),
        (_facts("tables/person.jsonl", sha256=None), "no digest"),
        (_facts("tables/person.jsonl", sha256="0" * 64), "does not match its digest"),
        (_facts("tables/person.jsonl", size=7), "manifest.json says 7"),
        (_facts("tables/person.jsonl", rows=7), "its manifest says"),
        (_facts("tables/person.jsonl", more=1), "does not say"),
    ],
)
def test_a_lie_of_the_manifest_is_found(
    alter: Alter, words: str, archive: Path, unharmed: Flask, tmp_path: Path
) -> None:
    forged = Forged.of(archive)
    alter(forged)
    assert words in refused(unharmed, forged.write(tmp_path / "forged.zip"))


def _row(table: str, column: str, value: Any) -> Alter:
    return lambda forged: forged.change(table, lambda row: row.update({column: value}))


def _drop(name: str) -> Alter:
    return lambda forged: forged.members.pop(name)


def _other_file(forged: Forged) -> None:
    name = next(name for name in forged.members if name.startswith("files/"))
    forged.members[name] = b"%PDF-1.7 another text"


def _no_file(forged: Forged) -> None:
    del forged.members[next(name for name in forged.members if name.startswith("files/"))]


def _same_key(forged: Forged) -> None:
    rows = forged.rows("stored_file")
    rows[1]["storage_key"] = rows[0]["storage_key"]
    forged.put("stored_file", rows)


def _twice(forged: Forged) -> None:
    rows = forged.rows("person")
    forged.put("person", [*rows, rows[0]])


def _raw(table: str, line: bytes) -> Alter:
    def alter(forged: Forged) -> None:
        forged.members[f"tables/{table}.jsonl"] = line

    return alter


WRONG: dict[str, tuple[Alter, str]] = {
    "a table less": (_drop("tables/receipt.jsonl"), "lacks a table: receipt"),
    "a table more": (_raw("spyware", b"{}\n"), "does not have: spyware"),
    "a table that is left out": (_raw("sign_in_session", b""), "sign_in_session"),
    "a column more": (_row("plan", "colour", "red"), "does not hold the columns"),
    "a column less": (
        lambda forged: forged.change("plan", lambda row: row.pop("slug")),
        "does not hold the columns",
    ),
    "no object": (_raw("lane", b"[1]\n"), "does not hold the columns"),
    "an empty line": (_raw("lane", b"\n"), "line 1 of table lane is no JSON"),
    "half a line": (_raw("lane", b'{"name": '), "has no end"),
    "no UTF-8": (_raw("lane", b"\xc3\x28\n"), "is no JSON"),
    "a number as a text": (_row("person", "id", "1"), "line 1 of table person: “id”"),
    "a truth as a number": (_row("person", "id", True), "“id” is no whole number"),
    "a broken number": (_row("person", "id", 1.5), "“id” is no whole number"),
    "a number too large": (_row("person", "id", 2**63), "“id” is no whole number"),
    "a number of 400 digits": (_row("person", "id", 10**400), "“id” is no whole number"),
    "a number as a truth": (_row("person", "active", 1), "“active” is neither"),
    "a list as a text": (_row("plan", "slug", ["x"]), "“slug” is no text"),
    "nothing": (_row("plan", "slug", None), "“slug” may not be empty"),
    "NUL": (_row("plan", "slug", "a\0b"), "NUL"),
    "NUL inside JSON": (_row("plan", "title", {"nl": "a\0b"}), "NUL"),
    "half a sign": (_row("plan", "slug", "\ud800"), "lone surrogate"),
    "a moment without offset": (_row("event", "at", "2026-11-23T12:00:00"), "“at” is no moment"),
    "a moment of nowhere": (_row("event", "at", "2026-13-45T12:00:00+00:00"), "“at” "),
    "a word no enum has": (_row("proposal", "state", "stolen"), "table proposal"),
    "the same person twice": (_twice, "table person"),
    "a row of nobody": (_row("receipt", "event_id", 999_999), "refers to no event|receipt"),
    "a text too long": (_row("plan", "slug", "a" * 100_000), "table plan"),
    "a file outside": (_row("stored_file", "storage_key", "../../etc/x"), "leads out of the st"),
    "an absolute file": (_row("stored_file", "storage_key", "/tmp/x"), "leads out of the st"),  # noqa: S108
    "a hidden file": (_row("stored_file", "storage_key", ".restoring"), "leads out of the st"),
    "an empty name": (_row("stored_file", "storage_key", ""), "leads out of the storage"),
    "two rows of one file": (_same_key, "same name in the storage"),
    "another file": (_other_file, "not the one that was stored"),
    "a file less": (_no_file, "is missing"),
    "a digest of another": (_row("stored_file", "sha256", "0" * 64), "not the one"),
    "a size of another": (_row("stored_file", "size", 1), "not the one"),
    "a rewritten history": (_row("event", "verb", "x"), "record in this backup is not"),
    "another schema": (lambda forged: forged.manifest.update(revision="0001"), "at schema 0001"),
}
# SQLite keeps a text of any length, and says so.
LENGTHS_COUNT = "a text too long"


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=pytest.mark.postgresql) if name == LENGTHS_COUNT else name
        for name in WRONG
    ],
)
def test_what_is_wrong_in_it_is_said(
    name: str, archive: Path, unharmed: Flask, tmp_path: Path
) -> None:
    alter, words = WRONG[name]
    forged = Forged.of(archive)
    alter(forged)
    sentence = refused(unharmed, forged.write(tmp_path / "forged.zip"))
    assert any(word in sentence for word in words.split("|")), sentence


def test_forging_alone_is_no_reason_to_refuse(
    archive: Path, target: Target, tmp_path: Path
) -> None:
    right = Forged.of(archive).write(tmp_path / "right.zip")
    with target().app_context():
        assert restore(right, quiet).verdict is not None
