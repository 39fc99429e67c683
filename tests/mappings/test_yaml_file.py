"""YAML that people edit: every trap is refused with its line, and the cure is quoting."""

import pytest

from exchange.errors import Invalid
from mappings import yaml_file
from mappings.yaml_file import read_yaml


@pytest.mark.parametrize(
    "trap",
    [
        "01",
        "no",
        "NO",
        "yes",
        "off",
        "1.5",
        "2019-04-08",
        "~",
        "null",
        "0x1F",
        "1_000",
        "12345678901234567890",
        "True",
    ],
)
def test_values_that_yaml_would_change_must_be_quoted(trap: str) -> None:
    found = read_yaml(f"a: x\nb: {trap}\n")
    assert [(p.code, p.facts["line"]) for p in found.problems] == [("mapping.quote-it", 2)]
    assert found.problems[0].facts["text"] == trap
    assert read_yaml(f'b: "{trap}"').data == {"b": trap}


def test_keys_have_the_same_traps() -> None:
    assert read_yaml("values: {0: father}").problems[0].code == "mapping.quote-it"
    assert read_yaml('values: {"0": father}').problems == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: &x 1\nb: 2", "mapping.yaml-alias"),
        ("a: !!python/object:os.system x", "mapping.yaml-tag"),
        ("a: !secret x", "mapping.yaml-tag"),
        ("a: 1\na: 2", "mapping.yaml-repeated-key"),
        ("a:\n\t- 1", "mapping.yaml-syntax"),
        ("a: [1", "mapping.yaml-syntax"),
        ("a: \x07", "mapping.yaml-syntax"),
        ("? [1]\n: 2", "mapping.yaml-syntax"),
        ('a: "\\ud800"', "mapping.yaml-syntax"),
        ("[" * 1500, "mapping.yaml-syntax"),
    ],
)
def test_what_a_reviewer_could_not_see_through_is_refused(text: str, code: str) -> None:
    assert code in [problem.code for problem in read_yaml(text).problems]


def test_whole_numbers_booleans_and_text_are_themselves() -> None:
    assert read_yaml("{a: 1, b: true, c: 张小直, d: [x, -5]}").data == {
        "a": 1,
        "b": True,
        "c": "张小直",
        "d": ["x", -5],
    }


def test_every_place_has_its_line() -> None:
    found = read_yaml("a:\n  - b: 1\n    c: 2\n  - d: 3\n")
    assert [found.line(p) for p in ("/a", "/a/0/c", "/a/1/d", "/a/1/nowhere")] == [1, 3, 4, 4]


def test_an_object_s_line_is_that_of_its_key_and_not_of_its_last_member() -> None:
    found = read_yaml("a:\n  b: x\n  c:\n    d: y\n    e: z\n")
    assert [found.line(at) for at in ("/a", "/a/c", "/a/c/e", "/a/zz")] == [1, 3, 5, 1]


def test_problems_get_the_name_of_their_file() -> None:
    yaml_file.refuse([], "x.yaml")
    with pytest.raises(Invalid) as caught:
        yaml_file.refuse(read_yaml("a: 01\nb: no").problems, "x.yaml")
    assert [(p.facts["file"], p.facts["line"]) for p in caught.value.problems] == [
        ("x.yaml", 1),
        ("x.yaml", 2),
    ]


@pytest.mark.parametrize("text", ["on: a", "a: 2026-01-05"])
def test_days_and_the_key_on_are_plain_only_where_a_file_is_read_so(text: str) -> None:
    assert [each.code for each in read_yaml(text).problems] == ["mapping.quote-it"]
    assert read_yaml(text, days=True).problems == []


@pytest.mark.parametrize("text", ["a: on", "off: a", "a: 2026-01-05 10:00:00"])
def test_nothing_else_becomes_plain_there(text: str) -> None:
    assert [each.code for each in read_yaml(text, days=True).problems] == ["mapping.quote-it"]
