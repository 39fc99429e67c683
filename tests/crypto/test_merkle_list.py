"""A tree from a list is the tree of RFC 6962 that the ledger grows leaf by leaf (two ways, one root)."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle
from crypto.errors import Malformed
from crypto.merkle_list import list_path, list_root


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(digest, str(n).encode()) for n in range(count)]


@pytest.mark.parametrize("count", range(40))
def test_the_root_is_that_of_the_tree_that_grows(count: int) -> None:
    assert list_root(digest, leaves(count)) == merkle.Frontier(digest).extend(leaves(count)).root()


@given(st.integers(1, 200), st.data())
def test_each_path_leads_to_the_root(count: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, count - 1))
    found = leaves(count)
    path, root = list_path(digest, found, index), list_root(digest, found)
    merkle.verify_inclusion(found[index], index, count, path, root, digest)


@given(st.integers(1, 300), st.sampled_from([1, 2, 4, 16, 64]), st.data())
def test_a_tree_kept_in_parts_has_the_same_root_and_paths(
    count: int, size: int, data: st.DataObject
) -> None:
    found, index = leaves(count), data.draw(st.integers(0, count - 1))
    parts = [found[at : at + size] for at in range(0, count, size)]
    roots = [list_root(digest, part) for part in parts]
    assert list_root(digest, roots) == list_root(digest, found)
    number, place = divmod(index, size)
    path = [*list_path(digest, parts[number], place), *list_path(digest, roots, number)]
    assert path == list_path(digest, found, index)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_outside(index: int) -> None:
    with pytest.raises(Malformed, match="outside-tree"):
        list_path(digest, leaves(3), index)
