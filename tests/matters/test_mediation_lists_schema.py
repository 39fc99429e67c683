"""The schema itself is one, and demands a source of every entry."""

from __future__ import annotations

import jsonschema_rs

from matters.mediation_lists_schema import LISTS, SCHEMA


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(dict(SCHEMA))


def test_every_entry_says_where_it_is_from() -> None:
    for name in LISTS:
        entry = SCHEMA["properties"][name]["additionalProperties"]
        assert {"title", "source"} <= set(entry["required"]), name
