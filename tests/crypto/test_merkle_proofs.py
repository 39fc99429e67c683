"""Proofs: published ones, all small ones against RFC 6962's recursion, and altered ones."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.errors import BadSignature, Malformed
from crypto.merkle import (
    Frontier,
    Tiles,
    consistency_path,
    inclusion_path,
    leaf_hash,
    node_hash,
    root_hash,
    verify_consistency,
    verify_inclusion,
)
from crypto.suites import suite

SHA256 = suite("Ed25519").digest
CT = [
    leaf_hash(SHA256, bytes.fromhex(data))
    for data in [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ]
]


def reader(leaves):
    def load(k, n, count):
        width = 256**k
        starts = range(256 * n * width, (256 * n + count) * width, width)
        return [root(leaves[start : start + width]) for start in starts]

    return Tiles(SHA256, len(leaves), load)


def root(leaves):
    return Frontier(SHA256).extend(leaves).root()


def some(size):
    return [leaf_hash(SHA256, str(number).encode()) for number in range(size)]


def split(leaves):
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return k


def naive_path(m, leaves):
    """PATH of RFC 6962 section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = split(leaves)
    if m < k:
        return [*naive_path(m, leaves[:k]), root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), root(leaves[:k])]


def naive_proof(m, leaves, *, known=True):
    """SUBPROOF of RFC 6962 section 2.1.2, word for word."""
    if m == len(leaves):
        return [] if known else [root(leaves)]
    k = split(leaves)
    if m <= k:
        return [*naive_proof(m, leaves[:k], known=known), root(leaves[k:])]
    return [*naive_proof(m - k, leaves[k:], known=False), root(leaves[:k])]


def test_published_inclusion_paths():
    assert [each.hex() for each in inclusion_path(0, 8, reader(CT))] == [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ]
    assert [each.hex() for each in inclusion_path(5, 8, reader(CT))] == [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]


def test_published_consistency_paths():
    assert consistency_path(1, 1, reader(CT)) == []
    assert [each.hex()[:8] for each in consistency_path(1, 8, reader(CT))] == [
        "96a296d2",
        "5f083f0a",
        "6b47aaf2",
    ]
    assert [each.hex() for each in consistency_path(6, 8, reader(CT))] == [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    assert [each.hex()[:8] for each in consistency_path(2, 5, reader(CT))] == [
        "5f083f0a",
        "bc1a0643",
    ]


@pytest.mark.parametrize("size", range(1, 20))
def test_all_proofs_of_small_trees_are_the_rfcs_and_verify(size):
    leaves = some(size)
    tree = reader(leaves)
    assert root_hash(size, tree) == root(leaves)
    for index in range(size):
        path = inclusion_path(index, size, tree)
        assert path == naive_path(index, leaves)
        verify_inclusion(leaves[index], index, size, path, root(leaves), SHA256)
    for old in range(size + 1):
        proof = consistency_path(old, size, tree)
        assert proof == (naive_proof(old, leaves) if old else [])
        verify_consistency(old, size, proof, root(leaves[:old]), root(leaves), SHA256)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 1200), st.data())
def test_proofs_across_tiles(size, data):
    leaves = some(size)
    tree, head = reader(leaves), root(leaves)
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    path, proof = inclusion_path(index, size, tree), consistency_path(old, size, tree)
    assert path == naive_path(index, leaves)
    assert proof == naive_proof(old, leaves)
    verify_inclusion(leaves[index], index, size, path, head, SHA256)
    verify_consistency(old, size, proof, root(leaves[:old]), head, SHA256)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.data())
def test_any_change_to_an_inclusion_proof_is_noticed(size, data):
    leaves = some(size)
    index = data.draw(st.integers(0, size - 1))
    path, head = inclusion_path(index, size, reader(leaves)), root(leaves)
    good = (leaves[index], index, size, path, head)
    for bad in (
        (SHA256(b"other"), *good[1:]),
        (good[0], data.draw(st.integers(-2, 45).filter(lambda n: n != index)), *good[2:]),
        (*good[:3], [*path, head], head),
        (*good[:3], path[:-1] if path else [head], head),
        (*good[:3], path[::-1] if path[::-1] != path else [head], head),
        (*good[:4], SHA256(b"other")),
    ):
        with pytest.raises(BadSignature):
            verify_inclusion(*bad, SHA256)


@pytest.mark.parametrize("claimed", [1, 3, 4, 5, 100])
def test_a_proof_is_one_for_its_size_only(claimed):
    path = inclusion_path(0, 2, reader(CT[:2]))
    verify_inclusion(CT[0], 0, 2, path, root(CT[:2]), SHA256)
    with pytest.raises(BadSignature):
        verify_inclusion(CT[0], 0, claimed, path, root(CT[:2]), SHA256)


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 40), st.data())
def test_any_change_to_a_consistency_proof_is_noticed(new, data):
    leaves = some(new)
    old = data.draw(st.integers(1, new - 1))
    proof = consistency_path(old, new, reader(leaves))
    before, after = root(leaves[:old]), root(leaves)
    other = SHA256(b"other")
    bads = [
        (old, new, proof, other, after),
        (old, new, proof, before, other),
        (old, new, [*proof, other], before, after),
        (old, new, proof[:-1], before, after),
        (old, new, [], before, after),
        (new, old, proof, before, after),
        (-1, new, proof, before, after),
        (0, new, proof, before, after),
        (new, new, proof, before, after),
    ]
    bads += [
        (old, new, [*proof[:i], other, *proof[i + 1 :]], before, after) for i in range(len(proof))
    ]
    for bad in bads:
        with pytest.raises(BadSignature):
            verify_consistency(*bad, SHA256)


def test_a_path_longer_than_the_tree_is_high_is_refused():
    """Else the second leaf of two would pass for the only leaf of a tree of one."""
    with pytest.raises(BadSignature):
        verify_inclusion(CT[1], 0, 1, [CT[0]], root(CT[:2]), SHA256)


@pytest.mark.parametrize("claimed", [1, 3, 4, 100])
def test_a_consistency_proof_is_one_for_its_sizes_only(claimed):
    proof, before, after = [CT[1]], root(CT[:1]), root(CT[:2])
    verify_consistency(1, 2, proof, before, after, SHA256)
    with pytest.raises(BadSignature):
        verify_consistency(1, claimed, proof, before, after, SHA256)


def test_a_rewritten_history_has_no_proof():
    honest, rewritten = some(20), some(20)
    rewritten[3] = leaf_hash(SHA256, b"changed")
    proof = consistency_path(12, 20, reader(rewritten))
    with pytest.raises(BadSignature):
        verify_consistency(12, 20, proof, root(honest[:12]), root(rewritten), SHA256)


def test_the_empty_tree_is_the_start_of_every_tree():
    verify_consistency(0, 8, [], SHA256(b""), root(CT), SHA256)
    with pytest.raises(BadSignature):
        verify_consistency(0, 8, [], root(CT), root(CT), SHA256)


def test_leaves_and_sizes_outside_are_refused():
    tree = reader(CT)
    for index, size in ((8, 8), (-1, 8), (0, 0)):
        with pytest.raises(Malformed):
            inclusion_path(index, size, tree)
    for old, new in ((9, 8), (-1, 8)):
        with pytest.raises(Malformed):
            consistency_path(old, new, tree)


@pytest.mark.parametrize("size", [100_000_000, 2**27 - 1, 2**40 + 12_345])
def test_a_proof_at_any_size_takes_at_most_two_loads_a_tile_level(size):
    """All leaves equal, so that every tile is known without being stored."""
    same = [leaf_hash(SHA256, b"")]
    for _ in range(48):
        same.append(node_hash(SHA256, same[-1], same[-1]))
    loads = []

    def load(k, n, count):
        loads.append((k, n))
        return [same[8 * k]] * count

    levels = -(-size.bit_length() // 8)
    head = root_hash(size, Tiles(SHA256, size, load))
    for index in (0, size // 3, size - 1):
        loads.clear()
        path = inclusion_path(index, size, Tiles(SHA256, size, load))
        assert len(loads) <= 2 * levels
        verify_inclusion(same[0], index, size, path, head, SHA256)
    loads.clear()
    old = size // 2 + 77
    proof = consistency_path(old, size, Tiles(SHA256, size, load))
    assert len(loads) <= 3 * levels
    before = root_hash(old, Tiles(SHA256, old, load))
    verify_consistency(old, size, proof, before, head, SHA256)
