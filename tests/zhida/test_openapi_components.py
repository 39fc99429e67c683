"""Shapes as components: parts get names of their own, and nothing is lost on the way."""

from __future__ import annotations

import doctest
import re
from typing import Any

import pytest

from mappings.formats import FORMATS
from zhida import openapi_components
from zhida.openapi_components import of_shape

FIRM = {"type": "object", "required": ["uscc"], "properties": {"uscc": {"type": "string"}}}


def shape(**members: Any) -> dict[str, Any]:
    told = {"$id": "urn:x", "title": "申请", "description": "A request.", "type": "object"}
    return told | {"properties": members}


def test_a_part_that_is_used_twice_stands_once_with_its_titles_where_it_is_used() -> None:
    buyer, seller = FIRM | {"title": "买方"}, FIRM | {"title": "卖方"}
    found = of_shape("Request", shape(a=buyer, b=seller), {"/a": "Firm", "/b": "Firm"})
    assert found["Firm"] == FIRM
    members = found["Request"]["properties"]
    assert members["a"] == {"$ref": "#/components/schemas/Firm", "title": "买方"}
    assert members["b"]["title"] == "卖方"
    assert found["Request"]["description"] == "A request."
    assert not found["Request"].keys() & {"$id", "title"}
    assert list(found) == ["Request", "Firm"]  # the whole before its parts


def test_parts_that_differ_are_not_taken_for_one() -> None:
    other = {**FIRM, "required": []}
    found = of_shape("Request", shape(a=FIRM, b=other), {"/a": "Firm", "/b": "Firm"})
    assert (found["Firm"], found["RequestB"]) == (FIRM, other)
    assert found["Request"]["properties"]["b"] == {"$ref": "#/components/schemas/RequestB"}


def test_who_has_no_name_is_called_by_its_place() -> None:
    listed = {"type": "array", "items": {"enum": ["x"]}}
    found = of_shape("Answer", shape(**{"own-words": listed}), {})
    assert found["AnswerOwnWordsItem"] == {"enum": ["x"]}


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("plain-text", "精密零件 1号", "a\u0007"),
        ("gb32100", "91320116MA0000015Y", "91320116MA000001IY"),
        ("invoice-code", "3200171130", "32001711301"),
        ("invoice-number", "26322000000000000017", "263220000"),
    ],
)
def test_our_formats_are_told_as_patterns_too(name: str, good: str, bad: str) -> None:
    told = of_shape("X", shape(a={"type": "string", "format": name}), {})
    pattern = re.compile(told["X"]["properties"]["a"]["pattern"])
    assert (FORMATS[name](good), FORMATS[name](bad)) == (True, False)
    assert pattern.search(good) and not pattern.search(bad)


def test_days_are_days_for_everybody_and_a_site_s_own_format_keeps_its_name() -> None:
    text = {"type": "string"}
    members = shape(a=text | {"format": "civil-date"}, b=text | {"format": "cnaps"})
    found = of_shape("X", members, {})["X"]["properties"]
    assert (found["a"]["format"], found["b"]["format"]) == ("date", "cnaps")


def test_doctests() -> None:
    assert doctest.testmod(openapi_components) == (0, 2)
