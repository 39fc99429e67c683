"""The schema of the list of core enterprises is one; an approval comes whole or not at all."""

from __future__ import annotations

import jsonschema_rs

from matters.core_list_schema import SCHEMA

FIRM = SCHEMA["properties"]["firms"]["additionalProperties"]


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(dict(SCHEMA))


def test_what_belongs_to_an_approval_comes_together() -> None:
    together = FIRM["dependentRequired"]
    assert set(together["approved"]) == {"limit_fen", "valid_from", "valid_until"}
    for key in (*together["approved"], "removed"):
        assert together[key] == ["approved"]
