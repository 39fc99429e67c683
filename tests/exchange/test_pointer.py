"""A record is the tree of its named leaves: taken apart and put together without loss."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from exchange import pointer
from exchange.errors import Invalid

names = st.text(max_size=6).filter(lambda name: not name.isdecimal())
hostile = st.sampled_from(["", "/", "~", "~0", "~1", "a/b", "~01", " ", "-", "*", "01", "٣", "名"])
leaves = st.text(max_size=6) | st.booleans() | st.integers()
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, min_size=1, max_size=12)
        | st.dictionaries(names | hostile, inner, min_size=1, max_size=4)
    ),
    max_leaves=20,
)
records = st.dictionaries(names | hostile, trees, max_size=4)


@given(records)
def test_flatten_and_nest_are_each_others_reverse(record: dict[str, Any]) -> None:
    assert pointer.nest(pointer.flatten(record)) == record


@given(records)
def test_every_leaf_is_found_at_its_pointer(record: dict[str, Any]) -> None:
    for path, value in pointer.flatten(record).items():
        assert pointer.get(record, path) == value
        assert type(pointer.get(record, path)) is type(value)


@given(records, st.data())
def test_hidden_leaves_leave_a_record_of_the_others(
    record: dict[str, Any], data: st.DataObject
) -> None:
    fields = pointer.flatten(record)
    assume(fields)
    kept = data.draw(st.sets(st.sampled_from(sorted(fields))))
    shown = pointer.nest({path: fields[path] for path in fields if path in kept})
    values = sorted(map(repr, pointer.flatten(shown).values()))
    assert values == sorted(repr(fields[path]) for path in kept)


def test_a_gap_in_a_list_closes_up_in_order() -> None:
    fields = {f"/names/{n}": f"n{n}" for n in (11, 2, 9)}
    assert pointer.nest(fields) == {"names": ["n2", "n9", "n11"]}


def test_an_index_of_thousands_of_digits_is_one_all_the_same() -> None:
    fields = {f"/names/{'9' * 5000}": "last", "/names/8": "first"}
    assert pointer.nest(fields) == {"names": ["first", "last"]}


@pytest.mark.parametrize("path", ["/a~", "/a~2", "/~/b"])
def test_an_escape_that_rfc_6901_does_not_know_is_no_pointer(path: str) -> None:
    with pytest.raises(Invalid, match=r"record\.not-a-pointer"):
        pointer.nest({path: "1"})


@pytest.mark.parametrize("key", ["0", "1", "320117"])
def test_a_number_as_a_key_is_refused_since_a_list_would_look_the_same(key: str) -> None:
    with pytest.raises(Invalid) as refused:
        pointer.flatten({"a": {key: "x", "b": "y"}})
    assert refused.value.facts == {"path": "/a"}


@pytest.mark.parametrize("leaf", [None, 1.5, b"x", {1: "x"}])
def test_a_leaf_or_key_of_another_type_is_refused(leaf: Any) -> None:
    with pytest.raises(Invalid):
        pointer.flatten({"a": leaf})


@pytest.mark.parametrize(
    "fields",
    [
        {"/a": "x", "/a/b": "y"},
        {"/a/b": "y", "/a": "x"},
        {"/a/b/c": "y", "/a/b": "x"},
        {"a": "x"},
        {"": "x"},
        {"/x" * 65: "x"},
        {"/x" * 100_000: "x"},
    ],
)
def test_leaves_of_no_tree_are_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        pointer.nest(fields)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("/list/1", "b"),
        ("/list/01", None),
        ("/list/-1", None),
        ("/list/٣", None),
        ("/list/2", None),
        ("/list/" + "9" * 5000, None),
        ("/list/-", None),
        ("/a~1b", "slash"),
        ("/m~0n", "tilde"),
        ("/~01", "both"),
        ("/none/at/all", None),
        ("/list/1/deeper", None),
        ("/", "empty"),
    ],
)
def test_get_follows_rfc_6901(path: str, value: Any) -> None:
    record = {"list": ["a", "b"], "a/b": "slash", "m~n": "tilde", "~1": "both", "": "empty"}
    assert pointer.get(record, path) == value
