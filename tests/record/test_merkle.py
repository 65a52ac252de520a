"""The tree: roots and proofs, against known vectors and a plain reading of RFC 6962."""

import hashlib
from functools import partial

import pytest

from consult.foundation.record.merkle import (
    EMPTY_ROOT,
    GrowingTree,
    ProofError,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from consult.foundation.record.tiles import WIDTH, join_hashes, subtree_hash

# The leaves and roots by which implementations of RFC 6962 are tested (certificate-transparency).
LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
SIZES = range(1, 19)


def plain_root(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as it stands there."""
    if not entries:
        return hashlib.sha256().digest()
    if len(entries) == 1:
        return hashlib.sha256(b"\x00" + entries[0]).digest()
    half = 1
    while half * 2 < len(entries):
        half *= 2
    left, right = plain_root(entries[:half]), plain_root(entries[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def entries_of(size: int) -> list[bytes]:
    return [f"entry {place}".encode() for place in range(size)]


def reader(entries: list[bytes]) -> partial[bytes]:
    """Read hashes from tiles, as the log does."""
    tiles: dict[tuple[int, int], list[bytes]] = {}
    level, hashes = 0, [leaf_hash(one) for one in entries]
    while hashes:
        for first in range(0, len(hashes), WIDTH):
            tiles[level, first // WIDTH] = hashes[first : first + WIDTH]
        full = len(hashes) // WIDTH
        hashes = [join_hashes(tiles[level, index]) for index in range(full)]
        level += 1
    return partial(subtree_hash, tiles)


def test_the_roots_are_those_of_the_known_vectors() -> None:
    for size, root in enumerate(ROOTS, start=1):
        assert root_hash(size, reader(LEAVES[:size])).hex() == root
    assert root_hash(0, reader([])) == EMPTY_ROOT == hashlib.sha256().digest()


@pytest.mark.parametrize("size", [1, 2, 7, 255, 256, 257, 511, 513, 1025])
def test_a_root_read_from_tiles_is_that_of_the_plain_definition(size: int) -> None:
    entries = entries_of(size)
    assert root_hash(size, reader(entries)) == plain_root(entries)


def test_a_growing_tree_has_the_same_roots() -> None:
    tree = GrowingTree()
    for size in range(40):
        assert (tree.size, tree.root) == (size, plain_root(entries_of(size)))
        tree.add(leaf_hash(entries_of(size + 1)[size]))


def test_every_leaf_is_proven_and_no_other_one() -> None:
    for size in SIZES:
        entries = entries_of(size)
        read, root = reader(entries), plain_root(entries)
        for index, entry in enumerate(entries):
            proof = inclusion_proof(index, size, read)
            verify_inclusion(leaf_hash(entry), index, size, proof, root)
            for other in set(range(size)) - {index}:
                with pytest.raises(ProofError):
                    verify_inclusion(leaf_hash(entry), other, size, proof, root)
            for wrong in ([*proof, proof[0] if proof else root], proof[:-1] if proof else [root]):
                with pytest.raises(ProofError):
                    verify_inclusion(leaf_hash(entry), index, size, wrong, root)
            with pytest.raises(ProofError):
                verify_inclusion(leaf_hash(b"another"), index, size, proof, root)
            with pytest.raises(ProofError):
                verify_inclusion(leaf_hash(entry), index, size, proof, leaf_hash(b"another"))


def test_a_tree_is_proven_to_begin_with_an_older_one() -> None:
    for size in SIZES:
        read = reader(entries_of(size))
        root = plain_root(entries_of(size))
        for old in range(size + 1):
            before = plain_root(entries_of(old))
            proof = consistency_proof(old, size, read)
            verify_consistency(old, before, size, root, proof)
            with pytest.raises(ProofError):
                verify_consistency(old, leaf_hash(b"another"), size, root, proof)
            with pytest.raises(ProofError):
                verify_consistency(old, before, size, root, [*proof, root])
            if 0 < old < size:
                with pytest.raises(ProofError):
                    verify_consistency(old, before, size, leaf_hash(b"another"), proof)
                with pytest.raises(ProofError):
                    verify_consistency(old, before, size, root, proof[:-1])


def test_a_history_that_was_rewritten_has_no_proof() -> None:
    entries = entries_of(13)
    rewritten = [*entries[:4], b"rewritten", *entries[5:]]
    proof = consistency_proof(7, 13, reader(rewritten))
    with pytest.raises(ProofError):
        verify_consistency(7, plain_root(entries[:7]), 13, plain_root(rewritten), proof)


def test_what_is_not_in_the_tree_has_no_proof() -> None:
    read = reader(entries_of(3))
    with pytest.raises(ValueError, match="no leaf 3"):
        inclusion_proof(3, 3, read)
    with pytest.raises(ValueError, match="does not hold"):
        consistency_proof(4, 3, read)
    with pytest.raises(ProofError, match="no leaf"):
        verify_inclusion(leaf_hash(b""), 3, 3, [], EMPTY_ROOT)
    with pytest.raises(ProofError, match="does not hold"):
        verify_consistency(4, EMPTY_ROOT, 3, EMPTY_ROOT, [])
    with pytest.raises(ProofError, match="too short"):
        verify_consistency(3, EMPTY_ROOT, 5, EMPTY_ROOT, [])
