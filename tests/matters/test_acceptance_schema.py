"""The schema itself is one, and demands a source of every entry."""

from __future__ import annotations

import jsonschema_rs

from matters.acceptance_schema import SCHEMA


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(dict(SCHEMA))


def test_every_entry_says_where_it_is_from() -> None:
    for name in ("stages", "filings", "items", "materials", "checks"):
        entry = SCHEMA["properties"][name]["additionalProperties"]
        assert {"title", "source"} <= set(entry["required"]), name
    assert "source" in SCHEMA["properties"]["delegations"]["items"]["required"]
