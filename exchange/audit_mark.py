"""How far the ledger has been verified: from here on the next audit may go on.

A mark holds the signed head, the frontier whose root that head signs, and the hashes of the tiles
that were not complete. It is kept outside the database: whoever changes the store can't move it,
and whoever changes the mark has no head of the hub for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from crypto.errors import CryptoError
from crypto.merkle import Digest, Frontier, split_hashes
from crypto.suites import suite
from exchange import canonical, heads
from exchange.errors import Invalid
from exchange.heads import HubKeys


@dataclass(frozen=True, slots=True)
class Mark:
    """The end of what was verified."""

    head: str
    """The signed head there."""
    frontier: Frontier
    open_tiles: Mapping[int, tuple[bytes, ...]] = field(default_factory=dict)
    """Level → hashes since the last complete tile."""

    @property
    def size(self) -> int:
        """So many entries were verified."""
        return self.frontier.size

    @property
    def tiles(self) -> int:
        """How many complete tiles a tree of this size has."""
        return complete_tiles(self.size)


def complete_tiles(size: int) -> int:
    """Tiles of 256 hashes, on all levels.

    >>> complete_tiles(255), complete_tiles(65536)
    (0, 257)
    """
    found = 0
    while size := size >> 8:
        found += size
    return found


def dumps(mark: Mark) -> bytes:
    """As canonical JSON."""
    tiles = {str(level): b"".join(nodes).hex() for level, nodes in mark.open_tiles.items() if nodes}
    told = {"head": mark.head, "frontier": mark.frontier.to_bytes().hex(), "open_tiles": tiles}
    return canonical.dumps(told)


def loads(data: bytes, key: HubKeys, origin: str) -> Mark | None:
    """A mark whose head the hub signed over this very frontier; None for anything else."""
    digest = suite(heads.keys(key)[0].suite).digest
    try:
        told = canonical.loads(data)
        frontier = Frontier.from_bytes(bytes.fromhex(told["frontier"]), digest)
        tiles = {int(level): _nodes(nodes) for level, nodes in told["open_tiles"].items()}
        head = heads.read(told["head"], key)
    except (AttributeError, CryptoError, Invalid, KeyError, TypeError, ValueError):
        return None
    if head is None or (head.origin, head.size) != (origin, frontier.size):
        return None
    mark = Mark(told["head"], frontier, tiles)
    return mark if head.root == frontier.root().hex() and _fits(mark, digest) else None


def _nodes(text: str) -> tuple[bytes, ...]:
    return tuple(split_hashes(bytes.fromhex(text)))


def _fits(mark: Mark, digest: Digest) -> bool:
    """The open tiles are of the frontier: as many on each level, and they hash to it."""
    left, level, known = mark.size, 0, dict(mark.open_tiles)
    while left:
        if len(known.pop(level, ())) != left & 255:
            return False
        left, level = left >> 8, level + 1
    hashes = [h for k in sorted(mark.open_tiles, reverse=True) for h in _subtrees(mark, k, digest)]
    return not known and tuple(hashes) == mark.frontier.hashes


def _subtrees(mark: Mark, level: int, digest: Digest) -> tuple[bytes, ...]:
    return Frontier(digest).extend(mark.open_tiles[level]).hashes
