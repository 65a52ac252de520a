"""The public files of a round: made once for all who ask, and kept as long as they may be shown.

A file is kept under the point at which the record was when it was made. What happened since decides
whether it may still be handed over: something that was only added may be missing from it for a few
minutes, and once anything else was done to the round (hidden, changed, withdrawn) it is made anew.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from flask import current_app

from consult.consultation.rounds.models import Round
from consult.foundation.core.languages import reader_language
from consult.foundation.files.cache import CachedFile, cached_files
from consult.foundation.record.queries import RecordPoint, acts_since, record_point
from consult.interfaces.exchange.exporting.files import FORMATS
from consult.interfaces.exchange.exporting.lines import round_language
from consult.interfaces.publishing.document_cache import program_digest
from consult.interfaces.publishing.reading_copy import COPIES
from consult.interfaces.publishing.round_job import ROUND_FILES

STREAMED = ("csv", "json", "jsonl")
"""Kinds whose first byte can leave before the last one is made; a job makes the others."""
KINDS = (*FORMATS, *COPIES)
LAG = timedelta(minutes=5)
"""How long a file is handed over in which something that was added is missing."""
MOST_ACTS = 2000
"""A file since which more than this was done, on the whole platform, is made anew."""

ADDING = frozenset({
    "proposal.submitted", "proposal.published", "proposal.admitted", "proposal.cosigned",
    "comment.added", "comment.published", "comment.admitted", "position.taken",
})  # fmt: skip
"""What adds to what is public, and takes nothing away."""
_ELSEWHERE = re.compile(
    r"(consent|data_export|invitations?|meeting|membership|mandate|mandate_request|incident)\."
    r"|person\.(?!closed)|round\.exported"
)
"""What is about nothing that stands in a file of a round."""


@dataclass(frozen=True)
class RoundFile:
    """A file of a round that somebody asks for."""

    round_id: int
    kind: str
    language: str

    @property
    def place(self) -> str:
        """The place in the cache that holds it."""
        return f"{ROUND_FILES}{self.round_id}/{self.kind}-{self.language}"


def wanted_file(round_: Round, kind: str) -> RoundFile:
    """Say which file a reader gets; CSV and JSON say nothing in the language of the reader."""
    language = round_language(round_) if kind in STREAMED else reader_language()
    return RoundFile(round_.id, kind, language)


@dataclass(frozen=True)
class Stamp:
    """Of when a file is, and how far the record was then."""

    at: datetime
    point: RecordPoint

    @classmethod
    def of(cls, now: datetime) -> "Stamp":
        """Make the stamp of a file that is begun now; the round is read after it."""
        return cls(now.replace(microsecond=0), record_point())

    @classmethod
    def read(cls, digest: str) -> "Stamp | None":
        """Read it from the digest of a file; None if another program or other settings made it."""
        _, _, rest = digest.partition("-")
        found = re.fullmatch(r"(\d+)-(\d+)-([0-9a-f]+)", rest)
        if found is None:
            return None
        at = datetime.fromtimestamp(int(found[1]), UTC)
        stamp = cls(at, RecordPoint(int(found[2]), found[3]))
        return stamp if stamp.digest == digest else None

    @property
    def digest(self) -> str:
        """Name all that a file is made from."""
        settings = (current_app.config["LICENCE"], current_app.config["BASE_URL"])
        made_by = sha256(repr((program_digest(), settings)).encode()).hexdigest()[:32]
        return f"{made_by}-{int(self.at.timestamp())}-{self.point.event}-{self.point.mark}"


def may_still_be_read(round_id: int, stamp: Stamp, now: datetime) -> bool:
    """Whether a file of a round with this stamp may be handed over now."""
    if record_point(stamp.point.event) != stamp.point:
        return False
    acts = acts_since(stamp.point, MOST_ACTS + 1)
    verbs = {verb for about, verb in acts if about in (None, round_id)}
    done = {verb for verb in verbs if not _ELSEWHERE.match(verb)}
    if len(acts) > MOST_ACTS or not done <= ADDING:
        return False
    return not done or now - stamp.at < LAG


@dataclass(frozen=True)
class ReadyFile:
    """A file that lies ready, and its stamp."""

    stamp: Stamp
    cached: CachedFile


def ready_files(
    round_id: int, wanted: Collection[RoundFile], now: datetime
) -> Mapping[RoundFile, ReadyFile]:
    """Return those of these files of a round that lie ready and may be read."""
    found: dict[RoundFile, ReadyFile] = {}
    for cached in cached_files(f"{ROUND_FILES}{round_id}/"):
        file, stamp = _file_at(cached.place), Stamp.read(cached.digest)
        if file and file in wanted and stamp and may_still_be_read(round_id, stamp, now):
            found[file] = ReadyFile(stamp, cached)
    return found


def ready_file(wanted: RoundFile, now: datetime) -> ReadyFile | None:
    """Return a file that lies ready, if it may be read."""
    return ready_files(wanted.round_id, [wanted], now).get(wanted)


def _file_at(place: str) -> RoundFile | None:
    found = re.fullmatch(rf"{ROUND_FILES}(\d+)/([a-z]+)-([a-z]+)", place)
    return RoundFile(int(found[1]), found[2], found[3]) if found else None


def drop_stale(_payload: Mapping[str, object], now: datetime) -> None:
    """Delete what is kept and may not be handed over any more, though nobody asks for it."""
    for one in _stale(now):
        one.drop()


def _stale(now: datetime) -> Iterator[CachedFile]:
    for one in cached_files(ROUND_FILES):
        wanted, stamp = _file_at(one.place), Stamp.read(one.digest)
        if not (wanted and stamp and may_still_be_read(wanted.round_id, stamp, now)):
            yield one
