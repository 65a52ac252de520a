"""Receipts that prove by themselves: an acknowledgement at once, a proof under a checkpoint later.

docs/record-format.md, section 6, says what stands in the two kinds of file.
"""

import base64
from dataclasses import dataclass

from consult.foundation.record.checkpoints import origin_of
from consult.foundation.record.digests import canonical, event_digest, timestamp
from consult.foundation.record.merkle import inclusion_proof
from consult.foundation.record.models import Event, Receipt
from consult.foundation.record.notes import Note, TreeHead, sign_note
from consult.foundation.record.published_log import PublishedLog, next_log_number, published_log
from consult.foundation.record.queries import leaf_of, log_of, present_log
from consult.foundation.record.services import SAID, event_body, opened_fields

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


def acknowledgement(receipt: Receipt) -> Note:
    """Return the platform's signed word that a text was received, and when."""
    event = receipt.event
    leaf = leaf_of(event)
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
    return sign_note(text, published_log(number).signers(origin))


def is_covered(event: Event) -> bool:
    """Whether a checkpoint covers the place of an event, so that its receipt proves by itself."""
    return _covering(event) is not None


def _covering(event: Event) -> tuple[int, Note, PublishedLog] | None:
    """Return the index of an event in its log, the checkpoint that covers it, and the log."""
    leaf = leaf_of(event)
    if leaf is None:
        return None
    log = log_of(leaf)
    files, index = published_log(log.id), leaf.position - log.first
    note = files.checkpoint()
    if note is None or index >= TreeHead.read(note.text).size:
        return None
    return index, note, files


def _proof(event: Event, extra: bytes) -> str | None:
    """Return the proof that an event stands in the log; None while no checkpoint covers it."""
    covering = _covering(event)
    if covering is None:
        return None
    index, note, files = covering
    size = TreeHead.read(note.text).size
    path = inclusion_proof(index, size, files.reader(size))
    lines = [
        _PROOF,
        f"extra {base64.b64encode(extra).decode()}",
        f"index {index}",
        *(base64.b64encode(one).decode() for one in path),
    ]
    return "\n".join(lines) + f"\n\n{note}"
