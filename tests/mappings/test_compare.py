"""Two mappings by meaning: what only looks different is the same, what is different is told."""

from collections.abc import Callable
from typing import Any

import pytest

from mappings import compare, compiler
from mappings.compiler import Mapping

Build = Callable[[str], Mapping]
HEAD = "from: [/a, /b]\nto: wire\n"
OLD = HEAD + "fields:\n  - {to: /x, from: /a}\n  - {to: /y, from: /b, values: {'1': j, '2': k}}\n"


def changes(build: Build, new: str, old: str = OLD) -> list[tuple[str, str]]:
    one, other = build(old), build(new)
    return [(each.part, each.at) for each in compare.changes(one.file, other.file)]


@pytest.mark.parametrize(
    "new",
    [
        "fields:\n  - {to: /y, from: /b, values: {'2': k, '1': j}}\n  - {to: /x, from: /a}\n",
        (
            "fields:\n  - {to: /x, from: /a, note: so}\n  - {to: /y, from: /b, values: {'1': j, '2': k}}\n"
            "tests: [{name: t, source: {a: q}, gives: {}}]\n"
        ),
    ],
    ids=["order", "notes and tests"],
)
def test_what_means_the_same_is_no_change(compiled: Build, new: str) -> None:
    assert changes(compiled, HEAD + new) == []


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ("from: /a}", "from: /b}", ("fields", "/x")),
        ("from: /a}", "from: /a, required: false}", ("fields", "/x")),
        ("from: /a}", "from: /a, text: {max_bytes: 4}}", ("fields", "/x")),
        ("'1': j", "'1': m", ("fields", "/y")),
        ("'1': j", "'1': true", ("fields", "/y")),
        ("[/a, /b]", "[/a, /b, /c]", ("from", "/c")),
        ("to: wire", "to: wire\nmissing: ['/']", ("fields", "/x")),
        ("to: wire", "to: wire\nignore: [{fields: [/b], reason: derived}]", ("ignore", "/b")),
    ],
)
def test_a_change_of_meaning_is_told(
    compiled: Build, old: str, new: str, at: tuple[str, str]
) -> None:
    assert at in changes(compiled, OLD.replace(old, new, 1))


def test_true_is_not_one(compiled: Build) -> None:
    old = OLD.replace("'1': j", "'1': true")
    assert changes(compiled, OLD.replace("'1': j", "'1': 1"), old) == [("fields", "/y")]


def test_a_rule_of_a_list_s_member_and_another_target(compiled: Build) -> None:
    old = "from: [/l/*/a, /l/*/b]\nto: wire\nfields: [{to: /m, from: /l, each: [{to: /x, from: /a}]}]\n"
    assert changes(compiled, old.replace("from: /a}", "from: /b}"), old) == [("fields", "/m/*/x")]
    one, other = compiler.load("police_answer_citizen_id"), compiler.load("register_certificate")
    found = compare.changes(one.file, other.file)
    assert ("to", "/to", "citizen-id", "certificate") in [
        (each.part, each.at, each.old, each.new) for each in found
    ]


def outcome(build: Build, old: str, new: str, record: dict[str, Any]) -> compare.Outcome:
    return compare.outcome(build(old), build(new), record)


def test_a_record_that_comes_out_differently_shows_masks_only(compiled: Build) -> None:
    new = OLD.replace("from: /a}", "from: /a, text: {trim: true}}").replace("'1': j", "'1': true")
    found = outcome(compiled, OLD, new, {"a": " 张 ", "b": "1"})
    assert [(each.at, each.old, each.new) for each in found.moved] == [
        ("/x", "␣汉␣", "汉"),
        ("/y", "a", "boolean"),
    ]
    assert not outcome(compiled, OLD, new, {"a": "张", "b": "2"})


def test_an_absent_field_is_a_dash(compiled: Build) -> None:
    new = OLD.replace("from: /a}", "from: /a, required: false}")
    [moved] = outcome(
        compiled, OLD.replace("from: /a}", "from: /a, default: z}"), new, {"b": "1"}
    ).moved
    assert (moved.at, moved.old, moved.new) == ("/x", "a", compare.ABSENT)


def test_what_becomes_a_problem_and_what_ceases_to_be_one(compiled: Build) -> None:
    new = OLD.replace("'1': j, ", "")
    there, back = (
        outcome(compiled, *pair, {"a": "q", "b": "1"}) for pair in ((OLD, new), (new, OLD))
    )
    assert [each.code for each in there.broke] == ["mapping.unlisted-value"]
    assert [each.code for each in back.mended] == ["mapping.unlisted-value"]
    assert not outcome(compiled, new, new.replace("to: /x", "to: /z"), {"a": "q", "b": "1"})
