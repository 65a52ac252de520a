"""Bringing the published log up to date: new entries, the tiles above them, and a checkpoint."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.merkle import leaf_hash, root_hash
from consult.foundation.record.models import Event, Leaf, Log
from consult.foundation.record.notes import Note, NoteError, TreeHead
from consult.foundation.record.published_log import PublishedLog, alone, published_log
from consult.foundation.record.queries import log_size
from consult.foundation.record.services import entry
from consult.foundation.record.tiles import WIDTH, Tile, bundle, join_hashes, tiles_of

MOST_TILES = 16
"""Tiles of entries between two checkpoints, so that a long wait does not become longer."""


class LogError(RuntimeError):
    """The log cannot go on: what is stored does not follow from the checkpoint before."""


def present_log() -> Log | None:
    """Return the log that grows now; None before the first entry."""
    return db.session.scalars(select(Log).order_by(Log.id.desc())).first()


def publish_log() -> Note | None:
    """Publish the entries that joined the log, and sign a checkpoint; None if none joined.

    Raises LogError where the log no longer follows from its last checkpoint: then nothing is
    signed, and somebody must look.
    """
    with alone() as mine:
        log = present_log()
        if not mine or log is None:
            return None
        origin, size = origin_of(log, log.id), log_size()
        if not log.origin:
            with unit_of_work():
                log.origin = origin
        db.session.rollback()
        return _publish(published_log(log.id), origin, size)


def kept_heads(*more: Note) -> list[TreeHead]:
    """Return what all kept checkpoints of the present log say, and those kept elsewhere.

    Raises NoteError for one that no key of this log signed, or that is of another log.
    """
    log = present_log()
    if log is None:
        if more:
            raise NoteError("there is no log here yet, and a checkpoint of one")
        return []
    files = published_log(log.id)
    heads = [files.read_head(note) for note in (*files.kept(), *more)]
    for head in heads:
        if head.origin != log.origin:
            raise NoteError(f"this checkpoint is one of {head.origin}, and this is {log.origin}")
    return heads


def origin_of(log: Log | None, number: int) -> str:
    """Return the origin of a log: its address without the scheme, as it was first signed."""
    if log is not None and log.origin:
        return log.origin
    place = urlsplit(current_app.config["BASE_URL"])
    return f"{place.netloc}{place.path.rstrip('/')}/log/{number}"


def _publish(files: PublishedLog, origin: str, size: int) -> Note | None:
    head = files.head()
    since = head.size if head else 0
    if head and head.origin != origin:
        raise LogError(f"the checkpoint is one of {head.origin}, and this log is {origin}")
    if size < since:
        raise LogError(f"the log has {size} entries, and its checkpoint is of {since}")
    if size == since:
        return None
    # Whole tiles where there is much to do, so that none is written twice.
    size = min(size, (since // WIDTH + MOST_TILES) * WIDTH)
    _publish_tiles(files, size, since)
    read = files.reader(size)
    if head and root_hash(since, read) != head.root:
        raise LogError(f"the first {since} entries are not those of the checkpoint")
    return files.sign(TreeHead(origin, size, root_hash(size, read)))


def _publish_tiles(files: PublishedLog, size: int, since: int) -> None:
    roots: dict[tuple[int, int], bytes] = {}
    for tile in tiles_of(size, since):
        if tile.level == 0:
            hashes = _publish_entries(files, tile)
        else:
            hashes = [
                roots.get(below) or join_hashes(files.hashes(Tile(*below)))
                for below in ((tile.level - 1, tile.index * WIDTH + i) for i in range(tile.width))
            ]
        files.publish_tile(tile, hashes)
        if tile.width == WIDTH:
            roots[tile.level, tile.index] = join_hashes(hashes)


def _publish_entries(files: PublishedLog, tile: Tile) -> Sequence[bytes]:
    """Publish the entries of a tile as a bundle, and return their hashes."""
    first = tile.index * WIDTH
    rows = db.session.execute(
        select(Leaf.digest, Event)
        .join(Event, Event.id == Leaf.event_id)
        .options(joinedload(Event.detail))
        .where(Leaf.position >= first, Leaf.position < first + tile.width)
        .order_by(Leaf.position)
    ).all()
    entries = [entry(row[1]) for row in rows]
    hashes = [leaf_hash(one) for one in entries]
    db.session.rollback()
    if len(hashes) != tile.width or any(
        row[0] != one.hex() for row, one in zip(rows, hashes, strict=True)
    ):
        raise LogError(f"entries from {first} on are not what their places in the log say")
    files.publish_bundle(tile.index, bundle(entries), tile.width)
    return hashes
