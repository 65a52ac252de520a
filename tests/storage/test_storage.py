"""A folder and object storage keep files in the same way: whole or not at all."""

import hashlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from consult.foundation.settings.environment import ROOT
from consult.foundation.storage.local_storage import LocalStorage
from consult.foundation.storage.object_storage import TRIAL, ObjectStorage, StorageAccess
from consult.foundation.storage.storage import Storage, StorageError
from tests.object_server import BUCKET, ObjectServer

MEGABYTE = 1024 * 1024
NOBODY = "http://127.0.0.1:9"
"""An address at which nothing answers."""


@pytest.fixture(params=["folder", "objects"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """What makes the storage of a test, as Python: other processes make the same."""
    if request.param == "folder":
        return f"LocalStorage(Path({str(tmp_path / 'files')!r}))"
    server: ObjectServer = request.getfixturevalue("object_server")
    url = f"s3://{BUCKET}/{tmp_path.name}"
    access = server.access()
    return (
        f"ObjectStorage({url!r}, StorageAccess({access.access_key_id!r}, "
        f"{access.secret_access_key!r}, endpoint={access.endpoint!r}))"
    )


@pytest.fixture
def storage(opener: str) -> Storage:
    """A storage with nothing in it."""
    made: Storage = eval(opener)  # noqa: S307  (of the line above)
    return made


def keys(storage: Storage, prefix: str = "") -> list[str]:
    return sorted(one.key for one in storage.list(prefix))


def read(storage: Storage, key: str) -> bytes:
    with storage.open(key).stream as stream:
        return stream.read()


def test_what_was_written_is_read_again(storage: Storage) -> None:
    for content in (b"first", b"", b"x" * 3 * MEGABYTE):
        storage.write("a", content)
        assert read(storage, "a") == content
        found = storage.open("a")
        found.stream.close()
        assert storage.info("a").size == found.info.size == len(content)
    storage.write("b", (b"piece" for _ in range(3)))
    assert read(storage, "b") == b"piecepiecepiece"
    assert abs(storage.info("b").modified.timestamp() - time.time()) < 60
    storage.check()
    assert keys(storage) == ["a", "b"]


def test_it_is_read_bit_by_bit(storage: Storage) -> None:
    content = os.urandom(2 * MEGABYTE)
    storage.write("a", content)
    with storage.open("a").stream as stream:
        read = list(iter(lambda: stream.read(100_000), b""))
    assert b"".join(read) == content
    assert {len(one) for one in read[:-1]} == {100_000}


def test_what_is_made_in_a_file_is_taken_in_when_it_is_whole(storage: Storage) -> None:
    def whole(path: Path) -> None:
        path.write_bytes(b"z" * 20 * MEGABYTE)

    def half(path: Path) -> None:
        path.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        storage.write_made("a", half)
    assert keys(storage) == []
    storage.write_made("a", whole)
    assert storage.info("a").size == 20 * MEGABYTE
    with pytest.raises(OSError, match="No space left"):
        storage.write_made("a", half)
    assert storage.info("a").size == 20 * MEGABYTE, "what stood there stands there still"
    assert keys(storage) == ["a"]


def test_a_file_is_made_by_one_process_at_a_time_in_a_folder(tmp_path: Path) -> None:
    """Two who write the same unfinished file would publish a mixture."""
    storage = LocalStorage(tmp_path)

    def another(path: Path) -> None:
        path.write_bytes(b"another")

    def whole(path: Path) -> None:
        path.write_bytes(b"who")
        with pytest.raises(StorageError, match="is being made by another process"):
            storage.write_made("a", another)
        path.write_bytes(b"whole")

    storage.write_made("a", whole)
    assert read(storage, "a") == b"whole"
    storage.write_made("a", another)
    assert (read(storage, "a"), keys(storage)) == (b"another", ["a"])


def test_what_breaks_off_is_not_there(storage: Storage) -> None:
    def broken() -> Iterator[bytes]:
        yield b"x" * 12 * MEGABYTE
        raise OSError("the source broke off")

    with pytest.raises(OSError, match="the source broke off"):
        storage.write("a", broken())
    assert keys(storage) == []
    with pytest.raises(FileNotFoundError):
        storage.info("a")


def test_what_is_not_there_is_a_missing_file(storage: Storage) -> None:
    for ask in (storage.open, storage.info):
        with pytest.raises(FileNotFoundError):
            ask("a")
    storage.delete("a")
    assert keys(storage) == []


def test_files_are_found_by_the_beginning_of_their_key(storage: Storage) -> None:
    for key in ("a", "ab", "made/plan-1.x", "made/plan-10.x", "made/word.x"):
        storage.write(key, key.encode())
    assert keys(storage) == ["a", "ab", "made/plan-1.x", "made/plan-10.x", "made/word.x"]
    assert keys(storage, "a") == ["a", "ab"]
    assert keys(storage, "made/plan-1") == ["made/plan-1.x", "made/plan-10.x"]
    assert keys(storage, "made/plan-1.") == ["made/plan-1.x"]
    assert keys(storage, "b") == keys(storage, "other/") == []
    storage.delete("made/plan-1.x")
    assert keys(storage, "made/") == ["made/plan-10.x", "made/word.x"]
    assert {one.key: one.size for one in storage.list("a")} == {"a": 1, "ab": 2}


def test_a_file_is_swapped_for_one_that_its_writer_knew(storage: Storage) -> None:
    assert not storage.swap("a", b"new", b"old")
    assert keys(storage) == []
    assert storage.swap("a", b"first", None)
    assert not storage.swap("a", b"second", None)
    assert not storage.swap("a", b"second", b"another")
    assert read(storage, "a") == b"first"
    assert storage.swap("a", b"second", b"first")
    assert storage.swap("a", b"second", b"second")
    assert read(storage, "a") == b"second"


@pytest.mark.parametrize("before", [None, b"before"])
def test_of_many_who_swap_at_once_one_does(storage: Storage, before: bytes | None) -> None:
    if before:
        storage.write("a", before)
    with ThreadPoolExecutor(8) as people:
        mine = [f"of {n}".encode() for n in range(8)]
        swapped = list(people.map(lambda one: storage.swap("a", one, before), mine))
    assert [one for one, did in zip(mine, swapped, strict=True) if did] == [read(storage, "a")]


def test_a_private_file_is_for_us_alone(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path)
    storage.write("a", b"a")
    storage.write("b", b"b", private=True)
    storage.swap("c", b"c", None, private=True)
    modes = [oct((tmp_path / key).stat().st_mode & 0o777) for key in "abc"]
    assert modes == ["0o644", "0o600", "0o600"]


def other_process(opener: str, code: str) -> "subprocess.Popen[str]":
    """Begin a process that has the storage of the test as `storage`."""
    head = f"""
import os, resource, signal, sys
from pathlib import Path
from consult.foundation.storage.local_storage import LocalStorage
from consult.foundation.storage.object_storage import ObjectStorage, StorageAccess
storage = {opener}
"""
    return subprocess.Popen(
        [sys.executable, "-c", head + code], cwd=ROOT, text=True, stdout=subprocess.PIPE
    )


def test_killed_while_it_is_written_it_is_not_there(opener: str, storage: Storage) -> None:
    writer = other_process(
        opener,
        """
def pieces():
    for number in range(40):
        yield b"x" * 1024 * 1024
    os.kill(os.getpid(), signal.SIGKILL)
storage.write("a", pieces())
""",
    )
    with writer:
        assert writer.wait(60) == -signal.SIGKILL
    with pytest.raises(FileNotFoundError):
        storage.info("a")
    assert "a" not in keys(storage)


@pytest.mark.parametrize("number", [1, 20])
def test_killed_at_any_moment_it_is_there_whole_or_not_at_all(
    number: int, opener: str, storage: Storage
) -> None:
    """A file of ten megabytes is written over and over, and the writer is killed from outside."""
    whole = b"y" * 10 * MEGABYTE
    digest = hashlib.sha256(whole).hexdigest()
    writer = other_process(
        opener,
        """
print("ready", flush=True)
for number in range(1000):
    storage.write(f"a{number}", b"y" * 10 * 1024 * 1024)
""",
    )
    with writer:
        assert writer.stdout
        writer.stdout.readline()
        time.sleep(0.05 * number)
        writer.kill()
    time.sleep(0.2)
    for one in storage.list():
        if not one.key.endswith(".part"):
            assert one.size == len(whole)
            assert hashlib.sha256(read(storage, one.key)).hexdigest() == digest


def test_reading_needs_no_more_memory_for_a_larger_file(opener: str, storage: Storage) -> None:
    storage.write("small", b"x" * 2 * MEGABYTE)
    storage.write("large", (b"x" * MEGABYTE for _ in range(60)))
    reader = other_process(
        opener,
        """
def most():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
def read(key):
    with storage.open(key).stream as stream:
        return sum(len(piece) for piece in iter(lambda: stream.read(65536), b""))
read("small")
before = most()
assert read("large") == 60 * 1024 * 1024
print(most() - before)
""",
    )
    with reader:
        assert reader.stdout
        grown = int(reader.stdout.readline())
    assert grown <= 12, f"{grown} MB more for a file that is 58 MB larger"


def refused(storage: Storage) -> str:
    with pytest.raises(StorageError) as fault:
        storage.check()
    assert str(fault.value).startswith("CONSULT_STORAGE_URL")
    assert "secret-of" not in str(fault.value)
    return str(fault.value)


def test_a_storage_that_cannot_be_used_says_what_would_help(object_server: ObjectServer) -> None:
    def at(bucket: str, access: StorageAccess) -> ObjectStorage:
        return ObjectStorage(f"s3://{bucket}/refused", access)

    away = StorageAccess("consult", "secret-of-consult", endpoint=NOBODY)
    assert "does not answer. Look whether it runs" in refused(at(BUCKET, away))
    unknown = StorageAccess("consult", "x", endpoint="https://storage.invalid")
    assert "https://storage.invalid does not answer" in refused(at(BUCKET, unknown))
    missing = refused(at("not-there", object_server.access()))
    assert "names the bucket not-there" in missing
    assert "Make it, or correct the name." in missing
    for wrong in (object_server.access(secret="secret-of-nobody"), object_server.access("nobody")):
        assert "does not take the key" in refused(at(BUCKET, wrong))
    assert "does not let the key" in refused(at(BUCKET, object_server.access("reader")))
    assert keys(object_server.storage("refused")) == []


def test_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the place of a folder")
    assert "is no folder that can be written to" in refused(LocalStorage(tmp_path / "file" / "a"))


def test_no_trace_stays_of_trying(object_server: ObjectServer) -> None:
    storage = object_server.storage("tried")
    storage.check()
    assert keys(storage, TRIAL) == []


@pytest.mark.parametrize(
    "act",
    [
        lambda storage: storage.write("a", b"x"),
        lambda storage: storage.write("a", iter([b"x"])),
        lambda storage: storage.write_made("a", lambda path: path.write_bytes(b"x")),
        lambda storage: storage.open("a"),
        lambda storage: storage.info("a"),
        lambda storage: list(storage.list()),
        lambda storage: storage.delete("a"),
        lambda storage: storage.swap("a", b"x", None),
        lambda storage: storage.swap("a", b"x", b"y") or storage.info("a"),
    ],
)
def test_a_bucket_that_is_gone_is_no_missing_file(
    act: Callable[[Storage], object], object_server: ObjectServer
) -> None:
    gone = ObjectStorage("s3://not-there", object_server.access())
    away = ObjectStorage("s3://not-there", StorageAccess("a", "b", endpoint=NOBODY))
    with pytest.raises(StorageError):
        act(away)
    with pytest.raises((StorageError, FileNotFoundError)):
        act(gone)


class _HeedsNoCondition(BaseHTTPRequestHandler):
    """Keeps one object, and writes it whatever the request says that must be so."""

    content = b""

    def _answer(self, content: bytes = b"") -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 12:00:00 GMT")
        self.send_header("ETag", '"x"')
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        self._answer(type(self).content)

    def do_PUT(self) -> None:
        type(self).content = self.rfile.read(int(self.headers["Content-Length"]))
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def test_a_server_on_which_two_could_overtake_each_other_is_refused(
    object_server: ObjectServer,
) -> None:
    storage = object_server.storage("swapped")
    storage.check_swaps()
    assert keys(storage) == []
    with ThreadingHTTPServer(("127.0.0.1", 0), _HeedsNoCondition) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        access = StorageAccess("a", "b", endpoint=f"http://127.0.0.1:{server.server_port}")
        careless = ObjectStorage("s3://bucket-of-one", access, "CONSULT_RECORD")
        with pytest.raises(StorageError) as fault:
            careless.check_swaps()
        server.shutdown()
    said = str(fault.value)
    assert said.startswith("CONSULT_RECORD (s3://bucket-of-one) cannot be used")
    assert "does not heed If-Match and If-None-Match" in said
    assert "a folder that all nodes share" in said


class _BreaksOff(BaseHTTPRequestHandler):
    """Promises a megabyte, and closes the connection after half of it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(MEGABYTE))
        self.send_header("Last-Modified", "Mon, 23 Nov 2026 12:00:00 GMT")
        self.send_header("ETag", '"x"')
        self.end_headers()
        self.wfile.write(b"x" * (MEGABYTE // 2))

    def log_message(self, *_said: object) -> None:
        """Say nothing."""


def test_half_a_file_is_never_taken_for_a_whole_one() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), _BreaksOff) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        storage = ObjectStorage("s3://bucket-of-one", StorageAccess("a", "b", endpoint=address))
        found = storage.open("a")
        assert found.info.size == MEGABYTE
        with found.stream as stream, pytest.raises(StorageError):
            stream.read()
        server.shutdown()
