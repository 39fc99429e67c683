"""The hash tree of RFC 6962 / RFC 9162 section 2.1, with any 32-byte digest.

Leaves and nodes are hashed apart (heads 0x00 and 0x01), so that no node can pass for a leaf. The
right edge of a growing tree is a ``Frontier``: the roots of its complete subtrees, at most one a
bit of the size, so that appending costs the same at a hundred leaves and at a hundred million.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from crypto.errors import Malformed

Digest = Callable[[bytes], bytes]
HASH_SIZE = 32
_SIZE_BYTES = 8


def leaf_hash(digest: Digest, data: bytes) -> bytes:
    """Hash of an entry."""
    return digest(b"\x00" + data)


def node_hash(digest: Digest, left: bytes, right: bytes) -> bytes:
    """Hash over two neighbours."""
    return digest(b"\x01" + left + right)


def fold(digest: Digest, hashes: Iterable[bytes]) -> bytes:
    """Root over complete subtrees given from the left (large) to the right (small)."""
    *others, root = hashes
    for left in reversed(others):
        root = node_hash(digest, left, root)
    return root


@dataclass(frozen=True, slots=True)
class Frontier:
    """All that appending needs: the size, and the roots of the complete subtrees, largest first.

    >>> from crypto.suites import suite
    >>> digest = suite("Ed25519").digest
    >>> Frontier(digest).append(leaf_hash(digest, b"")).root().hex()[:16]
    '6e340b9cffb37a98'
    """

    digest: Digest
    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def append(self, leaf: bytes) -> Frontier:
        """The frontier with one more leaf hash; this one stays as it is."""
        return self.extend((leaf,))

    def extend(self, leaves: Iterable[bytes]) -> Frontier:
        """The same with several: a commit group's leaves at once."""
        hashes, size = list(self.hashes), self.size
        for leaf in leaves:
            node, bits = leaf, size
            while bits & 1:  # each 1-bit at the low end is a subtree that this leaf completes
                node = node_hash(self.digest, hashes.pop(), node)
                bits >>= 1
            hashes.append(node)
            size += 1
        return Frontier(self.digest, size, tuple(hashes))

    def root(self) -> bytes:
        """Root hash of the tree; of the empty tree, the digest of nothing."""
        return fold(self.digest, self.hashes) if self.hashes else self.digest(b"")

    def to_bytes(self) -> bytes:
        """Size (8 bytes, big-endian), then the hashes."""
        return self.size.to_bytes(_SIZE_BYTES, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes, digest: Digest) -> Frontier:
        """What ``to_bytes`` wrote. Raises ``Malformed``."""
        size = int.from_bytes(data[:_SIZE_BYTES], "big")
        body = data[_SIZE_BYTES:]
        if len(data) < _SIZE_BYTES or len(body) != HASH_SIZE * size.bit_count():
            raise Malformed("crypto.malformed-frontier", "size and hashes do not fit")
        return cls(digest, size, split_hashes(body))


def split_hashes(data: bytes) -> tuple[bytes, ...]:
    """Hashes written one after the other (a frontier's, a tile's). Raises ``Malformed``."""
    if len(data) % HASH_SIZE:
        raise Malformed("crypto.malformed-hashes", "not a whole number of hashes")
    return tuple(data[at : at + HASH_SIZE] for at in range(0, len(data), HASH_SIZE))
