"""A whole tree over hashes that stand in a list: for rows that are hashed once and never appended to.

The tree is that of RFC 6962 section 2.1, built from below: neighbours are joined, and one that has
none goes up as it is. The hashes may be leaves, or the roots of complete subtrees of one size (only
the last may be smaller): the root is the same, so a tree can be kept in parts.
"""

from __future__ import annotations

from collections.abc import Sequence

from crypto.errors import Malformed
from crypto.merkle_tree import Digest


def list_root(digest: Digest, hashes: Sequence[bytes]) -> bytes:
    """Root over the hashes; of none, the digest of nothing."""
    level = list(hashes)
    while len(level) > 1:
        level = _above(digest, level)
    return level[0] if level else digest(b"")


def list_path(digest: Digest, hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Siblings of the hash at ``index``, from below upwards. Raises ``Malformed``."""
    if not 0 <= index < len(hashes):
        raise Malformed("crypto.outside-tree", "no such leaf", index=index, size=len(hashes))
    level, path = list(hashes), []
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        level, index = _above(digest, level), index >> 1
    return path


def _above(digest: Digest, level: list[bytes]) -> list[bytes]:
    """The next level: written out, because it is run once for every row."""
    pairs = zip(level[::2], level[1::2], strict=False)  # the last one may have no neighbour
    joined = [digest(b"\x01" + left + right) for left, right in pairs]  # ``node_hash``
    return joined + level[len(level) - len(level) % 2 :]
