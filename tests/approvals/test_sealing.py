"""The sealed text: a root over the digests of all fields, which leaving one out does not touch."""

import base64
import json
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest

from consult.consultation.moderation.models import Ground
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.checkpoints import publish_log
from consult.foundation.record.merkle import leaf_hash, verify_inclusion
from consult.foundation.record.notes import TreeHead, VerifierKey, read_note
from consult.foundation.record.services import append_leaves
from consult.outcomes.approvals.redaction import redact_version
from consult.outcomes.approvals.sealing import fields_of, seal, version_digest
from tests.approvals.test_redaction import PAGE, PROBLEM, frozen, redaction, stored
from tests.cast import person
from tests.record.test_proofs import canonical, digest
from tests.record.test_rows import past_the_program

pytestmark = pytest.mark.usefixtures("app")
CANNOT_CHANGE = "/themes/0/commitments/0/problem/nl"


def proof_of(browse: Any) -> dict[str, Any]:
    answer = browse().get(f"{PAGE}/proof.json")
    assert answer.mimetype == "application/json"
    found: dict[str, Any] = json.loads(answer.data)
    return found


def leaves_of(value: Any, pointer: str = "") -> dict[str, Any]:
    """Return the fields of a text by their pointers, as docs/record-format.md says (section 7)."""
    parts = value.items() if isinstance(value, dict) else enumerate(value)
    inside = list(parts) if isinstance(value, dict | list) else []
    if not inside:
        return {pointer: value}
    return {k: v for name, one in inside for k, v in leaves_of(one, f"{pointer}/{name}").items()}


def check(proof: dict[str, Any]) -> dict[str, Any]:
    """Check a proof without our program, and return what it opens."""
    sealed = canonical(proof["sealed"])
    assert sha256(b"consult-version/v1\n" + sealed).hexdigest() == proof["digest"]
    digests = leaves_of(proof["sealed"])
    for pointer, field in proof["fields"].items():
        assert digest("field", field["salt"], field["value"]) == digests[pointer]
    return {pointer: field["value"] for pointer, field in proof["fields"].items()}


def test_every_field_has_a_digest_and_a_salt_of_its_own(now: datetime, browse: Any) -> None:
    frozen(now, "Besluiten", PROBLEM)
    proof = proof_of(browse)
    opened = check(proof)
    assert set(opened) == set(leaves_of(proof["sealed"]))
    assert opened[CANNOT_CHANGE] == PROBLEM
    assert opened["/label"] == stored().label
    salts = [field["salt"] for field in proof["fields"].values()]
    assert len(set(salts)) == len(salts)


def test_what_is_left_out_stays_sealed_and_the_digest_holds(now: datetime, browse: Any) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    before = proof_of(browse)
    with unit_of_work():
        redact_version(person("ana"), version, redaction(), now)
    after = proof_of(browse)
    assert (after["digest"], after["sealed"]) == (before["digest"], before["sealed"])
    opened = check(after)
    assert CANNOT_CHANGE not in opened
    assert set(before["fields"]) - set(opened) == {CANNOT_CHANGE}
    assert before["fields"][CANNOT_CHANGE]["salt"] not in json.dumps(stored().salts)


def test_what_is_not_shown_for_another_reason_stays_sealed_too(now: datetime, browse: Any) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    with unit_of_work():
        redact_version(person("ana"), version, redaction(ground=Ground.OFFENSIVE), now)
    assert CANNOT_CHANGE not in check(proof_of(browse))


def test_its_entry_in_the_log_proves_when_it_was_frozen(now: datetime, browse: Any) -> None:
    frozen(now, "Besluiten", PROBLEM)
    assert proof_of(browse)["entry"] is None, "no checkpoint covers it yet"
    with unit_of_work():
        append_leaves()
    publish_log()
    entry = proof_of(browse)["entry"]
    event = entry["event"]
    name = "said.digest"
    assert entry["fields"][name]["value"] == stored().digest
    assert digest("field", **entry["fields"][name]) == event["fields"][name]
    note = read_note(entry["checkpoint"])
    assert note.signed_by([VerifierKey.read(browse().get("/log/1/keys").text)])
    head = TreeHead.read(note.text)
    leaf = leaf_hash(f"{event['at'][:19]}Z {digest('event', entry['salt'], event)}".encode())
    path = [base64.b64decode(one) for one in entry["proof"]]
    verify_inclusion(leaf, entry["index"], head.size, path, head.root)


def test_a_version_carries_the_checkpoint_of_its_moment(now: datetime, browse: Any) -> None:
    with unit_of_work():
        append_leaves()
    note = publish_log()
    frozen(now, "Besluiten", PROBLEM)
    assert proof_of(browse)["checkpoint"] == str(note)


def test_a_version_from_before_there_were_seals_has_no_proof(now: datetime, browse: Any) -> None:
    frozen(now, "Besluiten", PROBLEM)
    past_the_program("UPDATE plan_version SET sealed = NULL")
    assert browse().get(f"{PAGE}/proof.json").status_code == 404
    page = browse().get(PAGE).text
    assert "sha256sum" in page
    assert "proof.json" not in page


def test_names_with_slashes_and_empty_values_have_pointers_too() -> None:
    text: dict[str, object] = {"a/b": {"~": 1}, "leeg": {}, "lijst": [], "niets": None}
    assert dict(fields_of(text)) == {"/a~1b/~0": 1, "/leeg": {}, "/lijst": [], "/niets": None}
    sealed, salts = seal({"leeg": {}, "lijst": [[], 3], "a/b": {"~": 1}})
    assert set(salts) == {"/leeg", "/lijst/0", "/lijst/1", "/a~1b/~0"}
    assert json.loads(sealed)["a/b"]["~"] == digest("field", salts["/a~1b/~0"], 1)
    assert version_digest(sealed) == sha256(b"consult-version/v1\n" + sealed.encode()).hexdigest()


@pytest.mark.parametrize("ground", [Ground.OFFENSIVE, Ground.PERSONAL_DATA])
def test_what_is_left_out_is_not_opened_beside_the_log_either(
    now: datetime, browse: Any, ground: Ground
) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    with unit_of_work():
        append_leaves()
    publish_log()
    assert "Barend" in opened_of_versions(browse), "it is public until then"
    with unit_of_work():
        redact_version(person("ana"), version, redaction(ground=ground), now)
    assert "Barend" not in opened_of_versions(browse)
    proof = proof_of(browse)
    assert "Barend" not in json.dumps(proof)
    assert proof["entry"]["fields"]["said.digest"]["value"] == stored().digest


def test_that_something_was_left_out_is_opened_though_the_version_stays_as_it_was(
    now: datetime, browse: Any
) -> None:
    _proposal, version = frozen(now, "Besluiten", PROBLEM)
    with unit_of_work():
        redact_version(person("ana"), version, redaction(ground=Ground.OFFENSIVE), now)
        append_leaves()
    publish_log()
    lines = [json.loads(line) for line in browse().get("/log/1/opened/000").text.splitlines()]
    [line] = [one for one in lines if one["event"]["verb"] == "version.left_out"]
    assert line["fields"]["row.omission.1.pointer"]["value"] == CANNOT_CHANGE


def opened_of_versions(browse: Any) -> str:
    """Return what is opened beside the log of the rows of versions; the living plan has its own."""
    lines = [json.loads(line) for line in browse().get("/log/1/opened/000").text.splitlines()]
    return json.dumps(
        [one for line in lines for name, one in line["fields"].items() if "plan_version" in name]
    )
