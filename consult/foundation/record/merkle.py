"""The arithmetic of the log's tree: roots, inclusion proofs and consistency proofs.

The tree is that of RFC 6962 section 2.1 (SHA-256). Hashes are 32 bytes. A proof is made from a
`HashReader`, which returns the hashes of complete subtrees, so that no proof reads the whole log;
it is verified as RFC 9162 sections 2.1.3.2 and 2.1.4.2 say.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence

HASH_SIZE = 32
EMPTY_ROOT = hashlib.sha256().digest()
"""The root of a tree without leaves (RFC 6962 section 2.1)."""

HashReader = Callable[[int, int], bytes]
"""Returns the hash of the complete subtree at (level, index): it spans the leaves from
`index * 2**level`, `2**level` of them."""


class ProofError(ValueError):
    """A proof does not lead to the root that it is for."""


def leaf_hash(entry: bytes) -> bytes:
    """Return the hash of a leaf: SHA-256 of 0x00 and the entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node: SHA-256 of 0x01 and the hashes of its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def _complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """Return the complete subtrees, as (level, index), that the leaves of a range split into."""
    found = []
    while start < end:
        level = (end - start).bit_length() - 1
        found.append((level, start >> level))
        start += 1 << level
    return found


def _range_hash(start: int, end: int, read: HashReader) -> bytes:
    """Return MTH(D[start:end]) for a range that the recursion of RFC 6962 meets.

    Such a range begins at a multiple of the smallest power of two that is not below its length.
    """
    if start == end:
        return EMPTY_ROOT
    *rest, last = _complete_subtrees(start, end)
    root = read(*last)
    for subtree in reversed(rest):
        root = node_hash(read(*subtree), root)
    return root


def root_hash(size: int, read: HashReader) -> bytes:
    """Return the root of the tree of the first `size` leaves."""
    return _range_hash(0, size, read)


class GrowingTree:
    """A tree that leaves are added to one by one: it knows its root, and keeps no leaf."""

    def __init__(self) -> None:
        self.size = 0
        self._complete: list[bytes] = []
        """The hashes of the complete subtrees that it splits into, from the largest on."""

    def add(self, leaf: bytes) -> None:
        """Add a leaf hash."""
        found, size = leaf, self.size
        while size & 1:
            found, size = node_hash(self._complete.pop(), found), size >> 1
        self._complete.append(found)
        self.size += 1

    @property
    def root(self) -> bytes:
        """The root of the tree as it is now."""
        if not self._complete:
            return EMPTY_ROOT
        *rest, root = self._complete
        for left in reversed(rest):
            root = node_hash(left, root)
        return root


def _split(length: int) -> int:
    """Return the largest power of two below a length."""
    return 1 << (length - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """Return the audit path of a leaf, from its sibling up (RFC 6962 section 2.1.1).

    Raises ValueError where the tree has no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_hash(middle, end, read))
            end = middle
        else:
            path.append(_range_hash(start, middle, read))
            start = middle
    return path[::-1]


def consistency_proof(old: int, size: int, read: HashReader) -> list[bytes]:
    """Return the proof that a tree of `size` leaves begins with the `old` ones (RFC 6962 2.1.2).

    It is empty where `old` is 0 or `size`. Raises ValueError where `old` is larger than `size`.
    """
    if not 0 <= old <= size:
        raise ValueError(f"a tree of {size} leaves does not hold one of {old}")
    if old in {0, size}:
        return []
    start, end, whole = 0, size, True
    path: list[bytes] = []
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range_hash(middle, end, read))
            end = middle
        else:
            path.append(_range_hash(start, middle, read))
            start, whole = middle, False
    if not whole:
        path.append(_range_hash(start, end, read))
    return path[::-1]


def _sides(node: int, last: int, proof: Iterable[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Yield each hash of a proof and whether it stands to the left, from a node up to the root.

    Raises ProofError where the proof ends before the root, or goes on after it.
    """
    for sibling in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        left = bool(node & 1) or node == last
        yield sibling, left
        while left and node and not node & 1:
            node, last = node >> 1, last >> 1
        node, last = node >> 1, last >> 1
    if last:
        raise ProofError("the proof is too short")


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> None:
    """Check that a leaf hash stands at an index of a tree (RFC 9162 section 2.1.3.2).

    Raises ProofError where it does not.
    """
    if not 0 <= index < size:
        raise ProofError(f"a tree of {size} leaves has no leaf {index}")
    found = leaf
    for sibling, left in _sides(index, size - 1, proof):
        found = node_hash(sibling, found) if left else node_hash(found, sibling)
    if found != root:
        raise ProofError("the proof does not lead to the root")


def verify_consistency(
    old: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]
) -> None:
    """Check that a tree begins with the leaves of an older one (RFC 9162 section 2.1.4.2).

    Raises ProofError where it does not.
    """
    if not 0 <= old <= size:
        raise ProofError(f"a tree of {size} leaves does not hold one of {old}")
    if old in {0, size}:
        if proof or old_root != (root if old else EMPTY_ROOT):
            raise ProofError("the roots differ")
        return
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ProofError("the proof is too short")
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    before = after = path[0]
    for sibling, left in _sides(node, last, path[1:]):
        if left:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
        else:
            after = node_hash(after, sibling)
    if (before, after) != (old_root, root):
        raise ProofError("the proof does not lead from one root to the other")
