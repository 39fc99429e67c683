"""What a person calls a field, along the way to it."""

from pathlib import Path

from mappings import shapes, titles
from mappings.shapes import SHIPPED


def test_inputs_by_name_and_wires_without_titles() -> None:
    found = titles.of_source({"birth": "birth-record", "x": ("/a",)}, SHIPPED)
    assert found["/birth/child/birth_place/text"] == "新生儿 出生地 出生地详址"
    assert not [path for path in found if path.startswith("/x")]
    assert titles.of_kind("wire", SHIPPED) == {}


def test_every_leaf_of_every_shipped_kind_has_one() -> None:
    for kind in SHIPPED.kinds():
        found = titles.of_kind(kind, SHIPPED)
        assert [leaf for leaf in SHIPPED.find(kind).leaves if not found.get(leaf)] == []


def test_members_of_a_list(tmp_path: Path) -> None:
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "单.yaml").write_text(
        "title: 单\ntype: object\nadditionalProperties: false\nproperties:\n"
        "  行: {title: 明细, type: array, items: {type: object, additionalProperties: false,"
        " properties: {额: {title: 金额, type: integer}}}}\n",
        "utf-8",
    )
    assert titles.of_kind("单", shapes.of(tmp_path))["/行/*/额"] == "明细 金额"
