"""Tests of cosign.py: what a witness signs, what it refuses, and what it keeps."""

from __future__ import annotations

import fcntl
import os
import stat
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import cosign as c
import pytest
import verify_public as v
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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

NAME = "witness.example/w9"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command; give the exit code, what it printed, and what it said about it."""

    def call(*arguments: object) -> tuple[int, str, str]:
        code = c.main([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        assert bool(said.out) == (code == 0)
        assert bool(said.err) == (code != 0)
        return code, said.out, said.err

    return call


@pytest.fixture
def state(tmp_path: Path, run: Run) -> tuple[Path, str]:
    """The state of a witness, and its verifier key."""
    code, said, _ = run("init", NAME, "--state", tmp_path / "state")
    assert code == 0
    return tmp_path / "state", said.strip()


def grown(log: Log, size: int) -> Log:
    """The same log when it had this size."""
    early = Log(0)
    early.key, early.witness, early.entries = log.key, log.witness, log.entries[:size]
    return early


@pytest.fixture(scope="module")
def log() -> Log:
    return Log(600)


@pytest.fixture(scope="module")
def places(log: Log, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Path]:
    """The log as it was at some sizes."""
    top = tmp_path_factory.mktemp("logs")
    return {size: grown(log, size).write(top / str(size)) for size in (0, 1, 256, 300, 600)}


# --- Signing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("secret", "public", "message", "signature"), w.RFC8032)
def test_the_vectors_of_rfc_8032(secret: str, public: str, message: str, signature: str) -> None:
    assert c.ed25519_public(bytes.fromhex(secret)).hex() == public
    assert c.ed25519_sign(bytes.fromhex(secret), bytes.fromhex(message)).hex() == signature


def test_it_signs_what_cryptography_signs() -> None:
    for _ in range(20):
        seed, message = RANDOM.randbytes(32), RANDOM.randbytes(50)
        other = Ed25519PrivateKey.from_private_bytes(seed)
        assert c.ed25519_public(seed) == raw(other)
        assert c.ed25519_sign(seed, message) == other.sign(message)


def test_a_cosignature_is_what_the_standard_says(log: Log) -> None:
    seed = RANDOM.randbytes(32)
    other = Ed25519PrivateKey.from_private_bytes(seed)
    key = v.Key(NAME, v.WITNESS_KEY, raw(other))
    line = c.cosign(key, seed, log.text(), 1679315147)
    assert line == w.cosignature(NAME, other, log.text(), 1679315147)


# --- The key --------------------------------------------------------------------------------------


def test_init_makes_a_key_once(state: tuple[Path, str], run: Run) -> None:
    folder, witness = state
    key = v.parse_key(witness, v.WITNESS_KEY)
    assert key.name == NAME
    assert witness == vkey(NAME, 4, key.public)
    assert stat.S_IMODE((folder / "key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    before = (folder / "key").read_bytes()
    code, _, said = run("init", NAME, "--state", folder)
    assert code == 2
    assert "There is a key already" in said
    assert (folder / "key").read_bytes() == before
    assert [one.name for one in folder.iterdir()] == ["key"]


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u2003b", "a\x1bb"])
def test_names_that_no_key_can_have(name: str, tmp_path: Path, run: Run) -> None:
    assert run("init", name, "--state", tmp_path / "state")[0] == 2
    assert not (tmp_path / "state").exists()


def test_a_key_that_is_damaged(
    state: tuple[Path, str], log: Log, places: dict[int, Path], run: Run
) -> None:
    folder, _ = state
    good = (folder / "key").read_text()
    other = b64(b"\x01" + bytes(32))
    for bad in ("", good[:-5], good.replace("w9", "w8"), good.replace("PRIVATE", "PUBLIC"), other):
        write(folder / "key", bad)
        code, _, said = run("sign", places[1], "--log-key", log.vkey, "--state", folder)
        assert code == 2
        assert "is not a key that init made" in said
    (folder / "key").unlink()
    assert run("sign", places[1], "--log-key", log.vkey, "--state", folder)[0] == 2
    assert run("sign", places[1], "--log-key", log.vkey, "--state", folder / "none")[0] == 2


# --- What is signed -------------------------------------------------------------------------------


def kept(folder: Path) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in folder.iterdir() if one.name != "lock"}


def test_a_log_that_grows_is_signed(
    state: tuple[Path, str], log: Log, places: dict[int, Path], run: Run, tmp_path: Path
) -> None:
    folder, witness = state
    for size in (0, 1, 256, 256, 300, 600):
        code, said, err = run("sign", places[size], "--log-key", log.vkey, "--state", folder)
        assert code == 0, err
        checkpoint = v.parse_checkpoint(said, "it")
        assert checkpoint.size == size
        v.require_signed(checkpoint.note, [v.parse_key(log.vkey, v.LOG_KEY)])
        keys = [v.parse_key(text, v.WITNESS_KEY) for text in (witness, log.witness_vkey)]
        assert len(v.cosigners(checkpoint.note, keys)) == 2  # those of the log stay
        assert log.checkpoint(size).encode() in kept(folder).values()
    thing = str(write(tmp_path / "cosigned", said))
    arguments = [thing, "--key", log.vkey, "--witness", witness, "--log", str(places[600])]
    assert v.main(arguments) == 0
    assert sorted(len(name) for name in kept(folder)) == [3, 64 + len(".checkpoint")]


def test_an_old_cosignature_of_its_own_is_replaced(
    state: tuple[Path, str], log: Log, tmp_path: Path, run: Run
) -> None:
    folder, witness = state
    place = log.write(tmp_path / "log")
    for _ in range(2):
        said = run("sign", place, "--log-key", log.vkey, "--state", folder)[1]
        write(place / "checkpoint", said)
    assert said.count(f"— {NAME} ") == 1
    assert len(v.cosigners(v.parse_note(said), [v.parse_key(witness, v.WITNESS_KEY)])) == 1


def test_each_log_has_a_state_of_its_own(
    state: tuple[Path, str], log: Log, places: dict[int, Path], tmp_path: Path, run: Run
) -> None:
    other = Log(3, "consult.example.nl/log/2")
    keys = ("--log-key", log.vkey, "--log-key", other.vkey, "--state", state[0])
    assert run("sign", places[600], *keys)[0] == 0
    assert run("sign", other.write(tmp_path / "other"), *keys)[0] == 0
    assert len(kept(state[0])) == 3
    assert run("sign", places[600], *keys)[0] == 0


# --- What is refused ------------------------------------------------------------------------------


def rewritten(log: Log, size: int) -> Log:
    other = grown(log, size)
    other.entries[100] = b"2026-11-29T21:39:50Z " + b"ab" * 32
    return other


@pytest.mark.parametrize(
    ("size", "rewrite", "expected"),
    [
        (256, False, "some were taken away, or this copy is old"),
        (0, False, "some were taken away, or this copy is old"),
        (300, True, "There are two trees of 300 entries"),
        (600, True, "the log was rewritten, or its tiles were changed"),
        (299, True, "some were taken away"),
    ],
)
def test_a_log_that_does_not_follow_is_refused(
    size: int,
    rewrite: bool,
    expected: str,
    state: tuple[Path, str],
    log: Log,
    places: dict[int, Path],
    tmp_path: Path,
    run: Run,
) -> None:
    arguments = ("--log-key", log.vkey, "--state", state[0])
    assert run("sign", places[300], *arguments)[0] == 0
    before = kept(state[0])
    bad = rewritten(log, size) if rewrite else grown(log, size)
    code, _, said = run("sign", bad.write(tmp_path / "bad"), *arguments)
    assert code == 1
    assert expected in said
    assert "Nothing was signed" in said
    assert log.checkpoint(300) in said
    assert bad.checkpoint() in said
    assert kept(state[0]) == before
    assert run("sign", places[600], *arguments)[0] == 0  # and the true log is signed as before


def test_tiles_that_do_not_give_the_proof(
    state: tuple[Path, str], log: Log, places: dict[int, Path], tmp_path: Path, run: Run
) -> None:
    arguments = ("--log-key", log.vkey, "--state", state[0])
    assert run("sign", places[300], *arguments)[0] == 0
    before = kept(state[0])
    place = log.write(tmp_path / "log")
    tile = place / "tile/0/001"
    good = tile.read_bytes()
    for data, expected in ((good[:-1], "has 8191 bytes"), (good[32:] + good[:32], "was rewritten")):
        tile.write_bytes(data)
        code, _, said = run("sign", place, *arguments)
        assert code == 1
        assert expected in said
    tile.unlink()
    assert run("sign", place, *arguments)[0] == 1
    assert kept(state[0]) == before


@pytest.mark.parametrize("kind", ["stranger", "forged", "no note", "another log", "UTF-8"])
def test_a_checkpoint_that_is_not_of_the_log(
    kind: str, state: tuple[Path, str], log: Log, tmp_path: Path, run: Run
) -> None:
    other = log.text().replace("log/1", "log/2")
    data = {
        "stranger": note(log.text(), (ORIGIN, private())).encode(),
        "forged": log.checkpoint().replace("\n600\n", "\n601\n").encode(),
        "no note": b"x",
        "another log": note(other, (ORIGIN, log.key)).encode(),
        "UTF-8": b"\xff",
    }
    place = write(tmp_path / "log/checkpoint", data[kind]).parent
    before = kept(state[0])
    code, _, said = run("sign", place, "--log-key", log.vkey, "--state", state[0])
    assert code == 1
    assert said.startswith("refused: ")
    assert kept(state[0]) == before


# --- What is kept ---------------------------------------------------------------------------------


def test_a_damaged_state_is_never_a_new_one(
    state: tuple[Path, str], log: Log, places: dict[int, Path], run: Run
) -> None:
    arguments = ("--log-key", log.vkey, "--state", state[0])
    assert run("sign", places[300], *arguments)[0] == 0
    path = c.last_path(state[0], ORIGIN)
    other = note(f"x\n0\n{b64(sha())}\n", ("x", log.key))
    for bad in (b"", b"\xff", path.read_bytes()[:-40], other.encode()):
        path.write_bytes(bad)
        code, _, said = run("sign", places[600], *arguments)
        assert code == 2
        assert "is damaged" in said
        assert path.read_bytes() == bad


def test_two_runs_cannot_both_sign(
    state: tuple[Path, str], log: Log, places: dict[int, Path], run: Run
) -> None:
    with (state[0] / "lock").open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        code, _, said = run("sign", places[600], "--log-key", log.vkey, "--state", state[0])
    assert code == 2
    assert "Another run" in said
    assert run("sign", places[600], "--log-key", log.vkey, "--state", state[0])[0] == 0


def test_the_state_is_durable_before_the_cosignature_exists(
    state: tuple[Path, str],
    log: Log,
    places: dict[int, Path],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        real(handle)

    def sign(*_: object) -> str:
        steps.append("sign")
        raise OSError("the power went away")

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(c, "cosign", sign)
    assert run("sign", places[300], "--log-key", log.vkey, "--state", state[0])[0] == 2
    assert steps == ["file", "folder", "sign"]
    assert c.last_path(state[0], ORIGIN).read_text() == log.checkpoint(300)
    monkeypatch.undo()
    assert run("sign", places[256], "--log-key", log.vkey, "--state", state[0])[0] == 1


def test_a_state_that_cannot_be_written_gives_no_cosignature(
    state: tuple[Path, str],
    log: Log,
    places: dict[int, Path],
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def replace(*_: object) -> None:
        raise OSError("no room on the disk")

    monkeypatch.setattr(Path, "replace", replace)
    code, _, said = run("sign", places[300], "--log-key", log.vkey, "--state", state[0])
    assert code == 2
    assert "no room on the disk" in said
    assert list(kept(state[0])) == ["key"]


# --- Sending --------------------------------------------------------------------------------------


class Handler(BaseHTTPRequestHandler):
    """A log that takes cosignatures as record-format.md section 9 says."""

    place = Path()
    status = 204
    sent: list[tuple[str, str]]

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.place / self.path.removeprefix("/log/1/")
        data = path.read_bytes() if path.is_file() else b""
        self.send_response(200 if data else 404)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.sent.append((self.path, body.decode()))
        self.send_response(self.status)
        self.end_headers()


@pytest.fixture
def server(places: dict[int, Path]) -> Iterator[str]:
    Handler.place, Handler.status, Handler.sent = places[600], 204, []
    with w.Server(("127.0.0.1", 0), Handler) as made:
        threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{made.server_address[1]}/log/1"
        made.shutdown()


def test_a_cosignature_is_sent(state: tuple[Path, str], server: str, log: Log, run: Run) -> None:
    folder, witness = state
    arguments = (server, "--log-key", log.vkey, "--state", folder, "--send")
    code, said, err = run("sign", *arguments)
    assert code == 0, err
    assert said == "The checkpoint of 600 entries was signed and sent.\n"
    [(path, body)] = Handler.sent
    assert path == "/log/1/cosignatures"
    sent = v.parse_note(body)
    assert [one[0] for one in sent.signatures] == [ORIGIN, NAME]
    assert len(v.cosigners(sent, [v.parse_key(witness, v.WITNESS_KEY)])) == 1
    for Handler.status, expected in (
        (404, "never signed this checkpoint"),
        (403, "does not know this witness"),
        (422, "is no note"),
        (500, "the status 500"),
    ):
        code, _, said = run("sign", *arguments)
        assert code == 2
        assert expected in said


def test_an_address_is_signed_without_sending(
    state: tuple[Path, str], server: str, log: Log, places: dict[int, Path], run: Run
) -> None:
    arguments = ("--log-key", log.vkey, "--state", state[0])
    assert run("sign", places[256], *arguments)[0] == 0
    code, said, err = run("sign", server, *arguments)
    assert code == 0, err
    assert f"— {NAME} " in said
    assert Handler.sent == []


def test_what_cannot_be_done(
    state: tuple[Path, str], log: Log, places: dict[int, Path], tmp_path: Path, run: Run
) -> None:
    arguments = ("--log-key", log.vkey, "--state", state[0])
    before = kept(state[0])
    for place in (tmp_path, tmp_path / "none", "http://127.0.0.1:1/log/1", "http://["):
        code, _, said = run("sign", place, *arguments)
        assert code == 2, said
        assert said.startswith("not done: ")
    code, _, said = run("sign", places[600], *arguments, "--send")
    assert code == 2
    assert "Only to an address" in said
    assert run("sign", places[600], "--log-key", "x", "--state", state[0])[0] == 2
    assert kept(state[0]) == before
    for usage in ([], ["sign"], ["init"], ["sign", "x", "--state", "y"]):
        with pytest.raises(SystemExit) as stopped:
            c.main(usage)
        assert stopped.value.code == 2
