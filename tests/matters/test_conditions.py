"""Conditions over a case's documents: what is not stated is absent, and nothing else."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matters import conditions
from matters.conditions import holds

FIELDS = {
    "/birth/mother/name": "李小达",
    "/birth/mother/ethnicity": "01",
    "/birth/father/ethnicity": "02",
    "/birth/child/birth_date": "2025-12-07",
    "/birth/child/order": 1,
    "/declaration/consent": True,
    "/declaration/declared_on": "2026-01-08",
}
CHECK = jsonschema_rs.Draft202012Validator(
    {"$defs": {"condition": conditions.SCHEMA}, "$ref": "#/$defs/condition"}
)


def older(
    period: str, of: str = "/birth/child/birth_date", at: str = "/declaration/declared_on"
) -> dict[str, Any]:
    return {"older_than": {of: {"period": period, "at": at}}}


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
        ({"at_least": {"/birth/child/order": 1}}, True),
        ({"at_least": {"/birth/child/order": 2}}, False),
        ({"at_most": {"/birth/child/order": 1}}, True),
        ({"at_most": {"/birth/child/order": 0}}, False),
        ({"at_least": {"/birth/nothing": 0}}, False),
        ({"at_most": {"/birth/nothing": 0}}, False),
        ({"at_least": {"/declaration/consent": 0}}, False),
        ({"at_least": {"/birth/father/ethnicity": 0}}, False),
        (older("1 month"), True),
        (older("2 months"), False),
        (older("1 month", of="/birth/child/died_on"), False),
        (older("1 month", at="/declaration/nothing"), False),
        ({"all": [{"present": "/birth"}, {"absent": "/marriage"}]}, True),
        ({"any": [{"absent": "/birth"}, {"present": "/marriage"}]}, False),
        ({"not": {"equal": {"/birth/nothing": "1"}}}, True),
    ],
)
def test_each_word_means_what_it_says(said: dict[str, Any], so: bool) -> None:
    assert CHECK.is_valid(said)
    assert holds(said, FIELDS) is so


def test_a_month_is_over_on_the_day_after_its_last() -> None:
    assert not holds(older("1 month"), FIELDS | {"/declaration/declared_on": "2026-01-07"})
    assert holds(older("1 month"), FIELDS | {"/declaration/declared_on": "2026-01-08"})


def test_both_days_are_looked_at() -> None:
    assert list(conditions.paths(older("1 month"))) == [
        "/birth/child/birth_date",
        "/declaration/declared_on",
    ]


@pytest.mark.parametrize(
    "said",
    [{}, {"is": "/a"}, {"present": "a"}, {"present": "/a", "absent": "/b"}, {"equal": {"/a": 0.5}},
     {"same": ["/a"]}, {"older_than": {"/a": "1 month"}}, older("soon")],
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
    assert holds({"not": said}, fields) is not holds(said, fields)


@given(said, fields)
def test_only_the_named_paths_count(said: dict[str, Any], fields: dict[str, str]) -> None:
    named = set(conditions.paths(said))
    fewer = {path: value for path, value in fields.items() if path in named}
    assert holds(said, fewer) is holds(said, fields)
