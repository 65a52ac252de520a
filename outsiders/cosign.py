#!/usr/bin/env python3
"""Be a witness of a public log, with nothing but Python 3.11 or newer and verify_public.py.

A witness signs a checkpoint only if it follows from the one that it signed last. So nobody can be
shown a history that the witness was not shown (C2SP tlog-cosignature, tlog-witness).
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import fcntl
import hashlib
import io
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import verify_public as public
from verify_public import Checkpoint, FaultError, Key, Note, Place, UncheckedError

SECRET = re.compile(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)\n")
HTTP_TAKEN = 204
ANSWERS = {  # record-format.md section 9
    404: "The log says that it never signed this checkpoint.",
    403: "The log does not know this witness: the operator has to name its key.",
    422: "The log says that this is no note.",
}


# --- Signing (RFC 8032 section 5.1) ---------------------------------------------------------------


def expand(seed: bytes) -> tuple[int, bytes]:
    """Return the secret number and the prefix of a seed (RFC 8032 section 5.1.5)."""
    digest = hashlib.sha512(seed).digest()
    number = int.from_bytes(digest[:32], "little")
    return number & ((1 << 254) - 8) | (1 << 254), digest[32:]


def times_base(number: int) -> bytes:
    """Return a number times the base point, as 32 bytes."""
    return public.encode_point(public.multiply(number, public.multiples(public.BASE) or []))


def ed25519_public(seed: bytes) -> bytes:
    """Return the public key of a seed of 32 bytes (RFC 8032 section 5.1.5)."""
    return times_base(expand(seed)[0])


def ed25519_sign(seed: bytes, message: bytes) -> bytes:
    """Return a signature (RFC 8032 section 5.1.6).

    How long it takes depends a little on the secret. So sign on a computer of your own.
    """
    number, prefix = expand(seed)
    r = public.hash_number(prefix, message)
    start = times_base(r)
    k = public.hash_number(start, times_base(number), message)
    return start + ((r + k * number) % public.L).to_bytes(32, "little")


def signature_line(name: str, key_id: bytes, signature: bytes) -> str:
    """Return a signature as a line of a note (signed-note)."""
    return f"— {name} {base64.b64encode(key_id + signature).decode()}\n"


def cosign(key: Key, seed: bytes, text: str, at: int) -> str:
    """Return the line of a cosignature of a checkpoint (tlog-cosignature, Ed25519)."""
    signature = ed25519_sign(seed, f"cosignature/v1\ntime {at}\n{text}".encode())
    return signature_line(key.name, key.key_id, at.to_bytes(8, "big") + signature)


def note_of(note: Note, names: Sequence[str]) -> str:
    """Return a note as a text, with the signatures of these names."""
    lines = [signature_line(*one) for one in note.signatures if one[0] in names]
    return f"{note.text}\n{''.join(lines)}"


# --- What a witness keeps -------------------------------------------------------------------------


def write_durably(path: Path, data: str, *, once: bool = False) -> None:
    """Write a file, so that after a loss of power it is the old one or the new one.

    With `once` a file that is there is never written over.
    """
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}.new")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data.encode())
            file.flush()
            os.fsync(file.fileno())
        if once:
            path.hardlink_to(fresh)
        else:
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep two runs with the same state from signing at the same time."""
    if not folder.is_dir():
        raise UncheckedError(f"There is no folder `{public.shown(folder)}`. Make it with init.")
    with (folder / "lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UncheckedError("Another run is at work with this state. Try again.") from None
        yield


def read_key(folder: Path) -> tuple[Key, bytes]:
    """Return the key of the witness and its seed."""
    data = public.read_file(folder / "key", public.NOTE_LIMIT) or b""
    match = SECRET.fullmatch(data.decode("utf-8", "replace"))
    if match:
        with contextlib.suppress(FaultError):
            secret = public.unbase64(match[3], "The secret", 1 + public.KEY_SIZE)
            key = Key(match[1], secret[0], ed25519_public(secret[1:]))
            if key.kind == public.WITNESS_KEY and key.key_id.hex() == match[2]:
                return key, secret[1:]
    where = public.shown(folder / "key")
    raise UncheckedError(f"`{where}` is not a key that init made. Take it from a backup.")


def last_path(folder: Path, origin: str) -> Path:
    """Return where the checkpoint of a log is kept that was signed last."""
    return folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.checkpoint"


def read_last(folder: Path, origin: str) -> Checkpoint | None:
    """Return the checkpoint of a log that was signed last, or None before the first one.

    An empty or damaged file is a state that was lost, and never the state of a beginner.
    """
    path = last_path(folder, origin)
    data = public.read_file(path, public.NOTE_LIMIT)
    if data is None:
        return None
    try:
        last = public.parse_checkpoint(public.utf8(data), str(path))
        public.require(last.origin == origin, "It is of another log.")
    except FaultError as error:
        sentence = f"The state `{public.shown(path)}` is damaged. Take it from a backup."
        raise UncheckedError(f"{sentence} {error}") from None
    return last


# --- The commands ---------------------------------------------------------------------------------


def init(name: str, folder: Path) -> str:
    """Make a key and return its verifier key."""
    if not public.is_key_name(name) or not name.isprintable():
        raise UncheckedError("The name has no space and no plus, such as example.org/witness.")
    seed = secrets.token_bytes(public.KEY_SIZE)
    key = Key(name, public.WITNESS_KEY, ed25519_public(seed))
    start = f"{name}+{key.key_id.hex()}+"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    secret = base64.b64encode(bytes([key.kind]) + seed).decode()
    try:
        write_durably(folder / "key", f"PRIVATE+KEY+{start}{secret}\n", once=True)
    except FileExistsError:
        raise UncheckedError("There is a key already. It is never written over.") from None
    return start + base64.b64encode(bytes([key.kind]) + key.public).decode() + "\n"


def check_follows(place: Place, last: Checkpoint, new: Checkpoint) -> None:
    """Refuse a checkpoint that does not follow from the last one, and show both as evidence."""
    try:
        public.require_follows(place, last, new)
    except FaultError as error:
        own = [new.origin]
        notes = f"{note_of(last.note, own)}\n{note_of(new.note, own)}".split("\n")
        both = "\n".join(public.shown(line, public.NOTE_LIMIT) for line in notes)
        end = "Nothing was signed. Keep these two checkpoints: together they are the proof."
        raise FaultError(f"{error} {end}\n\n{both}") from None


def sign(log: str, keys: Sequence[Key], folder: Path, *, send: bool) -> str:
    """Cosign the checkpoint of a log if it follows from the last one; return what to print."""
    with locked(folder):
        key, seed = read_key(folder)
        place = Place(log)
        if send and place.connection is None:
            raise UncheckedError("Only to an address a cosignature can be sent.")
        data = place.read("checkpoint", public.NOTE_LIMIT)
        if data is None:
            raise UncheckedError(f"`{public.shown(log)}` has no file `checkpoint`.")
        new = public.parse_checkpoint(public.utf8(data), log)
        public.require_signed(new.note, [one for one in keys if one.name == new.origin])
        last = read_last(folder, new.origin)
        if last is not None:
            check_follows(place, last, new)
        # The state is durable before anybody can see the cosignature (tlog-witness).
        own = note_of(new.note, [new.origin])
        write_durably(last_path(folder, new.origin), own)
        line = cosign(key, seed, new.note.text, int(time.time()))
    if not send:
        others = [name for name, *_ in new.note.signatures if name != key.name]
        return note_of(new.note, others) + line
    status, _ = place.ask("POST", "cosignatures", public.NOTE_LIMIT, (own + line).encode())
    if status != HTTP_TAKEN:
        reason = ANSWERS.get(status, f"The log answered with the status {status}.")
        raise UncheckedError(f"The checkpoint was signed and not taken. {reason}")
    return f"The checkpoint of {new.size} entries was signed and sent.\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return 0, 1 where the log is refused, 2 where it could not be done."""
    parser = argparse.ArgumentParser(description="Be a witness of a public log.")
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("init", help="make a key and print the verifier key")
    made.add_argument("name", help="such as example.org/witness")
    signing = commands.add_parser("sign", help="sign the checkpoint, if it follows from the last")
    signing.add_argument("log", help="the address or the folder of the log")
    signing.add_argument("--log-key", action="append", required=True, help="its verifier key")
    signing.add_argument("--send", action="store_true", help="send the cosignature to the log")
    for command in (made, signing):
        command.add_argument("--state", type=Path, required=True, help="a folder of the witness")
    args = parser.parse_args(arguments)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8")  # a note is UTF-8 on every computer
    try:
        if args.command == "init":
            said = init(args.name, args.state)
        else:
            keys = public.parse_keys(args.log_key, public.LOG_KEY)
            said = sign(args.log, keys, args.state, send=args.send)
        print(said, end="", flush=True)
    except FaultError as error:
        print(f"refused: {error}", file=sys.stderr)
        return 1
    except (UncheckedError, OSError, MemoryError, KeyboardInterrupt) as error:
        print(f"not done: {public.shown(error, 500) or 'it was stopped.'}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
