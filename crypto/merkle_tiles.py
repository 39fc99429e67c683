"""Complete subtrees of a large tree, read from tiles of 256 hashes.

Tile (level k, n) holds the 256 hashes of tree level 8k from index 256 n on; its root is hash n of
level 8(k+1). Only complete tiles are ever written (insert-only). What is right of the last
complete tile, the tail, is read from where its hashes were written singly:

    ======  =====================================================================
    k = 0   the leaf rows
    k > 0   the roots of the tiles of level k-1, kept beside their hashes
    ======  =====================================================================

So one ``load`` is one row, or one range of at most 255 rows, and a proof needs at most two loads
a tile level: a hundred million leaves have four levels.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from crypto.errors import Malformed
from crypto.merkle_tree import Digest, node_hash

BITS = 8
WIDTH = 1 << BITS

Load = Callable[[int, int, int], Sequence[bytes]]
"""``load(k, n, count)``: the first ``count`` (1 … 256) hashes of tile n of tile level k."""


class TileReader(Protocol):
    """What proofs read. ``level`` counts in bits: 0 are the leaves."""

    @property
    def digest(self) -> Digest:
        """The tree's hash function."""

    def hash(self, level: int, index: int) -> bytes:
        """Root of the complete subtree over leaves [index·2^level, (index+1)·2^level)."""


@dataclass(frozen=True, slots=True)
class Tiles:
    """A ``TileReader`` over stored tiles, for the tree of one size. Keeps what it has loaded."""

    digest: Digest
    size: int
    load: Load
    _loaded: dict[tuple[int, int], list[list[bytes]]] = field(default_factory=dict, repr=False)

    def hash(self, level: int, index: int) -> bytes:
        """See ``TileReader``. Raises ``Malformed`` outside the tree or if ``load`` lies."""
        if level < 0 or index < 0 or (index + 1) << level > self.size:
            raise Malformed("crypto.outside-tree", "no such complete subtree", level=level)
        k, above = divmod(level, BITS)
        tile, within = divmod(index << above, WIDTH)
        return self._pyramid(k, tile)[above][within >> above]

    def _pyramid(self, k: int, tile: int) -> list[list[bytes]]:
        """A tile's hashes and the levels over them, as far as they are complete."""
        if (k, tile) not in self._loaded:
            count = min(WIDTH, (self.size >> (BITS * k)) - WIDTH * tile)
            hashes = list(self.load(k, tile, count))
            if len(hashes) != count:
                raise Malformed("crypto.tile-count", "a tile is incomplete", level=k, tile=tile)
            self._loaded[k, tile] = pyramid(self.digest, hashes)
        return self._loaded[k, tile]


def pyramid(digest: Digest, hashes: list[bytes]) -> list[list[bytes]]:
    """The given level and every level over it that has a complete subtree, up to 8 of them."""
    levels = [hashes]
    while len(levels) < BITS and len(levels[-1]) > 1:
        below = levels[-1]
        pairs = zip(below[::2], below[1::2], strict=False)
        levels.append([node_hash(digest, left, right) for left, right in pairs])
    return levels


def tile_root(digest: Digest, hashes: Sequence[bytes]) -> bytes:
    """Root of a complete tile: what the tile's row keeps beside its hashes."""
    if len(hashes) != WIDTH:
        raise Malformed("crypto.tile-count", "a tile has 256 hashes", count=len(hashes))
    left, right = pyramid(digest, list(hashes))[-1]
    return node_hash(digest, left, right)


def tiles_completed(old_size: int, new_size: int) -> list[tuple[int, int]]:
    """(k, n) of every tile that growing completes, lower levels first.

    >>> tiles_completed(255, 512), tiles_completed(65535, 65536)
    ([(0, 0), (0, 1)], [(0, 255), (1, 0)])
    """
    found: list[tuple[int, int]] = []
    k, old, new = 0, old_size >> BITS, new_size >> BITS
    while new:
        found += [(k, n) for n in range(old, new)]
        k, old, new = k + 1, old >> BITS, new >> BITS
    return found
