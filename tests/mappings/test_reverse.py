"""A file run backwards: a → b → a is the same, or the lines in the way are told."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import Fatal, Invalid
from mappings import compiler, reverse
from mappings.compiler import Mapping, compile_file, load

pytestmark = pytest.mark.guarantee("G14")

Build = Callable[[str], Mapping]
EVERY_STEP = """
from: [/plain, /date, /time, /sex, /name, /hl7, /flag, /count, /kind, /cm, /wk, /fen, /yuan, /rows/*/no, /rows/*/day, /opt]
to: wire
missing: ["", "/"]
fields:
  - {to: /a/plain, from: /plain}
  - {to: /a/date, from: /date, date: {from: [yyyyMMdd, yyyy-MM-dd], to: yyyy年MM月dd日}}
  - {to: /time, from: /time, date: {from: "HH:mm", to: HHmm}}
  - {to: /sex, from: /sex, code: gb_t_2261_1}
  - {to: /name, from: /name, values: {甲: "1", 乙: "2"}}
  - {to: /hl7, from: /hl7, values: {M: 1, F: 2}}
  - {to: /flag, from: /flag, values: {"Y": true, "N": false}}
  - {to: /count, from: /count, number: {}}
  - {to: /kind, from: /kind, identifier: gb32100}
  - {to: /mm, from: /cm, number: {from: cm, to: mm}}
  - {to: /days, from: /wk, number: {from: wk+d, to: d}}
  - {to: /yuan, from: /fen, number: {from: 分, to: 元, as: text, decimals: 2}}
  - {to: /fen, from: /yuan, number: {from: 元, to: 分}}
  - {to: /opt, from: /opt, required: false, text: {trim: true, encoding: gbk, max_chars: 9}}
  - to: /rows
    from: /rows
    each:
      - {to: /number, from: /no}
      - {to: /on, from: /day, required: false, date: {from: yyyyMMdd, to: yyyy-MM-dd}}
"""
DAYS = st.dates().map(lambda day: f"{day:%Y%m%d}".zfill(8))
WORDS = st.text(st.characters(categories=["L", "N", "Po"]), min_size=1, max_size=9).filter(
    lambda text: text.strip() not in ("", "/")
)
NUMBERS = st.integers(0, 10**20 - 1).map(str)
RECORDS = st.fixed_dictionaries(
    {
        "plain": WORDS | st.integers(-(2**63), 2**63) | st.booleans(),
        "date": DAYS,
        "time": st.times().map(lambda time: f"{time:%H:%M}"),
        "sex": st.sampled_from(["0", "1", "2", "9"]),
        "name": st.sampled_from(["甲", "乙"]),
        "hl7": st.sampled_from(["M", "F"]),
        "flag": st.sampled_from(["Y", "N"]),
        "count": NUMBERS,
        "kind": st.sampled_from(["91330000755918469E", "91350100M000100Y43"]),
        "cm": st.integers(1, 10**6).map(lambda mm: f"{mm // 10}.{mm % 10}".removesuffix(".0")),
        "wk": st.tuples(st.integers(0, 60), st.integers(0, 6)).map(lambda t: f"{t[0]}.{t[1]}"),
        "fen": NUMBERS,
        "yuan": st.integers(0, 10**15).map(str),
        "rows": st.lists(st.fixed_dictionaries({"no": WORDS}, optional={"day": DAYS}), max_size=3),
    },
    optional={"opt": st.text("小直abc12", min_size=1, max_size=9)},
)


@pytest.fixture(scope="module")
def every_step(tmp_path_factory: pytest.TempPathFactory) -> tuple[Mapping, Mapping]:
    file = tmp_path_factory.mktemp("m") / "trial.yaml"
    file.write_text(f"mapping: trial\ntitle: 试验{EVERY_STEP}", "utf-8")
    there = compile_file(file)
    return there, there.reverse()


@given(record=RECORDS)
def test_there_and_back_is_the_same(
    every_step: tuple[Mapping, Mapping], record: dict[str, Any]
) -> None:
    there, back = every_step
    made = there.apply(record)
    assert back.apply(made) == record
    assert repr(there.apply(back.apply(made))) == repr(made)


def test_back_and_there_and_back_again_is_a_file_of_its_own(
    every_step: tuple[Mapping, Mapping],
) -> None:
    there, back = every_step
    assert (back.name, back.title) == ("trial_back", "试验（反向）")
    assert back.digest not in ("", there.digest)
    assert there.reverse().digest == back.digest
    lines = {rule.to: rule.line for rule in there.file.rules}
    assert {rule.choices[0].path: rule.line for rule in back.file.rules} == lines


def test_other_spellings_come_back_clean(every_step: tuple[Mapping, Mapping]) -> None:
    there, back = every_step
    told = {
        "plain": "x", "date": "2019 - 04 - 08", "time": "01:30", "sex": "男", "name": " 甲 ",
        "hl7": "Ｍ", "flag": "y", "count": "007", "kind": "91330000755918469e", "cm": "50.50",
        "wk": "39", "fen": "1", "yuan": "400.00", "rows": {"no": "1"}, "opt": "/",
    }  # fmt: skip
    clean = {
        "plain": "x", "date": "20190408", "time": "01:30", "sex": "1", "name": "甲",
        "hl7": "M", "flag": "Y", "count": "7", "kind": "91330000755918469E", "cm": "50.5",
        "wk": "39.0", "fen": "1", "yuan": "400", "rows": [{"no": "1"}],
    }  # fmt: skip
    assert back.apply(there.apply(told)) == clean
    assert there.apply(clean) == there.apply(told)


def test_what_the_way_back_does_not_know_is_a_problem(
    every_step: tuple[Mapping, Mapping],
) -> None:
    _, back = every_step
    with pytest.raises(Invalid) as caught:
        back.apply({"hl7": 3, "flag": "maybe", "sex": "7"})
    found = {each.facts["path"]: each for each in caught.value.problems}
    assert found["/hl7"].code == found["/flag"].code == "mapping.unlisted-value"
    assert found["/sex"].code == "mapping.unknown-code"
    assert str(found["/hl7"].facts["rule"]).startswith("trial_back:")


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        ("{to: /x, join: {of: [/a, /b]}}", "join"),
        ("{to: /x, first: [/a, /b]}", "choose"),
        ("{to: /x, choose: [{when: {present: /b}, from: /a}]}", "choose"),
        ("{to: /x, const: '1'}", "const"),
        ("{to: /x, from: /a, when: {present: /b}}", "when"),
        ("{to: /x, from: /a, default: '1'}", "default"),
        ("{to: /x, from: /a, split: ','}", "split"),
        ("{to: /x, from: /a, code: gb_t_3304, unmapped: {as: keep, reason: x}}", "unmapped"),
        ("{to: /x, from: /a, code: {scheme: gb_t_2260, as_of: /b}}", "as_of"),
        ("{to: /x, from: /a, values: {'1': y, '2': y}}", "values"),
        ("{to: /x, from: /a, values: {'1': '2', '2': 2}}", "values"),
        ("{to: /x, from: /a, values: {'1': '', '2': y}}", "values"),
        ("{to: /x, from: /a, values: {'': z, '2': y}}", "values"),
        ("{to: /x, from: /a, date: {from: yyyyMMddHHmm, to: yyyyMMdd}}", "date"),
        ("{to: /x, from: /a, date: {from: [yyyyMMdd, yyyyMMddHHmm], to: yyyyMMdd}}", "date"),
    ],
)
def test_a_rule_that_cannot_be_undone_is_named_with_its_line(
    compiled: Build, rule: str, key: str
) -> None:
    mapping = compiled(f"from: [/a, /b]\nto: wire\nfields:\n  - {{to: /y, from: /b}}\n  - {rule}\n")
    found = reverse.problems(mapping.file)
    assert [(each.code, each.facts.get("line"), each.facts.get("key")) for each in found][:1] == [
        ("mapping.no-way-back", 7, key)
    ]
    with pytest.raises(Fatal) as caught:
        mapping.reverse()
    assert str(caught.value.facts["lines"]).startswith("7")


def test_one_field_used_twice_needs_a_word_which_one_comes_back(compiled: Build) -> None:
    body = "from: [/a]\nto: wire\nfields:\n  - {to: /x, from: /a}\n  - {to: /y, from: /a%s}\n"
    [problem] = reverse.problems(compiled(body % "").file)
    assert (problem.facts["line"], problem.facts["key"]) == (7, "/a")
    back = compiled(body % ", one_way: 由 /x 得出").reverse()
    assert back.apply({"x": "1", "y": "2"}) == {"a": "1"}


def test_a_field_that_is_ignored_or_only_used_one_way_is_lost_and_told(compiled: Build) -> None:
    body = (
        "from: [/a, /b, /c]\nto: wire\nfields:\n  - {to: /x, from: /a}\n"
        "  - {to: /y, from: /b, one_way: x}\nignore:\n  - {fields: [/c], reason: internal}\n"
    )
    found = reverse.problems(compiled(body).file)
    assert [(each.code, each.facts["path"], each.facts["line"]) for each in found] == [
        ("mapping.not-restored", "/b", 1),
        ("mapping.not-restored", "/c", 9),
    ]


def test_a_file_may_say_that_it_is_never_run_backwards(compiled: Build) -> None:
    body = "from: [/a]\nto: wire\none_way: 对方不回答\nfields: [{to: /x, from: /a}]\n"
    with pytest.raises(Fatal) as caught:
        compiled(body).reverse()
    assert (caught.value.code, caught.value.facts["reason"]) == ("mapping.one-way", "对方不回答")


def test_documents_keep_their_types(compiled: Build) -> None:
    body = "from: birth-expense-settlement\nto: wire\nfields:\n"
    leaves = compiler.shapes.SHIPPED.find("birth-expense-settlement").leaves
    rules = [
        f"  - {{to: {path}, from: {path}, required: false{', number: {from: 分, to: 元, as: text, decimals: 2}' if kind == 'integer' else ''}}}\n"
        for path, kind in leaves.items()
    ]
    back = compiled(body + "".join(rules)).reverse()
    assert back.target == "birth-expense-settlement"
    number = next(path for path, kind in leaves.items() if kind == "integer")
    rule = next(rule for rule in back.file.rules if rule.to == number)
    assert rule.step is not None and "as" not in rule.step.options


@pytest.mark.parametrize("name", compiler.names())
def test_every_shipped_mapping_goes_back_or_says_why_not(name: str) -> None:
    mapping = load(name)
    if reverse.problems(mapping.file):
        with pytest.raises(Fatal):
            mapping.reverse()
        return
    back = mapping.reverse()
    for test in mapping.file.tests:
        if "gives" in test:
            assert mapping.apply(back.apply(test["gives"])) == test["gives"]
