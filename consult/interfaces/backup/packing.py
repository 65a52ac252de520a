"""Writing an archive: the same things give the same bytes, and no half archive stays behind."""

import fcntl
import hashlib
import json
import os
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from consult.interfaces.backup.archive import DIGITS, MANIFEST, SEAL, Member, seal_of
from consult.interfaces.backup.errors import BackupError

_MODE = 0o600
"""Only its owner reads an archive: it holds addresses, drafts and password hashes."""


class Packer:
    """An archive that is being written."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._zip = archive
        self.members: dict[str, Member] = {}

    def add(self, name: str, chunks: Iterable[bytes], *, counted: bool = False) -> Member:
        """Write one entry as it comes; return size, digest, and how many came if counted."""
        digest, size, number = hashlib.sha256(), 0, 0
        with self._zip.open(_entry(name), "w", force_zip64=True) as file:
            for number, chunk in enumerate(chunks, start=1):  # noqa: B007  (the last is the count)
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
        member = Member(size, digest.hexdigest(), number if counted else None)
        self.members[name] = member
        return member

    def finish(self, said: dict[str, object]) -> None:
        """Write the manifest, as the last entry."""
        members = {
            name: {key: value for key, value in vars(member).items() if value is not None}
            for name, member in self.members.items()
        }
        manifest = json.dumps({**said, "members": members}, indent=1, sort_keys=True)
        self._zip.writestr(_entry(MANIFEST), manifest.encode() + b"\n")


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name)  # of 1 January 1980: when it was made does not change it
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = (0o100000 | _MODE) << 16
    return entry


@contextmanager
def put_whole(target: Path) -> Iterator[Path]:
    """Yield a path beside `target` to write to, and move it there when the block ends well.

    Whatever goes wrong, also a `kill -9`, what stood at `target` before still stands there.
    """
    if target.exists() and not zipfile.is_zipfile(target):
        raise BackupError(
            f"{target} is there already, and is no backup: it is not written over. "
            "Give another name."
        )
    part = target.with_name(f"{target.name}.part")
    descriptor = os.open(part, os.O_RDWR | os.O_CREAT, _MODE)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise BackupError(f"Another backup is being written to {part}. Wait for it.") from None
    try:
        os.fchmod(descriptor, _MODE)
        yield part
        part.replace(target)
        sync_folder(target.parent)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)


@contextmanager
def packing(part: Path) -> Iterator[Packer]:
    """Write an archive into a file that is there, and seal it at the end."""
    with part.open("r+b") as file:
        file.truncate()
        with zipfile.ZipFile(file, "w") as archive:
            archive.comment = SEAL + b"0" * DIGITS
            yield Packer(archive)
        length = file.seek(0, os.SEEK_END) - DIGITS
        digits = seal_of(file, length).encode()
        file.seek(length)
        file.write(digits)
        file.flush()
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Let the names in a folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
