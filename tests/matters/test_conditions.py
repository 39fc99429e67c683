"""Conditions over a case's documents: what is not stated is absent, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import conditions
from matters.conditions import holds

DAY = date(2026, 1, 8)
FIELDS = {
    "/birth/mother/name": "李小达",
    "/birth/mother/ethnicity": "01",
    "/birth/father/ethnicity": "02",
    "/birth/child/birth_date": "2025-12-07",
    "/birth/child/order": 1,
    "/declaration/consent": True,
}
CHECK = jsonschema_rs.Draft202012Validator(
    {"$defs": {"condition": conditions.SCHEMA}, "$ref": "#/$defs/condition"}
)


@pytest.mark.parametrize(
    ("said", "so"),
    [
        ({"present": "/birth/mother"}, True),
        ({"present": "/birth/mo"}, False),
        ({"present": ["/birth/mother", "/birth/father/name"]}, False),
        ({"absent": "/birth/father/name"}, True),
        ({"absent": "/birth/father"}, False),
        ({"absent": "/marriage"}, True),
        ({"equal": {"/birth/child/order": 1}}, True),
        ({"equal": {"/birth/child/order": "1"}}, False),
        ({"equal": {"/birth/child/order": True}}, False),
        ({"equal": {"/declaration/consent": True}}, True),
        ({"equal": {"/birth/nothing": ""}}, False),
        ({"in": {"/birth/mother/ethnicity": ["01", "02"]}}, True),
        ({"in": {"/birth/mother/ethnicity": ["03"]}}, False),
        ({"same": ["/birth/mother/ethnicity", "/birth/father/ethnicity"]}, False),
        ({"same": ["/birth/nothing", "/birth/nowhere"]}, False),
        ({"matches": {"/birth/mother/name": "[一-龥]{2,4}"}}, True),
        ({"matches": {"/birth/mother/name": "李"}}, False),
        ({"older_than": {"/birth/child/birth_date": "1 month"}}, True),
        ({"older_than": {"/birth/child/birth_date": "2 months"}}, False),
        ({"older_than": {"/birth/child/died_on": "1 month"}}, False),
        ({"all": [{"present": "/birth"}, {"absent": "/marriage"}]}, True),
        ({"any": [{"absent": "/birth"}, {"present": "/marriage"}]}, False),
        ({"not": {"equal": {"/birth/nothing": "1"}}}, True),
    ],
)
def test_each_word_means_what_it_says(said: dict[str, Any], so: bool) -> None:
    assert CHECK.is_valid(said)
    assert holds(said, FIELDS, DAY) is so


def test_a_month_is_over_on_the_day_after_its_last() -> None:
    said = {"older_than": {"/birth/child/birth_date": "1 month"}}
    assert not holds(said, FIELDS, date(2026, 1, 7))
    assert holds(said, FIELDS, date(2026, 1, 8))


@pytest.mark.parametrize(
    "said",
    [{}, {"is": "/a"}, {"present": "a"}, {"present": "/a", "absent": "/b"}, {"equal": {"/a": 0.5}},
     {"same": ["/a"]}, {"older_than": {"/a": "soon"}}],
)  # fmt: skip
def test_other_words_are_refused(said: dict[str, Any]) -> None:
    assert not CHECK.is_valid(said)


leaves = st.sampled_from(
    [{"present": "/a/b"}, {"absent": "/a/b"}, {"equal": {"/a/b": "1"}}, {"same": ["/a/b", "/a/c"]}]
)
said = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"not": inner}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=3)}),
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=3)}),
    ),
    max_leaves=6,
)
fields = st.dictionaries(st.sampled_from(["/a/b", "/a/c"]), st.sampled_from(["1", "2"]))


@given(said, fields)
def test_the_opposite_is_the_opposite(said: dict[str, Any], fields: dict[str, str]) -> None:
    assert holds({"not": said}, fields, DAY) is not holds(said, fields, DAY)


@given(said, fields)
def test_only_the_named_paths_count(said: dict[str, Any], fields: dict[str, str]) -> None:
    named = set(conditions.paths(said))
    fewer = {path: value for path, value in fields.items() if path in named}
    assert holds(said, fewer, DAY) is holds(said, fields, DAY)
