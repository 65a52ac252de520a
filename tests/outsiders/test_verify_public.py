"""Tests of verify_public.py, with vectors of the standards and records of our own writer."""

from __future__ import annotations

import copy
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import verify_public as v
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.outsiders import record_writer as w
from tests.outsiders.record_writer import (
    ORIGIN,
    RANDOM,
    Log,
    b64,
    note,
    private,
    raw,
    sha,
    vkey,
    write,
)
from tests.samples import drawn_or_long

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; give the exit code and all that was said."""

    def call(*arguments: object) -> tuple[int, str]:
        code = v.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert ("\nsound\n" in f"\n{said.out}") == (code == 0)
        assert "Traceback" not in said.out + said.err
        assert "\x1b" not in said.out
        return code, said.out + said.err

    return call


@pytest.fixture(scope="module")
def log() -> Log:
    return Log(600)


@pytest.fixture(scope="module")
def original(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return log.write(tmp_path_factory.mktemp("log"), 255, 300)


@pytest.fixture
def folder(original: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(original, tmp_path / "copy"))


# --- Ed25519 --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("secret", "public", "message", "signature"), w.RFC8032)
def test_the_vectors_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    key, text = bytes.fromhex(public), bytes.fromhex(message)
    assert raw(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret))) == key
    assert v.ed25519_verify(key, text, bytes.fromhex(signature))
    assert not v.ed25519_verify(key, text + b"x", bytes.fromhex(signature))


def flipped(data: bytes) -> bytes:
    where = RANDOM.randrange(len(data))
    return data[:where] + bytes([data[where] ^ 1 << RANDOM.randrange(8)]) + data[where + 1 :]


def accepted_by_cryptography(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_it_agrees_with_cryptography() -> None:
    for _ in range(15):
        key, message = private(), RANDOM.randbytes(RANDOM.randrange(1, 200))
        signature = key.sign(message)
        assert v.ed25519_verify(raw(key), message, signature)
        for args in (
            (raw(key), message, flipped(signature)),
            (raw(key), flipped(message), signature),
            (flipped(raw(key)), message, signature),
        ):
            assert v.ed25519_verify(*args) is accepted_by_cryptography(*args) is False


def test_signatures_of_a_wrong_form_are_refused() -> None:
    key, message = private(), b"text"
    signature = key.sign(message)
    s = int.from_bytes(signature[32:], "little")
    for bigger in (s + v.L, s + 2 * v.L, s + 8 * v.L):
        altered = signature[:32] + bigger.to_bytes(32, "little")
        assert not v.ed25519_verify(raw(key), message, altered)
    for cut in (b"", signature[:63], signature + b"\0"):
        assert not v.ed25519_verify(raw(key), message, cut)
    assert not v.ed25519_verify(raw(key)[:31], message, signature)


SMALL_ORDER = [
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
]


@pytest.mark.parametrize("encoded", SMALL_ORDER)
def test_points_of_small_order_are_refused(encoded: str) -> None:
    point = v.decode_point(bytes.fromhex(encoded))
    assert point is not None
    assert v.has_small_order(point)
    for start in SMALL_ORDER:
        signature = bytes.fromhex(start) + bytes(32)
        assert not v.ed25519_verify(bytes.fromhex(encoded), b"m", signature)
    with pytest.raises(v.FaultError, match="no point that binds"):
        v.parse_key(vkey("x", 1, bytes.fromhex(encoded)), v.LOG_KEY)


def test_an_r_of_small_order_is_refused() -> None:
    seed = RANDOM.randbytes(32)  # with r = 0, so that R is the identity and S = k * a
    key = Ed25519PrivateKey.from_private_bytes(seed)
    a = int.from_bytes(hashlib.sha512(seed).digest()[:32], "little") & ((1 << 254) - 8) | 1 << 254
    start = bytes.fromhex(SMALL_ORDER[0])
    s = v.hash_number(start, raw(key), b"m") * a % v.L
    assert not v.ed25519_verify(raw(key), b"m", start + s.to_bytes(32, "little"))


def test_points_that_are_not_canonical_do_not_decode() -> None:
    sign = 1 << 255
    for number in (v.P, v.P + 1, 2**255 - 1, v.P + sign, 2**256 - 1, 1 + sign, v.P - 1 + sign, 2):
        assert v.decode_point(number.to_bytes(32, "little")) is None, hex(number)
    assert v.decode_point((1).to_bytes(32, "little")) == v.IDENTITY
    assert v.decode_point(b"") is None


# --- The tree -------------------------------------------------------------------------------------

LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
LEAVES += ["606162636465666768696a6b6c6d6e6f"]
ROOTS = [  # of the reference tests of Certificate Transparency
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_of_the_reference_tests() -> None:
    hashes = [v.leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]
    assert v.tree_root([]) == v.EMPTY_ROOT == sha()
    for size, root in enumerate(ROOTS, 1):
        assert v.tree_root(hashes[:size]).hex() == root == w.mth(hashes[:size]).hex()


def test_all_proofs_of_small_trees() -> None:
    hashes = [v.leaf_hash(bytes([i])) for i in range(20)]
    for size in range(1, 21):
        root = w.mth(hashes[:size])
        assert v.tree_root(hashes[:size]) == root
        for index in range(size):
            path = w.audit_path(index, hashes[:size])
            assert v.verify_inclusion(hashes[index], index, size, path, root)
            assert not v.verify_inclusion(hashes[index], index + 1, size, path, root)
            assert not v.verify_inclusion(hashes[index], index, size, [*path, root], root)
            assert not path or not v.verify_inclusion(hashes[index], index, size, path[1:], root)
        for first in range(1, size):
            old = w.mth(hashes[:first])
            path = w.consistency_path(first, hashes[:size])
            assert v.verify_consistency(first, size, old, root, path)
            assert not v.verify_consistency(first, size, root, root, path)
            assert not v.verify_consistency(first, size, old, old, path)
            assert not v.verify_consistency(first, size, old, root, path[:-1])
            assert not v.verify_consistency(first, size, old, root, [*path, root])
            for i in range(len(path)):
                bad = [*path[:i], sha(), *path[i + 1 :]]
                assert not v.verify_consistency(first, size, old, root, bad)
    assert not v.verify_inclusion(hashes[0], 0, 0, [], hashes[0])
    assert not v.verify_inclusion(hashes[0], -1, 1, [], hashes[0])
    assert v.verify_consistency(0, 5, sha(), root, [])
    assert not v.verify_consistency(0, 5, root, root, [])
    assert v.verify_consistency(3, 3, root, root, [])
    assert not v.verify_consistency(3, 3, old, root, [])
    assert not v.verify_consistency(5, 3, old, root, [root])


def test_names_of_tiles() -> None:
    names = [v.tile_name(n) for n in (0, 999, 1000, 1234067)]
    assert names == ["000", "999", "x001/000", "x001/x234/067"]


# --- JSON and notes -------------------------------------------------------------------------------


def test_canonical_json() -> None:
    value = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    order = [json.loads(pair.split(":")[0]) for pair in v.canonical(value)[1:-1].split(",")]
    assert order == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]  # RFC 8785
    assert v.canonical('€$\x0f\nA\'B"\\\\"/\x7f') == '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\x7f"'
    assert v.canonical({"b": [1, True, None, -3], "a": {}}) == '{"a":{},"b":[1,true,null,-3]}'
    assert v.parse_json(b'[9007199254740991, -5, "\\ud83d\\ude00"]') == [2**53 - 1, -5, "😀"]


HOSTILE_JSON = {
    "empty": b"",
    "cut off": b'{"a": [1',
    "float": b"[1.0]",
    "exponent": b"[1e3]",
    "NaN": b"[NaN]",
    "Infinity": b"[-Infinity]",
    "infinite float": b"[1e999]",
    "large": b"[9007199254740992]",
    "small": b"[-9007199254740992]",
    "endless number": b"[" + b"9" * 100000 + b"]",
    "double": b'{"a":1,"a":1}',
    "double inside": b'{"a":{"b":1,"b":2}}',
    "double by escape": b'{"a":1,"\\u0061":1}',
    "surrogate": b'["\\ud800"]',
    "surrogate in a name": b'{"\\udfff":1}',
    "UTF-8": b'["\xff"]',
    "nested": b"[" * 102 + b"]" * 102,
    "very nested": b"[" * 100000 + b"]" * 100000,
    "nested and open": b'{"a":' * 50000,
    "byte order mark": b"\xef\xbb\xbf{}",
    "two": b"{} {}",
    "control": b'["\x01"]',
    "zero": b"[01]",
    "comma": b"[1,]",
    "huge": b'"' + b"x" * (8 << 20) + b'"',
}


@pytest.mark.parametrize("kind", drawn_or_long(HOSTILE_JSON, 3))
def test_json_that_is_refused(kind: str, tmp_path: Path, run: Run) -> None:
    with pytest.raises(v.FaultError):
        v.parse_json(HOSTILE_JSON[kind])
    for name in ("a.consult-receipt", "proof.json", "a.jsonl"):
        code, said = run(write(tmp_path / name, HOSTILE_JSON[kind]))
        assert code == 1
        assert said.startswith("wrong: ")


# The example of golang.org/x/mod/sumdb/note, whose format C2SP signed-note describes.
NOTE_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpR"
    "Zb6KE6RyyBwJnAM=\n"
)


def test_the_example_of_a_signed_note() -> None:
    key = v.parse_key(NOTE_KEY, v.LOG_KEY)
    v.require_signed(v.parse_note(NOTE), [key])
    for altered in (NOTE.replace("your", "my"), NOTE.replace("x08go/Z", "x08go/Y")):
        with pytest.raises(v.FaultError, match="does not hold"):
            v.require_signed(v.parse_note(altered), [key])
    with pytest.raises(v.FaultError, match="No key of the log"):
        v.require_signed(v.parse_note(NOTE.replace("PeterN", "PeterM")), [key])


C2SP_NOTE = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU\
0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""  # signed-note
C2SP_CHECKPOINT = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q\
1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oy\
in1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # tlog-cosignature


def test_the_examples_of_c2sp() -> None:
    assert v.parse_note(C2SP_NOTE).text.endswith("sole:\n\ned è subito sera.\n")
    checkpoint = v.parse_checkpoint(C2SP_CHECKPOINT, "it")
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    name, key_id, signature = checkpoint.note.signatures[1]
    assert (name, key_id.hex()) == ("witness.example.com/w1", "8d66cf3f")
    assert int.from_bytes(signature[:8], "big") == 1679315147


BAD_NOTES = {
    "empty": "",
    "lines": "\n\n",
    "no signature": "text\n",
    "cut off": NOTE[:-1],
    "empty line after": NOTE + "\n",
    "no empty line": NOTE.replace("\n\n", "\n"),
    "stray line": NOTE + "x\n",
    "tab": NOTE.replace("If", "I\t"),
    "zero": NOTE.replace("If", "I\0"),
    "dashes": NOTE.replace("—", "--"),
    "no padding": NOTE.replace("nAM=", "nAM"),
    "other padding": NOTE.replace("nAM=", "nAN="),
    "space": NOTE.replace("nAM=", "nA M="),
    "plus": NOTE + "— a+b AAAAAAA=\n",
    "short": NOTE + "— a AAAAAA==\n",
    "many": NOTE + "— w AAAAAAA=\n" * 100,
    "unicode space": NOTE.replace("PeterN", "Peter\u2003N"),
    "huge": "x" * (1 << 18) + NOTE,
}


@pytest.mark.parametrize("kind", drawn_or_long(BAD_NOTES, 3))
def test_notes_that_are_none(kind: str) -> None:
    with pytest.raises(v.FaultError):
        v.parse_note(BAD_NOTES[kind])


def test_keys_that_cannot_be_used(log: Log, original: Path, run: Run) -> None:
    bad = ["", "x", log.vkey[:-4], log.vkey + "x", log.vkey.replace("nl", "be"), log.witness_vkey]
    bad += [f"x+00000000+{b64(bytes(33))}", "\udcff+00000000+AA==", "a b+1+2", "a+b+c+d"]
    bad += [vkey("x", 1, (2).to_bytes(32, "little")), vkey("x", 1, (v.P).to_bytes(32, "little"))]
    for text in bad:
        code, said = run(original, "--key", text)
        assert (code, said[:13]) == (2, "not checked: ")
    assert run(original, "--key", log.vkey, "--witness", log.vkey)[0] == 2


# --- Logs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "kept"),
    [
        (0, []),
        (1, [0]),
        (255, [1, 254]),
        (256, [255]),
        (257, [256, 1]),
        (600, [1, 255, 256, 257, 511, 512, 513]),
        pytest.param(70000, [65537], marks=pytest.mark.long),
    ],
)
def test_a_sound_log(size: int, kept: list[int], tmp_path: Path, run: Run) -> None:
    log = Log(size)
    log.write(tmp_path, *kept)
    code, said = run(tmp_path, "--key", log.vkey, "--witness", log.witness_vkey)
    assert code == 0, said
    assert f"Compared: {size} entries, their tiles, {len(kept) + 1} kept checkpoints" in said
    assert "The witness witness.example/w1 signed it on 2025-11-29 21:39:50." in said
    if size == 70000:
        assert (tmp_path / "tile/0/273.p/112").is_file()
        assert (tmp_path / "tile/2/000.p/1").is_file()
        tree, hashes = v.TileTree(v.Place(str(tmp_path)), size), log.hashes()
        assert tree.consistency(65537) == w.consistency_path(65537, hashes)


def test_consistency_from_the_tiles_of_a_small_log(original: Path, log: Log) -> None:
    tree, hashes = v.TileTree(v.Place(str(original)), 600), log.hashes()
    for first in range(1, 600, 7):
        assert tree.consistency(first) == w.consistency_path(first, hashes)


def test_the_keys_of_the_log_itself(original: Path, run: Run) -> None:
    code, said = run(original)
    assert code == 0
    assert "The keys came from the log itself" in said
    other = vkey(ORIGIN, 1, raw(private()))
    code, said = run(original, "--key", other)
    assert code == 1
    assert "No key of the log that you trust signed it" in said
    code, said = run(original, "--witness", vkey("w2.example", 4, raw(private())))
    assert code == 0
    assert "The witness w2.example has not signed it." in said


def test_old_partial_tiles_may_be_gone(log: Log, folder: Path, run: Run) -> None:
    for gone in (folder / "tile").rglob("000.p"):
        if gone.parent.name in ("0", "entries"):
            shutil.rmtree(gone)
    assert run(folder, "--key", log.vkey)[0] == 0


def test_the_full_tile_stands_in_for_a_partial_one(tmp_path: Path, run: Run) -> None:
    log = Log(600)
    log.write(tmp_path, 300)
    for gone in ("checkpoints/000000000600", "opened/002", "opened/001"):
        (tmp_path / gone).unlink(missing_ok=True)
    for gone in ("tile/0/001.p", "tile/entries/001.p"):
        shutil.rmtree(tmp_path / gone)
    write(tmp_path / "checkpoint", log.checkpoint(300))
    code, said = run(tmp_path, "--key", log.vkey)
    assert code == 0, said


def test_keys_after_a_rotation(log: Log, folder: Path, run: Run) -> None:
    fresh = private()
    new = vkey(ORIGIN, 1, raw(fresh))
    write(folder / "keys", f"{new}\n{log.vkey}\n")
    code, said = run(folder)
    assert code == 0, said
    assert "The present key has not signed the checkpoint yet" in said
    write(folder / "checkpoint", note(log.text(), (ORIGIN, fresh), (ORIGIN, log.key)))
    code, said = run(folder)
    assert code == 0, said
    assert "present key" not in said
    assert run(folder, "--key", new, "--key", log.vkey)[0] == 0
    assert run(folder, "--key", log.vkey)[0] == 0
    assert run(folder, "--key", new)[0] == 1  # the kept ones are of the key before


Tamper = Callable[[Path, Log], object]


def edit(name: str, change: Callable[[bytes], bytes]) -> Tamper:
    def tamper(folder: Path, _log: Log) -> None:
        data = (folder / name).read_bytes()
        changed = change(data)
        assert changed != data
        (folder / name).write_bytes(changed)

    return tamper


def flip(where: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:where] + bytes([data[where] ^ 1]) + data[where + 1 :]


def swap(data: bytes) -> bytes:
    return data[: 87 * 5] + data[87 * 6 : 87 * 7] + data[87 * 5 : 87 * 6] + data[87 * 7 :]


def opened(number: int, change: Callable[[dict[str, Any]], object]) -> Tamper:
    """Change one line of an opened file as an object."""

    def tamper(data: bytes) -> bytes:
        lines = data.decode().split("\n")
        held = json.loads(lines[number])
        change(held)
        lines[number] = json.dumps(held)
        return "\n".join(lines).encode()

    return edit("opened/000", tamper)


def signed(text: Callable[[Log], str], extra: Callable[[Log], str] = lambda _: "") -> Tamper:
    return lambda folder, log: write(
        folder / "checkpoint", note(text(log), (log.origin, log.key)) + extra(log)
    )


def remove(name: str) -> Tamper:
    return lambda folder, _: (folder / name).unlink()


def put(name: str, data: Callable[[Log], str | bytes]) -> Tamper:
    return lambda folder, log: write(folder / name, data(log))


def rebuilt(index: int, entry: bytes, held: dict[str, Any] | None = None) -> Tamper:
    """A log whose operator itself put something wrong in it, with tiles and signatures to match."""

    def tamper(folder: Path, log: Log) -> None:
        shutil.rmtree(folder)
        fresh = Log(10)
        fresh.key, fresh.witness, fresh.opened = log.key, log.witness, {}
        fresh.entries[index] = entry
        if held is not None:
            fresh.opened[index] = held
        fresh.write(folder)

    return tamper


def wrong_event(**other: object) -> Tamper:
    return rebuilt(3, *w.act({"said.title": "x"}, **other))


def wrong_field(name: str, value: object = "x") -> Tamper:
    return rebuilt(3, *w.act({name: value}))


def last_of(text: str) -> str:
    """A root in Base 64 that is not written in its proper way."""
    return text[:-3] + chr(ord(text[-3]) + 1) + "=\n"


def other_root(size: int) -> Callable[[Log], str]:
    return lambda log: note(f"{ORIGIN}\n{size}\n{b64(sha())}\n", (ORIGIN, log.key))


NO_DAY = "2026-02-30T21:39:50.000000Z"
LATER, LATER_HELD = w.act({"said.title": "x"})
TAMPERED: dict[str, tuple[Tamper, str]] = {
    "entry": (edit("tile/entries/000", flip(50)), "tile/entries/000.p/255` is not a beginning"),
    "entry in the last": (
        edit("tile/entries/002.p/88", lambda d: d[:-64] + b"0" * 64),
        "`tile/0/002.p/88` does",
    ),
    "entries swapped": (edit("tile/entries/001", swap), "001.p/44` is not a beginning"),
    "bundle cut off": (edit("tile/entries/001", lambda d: d[:-1]), "22271 bytes, and not 22272"),
    "bundle long": (edit("tile/entries/001", lambda d: d + b"x" * 100000), "is larger than"),
    "bundle missing": (remove("tile/entries/001"), "`tile/entries/001` is missing"),
    "last bundle missing": (remove("tile/entries/002.p/88"), "002.p/88` is missing"),
    "length of an entry": (edit("tile/entries/002.p/88", flip(87 * 87 + 1)), "Entry 599 is no"),
    "old bundle": (edit("tile/entries/001.p/44", flip(50)), "001.p/44` is not a beginning"),
    "old bundle cut": (edit("tile/entries/001.p/44", lambda d: d[:-87]), "is not a beginning"),
    "name of a bundle": (put("tile/entries/001.p/044", lambda _: b""), "no name of a partial tile"),
    "tile": (edit("tile/0/001", flip(32 * 7)), "`tile/0/001` does not hold the hashes"),
    "tile missing": (remove("tile/0/001"), "`tile/0/001` is missing"),
    "tile cut off": (edit("tile/1/000.p/2", lambda d: d[:32]), "has 32 bytes, and not 64"),
    "last tile": (edit("tile/0/002.p/88", flip(0)), "`tile/0/002.p/88` does not hold"),
    "tile of level 1": (edit("tile/1/000.p/2", flip(33)), "`tile/1/000.p/2` does not hold"),
    "old tile": (edit("tile/0/001.p/44", flip(5)), "`tile/0/001.p/44` is not a beginning"),
    "capital": (rebuilt(3, b"2026-11-29T21:39:50Z " + b"AB" * 32), "Entry 3 is no moment"),
    "no day": (rebuilt(3, b"2026-02-29T21:39:50Z " + b"ab" * 32), "Entry 3 is no moment"),
    "no hour": (rebuilt(3, b"2026-02-28T24:39:50Z " + b"ab" * 32), "Entry 3 is no moment"),
    "long entry": (rebuilt(3, b"2026-02-28T21:39:50Z " + b"ab" * 33), "and not 870"),
    "number": (edit("checkpoint", lambda d: d.replace(b"\n600\n", b"\n599\n")), "does not hold"),
    "root": (
        signed(lambda _: f"{ORIGIN}\n600\n{b64(sha(b'x'))}\n"),
        "do not lead to the root of the present",
    ),
    "origin": (signed(lambda log: log.text().replace("log/1", "log/2")), "No key of the log"),
    "another key": (put("checkpoint", lambda log: note(log.text(), (ORIGIN, private()))), "No key"),
    "extension": (signed(lambda log: log.text() + "more\n"), "has 3 lines, and not 4"),
    "two lines": (signed(lambda _: ORIGIN + "\n600\n"), "has 3 lines, and not 2"),
    "zero before": (signed(lambda log: log.text().replace("\n600", "\n0600")), "number of entries"),
    "sign before": (signed(lambda log: log.text().replace("\n600", "\n+600")), "number of entries"),
    "other digits": (signed(lambda log: log.text().replace("\n600", "\n६00")), "number of ent"),
    "huge": (signed(lambda log: log.text().replace("\n600", "\n" + "9" * 9999)), "number of ent"),
    "large": (signed(lambda log: log.text().replace("\n600", "\n" + "9" * 18)), "is missing"),
    "short root": (signed(lambda _: ORIGIN + "\n600\nAAAA\n"), "has 3 bytes and should have 32"),
    "Base 64": (signed(lambda log: last_of(log.text())), "not proper Base 64"),
    "empty": (signed(lambda log: log.text().replace("\n600", "\n0")), "counts no entries and"),
    "no checkpoint": (put("checkpoint", lambda _: "text"), "no signed note"),
    "control": (edit("checkpoint", lambda d: d.replace(b"600", b"6\r0")), "control character"),
    "UTF-8": (edit("checkpoint", lambda d: d + b"\xff\n"), "not valid UTF-8"),
    "huge note": (edit("checkpoint", lambda d: d + b"x" * (1 << 18)), "is larger than"),
    "cosignature": (edit("checkpoint", lambda d: d[:-9] + b"A" + d[-8:]), "cosignature by the wit"),
    "other cosignature": (
        signed(Log.text, lambda log: w.cosignature(w.WITNESS, log.witness, log.text(599), 1)),
        "cosignature by the witness",
    ),
    "time": (
        signed(Log.text, lambda log: w.cosignature(w.WITNESS, log.witness, log.text(), 2**63)),
        "cosignature by the witness",
    ),
    "no keys": (remove("keys"), "has no file `keys`"),
    "empty keys": (put("keys", lambda _: b""), "has no file `keys`"),
    "broken keys": (put("keys", lambda log: log.vkey[:-1]), "not proper Base 64"),
    "keys of others": (put("keys", lambda _: vkey(ORIGIN, 1, raw(private()))), "No key of the log"),
    "key of a stranger": (
        edit("keys", lambda d: d + vkey("x.example", 1, raw(private())).encode() + b"\n"),
        "has a key of",
    ),
    "kept root": (put("checkpoints/000000000300", other_root(300)), "000300`: The entries do not"),
    "kept today": (put("checkpoints/000000000600", other_root(600)), "000600`: The entries do not"),
    "kept name": (put("checkpoints/000000000301", lambda log: log.checkpoint(300)), "another log"),
    "kept stranger": (
        put("checkpoints/000000000300", lambda log: note(log.text(300), (ORIGIN, private()))),
        "No key of the log",
    ),
    "kept later": (put("checkpoints/000000000601", other_root(601)), "counts more than"),
    "kept garbage": (put("checkpoints/000000000301", lambda _: b"\0"), "control character"),
    "kept missing": (remove("checkpoints/000000000600"), "This kept checkpoint is missing"),
    "kept strange": (put("checkpoints/1", lambda _: b""), "`checkpoints/1` is no name"),
    "opened value": (opened(0, lambda h: h["fields"]["reason"].update(value="x")), "`reason` or"),
    "opened salt": (opened(0, lambda h: h["fields"]["reason"].update(salt="0" * 32)), "`reason`"),
    "salt capitals": (opened(0, lambda h: h["fields"]["reason"].update(salt="A" * 32)), "A salt"),
    "salt a list": (opened(0, lambda h: h["fields"]["reason"].update(salt=[])), "A salt"),
    "opened verb": (opened(1, lambda h: h["event"].update(verb="x")), "Line 2: The event or its"),
    "opened moment": (
        opened(0, lambda h: h["event"].update(at="2026-11-29T21:39:50.123457Z")),
        "not what entry 3 binds",
    ),
    "opened event salt": (opened(0, lambda h: h.update(salt="0" * 32)), "not what entry 3 binds"),
    "opened elsewhere": (opened(1, lambda h: h.update(index=105)), "not what entry 105 binds"),
    "opened beyond": (opened(1, lambda h: h.update(index=256)), "The index 256 is out"),
    "opened below": (opened(0, lambda h: h.update(index=-1)), "The index -1 is out"),
    "opened true": (opened(0, lambda h: h.update(index=True)), "The index True is out"),
    "opened path": (opened(0, lambda h: h.update(index="../\x1b[2J")), "The index ../\\u001b[2J"),
    "opened twice": (edit("opened/000", lambda d: d.split(b"\n")[0] + b"\n" + d), "3 is out of"),
    "opened order": (edit("opened/000", lambda d: b"\n".join(d.split(b"\n")[1::-1])), "out of"),
    "opened more": (opened(0, lambda h: h.update(note="\x1b[2J")), "has a member `note`"),
    "opened less": (opened(0, lambda h: h.pop("fields")), "lacks the member `fields`"),
    "field more": (opened(0, lambda h: h["fields"]["reason"].update(x=1)), "has a member `x`"),
    "field unbound": (
        opened(0, lambda h: h["fields"].update(carried={"salt": "", "value": 1})),
        "`carried` is opened, and nothing binds it",
    ),
    "fields a list": (opened(0, lambda h: h.update(fields=[])), "`fields` is not an object"),
    "line a list": (put("opened/000", lambda _: b"[]\n"), "Line 1: The line is not an object"),
    "empty line": (edit("opened/000", lambda d: d + b"\n"), "is not JSON"),
    "line double": (
        edit("opened/000", lambda d: d.replace(b'"plan": 1', b'"plan": 1, "plan": 1')),
        "has a member twice",
    ),
    "line UTF-8": (edit("opened/000", lambda d: d.replace(b"\xc3", b"\xff")), "not valid Unicode"),
    "line deep": (put("opened/000", lambda _: b"[" * 99999), "nested more than 100"),
    "opened actor": (wrong_field("actor", 12), "opens `actor`, which is never public"),
    "opened private": (wrong_field("row.person.1.private", {}), "which is never public"),
    "another second": (rebuilt(3, b"2026-11-29T21:39:51Z" + LATER[20:], LATER_HELD), "entry 3 b"),
    "event more": (wrong_event(more=1), "The event has a member `more`"),
    "event UUID": (wrong_event(event="12"), "The name of the event, a UUID,"),
    "event verb": (wrong_event(verb=""), "The event has no verb"),
    "event subject": (wrong_event(subject={"type": "x", "id": 1, "name": "J"}), "member `name`"),
    "event subject null": (wrong_event(subject=None), "The subject of the event is not an object"),
    "event key": (wrong_event(subject={"type": "x", "id": None}), "has no key"),
    "event plan": (wrong_event(plan="1"), "`plan` is no number"),
    "event round": (wrong_event(round=False), "`round` is no number"),
    "event day": (opened(0, lambda h: h["event"].update(at=NO_DAY)), "not in the calendar"),
    "event moment": (wrong_event(at="2026-02-28T21:39:50Z"), "The moment of the event"),
    "event field": (wrong_field("password"), "`password`: no such name"),
    "event said": (wrong_field("said.Titel"), "`said.Titel`: no such name"),
    "event row": (wrong_field("row.proposal.12.Title"), "no such name"),
    "event digest": (wrong_event(fields={"reason": "00"}), "The digest of the field `reason`"),
}


@pytest.mark.parametrize("kind", drawn_or_long(TAMPERED, 3))
def test_a_log_that_was_tampered_with(kind: str, log: Log, folder: Path, run: Run) -> None:
    tamper, expected = TAMPERED[kind]
    tamper(folder, log)
    code, said = run(folder, "--key", log.vkey, "--witness", log.witness_vkey)
    assert code == 1, said
    assert expected in said


def test_entries_that_were_opened_after_the_checkpoint(tmp_path: Path, run: Run) -> None:
    log = Log(5)
    log.write(tmp_path)
    log.add({"said.title": "later"})
    lines = [json.dumps({"index": i, **log.opened[i]}) for i in (3, 4, 5)]
    write(tmp_path / "opened/000", "\n".join(lines))
    code, said = run(tmp_path, "--key", log.vkey)
    assert code == 0, said
    assert "2 opened entries." in said
    assert "1 opened entries come after the checkpoint" in said
    write(tmp_path / "opened/000", lines[2].replace("later", "never"))
    assert run(tmp_path, "--key", log.vkey)[0] == 1


def test_a_check_stops_after_many_faults(folder: Path, log: Log, run: Run) -> None:
    for size in range(1, 200):
        write(folder / f"checkpoints/{size:012d}", b"x")
    code, said = run(folder, "--key", log.vkey)
    assert code == 1
    assert "the check stopped here" in said


def test_places_that_are_no_log(tmp_path: Path, log: Log, run: Run) -> None:
    for place in (tmp_path / "none", tmp_path, "https://", "http://[", "http://127.0.0.1:1/log/1"):
        code, said = run(place, "--key", log.vkey)
        assert code == 2, said
        assert said.startswith("not checked: ")
        assert run(write(tmp_path / "kept", log.checkpoint()), "--log", place)[0] == 2
        (tmp_path / "kept").unlink()
    for name in ("a\0b", "x" * 5000, "/dev/zero", ""):
        assert run(name, "--key", log.vkey)[0] == 2
    with pytest.raises(SystemExit) as stopped:
        v.main([])
    assert stopped.value.code == 2


def test_special_files_do_not_hold_it_up(log: Log, folder: Path, run: Run) -> None:
    (folder / "tile/0/001").unlink()
    os.mkfifo(folder / "tile/0/001")
    assert run(folder, "--key", log.vkey)[0] == 1
    (folder / "checkpoint").unlink()
    os.mkfifo(folder / "checkpoint")
    assert run(folder, "--key", log.vkey)[0] == 2


def test_a_file_that_cannot_be_read(
    log: Log, folder: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open

    def refuse(path: Path, *arguments: Any, **named: Any) -> Any:
        if path == folder / "opened/000":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **named)

    monkeypatch.setattr(Path, "open", refuse)
    assert run(folder, "--key", log.vkey)[0] == 2


# --- Kept checkpoints, a rewritten history --------------------------------------------------------


def test_a_checkpoint_that_somebody_kept(log: Log, folder: Path, tmp_path: Path, run: Run) -> None:
    kept = tmp_path / "kept"

    def check(data: str | bytes, *more: object) -> tuple[int, str]:
        return run(write(kept, data), "--key", log.vkey, *more)

    for size in (0, 1, 123, 256, 599, 600):
        code, said = check(log.checkpoint(size), "--log", folder)
        assert code == 0, said
        assert f"checkpoint of {size} entries is part of the log of today" in said
    assert check(log.checkpoint(123))[0] == 0
    assert check(log.checkpoint(123), folder)[0] == 0
    for size, expected in ((601, "taken away"), (123, "was rewritten"), (600, "two trees of 600")):
        code, said = check(other_root(size)(log), "--log", folder)
        assert code == 1
        assert expected in said
    assert check(note(log.text(123), (ORIGIN, private())))[0] == 1
    assert check(b"garbage")[0] == check(b"")[0] == check(b"\xff\n\n")[0] == 1
    code, said = run(kept.parent / write(kept, log.checkpoint(123)).name)
    assert code == 2
    assert "The signatures were not checked" in said


def test_a_rewritten_log_is_found_by_what_others_kept(log: Log, tmp_path: Path, run: Run) -> None:
    fresh = Log(0)
    fresh.key, fresh.entries = log.key, list(log.entries)
    fresh.entries[100] = b"2026-11-29T21:39:50Z " + b"ab" * 32
    place = fresh.write(tmp_path / "rewritten")
    assert run(place, "--key", log.vkey)[0] == 0  # by itself it looks sound
    things = {
        "kept": log.checkpoint(500),
        "a.tlog-proof": log.receipt(3, 500),
        "rewritten.tlog-proof": log.receipt(204, 600),
    }
    for name, data in things.items():
        thing = write(tmp_path / name, data)
        assert run(thing, "--key", log.vkey)[0] == 0
        code, said = run(thing, "--key", log.vkey, "--log", place)
        assert code == 1
        assert f"wrong: `{thing}`: " in said
        assert run(thing, place, "--key", log.vkey)[0] == 1


def test_two_trees_of_one_size_are_equivocation(log: Log, tmp_path: Path, run: Run) -> None:
    one = write(tmp_path / "one", log.checkpoint(300))
    two = write(tmp_path / "two", other_root(300)(log))
    code, said = run(one, two, "--key", log.vkey)
    assert code == 1
    assert "two trees of 300 entries" in said
    assert "together they prove it" in said
    code, said = run(one, two)
    assert code == 1
    assert "prove" not in said


def test_two_receipts_with_another_entry_at_one_place(log: Log, tmp_path: Path, run: Run) -> None:
    fresh = Log(300)
    fresh.key = log.key
    one = write(tmp_path / "one.tlog-proof", log.receipt(3, 500))
    two = write(tmp_path / "two.tlog-proof", fresh.receipt(3))
    code, said = run(one, two, "--key", log.vkey)
    assert code == 1
    assert "Entry 3 is another one here than in" in said


def test_a_thing_of_another_log(log: Log, folder: Path, tmp_path: Path, run: Run) -> None:
    other = Log(5, "consult.example.nl/log/2")
    thing = write(tmp_path / "kept", other.checkpoint())
    code, said = run(thing, "--key", log.vkey, "--key", other.vkey, "--log", folder)
    assert code == 2
    assert "not of the log that --log names" in said
    assert run(thing, "--key", log.vkey)[0] == 1
    code, said = run(folder, "--key", log.vkey, "--log", tmp_path / "none")
    assert code == 2
    assert "is not the folder or the address of a log" in said


def test_two_copies_of_a_log(log: Log, folder: Path, tmp_path: Path, run: Run) -> None:
    early = Log(0)
    early.key, early.entries = log.key, log.entries[:300]
    old = early.write(tmp_path / "old")
    assert run(folder, old, "--key", log.vkey)[0] == 0
    code, said = run(folder, "--log", old, "--key", log.vkey)
    assert code == 1
    assert "taken away, or this copy is old" in said


# --- Receipts -------------------------------------------------------------------------------------


def test_a_sound_receipt(log: Log, folder: Path, tmp_path: Path, run: Run) -> None:
    for index, size in ((3, 4), (3, 600), (503, 513), (304, None)):
        thing = write(tmp_path / "a.tlog-proof", log.receipt(index, size))
        code, said = run(thing, "--key", log.vkey, "--witness", log.witness_vkey, "--log", folder)
        assert code == 0, said
        assert f'said.title: "Titel {index} — «é»"' in said
        assert f"It is entry {index} of the log `{ORIGIN}`" in said
        assert "witness.example/w1 signed it" in said
    assert run(write(tmp_path / "unnamed", log.receipt(3)), "--key", log.vkey)[0] == 0
    code, said = run(thing)
    assert code == 2
    code, said = run(thing, "--log", folder)
    assert code == 0
    assert "The keys came from the log itself" in said


def test_a_receipt_that_waits(log: Log, tmp_path: Path, run: Run) -> None:
    thing = write(tmp_path / "a.consult-receipt", json.dumps(log.held(3)))
    code, said = run(thing, "--key", log.vkey)
    assert code == 0, said
    assert "acknowledged it; it is not yet proven there" in said
    held = log.held(3)
    held["fields"] = {}
    assert run(write(tmp_path / "unnamed", json.dumps(held)), "--key", log.vkey)[0] == 0


def acknowledged(old: str, new: str) -> Callable[[Log, dict[str, Any]], None]:
    """Sign another text as the acknowledgement."""

    def change(log: Log, held: dict[str, Any]) -> None:
        text = held["acknowledgement"].rpartition("\n\n")[0] + "\n"
        assert old in text
        held["acknowledgement"] = note(text.replace(old, new), (ORIGIN, log.key))

    return change


def changed(change: Callable[[dict[str, Any]], object]) -> Callable[[Log, dict[str, Any]], None]:
    def apply(_log: Log, held: dict[str, Any]) -> None:
        change(held)

    return apply


HELD: dict[str, tuple[Callable[[Log, dict[str, Any]], None], str]] = {
    "value": (changed(lambda h: h["fields"]["said.title"].update(value="x")), "`said.title` or"),
    "salt": (changed(lambda h: h["fields"]["said.title"].update(salt="0" * 32)), "`said.title`"),
    "unbound": (
        changed(lambda h: h["fields"].update({"said.x": {"salt": "", "value": 1}})),
        "nothing binds",
    ),
    "event": (changed(lambda h: h["event"].update(verb="x")), "Its digest is not that of the"),
    "event salt": (changed(lambda h: h.update(salt="0" * 32)), "Its digest is not that of the"),
    "moment": (
        changed(lambda h: h["event"].update(at="2026-11-29T21:39:51.000000Z")),
        "Its moment is not that of the event",
    ),
    "more": (changed(lambda h: h.update(x=1)), "has a member `x`"),
    "less": (changed(lambda h: h.pop("acknowledgement")), "lacks the member `acknowledgement`"),
    "no note": (changed(lambda h: h.update(acknowledgement="x\n")), "no signed note"),
    "a number": (changed(lambda h: h.update(acknowledgement=1)), "It is not as it should be: `1`"),
    "header": (acknowledged("/v1", "/v2"), "It does not begin with consult-acknowledgement/v1"),
    "another log": (acknowledged("log/1", "log/2"), "No key of the log"),
    "another moment": (acknowledged("50.1", "51.1"), "Its moment is not"),
    "another code": (acknowledged("AAAA", "BBBB"), "Its code is not that of the event"),
    "no code": (acknowledged("7Q2MX-AAAA", ""), "Its code is not that of the event"),
    "another field": (acknowledged("said.title ", "said.titel "), "name the said fields"),
    "no field": (acknowledged("\nsaid.title", "\n\nsaid.title"), "name the said fields"),
    "cut off": (acknowledged(ORIGIN, ""), "No key of the log"),
    "forged": (
        changed(lambda h: h.update(acknowledgement=h["acknowledgement"].replace("50.", "51."))),
        "does not hold",
    ),
}


@pytest.mark.parametrize("kind", drawn_or_long(HELD, 3))
def test_a_receipt_that_was_tampered_with(kind: str, log: Log, tmp_path: Path, run: Run) -> None:
    change, expected = HELD[kind]
    held = copy.deepcopy(log.held(3))
    change(log, held)
    for name, data in (
        ("a.consult-receipt", json.dumps(held)),
        ("a.tlog-proof", log.receipt(3, held=held)),
    ):
        code, said = run(write(tmp_path / name, data), "--key", log.vkey)
        assert code == 1, said
        assert expected in said


def proofs(log: Log) -> dict[str, tuple[str | bytes, str]]:
    good = log.receipt(3)
    head, _, _ = good.partition("\n\n")
    step = log.proof(3)[2]
    second = Log(5, "consult.example.nl/log/2")
    second.key, second.entries, second.opened = log.key, log.entries[:5], log.opened
    return {
        "header": (good.replace("@v1", "@v2", 1), "The first line is not c2sp.org/tlog-proof@v1"),
        "no extra": (good.replace("extra ", "more "), "The second line is not `extra`"),
        "extra": (good.replace("extra ", "extra *"), "The line `extra` is not proper Base 64"),
        "not canonical": (
            log.receipt(3, extra=json.dumps(log.held(3)).encode()),
            "not canonical JSON",
        ),
        "extra a list": (log.receipt(3, extra=b"[]"), "The receipt is not an object"),
        "index": (good.replace("index 3", "index 4"), "does not lead from this event"),
        "index zero": (good.replace("index 3", "index 03"), "The third line is not `index`"),
        "index beyond": (good.replace("index 3", "index 600"), "counts 600, so no 600"),
        "hash": (good.replace(step, log.proof(3)[3]), "does not lead from this event"),
        "hash missing": (good.replace(step + "\n", ""), "does not lead from this event"),
        "hash more": (good.replace(step, step + "\n" + step), "does not lead from this event"),
        "hash short": (good.replace(step, "AAAA"), "has 3 bytes and should have 32"),
        "many hashes": (good.replace(step, "\n".join([step] * 60)), "at most 63 hashes"),
        "no checkpoint": (head, "no signed note"),
        "cut off": (good[:-30], "no signed note"),
        "another checkpoint": (log.receipt(3, checkpoint=log.checkpoint(599)), "does not lead"),
        "forged": (good.replace("\n600\n", "\n601\n"), "does not hold"),
        "two logs": (second.receipt(3, held=log.held(3)), "are of two logs"),
        "UTF-8": (good.encode() + b"\xff", "not valid UTF-8"),
        "huge": (good + "x" * (12 << 20), "is larger than"),
    }


def test_a_proof_that_was_tampered_with(log: Log, tmp_path: Path, run: Run) -> None:
    two = vkey("consult.example.nl/log/2", 1, raw(log.key))
    for kind, (data, expected) in proofs(log).items():
        code, said = run(write(tmp_path / "a.tlog-proof", data), "--key", log.vkey, "--key", two)
        assert (code, kind) == (1, kind)
        assert expected in said, (kind, said)


def test_every_cut_of_a_receipt_gives_a_sentence(log: Log, tmp_path: Path, run: Run) -> None:
    good = log.receipt(3).encode()
    for end in [*range(0, len(good) - 300, 97), len(good) - 300, len(good) - 1]:
        code, said = run(write(tmp_path / "a.tlog-proof", good[:end]), "--key", log.vkey)
        assert code == 1, (end, said)


# --- Versions -------------------------------------------------------------------------------------

TEXT: dict[str, Any] = {
    "label": "Versie 1",
    "themes": [{"title": {"nl": "Toegang", "en": "Access"}, "a/b~c": 3}, []],
    "empty": {},
    "none": None,
}
Version = dict[str, Any]


@pytest.fixture(scope="module")
def frozen() -> tuple[Log, Version]:
    log = Log(40)
    return log, log.version(TEXT, hidden=("/themes/0/title/en",))


def test_a_sound_version(frozen: tuple[Log, Version], tmp_path: Path, run: Run) -> None:
    log, version = frozen
    thing = write(tmp_path / "proof.json", json.dumps(version, indent=2))
    code, said = run(thing, "--key", log.vkey)
    assert code == 0, said
    assert f"The digest of the version is {version['digest']}; 1 fields are left out." in said
    assert f"It is entry 40 of `{ORIGIN}`" in said
    assert "/themes/0/a~1b~0c" in version["fields"]
    assert run(thing)[0] == 2
    assert run(thing, "--log", log.write(tmp_path / "log", 40))[0] == 0
    early = {**version, "checkpoint": None, "entry": None}
    code, said = run(write(tmp_path / "unnamed", json.dumps(early)))
    assert code == 0
    assert "no log binds it" in said


def resealed(version: Version, sealed: object) -> bool:
    """Put other seals into a version, with the digest that fits them."""
    digest = sha(b"consult-version/v1\n", w.canonical(sealed)).hex()
    version.update(sealed=sealed, digest=digest)
    return True


VERSIONS: dict[str, tuple[Callable[[Version], object], str]] = {
    "digest": (lambda o: o.update(digest="0" * 64), "The digest is not that of `sealed`"),
    "sealed": (lambda o: o["sealed"].update(label="0" * 64), "The digest is not that of `sealed`"),
    "order": (lambda o: o["sealed"]["themes"].reverse(), "The digest is not that of `sealed`"),
    "resealed": (
        lambda o: resealed(o, {**o["sealed"], "none": "0" * 64}),
        "The field `/none` or its salt was changed",
    ),
    "left out": (
        lambda o: o["fields"].pop("/none") and resealed(o, {**o["sealed"], "none": "0" * 64}),
        "does not open `said.digest` with the digest",
    ),
    "no label": (lambda o: resealed(o, {"x": "0" * 64}), "`sealed` has no `label`"),
    "a text": (lambda o: resealed(o, {"label": "Versie 1"}), "The digest at `/label` of `sealed`"),
    "empty list": (lambda o: resealed(o, {"label": "0" * 64, "x": []}), "The digest at `/x`"),
    "sealed a list": (lambda o: o.update(sealed=[]), "`sealed` is not an object"),
    "value": (lambda o: o["fields"]["/label"].update(value="x"), "The field `/label`"),
    "salt": (lambda o: o["fields"]["/label"].update(salt="0" * 32), "The field `/label`"),
    "pointer": (lambda o: o["fields"].update({"/x": o["fields"]["/label"]}), "nothing binds"),
    "object": (lambda o: o["fields"].update({"/themes": o["fields"]["/label"]}), "nothing binds"),
    "index": (
        lambda o: o["fields"].update({"/themes/01": o["fields"]["/themes/1"]}),
        "nothing binds",
    ),
    "more": (lambda o: o.update(x=1), "has a member `x`"),
    "less": (lambda o: o.pop("entry"), "lacks the member `entry`"),
    "checkpoint": (
        lambda o: o.update(checkpoint=o["checkpoint"].replace("\n40\n", "\n41\n")),
        "`checkpoint`: The signature",
    ),
    "entry checkpoint": (
        lambda o: o["entry"].update(checkpoint=o["checkpoint"]),
        "`entry`: The checkpoint counts 40, so no 40",
    ),
    "entry proof": (lambda o: o["entry"]["proof"].pop(), "does not lead from this event"),
    "entry proof text": (lambda o: o["entry"].update(proof="x"), "The proof is not a list"),
    "entry index": (lambda o: o["entry"].update(index=3), "does not lead from this event"),
    "entry closed": (lambda o: o["entry"].update(fields={}), "does not open `said.digest`"),
    "entry type": (lambda o: o["entry"].update(type="entry"), "has a member `type`"),
    "entry verb": (lambda o: o["entry"]["event"].update(verb="x"), "does not lead from this"),
}


@pytest.mark.parametrize("kind", drawn_or_long(VERSIONS, 3))
def test_a_version_that_was_tampered_with(
    kind: str, frozen: tuple[Log, Version], tmp_path: Path, run: Run
) -> None:
    log, version = frozen[0], copy.deepcopy(frozen[1])
    change, expected = VERSIONS[kind]
    change(version)
    thing = write(tmp_path / "proof.json", json.dumps(version))
    code, said = run(thing, "--key", log.vkey)
    assert code == 1, said
    assert expected in said


def test_a_field_of_a_version_is_one_value(tmp_path: Path, run: Run) -> None:
    value = {"a": 1}
    salt, digest = w.salted("consult-field/v1", value)
    version: Version = {"fields": {"/label": {"salt": salt, "value": value}}}
    version.update(checkpoint=None, entry=None)
    resealed(version, {"label": digest})
    code, said = run(write(tmp_path / "proof.json", json.dumps(version)))
    assert code == 1
    assert "holds more than one value" in said


def test_an_entry_of_another_verb_freezes_nothing(tmp_path: Path, run: Run) -> None:
    log = Log(3)
    version = log.version(TEXT)
    index = log.add({"said.digest": version["digest"]})
    entry = {"index": index, **log.opened[index], "proof": log.proof(index)}
    version["entry"] = {**entry, "checkpoint": log.checkpoint()}
    code, said = run(write(tmp_path / "proof.json", json.dumps(version)), "--key", log.vkey)
    assert code == 1
    assert "Its verb is not `version.frozen`" in said


# --- Exports --------------------------------------------------------------------------------------

Lines = list[dict[str, Any]]


@pytest.fixture(scope="module")
def exported() -> tuple[Log, Lines]:
    log = Log(20)
    return log, log.export(copy.deepcopy(w.ITEMS))


def test_a_sound_export(exported: tuple[Log, Lines], tmp_path: Path, run: Run) -> None:
    log, lines = exported
    thing = write(tmp_path / "ronde-1.jsonl", w.jsonl(lines))
    code, said = run(thing, "--key", log.vkey)
    assert code == 0, said
    assert "4 lines are what the record says" in said
    assert run(thing)[0] == 2
    assert run(thing, "--log", log.write(tmp_path / "log"))[0] == 0
    extra = {**w.COMMENT[0], "id": "c2"}
    position = {"type": "position", "proposal": "p1", "participant": "u1", "value": 1}
    more = [*lines[:3], extra, position, *lines[3:]]
    thing = write(tmp_path / "unnamed", w.jsonl(more).replace("\n", "\n\n"))
    code, said = run(thing, "--key", log.vkey)
    assert code == 0, said
    assert "No entry binds 1 of its lines: comment c2." in said


def test_an_export_of_version_2(tmp_path: Path, run: Run) -> None:
    log = Log(20)
    lines = log.export(copy.deepcopy(w.OF_VERSION_2))
    code, said = run(write(tmp_path / "sound.jsonl", w.jsonl(lines)), "--key", log.vkey)
    assert code == 0, said
    for number, changed, expected in (
        (1, {"body": "Toch iets"}, "`body` of proposal `p3`"),
        (1, {"fields": {}}, "`problem` of proposal `p3`"),
        (2, {"reason": "Daarom"}, "`reason` of response `p3`"),
        (2, {"subject": {"type": "proposal", "id": "p9"}}, "has no response `p3`"),
        (2, {"subject": {"type": "comment", "id": "p3"}}, "something that is no proposal"),
    ):
        forged = copy.deepcopy(lines)
        forged[number].update(changed)
        code, said = run(write(tmp_path / "forged.jsonl", w.jsonl(forged)), "--key", log.vkey)
        assert code == 1, said
        assert expected in said


def test_an_answer_in_two_languages(tmp_path: Path, run: Run) -> None:
    log = Log(20)
    lines = log.export(copy.deepcopy([w.BARE_PROPOSAL, w.RESPONSE_IN_TWO_LANGUAGES]))
    code, said = run(write(tmp_path / "sound.jsonl", w.jsonl(lines)), "--key", log.vkey)
    assert code == 0, said
    both = {"nl": "Te duur", "en": "Too dear"}
    forged: list[object] = [
        "Te duur", {"nl": "Te duur"}, {**both, "en": "Fine"}, {**both, "fy": "Te djoer"},
        {"en": "Te duur", "nl": "Too dear"},
    ]  # fmt: skip
    for reason in forged:
        lines[2]["reason"] = reason
        code, said = run(write(tmp_path / "forged.jsonl", w.jsonl(lines)), "--key", log.vkey)
        assert code == 1, said
        assert "`reason` of response `p3`" in said


def at(number: int, change: Callable[[dict[str, Any]], object]) -> Callable[[Lines], object]:
    return lambda lines: change(lines[number])


EXPORTS: dict[str, tuple[Callable[[Lines], object], str]] = {
    "title": (at(1, lambda o: o.update(title="x")), "Line 7: `title` of proposal `p1`"),
    "body": (at(1, lambda o: o.update(body="x")), "`body` of proposal `p1` is not"),
    "problem": (at(1, lambda o: o["fields"].update(problem="x")), "`problem` of proposal `p1`"),
    "problem left out": (at(1, lambda o: o["fields"].pop("problem")), "`problem` of proposal"),
    "result added": (at(1, lambda o: o["fields"].update(result="x")), "`result` of proposal"),
    "openness added": (at(1, lambda o: o["fields"].update(openness="x")), "`openness` of"),
    "action added": (at(1, lambda o: o["fields"].update(action="x")), "`action` of proposal"),
    "fields a text": (at(1, lambda o: o.update(fields="x")), "`fields` is not an object"),
    "other body": (at(2, lambda o: o.update(body="Twee")), "`body` of proposal `p2`"),
    "comment": (at(3, lambda o: o.update(body="x")), "`body` of comment `c1`"),
    "comment left out": (at(3, lambda o: o.pop("body")), "`body` of comment `c1`"),
    "outcome": (at(4, lambda o: o.update(outcome="not_adopted")), "`outcome` of response `p1`"),
    "reason": (at(4, lambda o: o.update(reason="x")), "`reason` of response `p1`"),
    "no reason": (at(4, lambda o: o.pop("reason")), "`reason` of response `p1`"),
    "reason no text": (at(4, lambda o: o.update(reason=5)), "`reason` is not as it should be"),
    "no body": (at(1, lambda o: o.pop("body")), "`action` of proposal `p1`"),
    "line gone": (lambda lines: lines.pop(3), "The file has no comment `c1`"),
    "line double": (lambda lines: lines.insert(3, lines[3]), "another line with this id"),
    "no id": (at(3, lambda o: o.pop("id")), "The id is not as it should be"),
    "record gone": (lambda lines: lines.pop(5), "It comes before the line `record`"),
    "record double": (lambda lines: lines.insert(5, lines[5]), "a second line `record`"),
    "record more": (at(5, lambda o: o.update(x=1)), "has a member `x`"),
    "record null": (at(5, lambda o: o.update(checkpoint=None)), "The checkpoint is not as it"),
    "record forged": (
        at(5, lambda o: o.update(checkpoint=o["checkpoint"].replace("\n24\n", "\n25\n"))),
        "Line 6: The signature",
    ),
    "line after": (lambda lines: lines.append({**lines[3], "id": "c9"}), "after the line `record`"),
    "round later": (lambda lines: lines.insert(2, lines[0]), "The first line, and no other"),
    "round gone": (lambda lines: lines.pop(0), "The first line, and no other"),
    "type": (at(1, lambda o: o.update(type="vote")), "the unknown type `vote`"),
    "no type": (at(1, lambda o: o.pop("type")), "`type` is not as it should be"),
    "entry swapped": (at(6, lambda o: o["of"].update(id="p2")), "`title` of proposal `p2`"),
    "entry of nothing": (at(6, lambda o: o["of"].update(id="p9")), "has no proposal `p9`"),
    "entry of a kind": (at(8, lambda o: o["of"].update(type="response")), "has no response `c1`"),
    "entry double": (lambda lines: lines.append(lines[6]), "a second entry of proposal `p1`"),
    "entry more": (at(6, lambda o: o.update(checkpoint="x")), "has a member `checkpoint`"),
    "entry proof": (at(6, lambda o: o["proof"].reverse()), "does not lead from this event"),
    "entry hash": (at(6, lambda o: o["proof"].__setitem__(0, 5)), "A hash of the proof is not"),
    "entry index": (at(6, lambda o: o.update(index=0)), "does not lead from this event"),
    "entry salt": (at(6, lambda o: o.update(salt="0" * 32)), "does not lead from this event"),
    "entry value": (
        at(6, lambda o: o["fields"]["row.proposal.30.title"].update(value="x")),
        "The field `row.proposal.30.title` or its salt",
    ),
    "column closed": (
        at(6, lambda o: o["fields"].pop("row.proposal.30.result")),
        "The column `result`, which the entry has to open",
    ),
    "all closed": (at(6, lambda o: o.update(fields={})), "not all about the same one row"),
}


def test_an_export_that_no_log_binds_is_not_called_sound(
    exported: tuple[Log, Lines], tmp_path: Path, run: Run
) -> None:
    log, lines = exported
    path = tmp_path / "round.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines[:5]), "utf-8")
    code, said = run(path, "--key", log.vkey)
    assert code == 2
    assert "so no log binds it" in said


@pytest.mark.parametrize("kind", drawn_or_long(EXPORTS, 3))
def test_an_export_that_was_tampered_with(
    kind: str, exported: tuple[Log, Lines], tmp_path: Path, run: Run
) -> None:
    log, lines = exported[0], copy.deepcopy(exported[1])
    change, expected = EXPORTS[kind]
    change(lines)
    code, said = run(write(tmp_path / "a.jsonl", w.jsonl(lines)), "--key", log.vkey)
    assert code == 1, said
    assert expected in said


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"row.comment.1.body": "x", "row.comment.2.title": ""}, "the same one row"),
        ({"row.proposal.1.body": "x"}, "holds no column of a comment"),
        ({"row.comment.1": None}, "holds no column of a comment"),
        ({"row.comment.1.body": "x", "said.body": "x"}, "holds no column of a comment"),
        ({"row.comment.1.body": None}, "The column `body`"),
    ],
)
def test_an_entry_that_speaks_of_something_else(
    columns: dict[str, object], expected: str, tmp_path: Path, run: Run
) -> None:
    log = Log(3)
    index = log.add(columns)
    lines = [
        w.ROUND,
        {"type": "comment", "id": "c1", "body": "x"},
        {"type": "record", "checkpoint": log.checkpoint()},
        {
            "type": "entry",
            "of": {"type": "comment", "id": "c1"},
            "index": index,
            **log.opened[index],
            "proof": log.proof(index),
        },
    ]
    code, said = run(write(tmp_path / "a.jsonl", w.jsonl(lines)), "--key", log.vkey)
    assert code == 1
    assert expected in said


def test_a_line_that_is_too_long(exported: tuple[Log, Lines], tmp_path: Path, run: Run) -> None:
    log, lines = exported
    long = [lines[0], {"type": "participant", "id": "x" * (1 << 20)}, *lines[1:]]
    code, said = run(write(tmp_path / "a.jsonl", w.jsonl(long)), "--key", log.vkey)
    assert code == 1
    assert "Line 2: It is longer than 1048576 bytes" in said


# --- Addresses ------------------------------------------------------------------------------------


class Handler(SimpleHTTPRequestHandler):
    """A server of plain files that keeps its connections, and misbehaves for some addresses."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    connections = 0

    def setup(self) -> None:
        type(self).connections += 1
        super().setup()

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        mood, _, self.path = self.path[1:].partition("/log/1")
        if mood == "broken":
            self.send_error(500)
        elif mood == "moved":
            self.send_response(302)
            self.send_header("Location", "https://elsewhere.example/")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif mood == "endless":
            self.answer(b"x" * (1 << 20))
        elif mood == "bomb":
            self.answer(gzip.compress(bytes(100 << 20), 9), "gzip")
        elif mood == "notzip":
            self.answer(b"x", "gzip")
        elif mood == "silent":
            self.close_connection = True
        elif mood in ("zip", "closing") and Path(self.translate_path(self.path)).is_file():
            data = Path(self.translate_path(self.path)).read_bytes()
            if mood == "zip":
                self.answer(gzip.compress(data), "gzip")
            else:
                self.answer(data)
                self.close_connection = True  # without a word of it
        else:
            super().do_GET()

    def answer(self, data: bytes, encoding: str = "identity") -> None:
        self.send_response(200)
        self.send_header("Content-Encoding", encoding)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@pytest.fixture
def server(original: Path) -> Iterator[str]:
    Handler.connections = 0
    handler = partial(Handler, directory=str(original))
    with w.Server(("127.0.0.1", 0), handler) as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}"
        made.shutdown()


def test_a_log_at_an_address(server: str, log: Log, tmp_path: Path, run: Run) -> None:
    code, said = run(f"{server}/plain/log/1/", "--key", log.vkey)
    assert code == 0, said
    assert "600 entries, their tiles, 1 kept checkpoints, 12 opened entries" in said
    assert f"This is a copy: the log calls itself `{ORIGIN}`" in said
    assert Handler.connections == 2  # the server ends the first one at a 404
    thing = write(tmp_path / "a.tlog-proof", log.receipt(3, 500))
    assert run(thing, "--log", f"{server}/plain/log/1")[0] == 0
    for mood in ("zip", "closing"):
        code, said = run(f"{server}/{mood}/log/1", "--key", log.vkey)
        assert code == 0, said


@pytest.mark.parametrize(
    ("mood", "code", "expected"),
    [
        ("broken", 2, "gives the status 500"),
        ("moved", 2, "gives the status 302"),
        ("silent", 2, "is not reached"),
        ("endless", 1, "is larger than"),
        ("bomb", 1, "is larger than"),
        ("notzip", 2, "is not reached"),
    ],
)
def test_a_server_that_misbehaves(
    mood: str, code: int, expected: str, server: str, log: Log, run: Run
) -> None:
    found, said = run(f"{server}/{mood}/log/1", "--key", log.vkey)
    assert found == code, said
    assert expected in said


# --- Anything -------------------------------------------------------------------------------------


def test_random_bytes_give_a_sentence(log: Log, tmp_path: Path, run: Run) -> None:
    seeds = [log.receipt(3).encode(), json.dumps(log.held(3)).encode(), log.checkpoint().encode()]
    for count in range(150):
        data = flipped(seeds[count % 3])
        if count % 2:
            data = data[: RANDOM.randrange(len(data))]
        name = RANDOM.choice(["x", "x.tlog-proof", "x.consult-receipt", "x.json", "x.jsonl"])
        code, said = run(write(tmp_path / name, data), "--key", log.vkey)
        assert code in (0, 1, 2)
        assert said


def test_the_command_runs_alone(original: Path, log: Log) -> None:
    script = Path(v.__file__)
    ran = subprocess.run(
        [sys.executable, "-I", str(script), str(original), "--key", log.vkey],
        capture_output=True,
        check=False,
        env={"PYTHONIOENCODING": "ascii"},
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.endswith(b"sound\n")
