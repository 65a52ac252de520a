"""Files in object storage: Amazon S3, or any server that speaks as it does.

An upload is atomic there: an object appears under its key when all of it has arrived, or never.
"""

import io
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from consult.foundation.core.db import random_id
from consult.foundation.storage.storage import FileInfo, OpenFile, StorageError

SCHEME = "s3"
TRIAL = ".trial/"
"""Where the address is tried. What begins with a dot is no file of anybody."""
_PIECE = 256 * 1024
"""Bytes that are held of a file while it is read."""
_PART = 8 * 1024 * 1024
"""Bytes that are sent at once of a large file; two of them are on their way together."""
_CODE = re.compile(r"<Code>(\w+)</Code>")
_WRONG_KEY = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "ExpiredToken"}
_WRONG_REGION = {
    "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "PermanentRedirect",
}  # fmt: skip

# A person waits: a storage that is away is said after some seconds. A slow one may go on.
_CLIENT = {"connect_timeout": timedelta(seconds=4), "read_timeout": timedelta(seconds=30)}
_LONGEST = timedelta(minutes=10)
_RETRY = {
    "max_retries": 2,
    "retry_timeout": timedelta(seconds=20),
    "backoff": {"init_backoff": timedelta(seconds=0.1), "max_backoff": timedelta(seconds=1)},
}


@dataclass(frozen=True)
class StorageAccess:
    """How object storage is reached, under the names that every program for it knows."""

    access_key_id: str = ""
    secret_access_key: str = field(default="", repr=False)
    session_token: str = field(default="", repr=False)
    region: str = "us-east-1"
    endpoint: str = ""
    """The address of the server; where it is empty, Amazon's own in the region."""
    allow_http: bool = False

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "StorageAccess":
        """Read the variables whose names begin with AWS_."""

        def first(*names: str) -> str:
            return next(filter(None, (environ.get(f"AWS_{name}", "") for name in names)), "")

        return cls(
            access_key_id=first("ACCESS_KEY_ID"),
            secret_access_key=first("SECRET_ACCESS_KEY"),
            session_token=first("SESSION_TOKEN"),
            region=first("REGION", "DEFAULT_REGION") or cls.region,
            endpoint=first("ENDPOINT_URL_S3", "ENDPOINT_URL").rstrip("/"),
            allow_http=first("ALLOW_HTTP").lower() in {"1", "true", "yes", "on"},
        )


@cache
def _library() -> Any:  # noqa: ANN401  (what it gives back depends on what it is asked)
    # Not at the start: who keeps files in a folder never loads it, nor the threads it begins. A
    # process that was forked after its first call must not use it.
    import_module("obstore.store")
    return import_module("obstore")


class _Reader(io.RawIOBase):
    """Reads the pieces of an object as they come."""

    def __init__(self, stream: Iterator[bytes], storage: "ObjectStorage") -> None:
        self._stream = stream
        self._storage = storage
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401  (bytes that can be written to)
        if not self._rest:
            with self._storage.errors_told():
                self._rest = memoryview(next(self._stream, b""))
        number = min(len(buffer), len(self._rest))
        buffer[:number] = self._rest[:number]
        self._rest = self._rest[number:]
        return number


class ObjectStorage:
    """A bucket, or what lies below a prefix in it."""

    def __init__(
        self, url: str, access: StorageAccess, setting: str = "CONSULT_STORAGE_URL"
    ) -> None:
        self._setting = setting
        parts = urlsplit(url)
        self.name = url.rstrip("/")
        self._bucket = parts.netloc
        self._server = access.endpoint or f"Amazon S3 in the region {access.region}"
        secrets = {"session_token": access.session_token} if access.session_token else {}
        servers = {"endpoint": access.endpoint} if access.endpoint else {}
        self._store = _library().store.S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            access_key_id=access.access_key_id,
            secret_access_key=access.secret_access_key,
            region=access.region,
            disable_bulk_delete=True,  # not every server that speaks S3 knows it
            client_options={
                **_CLIENT,
                "timeout": _LONGEST,
                "allow_http": access.endpoint.lower().startswith("http://"),
            },
            retry_config=_RETRY,
            **secrets,
            **servers,
        )

    def check(self) -> None:
        """Write, find, read and delete a small file."""
        key = TRIAL + random_id()
        self.write(key, key.encode())
        try:
            with self.open(key).stream as stream:
                read = stream.read()
            found = [one.key for one in self.list(key)]
        finally:
            self.delete(key)
        if (read, found) != (key.encode(), [key]):
            raise StorageError(self._fault("what is read there is not what was written"))

    def check_swaps(self) -> None:
        """Try whether the server keeps two processes from writing the same file over each other.

        Some do not know the conditions of a request (RFC 9110, If-Match and If-None-Match), and
        write all the same.
        """
        key = TRIAL + random_id()
        try:
            first = self.swap(key, b"first", None)
            # Said to be another one than it is: nobody may be overtaken.
            kept = not any(self._put_if(key, b"again", how) for how in ("create", {"e_tag": '"0"'}))
            second = self.swap(key, b"second", b"first")
        finally:
            self.delete(key)
        if not (first and kept and second):
            raise StorageError(
                self._fault(
                    f"{self._server} does not heed If-Match and If-None-Match, and two workers "
                    "could publish two different logs",
                    "Use a server that does, or a folder that all nodes share.",
                )
            )

    def write(self, key: str, content: bytes | Iterable[bytes], *, private: bool = False) -> None:
        """Upload a file; it appears under its key when it is whole. No bucket of ours is public."""
        del private
        if isinstance(content, bytes):
            self._put(key, content, use_multipart=False)
        else:
            self._put(key, iter(content))

    def swap(
        self, key: str, content: bytes, before: bytes | None, *, private: bool = False
    ) -> bool:
        """Upload a file if it still says what it said before; the server compares."""
        del private
        how: object = "create"
        if before is not None:
            with suppress(FileNotFoundError), self.errors_told():
                found = _library().get(self._store, key)
                how = {"e_tag": found.meta["e_tag"]} if found.bytes() == before else None
            if not isinstance(how, dict):
                return False
        return self._put_if(key, content, how)

    def _put_if(self, key: str, content: bytes, how: object) -> bool:
        """Upload a file under a condition, and return whether it stands there now."""
        wrong = _library().exceptions
        try:
            self._put(key, content, mode=how, use_multipart=False)
        except (wrong.AlreadyExistsError, wrong.PreconditionError):
            # Ours may be there: the answer to a first try was lost, and it was sent once more.
            with suppress(FileNotFoundError), self.open(key).stream as stream:
                return bool(stream.read() == content)
            return False
        return True

    def write_made(self, key: str, make: Callable[[Path], None]) -> None:
        """Let a file be made in a folder for it alone, and upload it when it is whole."""
        with tempfile.TemporaryDirectory(prefix="consult-") as folder:
            made = Path(folder) / "made"
            make(made)
            self._put(key, made)

    def _put(self, key: str, content: object, **how: object) -> None:
        with self.errors_told():
            _library().put(self._store, key, content, chunk_size=_PART, max_concurrency=2, **how)

    def open(self, key: str) -> OpenFile:
        """Ask for a file; its bytes are fetched as they are read."""
        with self.errors_told():
            found = _library().get(self._store, key)
            reader = _Reader(iter(found.stream(_PIECE)), self)
            return OpenFile(io.BufferedReader(reader, _PIECE), _info(found.meta))

    def info(self, key: str) -> FileInfo:
        """Return what is known of a file without reading it."""
        with self.errors_told():
            return _info(_library().head(self._store, key))

    def list(self, prefix: str = "") -> Iterator[FileInfo]:
        """Return the files whose key begins with this."""
        folder = prefix.rpartition("/")[0] or None
        with self.errors_told():
            for batch in _library().list(self._store, folder):
                # An empty one is the mark that some tools put where they show a folder.
                yield from (_info(one) for one in batch if one["path"].startswith(prefix or ""))

    def delete(self, key: str) -> None:
        """Delete a file; nothing where it is not there."""
        try:
            with self.errors_told():
                _library().delete(self._store, key)
        except FileNotFoundError:  # some servers say so
            return

    @contextmanager
    def errors_told(self) -> Iterator[None]:
        """Tell what the library finds wrong as a StorageError; a missing file stays what it is."""
        wrong = _library().exceptions
        try:
            yield
        except (wrong.AlreadyExistsError, wrong.PreconditionError):
            raise
        except (FileNotFoundError, wrong.BaseError) as error:
            said = str(error)
            code = found[1] if (found := _CODE.search(said)) else ""
            if isinstance(error, FileNotFoundError) and code != "NoSuchBucket":
                raise FileNotFoundError("There is no such object.") from None
            raise StorageError(self._told(error, code, said.partition("\n")[0])) from None

    def _told(self, error: Exception, code: str, line: str) -> str:
        """Return the sentence about an error of the library, by its code or its first line."""
        if code == "NoSuchBucket":
            return (
                f"{self._setting} names the bucket {self._bucket}, and {self._server} has no "
                "such bucket. Make it, or correct the name."
            )
        if code in _WRONG_KEY:
            return self._fault(
                f"{self._server} does not take the key in AWS_ACCESS_KEY_ID and "
                "AWS_SECRET_ACCESS_KEY",
                "Compare both with what the storage gave out.",
            )
        if code in _WRONG_REGION:
            return self._fault(
                f"{self._server} says that the bucket {self._bucket} is elsewhere",
                "Name its region in AWS_REGION.",
            )
        if isinstance(error, _library().exceptions.PermissionDeniedError):
            return self._fault(
                f"{self._server} does not let the key in AWS_ACCESS_KEY_ID do what is needed",
                f"Let it list, read, write and delete below {self.name}.",
            )
        if "HTTP error" in line:
            return self._fault(
                f"{self._server} does not answer",
                "Look whether it runs, and whether AWS_ENDPOINT_URL_S3 is its address.",
            )
        return self._fault(f"{self._server} answered {code or line}")

    def _fault(self, why: str, help_: str = "Ask whoever runs the storage.") -> str:
        return f"{self._setting} ({self.name}) cannot be used: {why}. {help_}"


def _info(meta: Mapping[str, Any]) -> FileInfo:
    return FileInfo(meta["path"], meta["size"], meta["last_modified"])
