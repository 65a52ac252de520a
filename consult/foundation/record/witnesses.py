"""Witnesses: others who sign our checkpoints, each with the moment (C2SP tlog-cosignature).

A witness may send its cosignature by itself; to one that has an address we speak C2SP tlog-witness.
No checkpoint waits for a witness.
"""

import base64
from dataclasses import dataclass

import requests
import structlog

from consult.foundation.record.merkle import consistency_proof
from consult.foundation.record.notes import (
    COSIGNATURE,
    Note,
    NoteError,
    Signature,
    TreeHead,
    VerifierKey,
    read_note,
)
from consult.foundation.record.published_log import PublishedLog, hold_log

log = structlog.get_logger()
_PATIENCE_SECONDS = 10
_MOST_BYTES = 64 * 1024
_CONFLICT, _OK = 409, 200


class UnknownCheckpointError(LookupError):
    """This log never signed the checkpoint that was cosigned."""


class UnknownWitnessError(LookupError):
    """No witness that the operator named signed it."""


@dataclass(frozen=True)
class Witness:
    """Who cosigns: a key with its name, and the address of a witness that runs by itself."""

    key: VerifierKey
    address: str = ""


def read_witnesses(text: str) -> tuple[Witness, ...]:
    """Read the setting: keys with spaces between, each with `@` and an address or without.

    Raises NoteError for a key that is none of a witness.
    """
    found = []
    for one in text.split():
        written, _, address = one.partition("@")
        key = VerifierKey.read(written)
        if key.kind != COSIGNATURE:
            raise NoteError(f"{key.name} is not the key of a witness (cosignature/v1)")
        found.append(Witness(key, address.rstrip("/")))
    return tuple(found)


def take_cosignatures(
    files: PublishedLog, note: Note, witnesses: tuple[Witness, ...]
) -> list[Signature]:
    """Keep what witnesses signed below the checkpoint that they signed, and return it.

    Raises NoteError where one of their signatures does not verify, UnknownCheckpointError and
    UnknownWitnessError.
    """
    head = TreeHead.read(note.text)
    kept = files.kept_of(head.size)
    if kept is None or kept.text != note.text:
        raise UnknownCheckpointError(head.size)
    signed = note.signed_by([one.key for one in witnesses])
    if not signed:
        raise UnknownWitnessError
    with hold_log(wait=True):
        files.add_signatures(head.size, signed)
    return signed


def ask_witness(files: PublishedLog, witness: Witness) -> list[Signature]:
    """Ask a witness to cosign the latest checkpoint, and keep what it signed.

    Returns nothing where it is away or refuses: that is noted, and asked again next time.
    """
    note = files.checkpoint()
    if note is None or not witness.address:
        return []
    try:
        answer = _add_checkpoint(files, note, witness, 0)
        if answer.status_code == _CONFLICT:
            answer = _add_checkpoint(files, note, witness, int(_text(answer)))
        if answer.status_code != _OK:
            raise NoteError(f"it answered {answer.status_code}")
        signed = read_note(f"{note.text}\n{_text(answer)}")
        return take_cosignatures(files, signed, (witness,))
    except (requests.RequestException, ValueError, LookupError) as error:
        log.warning("a witness did not cosign", witness=witness.key.name, error=str(error))
        return []


def _add_checkpoint(
    files: PublishedLog, note: Note, witness: Witness, old: int
) -> requests.Response:
    """Send a checkpoint, with the proof that it follows from the one of the old size."""
    size = TreeHead.read(note.text).size
    proof = consistency_proof(old, size, files.reader(size))
    lines = [f"old {old}", *(base64.b64encode(one).decode() for one in proof), "", str(note)]
    return requests.post(
        f"{witness.address}/add-checkpoint",
        data="\n".join(lines).encode(),
        timeout=_PATIENCE_SECONDS,
        allow_redirects=False,
        stream=True,
    )


def _text(answer: requests.Response) -> str:
    with answer:
        content: bytes = answer.raw.read(_MOST_BYTES + 1, decode_content=True)
    if len(content) > _MOST_BYTES:
        raise NoteError("the answer is too long")
    return content.decode()
