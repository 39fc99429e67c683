"""Single values that Excel or habit has changed."""

import doctest

import pytest

from exchange.errors import Invalid
from matters import files, value_damage

SCHEMA = {
    "type": "object",
    "properties": {
        "code": {"type": "string", "pattern": "^[0-9A-Z]{6,18}$"},
        "day": {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
        "days": {"type": "array", "items": {"$ref": "#/$defs/day"}},
        "count": {"type": "integer", "minimum": 1},
    },
    "$defs": {"day": {"type": "string", "format": "date", "pattern": "^2"}},
}


def problem(line):
    with pytest.raises(Invalid) as refused:
        files.parse(f"# 注释\n{line}\n", SCHEMA, name="x.yaml")
    [found] = refused.value.problems
    assert found.facts["line"] == 2
    return found


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("code: 320117", "file.number"),
        ('code: "3.20117E+17"', "file.rounded"),
        ("code: 3.20117E+17", "mapping.rounded"),
        ("code: 3201172026010500", "file.rounded"),
        ("code: 320117202601050000", "mapping.rounded"),
        ("code: 032011", "mapping.quote-it"),
        ('code: "x"', "file.schema"),
        ("count: 0", "file.schema"),
        ("count: many", "file.schema"),
    ],
)
def test_what_a_value_suffered(line, code):
    assert problem(line).code == code


@pytest.mark.parametrize("value", ["46027", "2026/1/5", "2026.01.05", "20260105", "2026年1月5日"])
def test_the_day_that_was_meant_is_told(value):
    found = problem(f"day: {value}")
    assert (found.code, found.facts["day"]) == ("file.day", "2026-01-05")


@pytest.mark.parametrize("value", ["1", "99999999", '"2026-13-01x"', "明天"])
def test_what_is_no_day_is_told_as_it_was(value):
    assert problem(f"day: {value}").code in ("file.schema", "file.number")


def test_a_place_that_the_schema_names_elsewhere_is_no_stumbling_block():
    assert problem("days: [46027]").code in ("file.number", "file.day")


def test_doctests():
    assert doctest.testmod(value_damage).failed == 0
