"""Canonical documents: the whole check at once, formats that JSON Schema alone cannot know."""

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal, Invalid
from mappings import shapes
from mappings.shape import Shape
from mappings.shapes import SHIPPED, kinds, shape, validate


def told(kind: str, record: dict[str, Any]) -> set[tuple[str, Any]]:
    with pytest.raises(Invalid) as caught:
        validate(kind, record)
    return {(p.code, p.facts.get("path")) for p in caught.value.problems}


def changed(record: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    copy = deepcopy(record)
    *parents, last = path.split("/")[1:]
    inner = copy
    for name in parents:
        inner = inner[name]
    inner[last] = value
    return copy


def test_a_whole_birth_record_is_right(birth: dict[str, Any]) -> None:
    validate("birth-record", birth)
    del birth["father"]
    del birth["mother"]["ethnicity"]
    validate("birth-record", birth)


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("/child/birth_date", "2026-02-30", "shape.wrong-format"),
        ("/child/birth_date", "2026-1-5", "shape.wrong-format"),
        ("/child/birth_time", "24:00", "shape.wrong-format"),
        ("/child/sex", "3", "shape.wrong-format"),
        ("/child/sex", 1, "shape.wrong-type"),
        ("/child/order", 0, "shape.out-of-range"),
        ("/child/order", True, "shape.wrong-type"),
        ("/child/order", 1.0, "shape.float"),
        ("/child/weight_g", "3350", "shape.wrong-type"),
        ("/child/multiple", None, "shape.wrong-type"),
        ("/certificate/number", "x320117001", "shape.wrong-format"),
        ("/mother/id_number", "320117199303120026", "shape.wrong-format"),
        ("/mother/id_number", "11010519491231002x", "shape.wrong-format"),
        ("/mother/ethnicity", "57", "shape.wrong-format"),
        ("/mother/ethnicity", "01\n", "shape.wrong-format"),
        ("/mother/ethnicity", "０１", "shape.wrong-format"),
        ("/mother/name", "李\x07达", "shape.wrong-format"),
        ("/mother/name", "", "shape.out-of-range"),
        ("/facility/uscc", "91350100M000100Y44", "shape.wrong-format"),
    ],
)
def test_one_wrong_leaf_is_named(birth: dict[str, Any], path: str, value: Any, code: str) -> None:
    assert (code, path) in told("birth-record", changed(birth, path, value))


@pytest.mark.parametrize(
    "name", ["李𬀩", "张㛃", "䶮小直", "买买提·小直", "阿卜杜热西提·阿卜杜热合曼"]
)
def test_rare_characters_and_dots_are_names(birth: dict[str, Any], name: str) -> None:
    validate("birth-record", changed(birth, "/mother/name", name))


def test_a_passport_number_is_not_measured_as_a_citizen_number(birth: dict[str, Any]) -> None:
    foreign = changed(changed(birth, "/mother/id_type", "03"), "/mother/id_number", "T0000001")
    validate("birth-record", foreign)


def test_all_problems_come_at_once_without_values(birth: dict[str, Any]) -> None:
    wrong = changed(changed(birth, "/child/sex", "7"), "/mother/id_number", "320117199303120026")
    del wrong["child"]["birth_date"]
    wrong["child"]["张小直"] = "x"
    found = told("birth-record", wrong)
    assert found == {
        ("shape.wrong-format", "/child/sex"),
        ("shape.wrong-format", "/mother/id_number"),
        ("shape.missing", "/child/birth_date"),
        ("shape.unknown-field", "/child"),
    }
    with pytest.raises(Invalid) as caught:
        validate("birth-record", wrong)
    assert not any(v in repr(caught.value.problems) for v in ("张小直", "3201171993"))


def test_a_matter_result_takes_any_item(birth: dict[str, Any]) -> None:
    result = {
        "request_id": "42",
        "summary": "已办结",
        "items": {"household": "applied", "card": "blocked"},
    }
    validate("matter-result", result)
    assert told("matter-result", {**result, "items": {}}) == {("shape.out-of-range", "/items")}


@pytest.mark.parametrize("kind", kinds())
def test_every_property_is_described_in_both_languages_and_nothing_else_is_allowed(
    kind: str,
) -> None:
    for path, node in _objects(shape(kind), shape(kind), ""):
        assert "additionalProperties" in node, path
        for name, member in node["properties"].items():
            assert any("\u4e00" <= c <= "\u9fff" for c in member["title"]), f"{path}/{name}"
            assert member["description"].isascii() or "…" in member["description"], f"{path}/{name}"


def _objects(node: Any, root: Any, at: str) -> Any:
    if "$ref" in node:
        node = root["$defs"][node["$ref"].rpartition("/")[2]]
    if "properties" in node:
        yield at, node
        for name, member in node["properties"].items():
            yield from _objects(member, root, f"{at}/{name}")


def test_leaves_are_told_with_their_types() -> None:
    found = SHIPPED.find("birth-record").leaves
    assert found["/child/order"] == "integer"
    assert found["/father/ethnicity"] == "string"
    assert "/father" not in found


def test_an_unknown_kind_is_answered_with_the_nearest() -> None:
    with pytest.raises(Fatal) as caught:
        shape("birth-recrod")
    assert caught.value.facts["nearest"] == "birth-record"


# --- kinds of a site ------------------------------------------------------------------------------

OWN = """title: 助餐补贴申请
type: object
additionalProperties: false
required: [{field}]
properties:
  {field}: {{title: 号码, type: string}}
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "documents").mkdir()
    return tmp_path


def write(site: Path, kind: str, text: str = "") -> Path:
    path = site / "documents" / f"{kind}.yaml"
    path.write_text(text or OWN.format(field="number"), "utf-8")
    return path


def test_a_kind_of_the_site_stands_beside_the_shipped_ones(site: Path) -> None:
    write(site, "助餐补贴")
    own = shapes.of(site)
    assert set(own.kinds()) == {*kinds(), "助餐补贴"}
    own.validate("助餐补贴", {"number": "1"})
    assert own.shape("助餐补贴")["title"] == "助餐补贴申请"
    assert own.find("birth-record") is SHIPPED.find("birth-record")
    assert "助餐补贴" not in kinds()
    assert list(shapes.problems(site)) == []


def test_a_file_that_changed_is_seen_and_one_that_did_not_is_read_once(site: Path) -> None:
    own = shapes.of(site)
    path = write(site, "meal")
    before = own.find("meal")
    assert own.find("meal") is before
    write(site, "meal", OWN.format(field="other"))
    with pytest.raises(Invalid):
        own.validate("meal", {"number": "1"})
    write(site, "meal")
    assert own.find("meal") is before
    path.unlink()
    with pytest.raises(Fatal):
        own.find("meal")


def test_two_sites_have_kinds_of_one_name(tmp_path: Path) -> None:
    for name in ("north", "south"):
        (tmp_path / name / "documents").mkdir(parents=True)
        write(tmp_path / name, "meal", OWN.format(field=name))
    for name in ("north", "south"):
        assert shapes.of(tmp_path / name).find("meal").leaves == {f"/{name}": "string"}


def test_a_kind_in_a_shipped_one_s_place_is_an_error_with_both_paths(site: Path) -> None:
    path = write(site, "birth-record")
    with pytest.raises(Fatal) as caught:
        shapes.of(site).find("birth-record")
    (problem,) = shapes.problems(site)
    for told_of in (caught.value, problem):
        assert told_of.code == "shape.two-of-a-name"
        assert told_of.facts["file"] == str(path)
        assert Path(str(told_of.facts["other"])).is_file()


def test_an_unknown_kind_is_answered_with_the_nearest_of_both(site: Path) -> None:
    write(site, "meal-subsidy")
    with pytest.raises(Fatal) as caught:
        shapes.of(site).find("meal-subsdy")
    assert (caught.value.code, caught.value.facts["nearest"]) == (
        "shape.no-such-kind",
        "meal-subsidy",
    )


def test_every_mistake_of_every_file_is_told_with_file_and_line(site: Path) -> None:
    write(site, "a", OWN.format(field="n").replace("type: string", "type: number"))
    write(site, "b", OWN.format(field="n").replace("title: 号码", "title: number"))
    write(site, "~$b")
    found = [(p.code, p.facts["file"], p.facts.get("line")) for p in shapes.problems(site)]
    assert found == [
        ("shape.no-type", "a.yaml", 6),
        ("shape.no-title", "b.yaml", 6),
    ]
    with pytest.raises(Fatal) as caught:
        shapes.of(site).find("a")
    assert caught.value.facts["count"] == 1
    shapes.of(site).validate("citizen-id", CITIZEN)


def test_a_file_that_cannot_be_read_is_told_by_its_name(site: Path) -> None:
    (site / "documents/torn.yaml").symlink_to("/proc/self/mem")  # reading it is an I/O error
    (problem,) = shapes.problems(site)
    assert (problem.code, problem.facts["file"]) == ("shape.unreadable-file", "torn.yaml")
    with pytest.raises(Fatal, match=r"shape\.unreadable-file"):
        shapes.of(site).find("torn")


CITIZEN = {
    "citizen_id": "320117202601050015",
    "name": "张小直",
    "sex": "1",
    "birth_date": "2026-01-05",
    "certificate": {"number": "X320117001"},
    "registered_on": "2026-01-08",
    "serial": "1",
}


@pytest.mark.parametrize(
    ("kind", "path", "has"),
    [
        ("birth-record", "/child/sex", True),
        ("birth-record", "/child", False),
        ("birth-record", "/child/sexes", False),
        ("notice", "/values/anything", True),
        ("notice", "/value/anything", False),
    ],
)
def test_a_kind_knows_where_its_documents_have_a_value(kind: str, path: str, has: bool) -> None:
    assert SHIPPED.find(kind).has_leaf(path) is has


def test_any_member_of_a_list_is_a_place() -> None:
    member = {"type": "object", "properties": {"no": {"type": "string"}}}
    listed = {"type": "object", "properties": {"rows": {"type": "array", "items": member}}}
    found = Shape.of("x", listed)
    assert (found.has_leaf("/rows/3/no"), found.has_leaf("/rows/3/name")) == (True, False)


def test_a_shape_says_whose_data_it_holds_and_which_number_replaces_which() -> None:
    born = shapes.SHIPPED.find("birth-record")
    assert born.sensitive == "child"
    assert born.replaces == {"/certificate/number": "/certificate/replaces"}
    married = shapes.SHIPPED.find("marriage-record")
    assert (married.sensitive, married.replaces) == ("", {})
