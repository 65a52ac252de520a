"""The files of the published log: where they stand, and which of them a checkpoint needs."""

import pytest

from consult.foundation.record.tiles import (
    Tile,
    bundle,
    bundle_path,
    numbered,
    opened_path,
    split_hashes,
    subtree_hash,
    tiles_of,
)


def test_paths_are_those_of_the_standard() -> None:
    assert numbered(1234067) == "x001/x234/067"
    assert numbered(0) == "000"
    assert Tile(0, 273, 112).path == "tile/0/273.p/112"
    assert Tile(1, 1000).path == "tile/1/x001/000"
    assert bundle_path(273, 112) == "tile/entries/273.p/112"
    assert bundle_path(2) == "tile/entries/002"
    assert opened_path(1067) == "opened/x001/067"


def test_a_tree_of_70_000_has_the_tiles_that_the_standard_names() -> None:
    tiles = list(tiles_of(70_000))
    assert [t for t in tiles if t.level == 0 and t.width == 256] == [Tile(0, i) for i in range(273)]
    rest = [t for t in tiles if t.level or t.width < 256]
    assert rest == [Tile(0, 273, 112), Tile(1, 0), Tile(1, 1, 17), Tile(2, 0, 1)]


def test_a_tree_of_256_has_a_full_tile_and_one_above_it() -> None:
    assert list(tiles_of(256)) == [Tile(0, 0), Tile(1, 0, 1)]
    assert list(tiles_of(0)) == []


@pytest.mark.parametrize("since", [0, 1, 255, 256, 300, 65_536, 69_999, 70_000])
def test_what_joined_is_what_was_not_there_before(since: int) -> None:
    joined = set(tiles_of(70_000, since))
    assert joined == set(tiles_of(70_000)) - set(tiles_of(since))


def test_a_bundle_holds_each_entry_with_its_length() -> None:
    assert bundle([b"one", b"", b"three"]) == b"\x00\x03one\x00\x00\x00\x05three"
    with pytest.raises(ValueError, match="too long"):
        bundle([b"x" * 65_536])


def test_a_tile_knows_no_hash_that_it_does_not_hold() -> None:
    tiles = {(0, 0): split_hashes(bytes(64))}
    assert len(subtree_hash(tiles, 1, 0)) == 32
    for missing in ((0, 2), (1, 1), (2, 0), (0, 256)):
        with pytest.raises(KeyError):
            subtree_hash(tiles, *missing)
