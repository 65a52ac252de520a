"""Where the hashes and entries of a published log stand: the files of C2SP tlog-tiles."""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from consult.foundation.record.merkle import HASH_SIZE, node_hash

HEIGHT = 8
"""Levels of the tree in a tile."""
WIDTH = 1 << HEIGHT
"""Hashes in a full tile, and entries in a full bundle."""
_MOST_ENTRY = 0xFFFF


@dataclass(frozen=True)
class Tile:
    """A tile of hashes: its level, its index in it, and how many hashes it holds."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it is published, below the address of the log."""
        return f"tile/{self.level}/{numbered(self.index)}{_part(self.width)}"


def numbered(index: int) -> str:
    """Write an index as parts of a path: 1234067 is x001/x234/067."""
    parts = [f"{index % 1000:03}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03}")
    return "/".join(reversed(parts))


def _part(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"


def bundle_path(index: int, width: int = WIDTH) -> str:
    """Return where a bundle of entries is published."""
    return f"tile/entries/{numbered(index)}{_part(width)}"


def opened_path(index: int) -> str:
    """Return where that is published which is public of the entries of a bundle."""
    return f"opened/{numbered(index)}"


def tiles_of(size: int, since: int = 0) -> Iterator[Tile]:
    """Yield the tiles of a tree of `size` leaves that a tree of `since` leaves did not have."""
    level = 0
    while size:
        full, rest = divmod(size, WIDTH)
        for index in range(since // WIDTH, full):
            yield Tile(level, index)
        if rest and since != size:
            yield Tile(level, full, rest)
        size, since, level = full, since // WIDTH, level + 1


def bundle(entries: Iterable[bytes]) -> bytes:
    """Write entries one after another, each with its length in two bytes before it."""
    found = bytearray()
    for entry in entries:
        if len(entry) > _MOST_ENTRY:
            raise ValueError("an entry is too long for a bundle")
        found += struct.pack(">H", len(entry)) + entry
    return bytes(found)


def subtree_hash(tiles: Mapping[tuple[int, int], Sequence[bytes]], level: int, index: int) -> bytes:
    """Return the hash of the complete subtree at (level, index), from the hashes of one tile.

    `tiles` maps (level, index) to the hashes of a tile, full or partial. Raises KeyError where it
    does not hold the subtree. With its first argument given it is a `merkle.HashReader`.
    """
    tile_level, above = divmod(level, HEIGHT)
    first = index << above
    tile = tiles[tile_level, first // WIDTH]
    start = first % WIDTH
    hashes = list(tile[start : start + (1 << above)])
    if len(hashes) != 1 << above:
        raise KeyError((level, index))
    return join_hashes(hashes)


def join_hashes(hashes: Sequence[bytes]) -> bytes:
    """Return the hash of the complete subtree that has these hashes, a power of two of them."""
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def split_hashes(data: bytes) -> list[bytes]:
    """Return the hashes of a tile's file."""
    return [data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE)]
