"""The ledger's hash tree (RFC 6962 / RFC 9162): one door to its three parts.

``merkle_tree`` hashes and grows it, ``merkle_tiles`` keeps it so that a hundred million leaves
cost what a hundred cost, ``merkle_proofs`` shows what is in it and that it only grew.
"""

from crypto.merkle_proofs import (
    consistency_path,
    inclusion_path,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from crypto.merkle_tiles import Load, TileReader, Tiles, tile_root, tiles_completed
from crypto.merkle_tree import HASH_SIZE, Digest, Frontier, leaf_hash, node_hash, split_hashes

__all__ = [
    "HASH_SIZE",
    "Digest",
    "Frontier",
    "Load",
    "TileReader",
    "Tiles",
    "consistency_path",
    "inclusion_path",
    "leaf_hash",
    "node_hash",
    "root_hash",
    "split_hashes",
    "tile_root",
    "tiles_completed",
    "verify_consistency",
    "verify_inclusion",
]
