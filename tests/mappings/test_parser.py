"""A wrong mapping file is answered with its line and the nearest right word, all at once."""

from collections.abc import Sequence

import pytest

from mappings.parser import parse

HEAD = "mapping: trial\ntitle: 试验\nfrom: [/a, /b]\nto: wire\nfields:\n"


def problems(text: str) -> Sequence[tuple[str, object]]:
    return [(p.code, p.facts.get("line")) for p in parse(text)[1]]


def rule(text: str) -> Sequence[tuple[str, object]]:
    return problems(f"{HEAD}  - {{{text}}}\n")


def test_a_right_file_has_no_problems() -> None:
    file, found = parse(HEAD + "  - {to: /x, from: /a}\n")
    assert found == ()
    assert file is not None
    assert file.rules[0].line == 6


def test_an_unknown_key_is_answered_with_the_nearest() -> None:
    [problem] = parse(HEAD + "  - to: /x\n    form: /a\n    from: /a\n")[1]
    assert problem.code == "mapping.unknown-key"
    assert problem.facts == {"line": 7, "key": "form", "nearest": "from"}


def test_unknown_keys_inside_are_found_too() -> None:
    [problem] = parse(HEAD + "  - {to: /x, from: /a, text: {max_byte: 3}}\n")[1]
    assert (problem.facts["key"], problem.facts["nearest"]) == ("max_byte", "max_bytes")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("to: /x", "mapping.one-source"),
        ("to: /x, from: /a, const: y", "mapping.one-source"),
        ("to: /x, from: /a, number: {}, identifier: gb11643", "mapping.one-step"),
        ("to: /x, first: [/a, /b], each: [{to: /y, from: /z}]", "mapping.one-step"),
        ("to: /x, from: /c", "mapping.unknown-name"),
        ("to: /x, from: /a, when: {present: /c}", "mapping.unknown-name"),
        ("to: /x, from: /a, code: gb_t_3340", "mapping.unknown-name"),
        ("to: /x, from: /a, code: {scheme: gb_t_2260, as_of: /c}", "mapping.unknown-name"),
        ("to: /x, from: /a, crosswalk: a__b", "mapping.unknown-name"),
        ("to: /x, from: /a, identifier: gb11634", "mapping.unknown-name"),
        ("to: /x, from: /a, number: {from: inch, to: mm}", "mapping.unknown-name"),
        ("to: /x, from: /a, number: {from: g, to: mm}", "mapping.units-differ"),
        ("to: /x, from: /a, number: {from: d, to: wk+d}", "mapping.bad-key-value"),
        ("to: /x, from: /a, date: {from: YYYYMMDD, to: yyyy-MM-dd}", "mapping.bad-pattern"),
        ("to: /x, from: /a, date: {from: yyyyMMdd, to: HHmm}", "mapping.bad-pattern"),
        ("to: x, from: /a", "mapping.bad-pointer"),
        ("to: /x, from: /a, required: maybe", "mapping.bad-key-value"),
        ("to: /x, from: /a, code: 5", "mapping.quote-it"),
        ("to: /x, from: /a, when: {equal: {/b: 0}}", "mapping.quote-it"),
        ('to: /x, const: "a\\tb"', "mapping.bad-key-value"),
        ("to: /x, const: 𬀩, text: {encoding: gbk}", "mapping.cannot-encode"),
    ],
)
def test_each_mistake_has_its_code_and_line(text: str, code: str) -> None:
    assert (code, 6) in rule(text)


def test_two_rules_for_one_target_are_refused_also_above_and_below() -> None:
    for other in ("/x", "/x/y"):
        text = f"{HEAD}  - {{to: /x, from: /a}}\n  - {{to: {other}, from: /b}}\n"
        assert problems(text) == [("mapping.target-twice", 7)]


def test_all_problems_come_at_once_in_the_order_of_the_lines() -> None:
    text = HEAD + "  - {to: /x, from: /q}\n  - {to: /y, from: /r}\n  - {to: /z, code: no-such}\n"
    assert [line for _, line in problems(text)] == [6, 7, 8, 8]


def test_targets_of_a_document_must_exist_in_its_shape() -> None:
    text = HEAD.replace("to: wire", "to: citizen-id") + "  - {to: /citizen_di, from: /a}\n"
    [problem] = parse(text)[1]
    assert problem.facts["nearest"] == "/citizen_id"


def test_comparing_a_text_field_of_a_document_with_a_number_is_refused() -> None:
    head = HEAD.replace("[/a, /b]", "birth-record")
    wrong = "  - {to: /x, from: /child/sex, when: {equal: {/child/sex: 1}}}\n"
    right = "  - {to: /x, from: /child/sex, when: {equal: {/child/order: 1}}}\n"
    assert problems(head + wrong) == [("mapping.quote-it", 6)]
    assert problems(head + right) == []


def test_missing_keys_are_named() -> None:
    found = parse("mapping: trial\n")[1]
    assert {p.facts["key"] for p in found} == {"title", "from", "to", "fields"}


def test_an_ignore_needs_a_reason_of_the_closed_list() -> None:
    text = HEAD + "  - {to: /x, from: /a}\nignore:\n  - {fields: [/b], reason: whatever}\n"
    assert problems(text) == [("mapping.unknown-name", 8)]


@pytest.mark.parametrize("text", ["", "[]", "- a", "just text", "a: [", "\x00"])
def test_what_is_not_a_mapping_file_at_all_is_refused(text: str) -> None:
    assert problems(text)
