"""Bringing the published log up to date: new entries, the tiles above them, and a checkpoint."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from consult.foundation.core.db import db
from consult.foundation.core.people import SYSTEM
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.merkle import GrowingTree, leaf_hash, root_hash
from consult.foundation.record.models import Event, EventDetail, Leaf, Log
from consult.foundation.record.notes import Note, NoteError, TreeHead
from consult.foundation.record.published_log import (
    PublishedLog,
    hold_log,
    next_log_number,
    published_log,
)
from consult.foundation.record.queries import leaf_count, log_size, present_log
from consult.foundation.record.services import (
    BEGUN_AGAIN,
    ENTRY_COLUMNS,
    append_leaves,
    entry_of_row,
    record,
)
from consult.foundation.record.tiles import WIDTH, Tile, bundle, join_hashes, tiles_of

MOST_TILES = 16
"""Tiles of entries between two checkpoints, so that a long wait does not become longer."""


class LogError(RuntimeError):
    """The log cannot go on: what is stored does not follow from the checkpoint before."""


def publish_log() -> Note | None:
    """Publish the entries that joined the log, and sign a checkpoint; None if none joined.

    None too where another process publishes now. Raises LogError where the log no longer follows
    from its last checkpoint: then nothing is signed, and somebody must look.
    """
    with hold_log() as mine:
        log = present_log()
        if not mine or log is None:
            return None
        origin, size = origin_of(log, log.id), log_size()
        if not log.origin:
            with unit_of_work():
                log.origin = origin
        db.session.rollback()
        return _Publication(published_log(log.id), log.first).publish(origin, size)


def latest_checkpoint() -> str | None:
    """Return the latest checkpoint of the present log, as it is signed.

    None before the first one, and where it cannot be read now: the nightly check says that.
    """
    log = present_log()
    try:
        note = published_log(log.id).checkpoint() if log else None
    except (NoteError, OSError):
        return None
    return str(note) if note else None


def kept_heads(*more: Note) -> list[TreeHead]:
    """Return what all kept checkpoints of our logs say, and those kept elsewhere.

    Raises NoteError for one that no key of a log of ours signed.
    """
    logs = {
        origin_of(log, log.id): published_log(log.id) for log in db.session.scalars(select(Log))
    }
    heads = [files.read_head(note) for files in logs.values() for note in files.kept()]
    for note in more:
        origin = TreeHead.read(note.text).origin
        if origin not in logs:
            raise NoteError(f"this checkpoint is one of {origin}, and that is no log of ours")
        heads.append(logs[origin].read_head(note))
    return heads


def origin_of(log: Log | None, number: int) -> str:
    """Return the origin of a log: its address without the scheme, as it was first signed."""
    if log is not None and log.origin:
        return log.origin
    if head := published_log(number).head():  # signed after the backup that was restored
        return head.origin
    place = urlsplit(current_app.config["BASE_URL"])
    return f"{place.netloc}{place.path.rstrip('/')}/log/{number}"


class _Publication:
    """Brings the files of one log up to date; `first` is the place of its first entry."""

    def __init__(self, files: PublishedLog, first: int) -> None:
        self.files = files
        self.first = first

    def publish(self, origin: str, size: int) -> Note | None:
        """Publish entries up to a size, or the first of many, and sign; None if none joined."""
        before = self.files.checkpoint()
        head = TreeHead.read(before.text) if before else None
        since = head.size if head else 0
        if head and head.origin != origin:
            raise LogError(f"the checkpoint is one of {head.origin}, and this log is {origin}")
        if size < since:
            raise LogError(f"the log has {size} entries, and its checkpoint is of {since}")
        if size == since:
            return None
        if before:
            self.files.keep(before)  # whoever published it may have been killed before that
        # Whole tiles where there is much to do, so that none is written twice.
        size = min(size, (since // WIDTH + MOST_TILES) * WIDTH)
        self._publish_tiles(size, since)
        read = self.files.reader(size)
        if head and root_hash(since, read) != head.root:
            raise LogError(f"the first {since} entries are not those of the checkpoint")
        note = self.files.sign(TreeHead(origin, size, root_hash(size, read)), before)
        if note is None:
            raise LogError(f"somebody else published a checkpoint after the one of {since} entries")
        return note

    def _publish_tiles(self, size: int, since: int) -> None:
        roots: dict[tuple[int, int], bytes] = {}
        for tile in tiles_of(size, since):
            if tile.level == 0:
                hashes = self._publish_entries(tile)
            else:
                below = [(tile.level - 1, tile.index * WIDTH + at) for at in range(tile.width)]
                hashes = [
                    roots.get(one) or join_hashes(self.files.hashes(Tile(*one))) for one in below
                ]
            self.files.publish_tile(tile, hashes)
            if tile.width == WIDTH:
                roots[tile.level, tile.index] = join_hashes(hashes)

    def _publish_entries(self, tile: Tile) -> Sequence[bytes]:
        """Publish the entries of a tile as a bundle, and return their hashes."""
        first = self.first + tile.index * WIDTH
        rows = db.session.execute(
            select(Leaf.digest, *ENTRY_COLUMNS)
            .join(Event, Event.id == Leaf.event_id)
            .join(EventDetail, EventDetail.event_id == Event.id)
            .where(Leaf.position >= first, Leaf.position < first + tile.width)
            .order_by(Leaf.position)
        ).all()
        entries = [entry_of_row(row) for row in rows]
        hashes = [leaf_hash(one) for one in entries]
        db.session.rollback()
        if len(hashes) != tile.width or any(
            row[0] != one.hex() for row, one in zip(rows, hashes, strict=True)
        ):
            raise LogError(f"entries from {first} on are not what their places in the log say")
        self.files.publish_bundle(tile.index, bundle(entries), tile.width)
        return hashes


def begin_again(now: datetime) -> int | None:
    """Begin a new log where the present one no longer holds what its checkpoint covers.

    So it is after a restore from an older backup. The first entry of the new log names the last
    checkpoint of the old one, and binds what is left of it. Returns how many entries were lost, or
    None where nothing was. For an operator to call, never by itself: what is missing for no known
    reason must stay a fault.
    """
    with hold_log() as mine, unit_of_work():
        while mine and append_leaves():
            pass
        log = present_log()
        note = published_log(log.id).checkpoint() if log and mine else None
        if log is None or note is None:
            return None
        head = TreeHead.read(note.text)
        tree, at_head = _trees(log.first, head.size)
        if at_head == head.root:
            return None
        number = next_log_number(after=log.id)
        again = Log(
            id=number, began_at=now, first=leaf_count(), rows_carried_at=log.rows_carried_at
        )
        db.session.add(again)
        db.session.flush()
        content = {
            "checkpoint": str(note),
            "entries": tree.size,
            "lost": max(head.size - tree.size, 0),
            "root": tree.root.hex(),
        }
        record(SYSTEM, BEGUN_AGAIN, again, now, content=content)
        append_leaves()
        return max(head.size - tree.size, 0)


def _trees(first: int, size: int) -> tuple[GrowingTree, bytes | None]:
    """Return the tree of the leaves from a place on, and the root that it had at a size."""
    tree, root = GrowingTree(), None
    digests = select(Leaf.digest).where(Leaf.position >= first).order_by(Leaf.position)
    for digest in db.session.scalars(digests.execution_options(yield_per=1000)):
        tree.add(bytes.fromhex(digest))
        if tree.size == size:
            root = tree.root
    return tree, root
