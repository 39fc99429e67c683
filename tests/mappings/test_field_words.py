"""What people call fields and codes; what is not known keeps its own name."""

import doctest
from pathlib import Path

from mappings import field_words, shape_leaves, shapes, site_codes
from mappings.field_words import FieldWords
from mappings.shapes import SHIPPED

OWN = """title: 助餐
type: object
additionalProperties: false
properties:
  level: {title: 等级, type: string, enum: ["0", "1"], words: {"0": 轻度}}
  meals:
    title: 用餐
    type: array
    items:
      type: object
      additionalProperties: false
      properties:
        place: {title: 地点, type: string, codes: places}
        paid: {title: 已付, type: boolean}
"""
LIST = """# scheme: places
# title: 助餐点
# edition: 1
# valid_from:
# valid_to:
# source: 民政局
code,name_zh,name_en,aliases,valid_from,valid_to,successor,note
A1,一号点,,,,,,
"""


def site(tmp_path: Path, own: str = OWN) -> FieldWords:
    for name, text in {"documents/助餐.yaml": own, "codes/places.csv": LIST}.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")
    return FieldWords(shapes.of(tmp_path), site_codes.of(tmp_path))


def test_a_site_s_own_kinds_and_lists_have_words(tmp_path: Path) -> None:
    words = site(tmp_path)
    assert words.kind("助餐") == "助餐"
    assert words.field("助餐", "/meals/12/place") == "用餐 地点"
    assert words.meaning("助餐", "/meals/0/place", "A1") == "一号点"
    assert words.meaning("助餐", "/meals/0/place", "A2") == ""
    assert words.meaning("助餐", "/meals/0/paid", True) == "是"
    assert (words.meaning("助餐", "/level", "0"), words.meaning("助餐", "/level", "1")) == (
        "轻度",
        "",
    )


def test_what_is_not_known_keeps_its_name(tmp_path: Path) -> None:
    broken = site(tmp_path, "title: [")
    assert (broken.kind("助餐"), broken.field("助餐", "/level")) == ("助餐", "/level")
    words = FieldWords()
    assert words.field("birth-record", "/gone/field") == "/gone/field"
    assert words.meaning("birth-record", "/gone/field", "1") == ""
    assert words.meaning("wire", "/a", 1) == ""


def test_a_list_that_is_not_there_is_told_and_harms_no_reading(tmp_path: Path) -> None:
    words = site(tmp_path, OWN.replace("codes: places", "codes: place"))
    assert words.meaning("助餐", "/meals/0/place", "A1") == ""
    [problem] = shapes.problems(tmp_path)
    assert (problem.code, problem.facts["name"]) == ("mapping.no-such-scheme", "place")
    assert "places" in str(problem.facts["nearest"])


def test_every_list_that_a_shipped_kind_names_is_there_and_every_english_value_has_a_word() -> None:
    for kind in SHIPPED.kinds():
        schema = SHIPPED.shape(kind)
        for scheme in shape_leaves.lists(schema):
            assert site_codes.SHIPPED.scheme(scheme).codes
        for field in fields(schema):
            english = [
                each for each in field["enum"] if str(each)[:1].islower() and "codes" not in field
            ]
            missing = set(english) - set(field.get("words", {})) - {"ofd", "pdf"}
            assert not missing, (kind, field["title"], missing)


def fields(node: object) -> list[dict[str, object]]:
    """Every field of a shape that has a closed list of values."""
    if not isinstance(node, dict):
        return []
    own = [node] if "enum" in node and "title" in node else []
    return own + [each for inner in node.values() for each in fields(inner)]


def test_doctests() -> None:
    for module in (field_words, shape_leaves):
        assert doctest.testmod(module).failed == 0
