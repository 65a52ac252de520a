"""What we publish is accepted by tools that are not ours: proofbundle (C2SP) and rfc8785 (JCS)."""

import base64
from datetime import datetime
from typing import Any

import pytest
import rfc8785
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from proofbundle import merkle
from proofbundle.checkpoint import verify_checkpoint
from proofbundle.tlogproof import verify_tlog_proof
from sqlalchemy import select

from consult.consultation.proposals.services import submit_proposal
from consult.foundation.core.db import db
from consult.foundation.core.unit_of_work import unit_of_work
from consult.foundation.record.digests import canonical
from consult.foundation.record.merkle import consistency_proof
from consult.foundation.record.models import Event, Receipt
from consult.foundation.record.notes import COSIGNATURE, Note, SignerKey, TreeHead
from consult.foundation.record.proofs import receipt_file
from consult.foundation.record.published_log import published_log
from consult.foundation.record.services import entry, event_body
from consult.foundation.record.witnesses import Witness, take_cosignatures
from tests.cast import person
from tests.factories import find_round
from tests.proposals.test_services import TEXT
from tests.record.publishing import publish_new
from tests.record.test_checkpoints import grow

pytestmark = [pytest.mark.usefixtures("app"), pytest.mark.one_engine]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcdefgz_0"), inner),
    max_leaves=20,
)  # fmt: skip


@pytest.fixture
def receipt(app: Flask, now: datetime) -> Receipt:
    """The receipt of a proposal of Pia, under a checkpoint of some hundred entries."""
    del app
    with unit_of_work():
        submit_proposal(person("pia"), find_round("open"), TEXT, now, now)
    publish_new()
    grow(300, now)
    publish_new()
    return db.session.scalars(select(Receipt)).one()


def judged(receipt: Receipt, proof: str, **more: Any) -> dict[str, Any]:
    key = str(published_log(1).verifiers()[0])
    found: dict[str, Any] = verify_tlog_proof(proof, entry(receipt.event), key, **more)
    return found


def test_a_receipt_is_accepted(receipt: Receipt) -> None:
    proof = receipt_file(receipt).content.decode()
    found = judged(receipt, proof)
    assert found["ok"], found
    assert found["tree_size"] > 300
    head, below = proof.split("\n\n", 1)
    lines = head.split("\n")
    another = base64.b64encode(bytes(32)).decode()
    for spoiled in (
        proof.replace("\n301\n", "\n302\n") if "\n301\n" in below else f"{head}\n\n{below[1:]}",
        "\n".join([*lines[:-1], another]) + f"\n\n{below}",
        "\n".join([*lines[:2], "index 7", *lines[3:]]) + f"\n\n{below}",
    ):
        assert not judged(receipt, spoiled)["ok"]


def test_a_cosigned_receipt_is_accepted_with_its_witness(receipt: Receipt, now: datetime) -> None:
    witness = SignerKey.make("getuige.example/w1", COSIGNATURE)
    known = [str(witness.verifier)]
    proof = receipt_file(receipt).content.decode()
    assert not judged(receipt, proof, witness_vkeys=known, threshold=1)["ok"]
    files = published_log(1)
    note = files.checkpoint()
    assert note
    signed = Note(note.text, (witness.cosign(note.text, now),))
    take_cosignatures(files, signed, (Witness(witness.verifier),))
    proof = receipt_file(receipt).content.decode()
    assert judged(receipt, proof, witness_vkeys=known, threshold=1)["ok"]


def test_checkpoints_and_what_lies_between_them_are_accepted(
    receipt: Receipt, now: datetime
) -> None:
    assert receipt
    files = published_log(1)
    before = files.head()
    assert before
    grow(40, now)
    note = publish_new()
    after = TreeHead.read(note.text)
    key = str(files.verifiers()[0])
    assert verify_checkpoint(str(note), key)["ok"]
    assert not verify_checkpoint(str(note).replace(f"\n{after.size}\n", "\n7\n"), key)["ok"]
    path = consistency_proof(before.size, after.size, files.reader(after.size))
    sizes = (before.size, after.size)
    assert merkle.verify_consistency(*sizes, path, before.root, after.root)
    assert not merkle.verify_consistency(*sizes, path, before.root, bytes(32))


def test_events_are_written_as_jcs_asks(receipt: Receipt) -> None:
    assert receipt
    for event in db.session.scalars(select(Event)):
        body: Any = event_body(event)
        assert canonical(body) == rfc8785.dumps(body)


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_any_value_is_written_as_jcs_asks(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)
