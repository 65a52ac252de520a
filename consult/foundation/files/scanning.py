"""Looking for viruses in files: a ClamAV daemon by a setting, over its socket.

The protocol is that of clamd(8), command INSTREAM: the length of each piece in four bytes, most
significant first, then the piece; a length of nothing ends the file. The daemon answers with a
line that ends in OK, FOUND or ERROR. Only OK is a yes: whatever else comes, or nothing at all,
leaves the file unscanned, and a file that is not found clean is given to nobody (`is_held`).
"""

import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import datetime, timedelta
from functools import partial
from typing import IO
from urllib.parse import urlsplit

import structlog
from flask import current_app
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.files.models import ScanState, StoredFile
from consult.foundation.files.services import storage
from consult.foundation.jobs.services import enqueue, was_asked

log = structlog.get_logger()

SCHEME = "clamav"
PATIENCE = 20
"""Seconds in which the daemon must take a piece, or answer."""
_CONNECT = 3
_PIECE = 256 * 1024
_LONGEST_ANSWER = 4096
_AT_ONCE = 50
_AGAIN = timedelta(minutes=2)


def scanner_url() -> str:
    """Return the address of the scanner; an empty text where there is none."""
    return str(current_app.config["SCANNER_URL"] or "")


def is_held(file: StoredFile) -> bool:
    """Whether a file is given to nobody: there is a scanner, and it did not say that it is clean.

    What was found to be infected stays held, with a scanner or without one.
    """
    if file.scan_state is ScanState.INFECTED:
        return True
    return bool(scanner_url()) and file.scan_state is not ScanState.CLEAN


class ScannerAway(Exception):  # noqa: N818  (as it is said: the scanner is away)
    """The scanner cannot be reached, or does not answer."""


def scan(content: IO[bytes]) -> ScanState:
    """Let the scanner look at a file, from where it is read; unscanned where it says no yes.

    Raises ScannerAway.
    """
    try:
        with closing(_connected(scanner_url())) as connection:
            answer = _ask(connection, content)
    except OSError as error:
        log.warning("the virus scanner is away", error=type(error).__name__)
        raise ScannerAway from error
    if answer.endswith(" FOUND"):
        log.warning("a virus was found in a file", found=answer)
        return ScanState.INFECTED
    if answer == "stream: OK":
        return ScanState.CLEAN
    log.warning("the virus scanner did not say yes", answer=answer)
    return ScanState.UNSCANNED


def scan_upload(content: IO[bytes]) -> ScanState:
    """Scan a file that is being sent; unscanned without a scanner, or where it is away."""
    if not scanner_url():
        return ScanState.UNSCANNED
    content.seek(0)
    try:
        return scan(content)
    except ScannerAway:
        return ScanState.UNSCANNED


def _connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.hostname:
        connection = socket.create_connection((parts.hostname, parts.port or 3310), _CONNECT)
    else:
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(_CONNECT)
            connection.connect(parts.path)
        except OSError:
            connection.close()
            raise
    connection.settimeout(PATIENCE)
    return connection


def _ask(connection: socket.socket, content: IO[bytes]) -> str:
    """Send a file and return what the daemon says; `z`: a zero ends command and answer."""
    connection.sendall(b"zINSTREAM\0")
    for piece in iter(partial(content.read, _PIECE), b""):
        connection.sendall(struct.pack("!L", len(piece)) + piece)
    connection.sendall(struct.pack("!L", 0))
    return b"".join(_answer(connection)).rstrip(b"\0").decode(errors="replace").strip()


def _answer(connection: socket.socket) -> Iterator[bytes]:
    length = 0
    while (piece := connection.recv(_LONGEST_ANSWER)) and length < _LONGEST_ANSWER:
        length += len(piece)
        yield piece
        if piece.endswith(b"\0"):
            return


def scan_later(now: datetime) -> None:
    """Ask for another look at what could not be scanned; asked once, however many files wait."""
    again = now + _AGAIN
    key = f"scan-files:{again:%Y-%m-%dT%H:%M}"
    if not was_asked(key):
        enqueue("scan-files", {}, now, key=key, run_at=again)


def scan_files(_payload: Mapping[str, object], now: datetime) -> None:
    """Let the scanner look at every file that it has not seen, those before it was set as well."""
    if not scanner_url():
        return
    try:
        unsure = [id_ for id_, key in _unscanned() if not _scan_stored(id_, key)]
        again = bool(unsure)
    except ScannerAway:
        again = True
    if again:
        with unit_of_work():
            scan_later(now)


def _unscanned() -> Iterator[tuple[int, str]]:
    """Yield the files that were not scanned, each with where it lies."""
    after = 0
    while True:
        rows = db.session.execute(
            select(StoredFile.id, StoredFile.storage_key)
            .where(StoredFile.scan_state == ScanState.UNSCANNED, StoredFile.id > after)
            .order_by(StoredFile.id)
            .limit(_AT_ONCE)
        ).all()
        db.session.rollback()
        for row in rows:
            yield row[0], row[1]
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1][0]


def _scan_stored(id_: int, key: str) -> bool:
    """Scan a file and note what was found; tells whether that settles it. A lost file is settled.

    Raises ScannerAway.
    """
    try:
        with storage().open(key).stream as content:
            found = scan(content)
    except FileNotFoundError:
        return True
    with unit_of_work():
        file = db.session.get(StoredFile, id_)
        if file is not None:
            file.scan_state = found
    return found is not ScanState.UNSCANNED
