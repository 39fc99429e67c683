"""A wrong word in a mapping file is told with its line and the nearest right one, whatever it names."""

import pytest

from mappings.compiler import problems_of

FILE = """mapping: t
title: t
from: {birth: birth-record}
to: citizen-id
fields:
  - {to: /name, from: /birth/mother/name}
  - {to: /serial, from: /birth/child/weight_g, number: {from: g, to: kg, as: text}}
  - {to: /sex, from: /birth/child/sex, code: gb_t_2261_1, text: {encoding: gbk}}
  - {to: /citizen_id, from: /birth/mother/id_number, identifier: gb11643}
  - {to: /ethnicity, from: /birth/mother/ethnicity, crosswalk: hl7_0001__gb_t_2261_1}
ignore:
  - {fields: [/birth/facility], reason: not-needed}
tests: [{name: x, source: {birth: {}}, problems: [{code: mapping.missing}]}]
"""
WORDS = [
    ("mapping: t", "maping: t", 1, "mapping"),
    ("birth-record}", "birth-recrod}", 3, "birth-record"),
    ("to: citizen-id", "to: citizenid", 4, "citizen-id"),
    ("from: /birth/mother/name", "from: /brith/mother/name", 6, "/birth/mother/name"),
    ("from: /birth/mother/name", "from: /birth/mother/nmae", 6, "/birth/mother/name"),
    ("to: /name", "to: /nmae", 6, "/name"),
    ("number:", "nubmer:", 7, "number"),
    ("from: g,", "from: gr,", 7, "g"),
    ("to: kg", "to: wan_yuan", 7, "wan-yuan"),
    ("as: text", "as: txt", 7, "text"),
    ("gb_t_2261_1,", "gb_t_22611,", 8, "gb_t_2261_1"),
    ("encoding: gbk", "encoding: gkb", 8, "gbk"),
    ("identifier: gb11643", "identifier: gb11642", 9, "gb11643"),
    ("hl7_0001__gb_t_2261_1", "hl7_001__gb_t_2261_1", 10, "hl7_0001__gb_t_2261_1"),
    ("[/birth/facility]", "[/birth/facility/nmae]", 12, "/birth/facility/name"),
    ("reason: not-needed", "reason: not-neded", 12, "not-needed"),
    ("source: {birth", "source: {brith", 13, "birth"),
]


def told(old: str, new: str) -> list[tuple[int, str]]:
    assert old in FILE
    _, problems = problems_of(FILE.replace(old, new, 1).encode(), "t")
    return [
        (int(p.facts["line"]), str(p.facts.get("nearest", p.facts.get("want")))) for p in problems
    ]


@pytest.mark.parametrize(("old", "new", "line", "word"), WORDS, ids=[word[1] for word in WORDS])
def test_line_and_nearest_word(old: str, new: str, line: int, word: str) -> None:
    assert (line, word) in told(old, new)


def test_the_file_itself_is_right() -> None:
    assert problems_of(FILE.encode(), "t")[1] == ()


@pytest.mark.parametrize(
    "pointer", ["birth/mother/name", "/birth/mother/name/", "/birth//mother/name"]
)
def test_a_malformed_pointer_is_told_as_it_should_be(pointer: str) -> None:
    assert told("from: /birth/mother/name", f"from: {pointer}") == [(6, "/birth/mother/name")]
