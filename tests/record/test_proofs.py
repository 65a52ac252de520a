"""A receipt proves by itself: checked here as a stranger would, from the file and the key alone."""

import base64
import json
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest

from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.merkle import leaf_hash, verify_inclusion
from consult.foundation.record.models import Receipt
from consult.foundation.record.notes import TreeHead, VerifierKey, read_note
from consult.foundation.record.proofs import receipt_file
from tests.cast import person
from tests.factories import find_round
from tests.proposals.test_services import TEXT
from tests.record.publishing import publish_new

# What stands in files is the same on both databases.
pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.long_on_postgresql]


@pytest.fixture
def receipt(now: datetime) -> Receipt:
    """The receipt of a proposal of Pia."""
    with unit_of_work():
        return submit_proposal(person("pia"), find_round("open"), TEXT, now, now)


def canonical(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def digest(kind: str, salt: str, value: object) -> str:
    line = f"consult-{kind}/v1\n".encode()
    return sha256(line + bytes.fromhex(salt) + canonical(value)).hexdigest()


def check_opened(opened: dict[str, Any], key: VerifierKey) -> str:
    """Check what opens an entry, as docs/record-format.md says, and return the entry."""
    event = opened["event"]
    for name, field in opened["fields"].items():
        assert digest("field", field["salt"], field["value"]) == event["fields"][name]
    note = read_note(opened["acknowledgement"])
    assert note.signed_by([key])
    first, origin, at, _code, sealed, *fields = note.text.splitlines()
    assert sealed == digest("event", opened["salt"], event)
    assert (first, origin, at) == ("consult-acknowledgement/v1", key.name, event["at"])
    assert fields == [f"{name} {event['fields'][name]}" for name in sorted(opened["fields"])]
    return f"{event['at'][:19]}Z {digest('event', opened['salt'], event)}"


def test_before_the_checkpoint_it_is_our_signed_word(receipt: Receipt, browse: Any) -> None:
    made = receipt_file(receipt)
    assert (made.name, made.proven) == (f"{receipt.code}.consult-receipt", False)
    publish_new()
    key = VerifierKey.read(browse().get("/log/1/keys").text)
    check_opened(json.loads(made.content), key)


def test_under_a_checkpoint_it_proves_by_itself(receipt: Receipt, browse: Any) -> None:
    publish_new()
    key = VerifierKey.read(browse().get("/log/1/keys").text)
    answer = browse("pia").get(f"/nl/receipts/{receipt.code}/file")
    assert (
        answer.headers["Content-Disposition"] == f"attachment; filename={receipt.code}.tlog-proof"
    )
    assert answer.headers["Cache-Control"] == "no-store"
    proof, checkpoint = answer.text.split("\n\n", 1)
    first, extra, index, *path = proof.split("\n")
    assert first == "c2sp.org/tlog-proof@v1"
    opened = json.loads(base64.b64decode(extra.removeprefix("extra ")))
    entry = check_opened(opened, key)
    note = read_note(checkpoint)
    assert note.signed_by([key])
    head = TreeHead.read(note.text)
    verify_inclusion(
        leaf_hash(entry.encode()), int(index.removeprefix("index ")), head.size,
        [base64.b64decode(one) for one in path], head.root,
    )  # fmt: skip
    assert opened["fields"]["said.title"]["value"] == TEXT.title
    page = browse("pia").get(f"/en/receipts/{receipt.code}").text
    assert "This file proves by itself" in page


@pytest.mark.parametrize("who", [None, "lotte", "mo", "adi"])
def test_nobody_else_gets_the_file(receipt: Receipt, browse: Any, who: str | None) -> None:
    answer = browse(who).get(f"/en/receipts/{receipt.code}/file")
    assert answer.status_code == 403
    assert "only whoever handed it in gets it" in answer.text
    assert TEXT.title not in answer.text


def test_the_log_is_served_as_the_standard_says(receipt: Receipt, browse: Any) -> None:
    del receipt
    publish_new()
    reader = browse()
    answer = reader.get("/log/1/checkpoint")
    assert answer.content_type == "text/plain; charset=utf-8"
    size = TreeHead.read(read_note(answer.text).text).size
    for path in (f"tile/0/000.p/{size}", f"tile/entries/000.p/{size}"):
        tile = reader.get(f"/log/1/{path}")
        assert tile.content_type == "application/octet-stream"
        assert "immutable" in tile.headers["Cache-Control"]
        assert "Set-Cookie" not in tile.headers
    assert reader.get(f"/log/1/checkpoints/{size:012}").text == answer.text


@pytest.mark.parametrize(
    "name",
    ["", "keys/1/key", "../../keys/1/key", "%2e%2e/%2e%2e/keys/1/key", "tile/0/../../checkpoint",
     "tile/0/0", "tile/64/000", "tile/0/000.p/0", "checkpoints/1", "checkpoints", "tile/0/999",
     "keys/", "/etc/passwd", "opened/001"],
)  # fmt: skip
def test_nothing_else_is_served(receipt: Receipt, browse: Any, name: str) -> None:
    del receipt
    publish_new()
    answer = browse().get(f"/log/1/{name}")
    assert answer.status_code in {308, 404}
    assert "PRIVATE" not in answer.text
    assert browse().get("/log/2/checkpoint").status_code == 404
