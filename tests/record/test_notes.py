"""Signed notes: written as other tools write them, and refused where they are not sound."""

from datetime import UTC, datetime

import pytest

from consult.foundation.record.merkle import EMPTY_ROOT
from consult.foundation.record.notes import (
    COSIGNATURE,
    NoteError,
    SignerKey,
    TreeHead,
    VerifierKey,
    read_note,
    sign_note,
)

# The example in the documentation of golang.org/x/mod/sumdb/note.
SECRET = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PUBLIC = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    TEXT + "\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of C2SP tlog-cosignature.
COSIGNED = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2"
    "oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
ORIGIN = "consult.example.nl/log/1"
AT = datetime(2026, 11, 29, 21, 39, 50, tzinfo=UTC)


def test_a_note_is_written_as_others_write_it() -> None:
    key = SignerKey.read(SECRET)
    assert str(key.verifier) == PUBLIC
    assert key.written() == SECRET
    assert str(sign_note(TEXT, [key])) == NOTE
    assert "AYEKF" not in repr(key)


def test_a_note_of_others_is_read_and_verified() -> None:
    note = read_note(NOTE)
    assert note.text == TEXT
    assert [one.name for one in note.signed_by([VerifierKey.read(PUBLIC)])] == ["PeterNeumann"]
    assert str(note) == NOTE


def test_a_cosigned_checkpoint_of_others_is_read() -> None:
    note = read_note(COSIGNED)
    head = TreeHead.read(note.text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert str(head) == note.text
    assert note.signatures[1].cosigned_at == datetime.fromtimestamp(1679315147, UTC)


def test_a_changed_note_is_not_signed() -> None:
    note = read_note(NOTE.replace("cryptography", "Cryptography"))
    with pytest.raises(NoteError, match="PeterNeumann does not verify"):
        note.signed_by([VerifierKey.read(PUBLIC)])


def test_what_nobody_known_signed_is_signed_by_nobody() -> None:
    assert read_note(NOTE).signed_by([SignerKey.make("PeterNeumann").verifier]) == []


def test_two_keys_sign_during_a_rotation() -> None:
    old, new = SignerKey.make(ORIGIN), SignerKey.make(ORIGIN)
    note = read_note(str(sign_note(str(TreeHead(ORIGIN, 0, EMPTY_ROOT)), [new, old])))
    assert len(note.signed_by([old.verifier])) == 1
    assert len(note.signed_by([old.verifier, new.verifier])) == 2
    assert SignerKey.read(new.written()) == new


def test_a_witness_signs_with_the_moment() -> None:
    witness = SignerKey.make("witness.example.org/w", COSIGNATURE)
    note = sign_note(str(TreeHead(ORIGIN, 3, EMPTY_ROOT)), [SignerKey.make(ORIGIN)])
    cosigned = read_note(str(note.with_signatures([witness.cosign(note.text, AT)] * 2)))
    [signature] = cosigned.signed_by([VerifierKey.read(str(witness.verifier))])
    assert signature.cosigned_at == AT
    assert len(cosigned.signatures) == 2
    # Under another moment, or as a plain signature, it says nothing.
    with pytest.raises(NoteError):
        witness.verifier.verify(note.text, b"\x00" * 8 + signature.value[8:])
    with pytest.raises(NoteError, match="length"):
        witness.verifier.verify(note.text, signature.value[8:])


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("text\n", "no signatures"),
        (TEXT + "\nPeterNeumann x08go==\n", "not a signature"),
        (NOTE.removesuffix("\n"), "no signatures"),
        (NOTE.replace("x08g", "x08!"), "not Base 64"),
        (NOTE.replace("nAM=", "nAN="), "one form"),
        (NOTE.replace("PeterNeumann", "Peter Neumann"), "not a signature"),
        (NOTE.replace("PeterNeumann", "Peter+Neumann"), "no plus sign"),
        (TEXT + "\n— PeterNeumann AAAA\n", "too short"),
        (NOTE.replace("cryptography", "crypto\tgraphy"), "control"),
        (NOTE + "— x AAAAAAAA\n" * 64, "too many"),
        ("a" * 1_000_001 + NOTE, "too long"),
    ],
)
def test_a_note_that_is_not_written_as_one_is_refused(data: str, what: str) -> None:
    with pytest.raises(NoteError, match=what):
        read_note(data)


@pytest.mark.parametrize(
    ("key", "what"),
    [
        ("PeterNeumann", "written as"),
        (PUBLIC.replace("c74f20a3", "c74f20a4"), "does not have the ID"),
        (PUBLIC.replace("ARpc", "AUpc"), "does not have the ID"),
        (PUBLIC[:-4], "not an Ed25519 key"),
        (PUBLIC.replace("PeterNeumann", "Peter Neumann"), "no blanks"),
    ],
)
def test_a_key_that_is_not_written_as_one_is_refused(key: str, what: str) -> None:
    with pytest.raises(NoteError, match=what):
        VerifierKey.read(key)
    with pytest.raises(NoteError):
        SignerKey.read(key)


def test_a_private_key_with_another_id_is_refused() -> None:
    with pytest.raises(NoteError, match="does not have the ID"):
        SignerKey.read(SECRET.replace("c74f20a3", "c74f20a4"))
    with pytest.raises(NoteError, match="not an Ed25519 key"):
        SignerKey.read(SECRET[:-4])


@pytest.mark.parametrize(
    "text",
    [
        "o\n1\n",
        "o\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n" + "9" * 5000 + "\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n1\n47DEQpj8\n",
        "\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n",
    ],
)
def test_a_checkpoint_that_is_not_written_as_one_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        TreeHead.read(text)
