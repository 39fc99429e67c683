"""Objects of files: closed, and by name."""

from __future__ import annotations

import doctest

import pytest
from jsonschema_rs import validator_for

from matters import schema_parts
from matters.schema_parts import ID, TEXT, by_name, closed


def test_doctests() -> None:
    assert doctest.testmod(schema_parts) == (0, 2)


@pytest.mark.parametrize("told", [{}, {"a": "x", "b": "y"}, {"a": ""}, "x"])
def test_a_closed_object_has_what_it_needs_and_nothing_that_is_not_known(told: object) -> None:
    found = validator_for(closed(["a"], {"a": TEXT}, minProperties=1))
    assert found.is_valid({"a": "x"})
    assert not found.is_valid(told)


@pytest.mark.parametrize("told", [{}, {"a-1": "x"}, {"A": 1}, {"1a": 1}, {"": 1}])
def test_members_have_names_of_the_form(told: object) -> None:
    found = validator_for(by_name({"type": "integer"}, "数"))
    assert found.is_valid({"a-1": 1, "b": 2})
    assert not found.is_valid(told)


def test_another_form_of_names_and_none_at_all() -> None:
    found = validator_for(by_name(ID, "词", names={"maxLength": 1}, some=0))
    assert found.is_valid({})
    assert found.is_valid({"A": "b"})
    assert not found.is_valid({"ab": "b"})
