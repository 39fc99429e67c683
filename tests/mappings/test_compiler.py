"""What a compiled mapping does: a record, or every problem of it with path, rule and mask."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from exchange.errors import Fatal, Invalid
from mappings.compiler import Mapping, compile_file, load

Build = Callable[[str], Mapping]


def told(mapping: Mapping, source: Any) -> list[tuple[str, Any]]:
    with pytest.raises(Invalid) as caught:
        mapping.apply(source)
    return [(p.code, p.facts.get("path")) for p in caught.value.problems]


def test_a_field_is_renamed_and_copied_exactly(one_rule: Build) -> None:
    mapping = one_rule("{to: /person/姓名, from: /a}")
    for value in ("张·小直", " 两端有空格 ", "𬀩㛃䶮", 0, 12345678901234567890, False):
        assert mapping.apply({"a": value}) == {"person": {"姓名": value}}
        assert type(mapping.apply({"a": value})["person"]["姓名"]) is type(value)


def test_what_may_not_stand_in_a_record_is_refused(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a}")
    for value in (1.5, [1], {"x": 1}, b"x"):
        assert told(mapping, {"a": value}) == [("mapping.not-a-leaf", "/a")]


def test_a_missing_required_field_is_a_problem_and_a_missing_optional_one_is_absent(
    one_rule: Build,
) -> None:
    required, optional = one_rule("{to: /out, from: /a}"), "{to: /o/out, from: /a, required: false}"
    for source in ({}, {"a": None}, {"a": ""}, {"a": "  "}):
        assert told(required, source) == [("mapping.missing", "/a")]
        assert one_rule(optional).apply(source) == {}


@pytest.mark.parametrize("marker", ["", "/", "NA", "null", "0000-00-00", "1900-01-01", "99991231"])
def test_declared_missing_markers_mean_absent(one_rule: Build, marker: str) -> None:
    listed = '["", "/", "NA", "null", "0000-00-00", "1900-01-01", "99991231"]'
    mapping = one_rule(f"{{to: /out, from: /a, required: false, missing: {listed}}}")
    assert mapping.apply({"a": marker}) == mapping.apply({"a": f" {marker} "}) == {}
    assert mapping.apply({"a": "N/A"}) == {"out": "N/A"}


def test_a_default_stands_in_only_for_what_is_missing(one_rule: Build) -> None:
    mapping = one_rule('{to: /out, from: /a, default: "0"}')
    assert mapping.apply({}) == {"out": "0"}
    assert mapping.apply({"a": "1"}) == {"out": "1"}


def test_constants(one_rule: Build) -> None:
    assert one_rule('{to: /out, const: "01"}').apply({}) == {"out": "01"}
    assert one_rule("{to: /out, const: false}").apply({}) == {"out": False}


def test_the_first_stated_source_wins_and_the_first_is_named_when_none_is(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, first: [/a, /b, /c]}")
    assert mapping.apply({"a": "", "b": "2", "c": "3"}) == {"out": "2"}
    assert told(mapping, {"d": "4"}) == [("mapping.missing", "/a")]


def test_choose_takes_the_first_case_that_holds(one_rule: Build) -> None:
    mapping = one_rule(
        "{to: /out, choose: [{from: /a}, {when: {same: [/b, /c]}, from: /b}, {when: {present: /d}, const: x}]}"
    )
    assert mapping.apply({"a": "1", "b": "2", "c": "2"}) == {"out": "1"}
    assert mapping.apply({"b": "2", "c": "2"}) == {"out": "2"}
    assert mapping.apply({"b": "2", "c": "3", "d": "4"}) == {"out": "x"}
    assert told(mapping, {"b": "2", "c": "3"}) == [("mapping.missing", "/a")]


def test_a_case_that_holds_does_not_fall_through_when_its_field_is_missing(one_rule: Build) -> None:
    mapping = one_rule('{to: /out, choose: [{when: {equal: {/a: "0"}}, from: /b}, {from: /c}]}')
    assert told(mapping, {"a": "0", "c": "3"}) == [("mapping.missing", "/b")]
    assert mapping.apply({"a": "1", "b": "2", "c": "3"}) == {"out": "3"}


def test_otherwise_is_a_last_case_without_condition(one_rule: Build) -> None:
    mapping = one_rule('{to: /out, choose: [{when: {equal: {/a: "0"}}, const: x}, {const: y}]}')
    assert [mapping.apply({"a": a})["out"] for a in ("0", 0, "1", None)] == ["x", "x", "y", "y"]


@pytest.mark.parametrize(
    ("test", "source", "holds"),
    [
        ("{present: /a}", {"a": "x"}, True),
        ("{present: /a}", {"a": ""}, False),
        ("{present: /a}", {"a": {}}, False),
        ("{present: [/a, /b]}", {"a": "x"}, False),
        ("{absent: [/a, /b]}", {"a": ""}, True),
        ('{equal: {/a: "0"}}', {"a": 0}, True),
        ('{equal: {/a: "0"}}', {"a": False}, False),
        ('{equal: {/a: "0", /b: "1"}}', {"a": "0", "b": "2"}, False),
        ('{in: {/a: ["0", "1"]}}', {"a": "1"}, True),
        ('{in: {/a: ["0", "1"]}}', {}, False),
        ("{same: [/a, /b]}", {}, False),
        ("{same: [/a, /b]}", {"a": "x", "b": "x"}, True),
        ("{all: [{present: /a}, {absent: /b}]}", {"a": "x"}, True),
        ("{any: [{present: /a}, {present: /b}]}", {"b": "x"}, True),
        ("{not: {present: /a}}", {"a": "x"}, False),
    ],
)
def test_conditions(one_rule: Build, test: str, source: dict[str, Any], holds: bool) -> None:
    mapping = one_rule(f"{{to: /out, const: yes it does, when: {test}}}")
    assert mapping.apply(source) == ({"out": "yes it does"} if holds else {})


def test_codes_become_codes_or_names(one_rule: Build) -> None:
    assert one_rule("{to: /out, from: /a, code: gb_t_3304}").apply({"a": "汉"}) == {"out": "01"}
    assert one_rule("{to: /out, from: /a, code: gb_t_3304}").apply({"a": 1}) == {"out": "01"}
    named = one_rule("{to: /out, from: /a, code: {scheme: gb_t_2260, give: name}}")
    assert named.apply({"a": "320117"}) == {"out": "溧水区"}


def test_unknown_codes_are_refused_without_showing_them(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, code: gb_t_3304}")
    with pytest.raises(Invalid) as caught:
        mapping.apply({"a": "98"})
    assert caught.value.facts == {
        "path": "/a",
        "rule": "trial:6",
        "mask": "9×2",
        "scheme": "gb_t_3304",
    }
    assert told(mapping, {"a": True}) == [("mapping.not-text", "/a")]
    assert told(mapping, {"a": ["01"]}) == [("mapping.not-text", "/a")]


def test_an_abolished_division_is_judged_by_the_day_of_another_field(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, code: {scheme: gb_t_2260, as_of: /b}}")
    assert mapping.apply({"a": "320103", "b": "19990101"}) == {"out": "320103"}
    assert told(mapping, {"a": "320103", "b": "202601050130"}) == [
        ("mapping.code-not-in-force", "/a")
    ]


def test_crosswalks_and_small_tables(one_rule: Build) -> None:
    sex = one_rule("{to: /out, from: /a, crosswalk: hl7_0001__gb_t_2261_1}")
    assert [sex.apply({"a": c})["out"] for c in "MFU"] == ["1", "2", "0"]
    assert told(sex, {"a": "O"}) == [("mapping.no-counterpart", "/a")]
    table = one_rule('{to: /out, from: /a, values: {"Y": true, "N": false, "2": 2}}')
    assert [table.apply({"a": a})["out"] for a in ("Y", " n ", 2)] == [True, False, 2]
    assert told(table, {"a": "J"}) == [("mapping.unlisted-value", "/a")]


def test_identifiers_become_clean(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, identifier: gb11643}")
    assert mapping.apply({"a": "11010519491231002ｘ"}) == {"out": "11010519491231002X"}
    assert told(mapping, {"a": "110105194912310021"}) == [("identifier.wrong-check-digit", "/a")]
    assert told(mapping, {"a": 110105194912310021}) == [("mapping.not-text", "/a")]


def test_text_is_measured_in_the_target_s_bytes_and_never_cut(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, text: {encoding: gbk, max_bytes: 8}}")
    assert mapping.apply({"a": "张·小直"}) == {"out": "张·小直"}
    with pytest.raises(Invalid) as caught:
        mapping.apply({"a": "张小直张a"})
    assert (caught.value.code, caught.value.facts["length"]) == ("mapping.too-long", 9)


def test_a_character_that_the_target_lacks_is_named_by_code_point_and_place(
    one_rule: Build,
) -> None:
    mapping = one_rule("{to: /out, from: /a, text: {encoding: gbk}}")
    with pytest.raises(Invalid) as caught:
        mapping.apply({"a": "张小𬀩"})
    facts = caught.value.facts
    assert caught.value.code == "mapping.cannot-encode"
    assert (facts["character"], facts["position"], facts["mask"]) == ("U+2C029", 3, "汉×3")


def test_control_characters_and_lost_characters_are_bad_data(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, text: {trim: true}}")
    assert mapping.apply({"a": "\u3000张小直 "}) == {"out": "张小直"}
    for bad in ("张\x07", "张\ufffd"):
        assert told(mapping, {"a": bad}) == [("mapping.not-plain-text", "/a")]


def test_the_file_s_limits_hold_for_every_text_and_a_rule_adds_to_them(compiled: Build) -> None:
    mapping = compiled(
        "from: [/a, /b]\nto: wire\ntext: {encoding: gbk}\nfields:\n"
        "  - {to: /x, from: /a}\n  - {to: /y, from: /b, text: {max_bytes: 2}}\n"
    )
    assert told(mapping, {"a": "㛃", "b": "㛃"}) == [
        ("mapping.cannot-encode", "/a"),
        ("mapping.cannot-encode", "/b"),
    ]
    assert told(mapping, {"a": "张", "b": "张三"}) == [("mapping.too-long", "/b")]


def test_joined_texts(one_rule: Build) -> None:
    both = one_rule("{to: /out, join: {of: [/a, /b], with: 、}}")
    assert both.apply({"a": "李小达", "b": "张大直"}) == {"out": "李小达、张大直"}
    assert told(both, {"a": "李小达"}) == [("mapping.missing", "/b")]
    either = one_rule("{to: /out, join: {of: [/a, /b], with: 、}, required: false}")
    assert either.apply({"b": "张大直"}) == {"out": "张大直"}
    assert either.apply({}) == {}


def test_a_list_in_one_text_is_split_and_each_part_converted(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, split: 、, code: gb_t_3304}")
    assert mapping.apply({"a": "汉、 回族"}) == {"out": ["01", "03"]}
    assert told(mapping, {"a": "汉、火星"}) == [("mapping.unknown-code", "/a")]


LIST = """from: [/rows/*/n, /rows/*/kids/*/name, /rows/*/kids/*/sex]
to: wire
fields:
  - to: /out
    from: /rows
    each:
      - {to: /number, from: /n, number: {}}
      - to: /children
        from: /kids
        required: false
        each:
          - {to: /name, from: /name}
          - {to: /sex, from: /sex, code: gb_t_2261_1, when: {equal: {/name: 张小直}}}
"""


def test_nested_lists_keep_their_order_and_name_the_member_at_fault(compiled: Build) -> None:
    mapping = compiled(LIST)
    kids = [{"name": "张小直", "sex": "男"}, {"name": "李小达", "sex": "x"}]
    assert mapping.apply({"rows": [{"n": "1", "kids": kids}, {"n": 2}]}) == {
        "out": [
            {"number": 1, "children": [{"name": "张小直", "sex": "1"}, {"name": "李小达"}]},
            {"number": 2},
        ]
    }
    wrong = {"rows": [{"n": "1"}, {"n": "x", "kids": [{"name": "张小直", "sex": "x"}, {}]}]}
    assert told(mapping, wrong) == [
        ("mapping.not-a-number", "/rows/1/n"),
        ("mapping.unknown-code", "/rows/1/kids/0/sex"),
        ("mapping.missing", "/rows/1/kids/1/name"),
    ]


def test_one_object_instead_of_a_list_is_a_list_of_one(compiled: Build) -> None:
    assert compiled(LIST).apply({"rows": {"n": "7"}}) == {"out": [{"number": 7}]}
    assert told(compiled(LIST), {"rows": "7"}) == [("mapping.not-a-list", "/rows")]


def test_every_problem_of_a_record_comes_at_once_in_the_file_s_order(compiled: Build) -> None:
    mapping = compiled(
        "from: [/a, /b, /c, /d]\nto: wire\nfields:\n"
        "  - {to: /w, from: /a, date: {from: yyyyMMdd, to: yyyy-MM-dd}}\n"
        "  - {to: /x, from: /b, code: gb_t_2261_1}\n"
        "  - {to: /y, from: /c}\n"
        "  - {to: /z, from: /d, number: {from: cm, to: mm}}\n"
    )
    assert told(mapping, {"a": "20260230", "b": "7", "d": "50.55"}) == [
        ("mapping.not-a-date", "/a"),
        ("mapping.unknown-code", "/b"),
        ("mapping.missing", "/c"),
        ("mapping.not-exact", "/d"),
    ]


def test_no_problem_shows_a_value(one_rule: Build) -> None:
    mapping = one_rule("{to: /out, from: /a, identifier: gb11643}")
    with pytest.raises(Invalid) as caught:
        mapping.apply({"a": "320117199303120026"})
    assert "3201" not in repr(caught.value.problems) + str(caught.value)


def test_a_text_where_an_object_should_be_is_a_problem_and_no_traceback(compiled: Build) -> None:
    mapping = compiled(
        "from: [/p/a]\nto: wire\nfields:\n  - {to: /x, from: /p/a, required: false}\n"
    )
    assert told(mapping, {"p": "<html>"}) == [("mapping.not-an-object", "/p")]
    assert told(mapping, ["not", "an", "object"]) == [("mapping.not-an-object", "/")]
    assert mapping.apply({"p": None}) == {}


def test_a_document_that_comes_out_is_checked_against_its_shape(compiled: Build) -> None:
    mapping = compiled("from: [/a]\nto: citizen-id\nfields:\n  - {to: /citizen_id, from: /a}\n")
    assert ("shape.wrong-format", "/citizen_id") in told(mapping, {"a": "123"})
    assert ("shape.missing", "/name") in told(mapping, {"a": "11010519491231002X"})


HOSTILE = [
    "'); import os; os.abort() #",
    '"""\\nraise SystemExit\\n',
    "/*{problems}%s{0}",
    "__import__('os')",
    "\\",
    "line\u2028separator",
    "张'\"小",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_of_a_file_becomes_code(compiled: Build, text: str) -> None:
    pointer = "/" + text.replace("~", "~0").replace("/", "~1")
    quoted, key = _yaml(text), _yaml(pointer)
    mapping = compiled(
        f"from: [{key}, /b]\nto: wire\nmissing: [{quoted}]\nfields:\n"
        f"  - {{to: {key}, from: /b, default: {quoted}, note: {quoted}}}\n"
        f"  - {{to: /v, from: {key}, required: false, values: {{{quoted}: {quoted}, x: {quoted}}}}}\n"
        f"  - {{to: /w, const: {quoted}, when: {{equal: {{/b: {quoted}}}}}}}\n"
    )
    assert mapping.apply({text: "x"}) == {text: text, "v": text}
    assert told(mapping, {text: "y"}) == [("mapping.unlisted-value", pointer)]


def _yaml(text: str) -> str:
    inside = "".join(c if c.isalnum() or c == " " else f"\\u{ord(c):04x}" for c in text)
    return f'"{inside}"'


def test_the_generated_code_reads_like_code(one_rule: Build) -> None:
    code = one_rule("{to: /child/sex, from: /a, code: gb_t_2261_1}").code
    assert "# line 6: '/a' -> '/child/sex' (code 'gb_t_2261_1')" in code
    compile(code, "<test>", "exec")


def test_the_digest_pins_rules_and_code_lists_but_not_tests(compiled: Build) -> None:
    body = "from: [/a]\nto: wire\nfields:\n  - {to: /x, from: /a}\n"
    first = compiled(body).digest
    assert len(bytes.fromhex(first)) == 32
    assert compiled(body + "# a comment\n").digest == first
    assert compiled(body + "tests:\n  - {name: t, source: {a: x}, gives: {x: x}}\n").digest == first
    assert compiled(body.replace("/x", "/y")).digest != first
    assert compiled(body.replace("from: /a", "from: /a, code: gb_t_3304")).digest != first


def test_an_unknown_mapping_is_answered_with_the_nearest() -> None:
    with pytest.raises(Fatal) as caught:
        load("police_answer_citizen_ids")
    assert caught.value.facts["nearest"] == "police_answer_citizen_id"
    with pytest.raises(Fatal):
        load("../../../etc/passwd")


def test_a_broken_file_is_the_installation_s_fault_and_names_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "trial.yaml"
    head = "mapping: trial\ntitle: 试验\n"
    for data, code, line in [
        ((head + "form: x\n").encode(), "mapping.unknown-key", 3),
        (head.encode("gbk"), "mapping.file-not-utf8", 2),
        (
            head.replace("trial", "other").encode()
            + b"from: [/a]\nto: wire\nfields: [{to: /x, from: /a}]\n",
            "mapping.name-differs",
            1,
        ),
    ]:
        file.write_bytes(data)
        with pytest.raises(Fatal) as caught:
            compile_file(file)
        facts = caught.value.facts
        known = {"mapping.key-missing", code}
        assert caught.value.code in known
        assert facts["file"] == "trial.yaml"
        assert facts["line"] <= line
    with pytest.raises(Fatal) as caught:
        compile_file(tmp_path / "nowhere.yaml")
    assert caught.value.code == "mapping.unreadable-file"


def test_a_file_saved_by_notepad_with_its_mark_is_read(tmp_path: Path) -> None:
    body = "mapping: trial\ntitle: 试验\nfrom: [/a]\nto: wire\nfields:\n  - {to: /x, from: /a}\n"
    (tmp_path / "trial.yaml").write_bytes(b"\xef\xbb\xbf" + body.replace("\n", "\r\n").encode())
    assert compile_file(tmp_path / "trial.yaml").apply({"a": "1"}) == {"x": "1"}
