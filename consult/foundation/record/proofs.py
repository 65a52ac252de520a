"""Receipts that prove by themselves: an acknowledgement at once, a proof under a checkpoint later.

docs/record-format.md, section 6, says what stands in the two kinds of file.
"""

import base64
from dataclasses import dataclass

import structlog

from consult.foundation.core.db import db
from consult.foundation.record.checkpoints import origin_of
from consult.foundation.record.digests import canonical, event_digest, timestamp
from consult.foundation.record.merkle import inclusion_proof
from consult.foundation.record.models import Event, Log, Receipt
from consult.foundation.record.notes import Note, NoteError, TreeHead, sign_note
from consult.foundation.record.published_log import next_log_number, published_log
from consult.foundation.record.queries import leaf_of, log_of, present_log
from consult.foundation.record.services import SAID, event_body, opened_fields

logger = structlog.get_logger()
_ACKNOWLEDGEMENT = "consult-acknowledgement/v1"
_PROOF = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True)
class ReceiptFile:
    """A receipt to keep: its name, and what is in it. `proven`: a checkpoint covers it."""

    name: str
    content: bytes
    proven: bool


def receipt_file(receipt: Receipt) -> ReceiptFile:
    """Return a receipt with everything that opens it, for whoever handed the text in."""
    opened = _opened(receipt)
    if proof := _proof(receipt.event, canonical(opened)):
        return ReceiptFile(f"{receipt.code}.tlog-proof", proof.encode(), proven=True)
    return ReceiptFile(f"{receipt.code}.consult-receipt", canonical(opened) + b"\n", proven=False)


def _opened(receipt: Receipt) -> dict[str, object]:
    """Return what opens the entry of a receipt: the event, its salt, the text, and our word."""
    event, detail = receipt.event, receipt.event.detail
    return {
        "acknowledgement": str(acknowledgement(receipt)),
        "event": event_body(event),
        "fields": opened_fields(detail),
        "salt": detail.salt,
    }


def acknowledgement(receipt: Receipt, *, fresh: bool = False) -> Note:
    """Return the platform's signed word that a text was received, and when.

    `fresh`: it was received just now, so that its entry stands in no log yet.
    """
    event = receipt.event
    leaf = None if fresh else leaf_of(event)
    log = log_of(leaf) if leaf else present_log()
    number = log.id if log else next_log_number()
    origin = origin_of(log, number)
    texts = [
        f"{name} {digest}" for name, digest in sorted(event.fields.items())
        if name.startswith(SAID)
    ]  # fmt: skip
    sealed = event_digest(event.detail.salt, event_body(event))
    lines = [_ACKNOWLEDGEMENT, origin, timestamp(event.at), receipt.code, sealed, *texts]
    text = "".join(f"{line}\n" for line in lines)
    return sign_note(text, published_log(number).known_signers(origin))


@dataclass(frozen=True)
class MailedReceipt:
    """What the mail of a receipt holds: our word, and the salt of each digest in it by its name."""

    note: str
    salts: dict[str, str]


def mailed_receipt(receipt: Receipt) -> MailedReceipt | None:
    """Return what a mail says of a receipt that was just issued.

    None where the key cannot be used now: what was handed in is stored all the same.
    """
    db.session.flush()  # so that the event has its name
    try:
        note = str(acknowledgement(receipt, fresh=True))
    except (NoteError, OSError) as error:
        logger.warning("a receipt could not be signed", error=str(error))
        return None
    opened = opened_fields(receipt.event.detail)
    return MailedReceipt(note, {name: one["salt"] for name, one in opened.items()})


class Prover:
    """Proves that events stand in a log under its latest checkpoint; tiles are read once."""

    def __init__(self, log: Log, note: Note) -> None:
        self.note = note
        self._size = TreeHead.read(note.text).size
        self._first = log.first
        self._read = published_log(log.id).reader(self._size)

    def index(self, position: int) -> int | None:
        """Return the index in this log of what has this place; None where it is not covered."""
        index = position - self._first
        return index if 0 <= index < self._size else None

    def path(self, index: int) -> list[str]:
        """Return the inclusion proof of an entry: hashes in Base 64."""
        proof = inclusion_proof(index, self._size, self._read)
        return [base64.b64encode(one).decode() for one in proof]


def prover_of(log: Log | None) -> Prover | None:
    """Return what proves under the latest checkpoint of a log; None before the first one."""
    note = published_log(log.id).checkpoint() if log else None
    return Prover(log, note) if log and note else None


def is_covered(event: Event) -> bool:
    """Whether a checkpoint covers the place of an event, so that its receipt proves by itself.

    As long as the log cannot be read, it is as if there were none yet.
    """
    try:
        return covering(event) is not None
    except OSError as error:
        logger.warning("the log cannot be read", error=str(error))
        return False


def covering(event: Event) -> tuple[int, Prover] | None:
    """Return the index of an event in its log, and what proves it; None while nothing covers it.

    A checkpoint that a witness signed is taken where one covers it: it proves more.
    """
    leaf = leaf_of(event)
    if leaf is None:
        return None
    log = log_of(leaf)
    files = published_log(log.id)
    for note in filter(None, (files.cosigned(), files.checkpoint())):
        prover = Prover(log, note)
        if (index := prover.index(leaf.position)) is not None:
            return index, prover
    return None


def _proof(event: Event, extra: bytes) -> str | None:
    """Return the proof that an event stands in the log; None while no checkpoint covers it."""
    found = covering(event)
    if found is None:
        return None
    index, prover = found
    lines = [
        _PROOF,
        f"extra {base64.b64encode(extra).decode()}",
        f"index {index}",
        *prover.path(index),
    ]
    return "\n".join(lines) + f"\n\n{prover.note}"
