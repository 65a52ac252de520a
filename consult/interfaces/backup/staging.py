"""The files of a restore: written aside first, moved into their places, and taken back on failure.

They lie in a folder inside the storage (so that a move is only a new name), with a list of them.
Whoever finds that folder knows that a restore ended early: what the list names is taken away again
as long as no row tells of it. So a killed restore leaves an empty storage for the next one.

Object storage knows no folders and moves nothing. There the list is an object, written before any
file, and the files go to their places at once: nobody asks for them before their rows are there.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

from consult.foundation.core.db import random_id
from consult.foundation.storage.local_storage import LocalStorage
from consult.foundation.storage.storage import PLACE_MARK, Storage
from consult.interfaces.backup.archive import Archive
from consult.interfaces.backup.errors import BackupError
from consult.interfaces.backup.packing import sync_folder
from consult.interfaces.backup.schema import KEY

ASIDE = ".restoring"
LIST = "names"
LISTED = f"{ASIDE}/{LIST}"
_NOT_FILES = {"lost+found", "made", PLACE_MARK}
"""What a disk brings, the mark of a place, documents that were made and can be made again."""
_SPARE = 16 * 1024 * 1024


class FileRestore(Protocol):
    """The files of one archive on their way into a storage."""

    def clean(self) -> None:
        """Take away what a restore that ended early left, with what it wrote already."""

    def forget(self) -> None:
        """Forget that files were restored, and leave them where they are."""

    def refuse_unless_empty(self) -> None:
        """Refuse (BackupError) a storage with files of somebody else."""

    def fill(self, archive: Archive) -> None:
        """Write the files of an archive; each must be the one that its digest names."""

    def promote(self, archive: Archive) -> None:
        """See that every file is in its place, right before the rows are committed."""


class Staging:
    """The files of one archive on their way into a folder."""

    def __init__(self, storage: Path) -> None:
        self.storage = storage
        self.aside = storage / ASIDE

    def clean(self) -> None:
        """Take away what a restore that ended early left, with what it moved already."""
        names = self.aside / LIST
        if names.exists():
            for key in names.read_text().splitlines():
                if KEY.fullmatch(key):
                    (self.storage / key).unlink(missing_ok=True)
        self.forget()

    def forget(self) -> None:
        """Take the folder away, and leave the files where they are."""
        if self.aside.exists():
            shutil.rmtree(self.aside)

    def refuse_unless_empty(self) -> None:
        """Refuse (BackupError) a storage with files of somebody else."""
        others = sorted({path.name for path in self.storage.iterdir()} - {ASIDE, *_NOT_FILES})
        if others:
            raise BackupError(
                f"The storage {self.storage} is not empty: it holds {others[0]!r}. Name an empty "
                "folder in CONSULT_STORAGE_URL, or move what is there. Nothing was changed."
            )

    def fill(self, archive: Archive) -> None:
        """Write the files of an archive aside; each must be the one that its digest names."""
        files = archive.named("files")
        needed = sum(member.size for member in files.values()) + _SPARE
        free = shutil.disk_usage(self.storage).free
        if needed > free:
            raise BackupError(
                f"The files need {needed} bytes, and {free} are free in {self.storage}. "
                "Make room, or name another folder in CONSULT_STORAGE_URL."
            )
        self.aside.mkdir()
        for key in files:
            with (self.aside / key).open("xb") as file:
                for chunk in archive.chunks(f"files/{key}"):
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())

    def promote(self, archive: Archive) -> None:
        """Move the files to their places, after a list of them was written."""
        keys = sorted(archive.named("files"))
        with (self.aside / LIST).open("x") as file:
            file.writelines(f"{key}\n" for key in keys)
            file.flush()
            os.fsync(file.fileno())
        sync_folder(self.aside)
        for key in keys:
            (self.aside / key).rename(self.storage / key)
        sync_folder(self.storage)


class ObjectStaging:
    """The files of one archive on their way into object storage.

    The list begins with a mark of the restore that wrote it. Object storage has no locks: a restore
    that finds the mark of another one in place of its own does not commit.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._mark = random_id()
        self._begun = False

    def _read(self) -> list[str]:
        try:
            with self.storage.open(LISTED).stream as stream:
                return stream.read().decode().splitlines()
        except FileNotFoundError:
            return []

    def clean(self) -> None:
        """Take away what the list names, unless another restore took over meanwhile."""
        mark, *keys = self._read() or [""]
        if self._begun and mark != self._mark:
            return
        for key in keys:
            if KEY.fullmatch(key):
                self.storage.delete(key)
        self.forget()

    def forget(self) -> None:
        """Take the list away, and leave the files where they are."""
        self.storage.delete(LISTED)

    def refuse_unless_empty(self) -> None:
        """Refuse (BackupError) a storage with files of somebody else."""
        for one in self.storage.list():
            first = one.key.partition("/")[0]
            if not first.startswith(".") and first not in _NOT_FILES:
                raise BackupError(
                    f"The storage {self.storage.name} is not empty: it holds {one.key!r}. Name "
                    "another prefix in CONSULT_STORAGE_URL, or move what is there. Nothing was "
                    "changed."
                )

    def fill(self, archive: Archive) -> None:
        """Write the list, and then every file to its place."""
        keys = sorted(archive.named("files"))
        self._begun = True
        self.storage.write(LISTED, "\n".join([self._mark, *keys]).encode())
        for key in keys:
            self.storage.write(key, archive.chunks(f"files/{key}"))

    def promote(self, archive: Archive) -> None:
        """Look whether all is there still, and no other restore began meanwhile."""
        there = {one.key for one in self.storage.list()}
        if self._read()[:1] != [self._mark] or not there >= archive.named("files").keys():
            raise BackupError(
                f"Another restore began in {self.storage.name} meanwhile. Nothing was changed by "
                "this one; let one of them end before you begin another."
            )


@contextmanager
def alone_in(storage: Storage) -> Iterator[FileRestore]:
    """Begin to restore files into a storage; a folder is kept for this restore alone."""
    if isinstance(storage, LocalStorage):
        with _alone_in_folder(storage.folder) as staging:
            yield staging
    else:
        yield ObjectStaging(storage)


@contextmanager
def _alone_in_folder(storage: Path) -> Iterator[Staging]:
    """Keep any other restore out of the storage for as long as the block takes.

    A storage that was made for it goes again when the block fails.
    """
    is_new = not storage.exists()
    storage.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(storage, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupError(f"Another restore is at work in {storage}. Wait for it.") from None
        yield Staging(storage)
    except BaseException:
        if is_new:
            with suppress(OSError):
                storage.rmdir()
        raise
    finally:
        os.close(descriptor)
