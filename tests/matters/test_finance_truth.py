"""Conditions in three values: what nobody has stated is neither so nor not so."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import conditions, finance_truth
from matters.conditions import Fields

IS = {"equal": {"/a/x": True}}
OTHER = {"equal": {"/a/y": True}}


@pytest.mark.parametrize(
    ("said", "fields", "word"),
    [
        (IS, {"/a/x": True}, True),
        (IS, {"/a/x": False}, False),
        (IS, {}, None),
        ({"not": IS}, {"/a/x": False}, True),
        ({"not": IS}, {}, None),
        ({"all": [IS, OTHER]}, {"/a/x": False}, False),
        ({"all": [IS, OTHER]}, {"/a/x": True}, None),
        ({"any": [IS, OTHER]}, {"/a/x": True}, True),
        ({"any": [IS, OTHER]}, {"/a/x": False}, None),
        ({"equal": {"/a/x": True, "/a/y": True}}, {"/a/x": False}, False),
        ({"equal": {"/a/x": True, "/a/y": True}}, {"/a/x": True}, None),
        ({"in": {"/a/s": ["p", "q"]}}, {"/a/s": "q"}, True),
        ({"in": {"/a/s": ["p", "q"]}}, {"/a/s": "r"}, False),
        ({"same": ["/a/x", "/b/x"]}, {"/a/x": "1", "/b/x": "1"}, True),
        ({"same": ["/a/x", "/b/x"]}, {"/a/x": "1", "/b/x": "2"}, False),
        ({"same": ["/a/x", "/b/x"]}, {"/a/x": "1"}, None),
        ({"same": ["/a/x", "/b/x", "/c/x"]}, {"/a/x": "1", "/b/x": "2"}, False),
        ({"at_least": {"/a/n": 3}}, {"/a/n": 3}, True),
        ({"at_most": {"/a/n": 3}}, {"/a/n": 4}, False),
        ({"at_most": {"/a/n": 3}}, {}, None),
        ({"matches": {"/a/s": "x+"}}, {"/a/s": "xx"}, True),
        ({"older_than": {"/a/d": {"period": "1 month", "at": "/b/d"}}}, {"/a/d": "2026-01-01"}, None),
        ({"older_than": {"/a/d": {"period": "1 month", "at": "/b/d"}}}, {"/a/d": "2026-01-01", "/b/d": "2026-02-02"}, True),
    ],
)  # fmt: skip
def test_yes_no_and_unknown(said: Any, fields: Fields, word: bool | None) -> None:
    assert finance_truth.truth(said, fields) is word


def test_what_is_lacking_is_told_only_while_it_is_unknown() -> None:
    either = {"any": [IS, OTHER]}
    assert list(finance_truth.lacks(either, {"/a/x": False})) == ["/a/y"]
    assert list(finance_truth.lacks(either, {"/a/x": True})) == []


PATHS = ["/a/x", "/a/y", "/b/x"]
one = st.one_of(
    st.builds(lambda p, v: {"equal": {p: v}}, st.sampled_from(PATHS), st.booleans()),
    st.builds(
        lambda p: {"same": p}, st.lists(st.sampled_from(PATHS), min_size=2, max_size=3, unique=True)
    ),
)
said = st.recursive(
    one,
    lambda part: st.one_of(
        st.builds(lambda p: {"not": p}, part),
        st.builds(
            lambda w, p: {w: p},
            st.sampled_from(["all", "any"]),
            st.lists(part, min_size=1, max_size=3),
        ),
    ),
    max_leaves=6,
)
whole = st.fixed_dictionaries({path: st.booleans() for path in PATHS})


@given(said, whole, st.sets(st.sampled_from(PATHS)))
def test_where_all_is_stated_it_is_what_conditions_say_and_less_is_never_another_word(
    each: Any, fields: Fields, gone: set[str]
) -> None:
    known = finance_truth.truth(each, fields)
    assert known is conditions.holds(each, fields)
    less = {path: value for path, value in fields.items() if path not in gone}
    assert finance_truth.truth(each, less) in (known, None)
    assert bool([*finance_truth.lacks(each, less)]) == (finance_truth.truth(each, less) is None)
