from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import Malformed
from crypto.merkle_tiles import Tiles, tile_root, tiles_completed
from crypto.merkle_tree import Frontier, leaf_hash
from crypto.suites import suite

SHA256 = suite("Ed25519").digest


class Store:
    """As the ledger's tables: leaf rows, and insert-only rows of complete tiles with their roots."""

    def __init__(self):
        self.leaves, self.tiles, self.loads = [], {}, 0

    def append(self, leaves):
        old = len(self.leaves)
        self.leaves += leaves
        for k, n in tiles_completed(old, len(self.leaves)):
            hashes = self.load(k, n, 256)
            assert (k, n) not in self.tiles
            self.tiles[k, n] = (hashes, tile_root(SHA256, hashes))

    def load(self, k, n, count):
        self.loads += 1
        if (k, n) in self.tiles:
            return self.tiles[k, n][0][:count]
        if k == 0:
            return self.leaves[256 * n : 256 * n + count]
        return [self.tiles[k - 1, 256 * n + offset][1] for offset in range(count)]


def leaves(start, end):
    return [leaf_hash(SHA256, str(number).encode()) for number in range(start, end)]


@pytest.mark.parametrize(
    ("old", "new", "tiles"),
    [
        (0, 0, []),
        (0, 255, []),
        (255, 256, [(0, 0)]),
        (256, 256, []),
        (0, 512, [(0, 0), (0, 1)]),
        (65_535, 65_536, [(0, 255), (1, 0)]),
        (0, 255 * 256 + 255, [(0, n) for n in range(255)]),
        (2**24 - 1, 2**24, [(0, 65_535), (1, 255), (2, 0)]),
    ],
)
def test_the_tiles_that_growing_completes(old, new, tiles):
    assert tiles_completed(old, new) == tiles


@given(st.lists(st.integers(0, 400_000), min_size=1, max_size=5))
def test_growing_in_steps_completes_each_tile_once(sizes):
    sizes = [0, *sorted(sizes)]
    pairs = pairwise(sizes)
    steps = [tile for old, new in pairs for tile in tiles_completed(old, new)]
    assert sorted(steps) == sorted(tiles_completed(0, sizes[-1]))


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 700), min_size=1, max_size=4), st.data())
def test_every_complete_subtree_is_read_right(steps, data):
    store = Store()
    for step in steps:
        store.append(leaves(len(store.leaves), len(store.leaves) + step))
    size = len(store.leaves)
    reader = Tiles(SHA256, size, store.load)
    for level in range(size.bit_length()):
        index = data.draw(st.integers(0, (size >> level) - 1))
        within = store.leaves[index << level : (index + 1) << level]
        assert reader.hash(level, index) == Frontier(SHA256).extend(within).root()


def test_an_older_tree_is_read_from_a_store_that_has_grown():
    store = Store()
    store.append(leaves(0, 600))
    old = Tiles(SHA256, 300, store.load)
    assert old.hash(0, 299) == store.leaves[299]
    assert old.hash(8, 0) == Frontier(SHA256).extend(store.leaves[:256]).root()


@pytest.mark.parametrize(("level", "index"), [(0, 300), (0, -1), (-1, 0), (8, 1), (9, 0), (64, 0)])
def test_nothing_outside_the_tree_is_read(level, index):
    store = Store()
    store.append(leaves(0, 300))
    with pytest.raises(Malformed):
        Tiles(SHA256, 300, store.load).hash(level, index)


def test_a_tile_is_loaded_once_for_many_hashes():
    store = Store()
    store.append(leaves(0, 300))
    store.loads = 0
    reader = Tiles(SHA256, 300, store.load)
    for index in range(256):
        reader.hash(0, index)
    reader.hash(7, 1)
    assert store.loads == 1


def test_a_store_that_lost_hashes_is_noticed():
    store = Store()
    store.append(leaves(0, 300))
    del store.leaves[-1]
    with pytest.raises(Malformed):
        Tiles(SHA256, 300, store.load).hash(0, 299)
    with pytest.raises(Malformed):
        tile_root(SHA256, store.leaves[:255])
