"""The schema of the checks' file is one, and has no words for what nobody has stated."""

from __future__ import annotations

import jsonschema_rs
import pytest

from matters.finance_schema import CONDITION, SCHEMA


def test_it_is_a_schema() -> None:
    jsonschema_rs.meta.validate(dict(SCHEMA))


@pytest.mark.parametrize("word", ["present", "absent"])
def test_conditions_can_not_ask_whether_something_was_stated(word: str) -> None:
    assert word not in CONDITION["properties"]
    assert CONDITION["additionalProperties"] is False


def test_every_check_and_every_number_says_where_it_is_from() -> None:
    parts = SCHEMA["properties"]
    assert "source" in parts["checks"]["additionalProperties"]["required"]
    for each in parts["parameters"]["properties"].values():
        assert "source" in each["required"]
