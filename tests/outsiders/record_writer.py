"""A small writer of logs, receipts, versions and exports, made from record-format.md alone.

It shares no code with the verifier: its signatures are made by the package `cryptography`, and its
trees by the recursive definitions of RFC 6962 section 2.1.
"""

from __future__ import annotations

import base64
import hashlib
import json
import random
import socketserver
import struct
import uuid
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

ORIGIN = "consult.example.nl/log/1"
WITNESS = "witness.example/w1"
AT = "2026-11-29T21:39:50.123456Z"
RANDOM = random.Random(20261129)

# RFC 8032 section 7.1, all five vectors: secret key | public key | message | signature
VECTORS = """
9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60|
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a|
|
e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b
d25bf5f0595bbe24655141438e7a100b

4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb|
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c|
72|
92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c
387b2eaeb4302aeeb00d291612bb0c00

c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7|
fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025|
af82|
6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659
4a7c15e9716ed28dc027beceea1ec40a

f5e5767cf153319517630f226876b86c8160cc583bc013744c6bf255f5cc0ee5|
278117fc144c72340f67d0f2316e8386ceffbf2b2428c9c51fef7c597f1d426e|
08b8b2b733424243760fe426a4b54908632110a66c2f6591eabd3345e3e4eb98fa6e264bf09efe12ee50f8f54e9f77b1
e355f6c50544e23fb1433ddf73be84d879de7c0046dc4996d9e773f4bc9efe5738829adb26c81b37c93a1b270b20329d
658675fc6ea534e0810a4432826bf58c941efb65d57a338bbd2e26640f89ffbc1a858efcb8550ee3a5e1998bd177e93a
7363c344fe6b199ee5d02e82d522c4feba15452f80288a821a579116ec6dad2b3b310da903401aa62100ab5d1a36553e
06203b33890cc9b832f79ef80560ccb9a39ce767967ed628c6ad573cb116dbefefd75499da96bd68a8a97b928a8bbc10
3b6621fcde2beca1231d206be6cd9ec7aff6f6c94fcd7204ed3455c68c83f4a41da4af2b74ef5c53f1d8ac70bdcb7ed1
85ce81bd84359d44254d95629e9855a94a7c1958d1f8ada5d0532ed8a5aa3fb2d17ba70eb6248e594e1a2297acbbb39d
502f1a8c6eb6f1ce22b3de1a1f40cc24554119a831a9aad6079cad88425de6bde1a9187ebb6092cf67bf2b13fd65f270
88d78b7e883c8759d2c4f5c65adb7553878ad575f9fad878e80a0c9ba63bcbcc2732e69485bbc9c90bfbd62481d9089b
eccf80cfe2df16a2cf65bd92dd597b0707e0917af48bbb75fed413d238f5555a7a569d80c3414a8d0859dc65a46128ba
b27af87a71314f318c782b23ebfe808b82b0ce26401d2e22f04d83d1255dc51addd3b75a2b1ae0784504df543af8969b
e3ea7082ff7fc9888c144da2af58429ec96031dbcad3dad9af0dcbaaaf268cb8fcffead94f3c7ca495e056a9b47acdb7
51fb73e666c6c655ade8297297d07ad1ba5e43f1bca32301651339e22904cc8c42f58c30c04aafdb038dda0847dd988d
cda6f3bfd15c4b4c4525004aa06eeff8ca61783aacec57fb3d1f92b0fe2fd1a85f6724517b65e614ad6808d6f6ee34df
f7310fdc82aebfd904b01e1dc54b2927094b2db68d6f903b68401adebf5a7e08d78ff4ef5d63653a65040cf9bfd4aca7
984a74d37145986780fc0b16ac451649de6188a7dbdf191f64b5fc5e2ab47b57f7f7276cd419c17a3ca8e1b939ae49e4
88acba6b965610b5480109c8b17b80e1b7b750dfc7598d5d5011fd2dcc5600a32ef5b52a1ecc820e308aa342721aac09
43bf6686b64b2579376504ccc493d97e6aed3fb0f9cd71a43dd497f01f17c0e2cb3797aa2a2f256656168e6c496afc5f
b93246f6b1116398a346f1a641f3b041e989f7914f90cc2c7fff357876e506b50d334ba77c225bc307ba537152f3f161
0e4eafe595f6d9d90d11faa933a15ef1369546868a7f3a45a96768d40fd9d03412c091c6315cf4fde7cb68606937380d
b2eaaa707b4c4185c32eddcdd306705e4dc1ffc872eeee475a64dfac86aba41c0618983f8741c5ef68d3a101e8a3b8ca
c60c905c15fc910840b94c00a0b9d0|
0aab4c900501b3e24d7cdf4663326a3a87df5e4843b2cbdb67cbf6e460fec350aa5371b1508f9f4528ecea23c436d94b
5e8fcd4f681e30a6ac00a9704a188a03

833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42|
ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf|
ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd
454d4423643ce80e2a9ac94fa54ca49f|
dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030
3dca179c138ac17ad9bef1177331a704
"""
RFC8032 = [tuple("".join(block.split()).split("|")) for block in VECTORS.split("\n\n")]


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def canonical(value: object) -> bytes:
    """All names here are ASCII, so the order of Python is that of RFC 8785."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def private() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(RANDOM.randbytes(32))


def raw(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def key_id(name: str, kind: int, public: bytes) -> bytes:
    return sha(name.encode(), b"\n", bytes([kind]), public)[:4]


def vkey(name: str, kind: int, public: bytes) -> str:
    return f"{name}+{key_id(name, kind, public).hex()}+{b64(bytes([kind]) + public)}"


def note(text: str, *signing: tuple[str, Ed25519PrivateKey]) -> str:
    lines = [
        f"— {name} {b64(key_id(name, 1, raw(key)) + key.sign(text.encode()))}\n"
        for name, key in signing
    ]
    return f"{text}\n{''.join(lines)}"


def cosignature(name: str, key: Ed25519PrivateKey, text: str, at: int) -> str:
    signature = key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    return f"— {name} {b64(key_id(name, 4, raw(key)) + struct.pack('>Q', at) + signature)}\n"


def split(count: int) -> int:
    k = 1
    while 2 * k < count:
        k *= 2
    return k


def mth(hashes: list[bytes]) -> bytes:
    if len(hashes) < 2:
        return hashes[0] if hashes else sha()
    k = split(len(hashes))
    return sha(b"\x01", mth(hashes[:k]), mth(hashes[k:]))


def audit_path(index: int, hashes: list[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    k = split(len(hashes))
    if index < k:
        return [*audit_path(index, hashes[:k]), mth(hashes[k:])]
    return [*audit_path(index - k, hashes[k:]), mth(hashes[:k])]


def consistency_path(first: int, hashes: list[bytes], whole: bool = True) -> list[bytes]:
    if first == len(hashes):
        return [] if whole else [mth(hashes)]
    k = split(len(hashes))
    if first <= k:
        return [*consistency_path(first, hashes[:k], whole), mth(hashes[k:])]
    return [*consistency_path(first - k, hashes[k:], False), mth(hashes[:k])]


def salted(label: str, value: object) -> tuple[str, str]:
    """A fresh salt and the digest under it, both in hex (section 1)."""
    salt = RANDOM.randbytes(16)
    return salt.hex(), sha(label.encode(), b"\n", salt, canonical(value)).hex()


def act(values: dict[str, object], **other: object) -> tuple[bytes, dict[str, Any]]:
    """An entry, and the object that opens it with all its fields (sections 2, 3, 5)."""
    fields, opened = {}, {}
    for name, value in values.items():
        salt, fields[name] = salted("consult-field/v1", value)
        opened[name] = {"salt": salt, "value": value}
    event = {
        "event": str(uuid.UUID(bytes=RANDOM.randbytes(16))),
        "verb": "proposal.submitted",
        "subject": {"type": "proposal", "id": 12},
        "plan": 1,
        "round": None,
        "at": AT,
        "fields": fields,
        **other,
    }
    salt, digest = salted("consult-event/v1", event)
    entry = f"{str(event['at'])[:19]}Z {digest}".encode()
    return entry, {"salt": salt, "event": event, "fields": opened}


def part(number: int, width: int) -> str:
    digits = f"{number:03d}"
    digits = digits.zfill((len(digits) + 2) // 3 * 3)
    groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
    path = "/".join(["x" + group for group in groups[:-1]] + groups[-1:])
    return path if width == 256 else f"{path}.p/{width}"


def write(path: Path, data: bytes | str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


class Log:
    """A log of this format, with what came out of it."""

    def __init__(self, size: int, origin: str = ORIGIN) -> None:
        self.origin, self.key, self.witness = origin, private(), private()
        self.entries: list[bytes] = []
        self.opened: dict[int, dict[str, Any]] = {}
        self.fill(size)

    def fill(self, size: int) -> None:
        """Add entries of which nothing is known, and now and then one that is opened."""
        while len(self.entries) < size:
            if len(self.entries) < 600 and len(self.entries) % 100 in (3, 4):
                self.add(
                    {
                        "said.title": f"Titel {len(self.entries)} — «é»",
                        "receipt": "7Q2MX-AAAA",
                        "row.proposal.12.public": {"a": [1, None, {}]},
                        "reason": "omdat\n😀",
                    }
                )
            else:
                self.entries.append(b"2026-11-29T21:39:50Z " + RANDOM.randbytes(32).hex().encode())

    def add(self, values: dict[str, object], **other: object) -> int:
        entry, held = act(values, **other)
        self.entries.append(entry)
        self.opened[len(self.entries) - 1] = held
        return len(self.entries) - 1

    @property
    def vkey(self) -> str:
        return vkey(self.origin, 1, raw(self.key))

    @property
    def witness_vkey(self) -> str:
        return vkey(WITNESS, 4, raw(self.witness))

    def hashes(self, size: int | None = None) -> list[bytes]:
        return [sha(b"\0", entry) for entry in self.entries[:size]]

    def text(self, size: int | None = None) -> str:
        hashes = self.hashes(size)
        return f"{self.origin}\n{len(hashes)}\n{b64(mth(hashes))}\n"

    def checkpoint(self, size: int | None = None) -> str:
        return note(self.text(size), (self.origin, self.key))

    def cosigned(self, size: int | None = None, at: int = 1764452390) -> str:
        text = self.text(size)
        return self.checkpoint(size) + cosignature(WITNESS, self.witness, text, at)

    def proof(self, index: int, size: int | None = None) -> list[str]:
        return [b64(one) for one in audit_path(index, self.hashes(size))]

    def tiles(self, folder: Path, size: int) -> None:
        level, hashes = 0, self.hashes(size)
        while hashes:
            for start in range(0, len(hashes), 256):
                some = hashes[start : start + 256]
                name = part(start // 256, len(some))
                write(folder / "tile" / str(level) / name, b"".join(some))
                if level == 0:
                    entries = self.entries[start : start + len(some)]
                    bundle = b"".join(struct.pack(">H", len(entry)) + entry for entry in entries)
                    write(folder / "tile/entries" / name, bundle)
            full = range(0, len(hashes) - 255, 256)
            level, hashes = level + 1, [mth(hashes[i : i + 256]) for i in full]

    def write(self, folder: Path, *kept: int) -> Path:
        size = len(self.entries)
        for each in (*kept, size):
            self.tiles(folder, each)
            write(folder / f"checkpoints/{each:012d}", self.checkpoint(each))
        write(folder / "checkpoint", self.cosigned())
        write(folder / "keys", self.vkey + "\n")
        for start in range(0, size, 256):
            some = [i for i in range(start, min(start + 256, size)) if i in self.opened]
            lines = [json.dumps({"index": i, **self.opened[i]}, ensure_ascii=False) for i in some]
            if lines:
                write(folder / "opened" / part(start // 256, 256), "\n".join(lines) + "\n")
        return folder

    # Receipts, section 6

    def acknowledgement(self, index: int) -> str:
        held = self.opened[index]
        fields = held["event"]["fields"]
        said = [f"{n} {fields[n]}\n" for n in sorted(fields) if n.startswith("said.")]
        digest = self.entries[index][21:].decode()
        at = held["event"]["at"]
        head = f"consult-acknowledgement/v1\n{self.origin}\n{at}\n7Q2MX-AAAA\n{digest}\n"
        return note(head + "".join(said), (self.origin, self.key))

    def held(self, index: int) -> dict[str, Any]:
        return {"acknowledgement": self.acknowledgement(index), **self.opened[index]}

    def receipt(self, index: int, size: int | None = None, **change: Any) -> str:
        """A receipt; `change` puts other members in place of `extra` and `checkpoint`."""
        held = change.get("held") or self.held(index)
        lines = [
            "c2sp.org/tlog-proof@v1",
            f"extra {b64(change.get('extra') or canonical(held))}",
            f"index {index}",
            *self.proof(index, size),
        ]
        return "\n".join(lines) + "\n\n" + (change.get("checkpoint") or self.cosigned(size))

    # Versions, section 7

    def version(self, text: dict[str, Any], hidden: tuple[str, ...] = ()) -> dict[str, Any]:
        """A frozen version, with the entry that speaks of it added to the log."""
        fields: dict[str, Any] = {}

        def seal(value: Any, pointer: str) -> Any:
            if isinstance(value, dict) and value:
                steps = {n: n.replace("~", "~0").replace("/", "~1") for n in value}
                return {n: seal(value[n], f"{pointer}/{steps[n]}") for n in value}
            if isinstance(value, list) and value:
                return [seal(inner, f"{pointer}/{i}") for i, inner in enumerate(value)]
            salt, digest = salted("consult-field/v1", value)
            if pointer not in hidden:
                fields[pointer] = {"salt": salt, "value": value}
            return digest

        sealed = seal(text, "")
        digest = sha(b"consult-version/v1\n", canonical(sealed)).hex()
        before = self.checkpoint()
        index = self.add({"said.digest": digest}, verb="version.frozen")
        entry = {"index": index, **self.opened[index], "proof": self.proof(index)}
        return {
            "digest": digest,
            "sealed": sealed,
            "fields": fields,
            "checkpoint": before,
            "entry": {**entry, "checkpoint": self.checkpoint()},
        }

    # Exports, section 8

    def export(self, items: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[dict[str, Any]]:
        """The lines of an export: items with the columns of their rows, each by an entry."""
        lines = [dict(ROUND), *[line for line, _ in items]]
        bound = []
        for number, (line, columns) in enumerate(items, 30):
            kind = line["type"]
            values = {f"row.{kind}.{number}.{name}": said for name, said in columns.items()}
            name = line.get("id")
            if kind == "response":
                name = line["subject"]["id"] if "subject" in line else line["proposal"]
            bound.append((self.add(values), {"type": kind, "id": name}))
        lines.append({"type": "record", "checkpoint": self.checkpoint()})
        lines += [
            {"type": "entry", "of": of, "index": i, **self.opened[i], "proof": self.proof(i)}
            for i, of in bound
        ]
        return lines


ROUND = {
    "type": "round",
    "id": "ronde-1",
    "title": "Ronde",
    "kind": "proposals",
    "language": "nl",
    "opens_at": "2026-01-05T09:00:00Z",
    "closes_at": "2026-02-05T17:00:00Z",
    "source": "x",
}
PROPOSAL = (
    {
        "type": "proposal",
        "id": "p1",
        "title": "Een titel",
        "body": "De actie",
        "fields": {"problem": "Een probleem", "period": "2027"},
        "created_at": "2026-01-06T10:00:00Z",
    },
    {
        "title": "Een titel",
        "action": "De actie",
        "problem": "Een probleem",
        "result": "",
        "openness": "",
        "public": {"status": "published"},
    },
)
LATER_PROPOSAL = (  # nothing but a result was filled in, so the body is the result
    {"type": "proposal", "id": "p2", "title": "Twee", "body": "Het resultaat", "created_at": "x"},
    {"title": "Twee", "action": "", "problem": "", "result": "Het resultaat", "openness": ""},
)
COMMENT = (
    {"type": "comment", "id": "c1", "proposal": "p1", "body": "Goed «idee»", "created_at": "x"},
    {"body": "Goed «idee»"},
)
RESPONSE = (
    {"type": "response", "proposal": "p1", "outcome": "adopted", "reason": "Zie 2"},
    {"public": {"outcome": "adopted"}, "reason": "Zie 2"},
)
BARE_PROPOSAL = (  # version 2: without an action there is no body
    {
        "type": "proposal",
        "id": "p3",
        "title": "Drie",
        "fields": {"problem": "Een probleem"},
        "created_at": "x",
    },
    {"title": "Drie", "action": "", "problem": "Een probleem", "result": "", "openness": ""},
)
BARE_RESPONSE = (  # version 2: about a subject, and without a reason
    {"type": "response", "subject": {"type": "proposal", "id": "p3"}, "outcome": "not_adopted"},
    {"public": {"outcome": "not_adopted"}, "reason": ""},
)
RESPONSE_IN_TWO_LANGUAGES = (  # version 2, since an answer may be written in several languages
    {
        "type": "response",
        "subject": {"type": "proposal", "id": "p3"},
        "outcome": "not_adopted",
        "reason": {"nl": "Te duur", "en": "Too dear"},
    },
    {
        "public": {"outcome": "not_adopted", "language": "nl"},
        "reason": "Te duur",
        "translations": {"en": "Too dear"},
    },
)
ITEMS: list[tuple[dict[str, Any], dict[str, Any]]] = [PROPOSAL, LATER_PROPOSAL, COMMENT, RESPONSE]
OF_VERSION_2: list[tuple[dict[str, Any], dict[str, Any]]] = [BARE_PROPOSAL, BARE_RESPONSE]


class Server(socketserver.ThreadingTCPServer):
    """A server for the tests; that of `http.server` asks the network for its own name first."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: a client does not listen to the end of what is endless."""


def jsonl(lines: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
