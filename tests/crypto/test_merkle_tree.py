"""The eight-leaf test tree of Certificate Transparency, and a tree written as RFC 6962 reads."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.errors import Malformed
from crypto.merkle_tree import Frontier, leaf_hash, node_hash, split_hashes
from crypto.suites import suite

SHA256 = suite("Ed25519").digest
LEAVES = [
    bytes.fromhex(data)
    for data in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def naive_root(digest, leaves):
    """MTH of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return digest(b"")
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(digest, naive_root(digest, leaves[:k]), naive_root(digest, leaves[k:]))


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size):
    frontier = Frontier(SHA256).extend(leaf_hash(SHA256, data) for data in LEAVES[:size])
    assert frontier.root().hex() == ROOTS[size]


@given(st.integers(0, 600), st.sampled_from(["SM2-SM3", "Ed25519"]))
def test_the_frontiers_root_is_the_naive_root(size, name):
    digest = suite(name).digest
    leaves = [leaf_hash(digest, str(number).encode()) for number in range(size)]
    assert Frontier(digest).extend(leaves).root() == naive_root(digest, leaves)


@given(st.integers(0, 300), st.integers(0, 300))
def test_growing_in_steps_or_at_once_is_the_same(first, second):
    leaves = [leaf_hash(SHA256, str(number).encode()) for number in range(first + second)]
    grown = Frontier(SHA256).extend(leaves[:first])
    for leaf in leaves[first:]:
        grown = grown.append(leaf)
    assert grown == Frontier(SHA256).extend(leaves)


def test_appending_leaves_the_old_frontier_as_it_was():
    old = Frontier(SHA256).append(leaf_hash(SHA256, b"a"))
    before = (old.size, old.hashes, old.root())
    old.append(leaf_hash(SHA256, b"b"))
    assert (old.size, old.hashes, old.root()) == before


@given(st.integers(0, 2000))
def test_a_frontier_survives_storage_and_is_small(size):
    frontier = Frontier(SHA256).extend(bytes(32) for _ in range(size))
    stored = frontier.to_bytes()
    assert Frontier.from_bytes(stored, SHA256) == frontier
    assert len(stored) <= 8 + 32 * 11


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(7),
        bytes(8) + bytes(32),
        (1).to_bytes(8, "big"),
        (3).to_bytes(8, "big") + bytes(32),
        (1).to_bytes(8, "big") + bytes(31),
    ],
)
def test_a_damaged_frontier_is_refused(data):
    with pytest.raises(Malformed):
        Frontier.from_bytes(data, SHA256)


def test_a_node_cannot_pass_for_a_leaf():
    left, right = leaf_hash(SHA256, b"l"), leaf_hash(SHA256, b"r")
    assert leaf_hash(SHA256, left + right) != node_hash(SHA256, left, right)


def test_hashes_are_split_and_broken_ones_refused():
    assert split_hashes(b"a" * 32 + b"b" * 32) == (b"a" * 32, b"b" * 32)
    with pytest.raises(Malformed):
        split_hashes(bytes(33))
