"""Inclusion and consistency proofs: made as RFC 6962 section 2.1 says, checked as RFC 9162 says.

The two descriptions look different (top-down recursion, bottom-up bits), so the one is a test of
the other. Sizes and indices stand outside the proof and must come from a signed head.
"""

from __future__ import annotations

from collections.abc import Sequence

from crypto.errors import BadSignature, Malformed
from crypto.merkle_tiles import TileReader
from crypto.merkle_tree import Digest, node_hash


def root_hash(size: int, reader: TileReader) -> bytes:
    """Root of the tree's first ``size`` leaves."""
    return _root(0, size, reader) if size else reader.digest(b"")


def inclusion_path(index: int, size: int, reader: TileReader) -> list[bytes]:
    """PATH(index, D[size]): siblings from the leaf upwards. Raises ``Malformed``."""
    if not 0 <= index < size:
        raise Malformed("crypto.outside-tree", "no such leaf", index=index, size=size)
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_root(middle, end, reader))
            end = middle
        else:
            path.append(_root(start, middle, reader))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int, reader: TileReader) -> list[bytes]:
    """PROOF(old, D[new]); empty when either tree holds nothing new. Raises ``Malformed``."""
    if not 0 <= old <= new:
        raise Malformed("crypto.outside-tree", "sizes in wrong order", old=old, new=new)
    start, end = 0, new
    path: list[bytes] = []
    while 0 < old < end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_root(middle, end, reader))
            end = middle
        else:
            path.append(_root(start, middle, reader))
            start = middle
    # The subtree that ends exactly at ``old``; the checker knows it when it is the old root.
    if path and start:
        path.append(_root(start, end, reader))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes, digest: Digest
) -> None:
    """Raises ``BadSignature`` unless the leaf hash stands at ``index`` under ``root``."""
    node, position, last = leaf, index, size - 1
    fits = 0 <= index < size
    for sibling in path:
        fits = fits and last > 0
        if position & 1 or position == last:
            node = node_hash(digest, sibling, node)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            node = node_hash(digest, node, sibling)
        position, last = position >> 1, last >> 1
    if not fits or last or node != root:
        raise BadSignature("crypto.inclusion", "the leaf is not under this root", index=index)


def verify_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes, digest: Digest
) -> None:
    """Raises ``BadSignature`` unless the newer tree begins with the whole older one."""
    if not _consistent(old, new, path, (old_root, new_root), digest):
        raise BadSignature("crypto.consistency", "not a continuation", old=old, new=new)


def _consistent(
    old: int, new: int, path: Sequence[bytes], roots: tuple[bytes, bytes], digest: Digest
) -> bool:
    if old in (0, new):
        first = digest(b"") if old == 0 else roots[1]
        return 0 <= old <= new and not path and roots[0] == first
    if not 0 < old < new:
        return False
    # When old is a power of two, its root is itself the first node and is not repeated.
    nodes = list(path) if old & (old - 1) else [roots[0], *path]
    shift = ((old - 1) ^ old).bit_length() - 1
    return bool(nodes) and _climb((old - 1) >> shift, (new - 1) >> shift, nodes, digest) == roots


def _climb(
    position: int, last: int, nodes: Sequence[bytes], digest: Digest
) -> tuple[bytes, bytes] | None:
    """Both roots from the proof's nodes; None when their number does not fit."""
    older = newer = nodes[0]
    for node in nodes[1:]:
        if last == 0:
            return None
        if position & 1 or position == last:
            older, newer = node_hash(digest, node, older), node_hash(digest, node, newer)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            newer = node_hash(digest, newer, node)
        position, last = position >> 1, last >> 1
    return (older, newer) if last == 0 else None


def _split(width: int) -> int:
    """The largest power of two below ``width`` (which is at least 2)."""
    return 1 << (width - 1).bit_length() - 1


def _root(start: int, end: int, reader: TileReader) -> bytes:
    """Root over leaves [start, end): complete subtrees are read, the ragged edge is hashed."""
    width = end - start
    if width & (width - 1) == 0:
        level = width.bit_length() - 1
        return reader.hash(level, start >> level)
    middle = start + _split(width)
    return node_hash(reader.digest, _root(start, middle, reader), _root(middle, end, reader))
