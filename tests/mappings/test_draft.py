"""A draft decides nothing silently: every leaf of both sides stands in it, and it is refused."""

from collections.abc import Callable
from itertools import product

import pytest

from mappings import draft, parser
from mappings.draft import Field
from mappings.shapes import SHIPPED
from mappings.yaml_file import read_yaml

KINDS = ("birth-record", "citizen-id", "certificate", "matter-result")
WIRE = ("/citizen_id", "/xm", "/性别", "/birthdate", "/rows/*/no", "/a b")


def drafted(source: draft.Side, target: draft.Side) -> str:
    return draft.text("trial", "试验", (source, target), SHIPPED)


@pytest.mark.parametrize(("source", "target"), [*product([*KINDS, WIRE], [*KINDS, WIRE])])
def test_every_leaf_is_proposed_or_left_to_a_person(source: draft.Side, target: draft.Side) -> None:
    data = read_yaml(drafted(source, target)).data
    todo = data.get("todo", {})
    ruled = {rule["from"]: rule["to"] for rule in data["fields"]}
    assert {*ruled, *todo.get("from", ())} == {f.path for f in draft.fields(source, SHIPPED)}
    assert {*ruled.values(), *todo.get("to", ())} == {f.path for f in draft.fields(target, SHIPPED)}
    assert not {*ruled} & {*todo.get("from", ())}


@pytest.mark.parametrize(("source", "target"), [(WIRE, "citizen-id"), ("birth-record", WIRE)])
def test_the_loader_refuses_it_and_tells_each_line(source: draft.Side, target: draft.Side) -> None:
    text = drafted(source, target)
    _, problems = parser.parse(text)
    lines = text.splitlines()
    undecided = [each for each in problems if each.code == "mapping.undecided"]
    assert undecided
    for each in undecided:
        assert draft.quoted(str(each.facts["path"])) in lines[int(each.facts["line"]) - 1]
    todo = read_yaml(text).data["todo"]
    assert len(undecided) == sum(map(len, todo.values()))


def pairs(source: str, *targets: Field) -> list[tuple[str, bool]]:
    found = draft.pairs([Field(source)], targets)
    return [(pair.target.path, pair.sure) for pair in found]


def test_a_name_that_is_the_same_is_found_by_path_last_part_or_title() -> None:
    name = Field("/child/name", title="新生儿 姓名")
    assert pairs("/child/name", name) == [("/child/name", True)]
    assert pairs("/CHILD_NAME", name) == [("/child/name", True)]
    assert pairs("/姓名", name) == [("/child/name", False)]
    assert pairs("/name", name) == [("/child/name", False)]
    assert pairs("/certno", name) == []


def test_another_type_and_a_near_name_are_guesses() -> None:
    assert pairs("/order", Field("/order", "integer")) == [("/order", False)]
    assert pairs("/birthdate", Field("/birth_dat")) == [("/birth_dat", False)]


def test_two_that_fit_are_no_proposal() -> None:
    assert draft.pairs([Field("/mother/name"), Field("/father/name")], [Field("/name")]) == ()


def test_same_shapes_on_both_sides_leave_nothing_to_decide(
    compiled: Callable[[str], object],
) -> None:
    body = drafted("citizen-id", "citizen-id").split("\n", 3)[3]
    assert "todo" not in body
    assert compiled(body)
