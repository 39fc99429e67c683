"""A site's own kind of document: every mistake of its file at once, with its line and its cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exchange import pointer
from exchange.errors import Invalid
from exchange.problems import describe
from mappings import shape_file, shapes
from mappings.shape import Shape

FILE = """title: 助餐补贴申请
description: 老年助餐
type: object
additionalProperties: false
required: [person, 金额]
properties:
  person:
    title: 老人
    type: object
    additionalProperties: false
    required: [name, card]
    properties:
      name: {title: 姓名, $ref: "#/$defs/text"}
      card: {title: 身份证号, type: string, format: gb11643}
      born: {title: 出生日期, type: string, format: civil-date}
      level: {title: 失能等级, type: string, enum: ["0", "1", "2"]}
    if: {required: [level], properties: {level: {const: "2"}}}
    then: {required: [born]}
  金额: {title: 补贴金额（分）, type: integer, minimum: 0, maximum: 100000}
  agreed: {title: 同意共享, type: boolean}
  meals:
    title: 用餐
    type: array
    maxItems: 31
    items:
      type: object
      additionalProperties: false
      properties:
        day: {title: 日期, type: string, pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'}
$defs:
  text: {type: string, minLength: 1, maxLength: 40, format: plain-text}
"""
RECORD: dict[str, Any] = {
    "person": {"name": "钱示例", "card": "11010519491231002X", "level": "1"},
    "金额": 60000,
    "agreed": True,
    "meals": [{"day": "2026-11-01"}],
}


def read(text: str, kind: str = "meal-subsidy") -> Shape:
    found, problems = shape_file.parse(text.encode(), kind)
    assert found is not None, problems
    return found


def told(text: str | bytes, kind: str = "meal-subsidy") -> list[tuple[str, Any]]:
    data = text if isinstance(text, bytes) else text.encode()
    found, problems = shape_file.parse(data, kind)
    assert (found is None) == bool(problems)
    for each in problems:
        what, remedy = describe(each.code, {"file": "x.yaml", **each.facts})
        assert "?" not in what + remedy and "{" not in what, (what, remedy)
    return [(each.code, each.facts["line"]) for each in problems]


def test_a_right_file_is_a_shape() -> None:
    shape = read(FILE)
    shape.validate(RECORD)
    assert (shape.kind, shape.schema["title"]) == ("meal-subsidy", "助餐补贴申请")
    assert shape.leaves["/meals/*/day"] == "string"
    assert shape.required == {"/person/name", "/person/card", "/金额"}


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/person/card", "110105194912310021", "shape.wrong-format"),
        ("/person/level", "2", "shape.missing"),
        ("/person/phone", "1", "shape.unknown-field"),
        ("/金额", 600.0, "shape.float"),
        ("/金额", "600", "shape.wrong-type"),
        ("/meals/0/day", "2026/11/1", "shape.wrong-format"),
    ],
)
def test_its_records_are_checked(path: str, value: Any, code: str) -> None:
    wrong = pointer.nest({**pointer.flatten(RECORD), path: value})
    with pytest.raises(Invalid) as caught:
        read(FILE).validate(wrong)
    assert code in {problem.code for problem in caught.value.problems}


CARD = "{title: 身份证号, type: string, format: gb11643}"
MISTAKES = [
    ("title: 助餐补贴申请", "title: meals", "shape.no-title", "title: meals"),
    ("title: 助餐补贴申请", "titel: 助餐补贴申请", "shape.unknown-key", "titel"),
    ("title: 助餐补贴申请\n", "", "shape.no-title", "description"),
    ("{title: 同意共享, type: boolean}", "{type: boolean}", "shape.no-title", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意共享}", "shape.no-type", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意共享, type: number}", "shape.no-type", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意, type: [boolean, string]}", "shape.no-type", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意, type: boolean, minLength: 1}", "shape.idle-key", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意, type: boolean, default: true}", "shape.unknown-key", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意, type: boolean, const: \"true\"}", "shape.other-type", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意, type: object, properties: {a: {title: 甲, type: string}}}", "shape.not-closed", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意, type: object, additionalProperties: false}", "shape.key-missing", "  agreed"),
    ("{title: 同意共享, type: boolean}", "{title: 同意, type: array}", "shape.key-missing", "  agreed"),
    ("{title: 同意共享, type: boolean}", "是", "shape.bad-key-value", "  agreed"),
    ("  agreed: ", "  \"1\": ", "shape.bad-field-name", "  \"1\""),
    ("  agreed: ", "  a/b: ", "shape.bad-field-name", "  a/b"),
    ("type: object\nadditionalProperties: false\n", "type: object\nadditionalProperties: true\n", "shape.not-closed", "additionalProperties: true"),
    ("type: object\nadditionalProperties: false\n", "type: object\n", "shape.not-closed", "title: 助餐"),
    ("type: object\nadditionalProperties: false\n", "type: array\nadditionalProperties: false\n", "shape.no-type", "type: array"),
    (CARD, "{title: 身份证号, type: string, format: gb11634}", "shape.no-format", "      card:"),
    (CARD, "{title: 身份证号, type: string, format: email}", "shape.no-format", "      card:"),
    (CARD, "{title: 身份证号, type: string, pattern: '^('}", "shape.bad-pattern", "      card:"),
    (CARD, "{title: 身份证号, type: string, minLength: -1}", "shape.bad-key-value", "      card:"),
    (CARD, "{title: 身份证号, type: string, enum: [1]}", "shape.other-type", "      card:"),
    (CARD, "{title: 身份证号, type: string, enum: [a], words: {b: 乙}}", "shape.no-value", "      card:"),
    (CARD, "{title: 身份证号, type: string, words: {b: 乙}}", "shape.no-value", "      card:"),
    (CARD, "{title: 身份证号, type: string, words: [b]}", "shape.bad-key-value", "      card:"),
    (CARD, "{title: 身份证号, type: string, enum: [1], words: {b: 乙}}", "shape.other-type", "      card:"),
    ("{title: 同意共享, type: boolean}", "{title: 同意, type: boolean, codes: a}", "shape.idle-key", "  agreed"),
    (CARD, "{title: 身份证号, $ref: '#/$defs/txt'}", "shape.no-ref", "      card:"),
    (CARD, "{title: 身份证号, $ref: 'https://example.com/a.json'}", "shape.no-ref", "      card:"),
    (CARD, "{title: 身份证号, $ref: '#/properties/person'}", "shape.no-ref", "      card:"),
    (CARD, "{title: 身份证号, $ref: '#/$defs/text', maxLength: 3}", "shape.idle-key", "      card:"),
    (CARD, "{title: 身份证号, type: string, if: {minLength: 1}}", "shape.idle-key", "      card:"),
    ("required: [name, card]", "required: [name, crad]", "shape.no-field", "    required: [name, crad]"),
    ("required: [name, card]", "required: name", "shape.bad-key-value", "    required: name"),
    ("{level: {const: \"2\"}}", "{levle: {const: \"2\"}}", "shape.no-field", "    if:"),
    ("{level: {const: \"2\"}}", "{level: {const: 2}}", "shape.other-type", "    if:"),
    ("    then: {required: [born]}\n", "", "shape.half-condition", "  person:"),
    ("then: {required: [born]}", "then: {required: [bron]}", "shape.no-field", "    then:"),
    ("minLength: 1, maxLength: 40, format: plain-text", "pattern: '['", "shape.bad-pattern", "  text:"),
    ("{type: string, minLength: 1, maxLength: 40, format: plain-text}", "{type: array, items: {$ref: '#/$defs/text'}}", "shape.circle", "  text:"),
    ("title: 助餐补贴申请", "title：助餐补贴申请", "mapping.full-width", "title：助"),
    ("maxItems: 31", "maxItems: 031", "mapping.quote-it", "    maxItems"),
    ("maxItems: 31", "maxItems: &a 31", "mapping.yaml-alias", "    maxItems"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "code", "where"), MISTAKES)
def test_each_mistake_is_told_with_its_line(old: str, new: str, code: str, where: str) -> None:
    assert FILE.count(old) == 1, old
    text = FILE.replace(old, new)
    place = next(n for n, line in enumerate(text.splitlines(), 1) if line.startswith(where))
    assert (code, place) in told(text)


def test_all_mistakes_come_at_once_in_the_order_of_the_lines() -> None:
    """Those of the form and those that rest on it; each of them once."""
    changes = {
        "title: 助餐补贴申请": "titel: 助餐补贴申请",
        "required: [name, card]": "required: [name, crad, 1]",
        "name: {title: 姓名,": "name: {title: name,",
        "gb11643": "gb11634",
        "type: boolean": "type: number",
        "maxItems: 31": "maxItems: 31\n    minimum: 1",
        "'^[0-9]{4}": "'^[0-9]{4}(",
    }
    text = FILE
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    found = told(text)
    assert found == sorted(found, key=lambda each: each[1])
    assert sorted(code for code, _ in found) == [
        "mapping.quote-it",
        "shape.bad-pattern",
        "shape.idle-key",
        "shape.no-field",
        "shape.no-format",
        "shape.no-title",
        "shape.no-title",
        "shape.no-type",
        "shape.unknown-key",
    ]


@pytest.mark.parametrize("text", ["", "- a", "x", "{", "a: 1", "title: [中]\n", "type: object"])
def test_what_is_no_shape_at_all_is_told_too(text: str) -> None:
    assert told(text)


def test_gbk_is_told_with_its_line() -> None:
    assert told(FILE.encode("gbk")) == [("mapping.file-not-utf8", 1)]
    assert told(b"\xef\xbb\xbf" + FILE.encode().replace(b"\n", b"\r\n")) == []


def test_parts_that_name_one_another_in_a_long_row() -> None:
    parts = "".join(
        f"  d{n}: {{type: object, additionalProperties: false,"
        f" properties: {{a: {{title: 甲, $ref: '#/$defs/d{n + 1}'}}}}}}\n"
        for n in range(1500)
    )
    text = (
        "title: 甲\ntype: object\nadditionalProperties: false\n"
        f"properties:\n  a: {{title: 甲, $ref: '#/$defs/d0'}}\n$defs:\n{parts}"
        "  d1500: {type: string}\n"
    )
    assert {code for code, _ in told(text)} == {"shape.too-deep"}


@pytest.mark.parametrize(
    "kind", ["wire", "revocation", "a b", "", "a/b", "-a", "a" * 65, "e\u0301"]
)
def test_some_names_are_no_kinds(kind: str) -> None:
    assert told(FILE, kind) == [("shape.bad-name", 1)]


@pytest.mark.parametrize("kind", ["助餐补贴", "meal_subsidy.v2", "2026"])
def test_chinese_names_are_kinds(kind: str) -> None:
    assert read(FILE, kind).kind == kind


def test_a_file_may_say_its_own_id_and_no_other() -> None:
    head = "$schema: https://json-schema.org/draft/2020-12/schema\n$id: urn:zhida:shape:"
    assert told(f"{head}meal-subsidy\n{FILE}") == []
    assert told(f"{head}birth-record\n{FILE}") == [("shape.other-id", 2)]


def wide(count: int) -> str:
    fields = "".join(f"  f{i}: {{title: 字段, type: string}}\n" for i in range(count))
    return f"title: 宽\ntype: object\nadditionalProperties: false\nproperties:\n{fields}"


def test_a_signature_covers_so_many_fields_and_no_more() -> None:
    assert told(wide(512)) == []
    assert told(wide(513)) == [("shape.too-many-leaves", 4)]


def test_shared_parts_that_unfold_without_measure_are_counted_in_time() -> None:
    pairs = "".join(
        f"  d{i}: {{type: object, additionalProperties: false, properties: "
        f"{{a: {{title: 甲, $ref: '#/$defs/d{i + 1}'}}, b: {{title: 乙, $ref: '#/$defs/d{i + 1}'}}}}}}\n"
        for i in range(60)
    )
    text = (
        wide(1)
        + f"  deep: {{title: 深, $ref: '#/$defs/d0'}}\n$defs:\n{pairs}  d60: {{type: string}}\n"
    )
    assert {code for code, _ in told(text)} == {"shape.too-many-leaves", "shape.too-deep"}


OPEN = {"file-claim", "matter-result", "notice", "seal-request"}
"""They have members of any name (a template's own, a district's roles), which no kind of a site may have."""


@pytest.mark.parametrize("kind", sorted({*shapes.kinds()} - OPEN))
def test_the_shipped_kinds_obey_the_same_rules(kind: str) -> None:
    place = shapes.SHIPPED._files().shipped[kind]
    with open(place, "rb") as file:
        found, problems = shape_file.parse(file.read(), kind)
    assert problems == ()
    assert found is not None and found.leaves == shapes.SHIPPED.find(kind).leaves


def test_the_format_is_itself_a_schema_that_allows_no_other_formats_than_ours() -> None:
    schema = shape_file.file_schema()
    jsonschema_rs.meta.validate(dict(schema))
    for part in ("field", "condition"):
        named = schema["$defs"][part]["properties"]["format"]["enum"]
        assert set(named) == set(shapes.FORMATS)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(FILE) - 1), st.integers(1, 12), st.text(max_size=4))
def test_a_damaged_file_is_a_shape_or_told_and_never_a_defect(at: int, cut: int, more: str) -> None:
    text = FILE[:at] + more + FILE[at + cut :]
    found, problems = shape_file.parse(text.encode("utf-8", "replace"), "meal-subsidy")
    assert (found is None) == bool(problems)
    assert "shape.no-schema" not in {each.code for each in problems}


def test_the_example_of_the_page_is_right() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "site.md").read_text("utf-8")
    section = page.partition("## documents/*.yaml")[2].partition("```yaml\n")[2]
    shape = read(section.partition("```")[0], "助餐补贴申请")
    assert "/person/card" in shape.required
    assert all(f"`{name}`" in page for name in shapes.FORMATS)


def test_a_kind_may_say_whose_data_it_holds_and_which_number_replaces_which() -> None:
    text = FILE.replace(
        "type: object\n",
        "sensitive: child\nreplaces: {/person/card: /person/born}\ntype: object\n",
        1,
    )
    found = read(text)
    assert (found.sensitive, dict(found.replaces)) == ("child", {"/person/card": "/person/born"})


def test_a_replaced_number_that_is_no_field_is_told_with_the_nearest() -> None:
    text = FILE.replace(
        "type: object\n", "replaces: {/person/card: /person/bron}\ntype: object\n", 1
    )
    _, (problem,) = shape_file.parse(text.encode(), "meal-subsidy")
    assert (problem.code, problem.facts["key"]) == ("shape.no-field", "/person/bron")
    assert problem.facts["nearest"] == "/person/born"
