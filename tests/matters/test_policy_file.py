"""A policy's file: what is wrong with it is told all at once, with the line and a near name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from exchange import canonical
from exchange.errors import Invalid
from exchange.problems import describe
from matters import policy_file
from matters.criteria import Group, Ratio, Test
from matters.policy import Policy
from matters.policy_reading import Known

Find = Callable[..., list[tuple[str, object]]]


def test_the_policy_of_the_documentation_is_one(policy_with: Callable[..., Policy]) -> None:
    policy = policy_with()
    [version] = policy.versions
    assert (policy.name, policy.group, policy.publicity) == ("stable-jobs", "jobs-keeping", 5)
    assert (version.since, version.until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert version.parameters["most"].value == Ratio(55, 1000)
    assert [test.number for test in version.tests] == [0, 1, 2, 3, 4]
    assert isinstance(version.criteria, Group)
    assert version.tests[1].parameter == "months"
    assert version.award.cap == 300_000_000
    assert (version.award.unit, version.award.rounding) == (100, "down")
    assert policy.clawback is not None
    assert isinstance(policy.clawback.when, Test)
    assert policy.clawback.when.clause == "六"
    assert policy.baseline is not None
    assert policy.baseline.working_days == 40


def test_examples_are_no_part_of_what_is_signed(policy_with: Callable[..., Policy]) -> None:
    base = policy_with().digest
    assert policy_with("恰为 5.5%", "正好").digest == base
    assert policy_with("稳岗返还", "稳岗补贴").digest != base


def test_a_stored_definition_is_the_same_policy(
    policy_with: Callable[..., Policy], known: Known
) -> None:
    policy = policy_with()
    again = policy_file.build(canonical.loads(policy.definition.encode()), known)
    assert again == (replace(policy, examples=()), [])


def test_a_file_is_read_as_it_lies(tmp_path: Path, policy_text: str, known: Known) -> None:
    path = tmp_path / "stable-jobs.yaml"
    path.write_text(policy_text, "utf-8")
    assert policy_file.load(path, known).title == "失业保险稳岗返还"
    other = path.rename(tmp_path / "jobs.yaml")
    with pytest.raises(Invalid) as refused:
        policy_file.load(other, known)
    assert [each.code for each in refused.value.problems] == ["policy.name"]


DISTRICT = '{fact: district, is: "320114", clause: 一}'


@pytest.mark.parametrize(
    ("old", "new", "code", "part"),
    [
        ("fact: ui_full_months", "fact: ui_full_month", "policy.unknown-fact", "ui_full_month,"),
        ("at_least: $months", "at_least: $month", "policy.unknown-parameter", "$month,"),
        ("cap: $cap", "cap: $capp", "policy.unknown-parameter", "$capp"),
        ('"320114", clause: 一', '"320114", clause: 十', "policy.unknown-clause", "clause: 十"),
        ('"320114", clause: 一}', '"320114"}', "policy.unknown-clause", 'is: "320114"}'),
        ("group: jobs-keeping", "group: job-keeping", "policy.unknown-group", "group: job-"),
        ("not_with: [training", "not_with: [trainin", "policy.unknown-policy", "not_with: [trainin"),
        ("not_with: [training-retention", "not_with: [stable-jobs", "policy.unknown-policy", "not_with: [s"),
        ("exclusion_clause: 八", "# ", "policy.exclusion-clause", "group: jobs"),
        ("exclusion_clause: 八", "exclusion_clause: 九", "policy.exclusion-version", "exclusion_clause: 九"),
        ("facts: [ui_full_months,", "facts: [ui_ful_months,", "policy.unknown-fact", "[ui_ful_months"),
        ("at_least: $months", "at_least: $cap", "policy.parameter-kind", "at_least: $cap"),
        ("at_least: $months", "at_least: 12 元", "policy.value", "at_least: 12 元"),
        ("at_least: $months", "is: 12", "policy.kind", "is: 12"),
        ("at_least: $months", "in_year: -1", "policy.kind", "in_year: -1"),
        (DISTRICT, "{fact: registered_on, months_left: -1, clause: 一}", "policy.value", "months_left: -1"),
        (DISTRICT, "{fact: registered_on, months_past: 1201, clause: 一}", "policy.value", "months_past: 1201"),
        (DISTRICT, "{fact: registered_on, within_months: 0, clause: 一}", "policy.value", "within_months: 0"),
        ("at_least: $months", "months_past: 12", "policy.kind", "months_past: 12"),
        ("at_least: $months", "at_least: 12, at_most: 13", "policy.test", "at_most: 13"),
        ("at_least: $months, ", "", "policy.test", "{fact: ui_full_months, clause"),
        (DISTRICT, '{all: [' + DISTRICT + '], clause: 一}', "policy.test", "{all: ["),
        ('is: "320114"', 'one_of: "320114"', "file.schema", "one_of"),
        ('is: "320114"', 'is: ["320114"]', "file.schema", 'is: ["320114"]'),
        ("fall: [insured_end_y2, insured_end_y1]", "fall: [insured_end_y2, ui_paid_y1]", "policy.mixed", "fall: [insured_end_y2, ui"),
        ("fall: [insured_end_y2, insured_end_y1]", "fall: [insured_end_y2, insured_end_y1, graduates]", "policy.term", "graduates]"),
        ("share: ui_paid_y1", "share: ui_full_months", "policy.kind", "share: ui_full_months"),
        ("less: [other_jobs_grant_fen]", "less: [ui_full_months]", "policy.kind", "less: [ui"),
        ("money: 300 万元", "money: 300 万", "policy.money", "300 万}"),
        ("money: 300 万元", "money: 0.001 元", "policy.money-exact", "0.001 元"),
        ("money: 300 万元", "money: -1 元", "policy.negative", "cap: $cap"),
        ('ratio: "5.5%"', 'ratio: "5,5%"', "policy.ratio", "5,5%"),
        ('ratio: "60%"', 'ratio: "-60%"', "policy.negative", "rate: $rate_sme"),
        ("since: 2026-01-01", "since: 2026-13-01", "policy.value", "since: 2026-13"),
        ("since: 2026-01-01", "since: 2027-01-01", "policy.period", "until:"),
        ("since: 2026-01-01", "since: 2026/1/1", "file.day", "since: 2026/1/1"),
        ("# by: listed_on ", "by: district # ", "policy.kind", "by: district"),
        ("# by: listed_on ", "by: listd_on # ", "policy.unknown-fact", "by: listd"),
        ("clause: 三 ", "clause: 二 ", "policy.unused-clause", "三: 按"),
        ("rule: pro-rata, clause: 五", "rule: pro-rata", "policy.unused-clause", "五: 年度"),
        ("other_clauses: [七]", "other_clauses: [九]", "policy.unknown-clause", "other_clauses: [九]"),
        ("at_least: $months", "at_least: 12", "policy.unused-parameter", "months:   {"),
        ("mode: no-application", "mode: no-aplication", "file.schema", "mode: no-apl"),
        ("times: yearly", "time: yearly", "file.unknown-key", "time: yearly"),
        ("serious_dishonesty, is: true, clause: 四", "serious_dishonesty, is: yes, clause: 四", "mapping.quote-it", "is: yes"),
        ('is: "320114"', "is: 320114", "policy.value", "is: 320114"),
        ('is: "320114"', "is: 01", "mapping.quote-it", "is: 01"),
        ('ratio: "5.5%"', "ratio: 0.055", "mapping.quote-it", "ratio: 0.055"),
        ('"2026":', "2026:", "mapping.quote-it", "2026:"),
        ("gives: 12000 元", "gives: 12001 元", "policy.example", "title: 裁员率恰为"),
        ("fails: [二] ", "fails: [一] ", "policy.example", "title: 两种裁员率"),
        ("gives: 12000 元", "given: 12000 元", "file.unknown-key", "given: 12000"),
        ("    fails: [三]\n", "", "policy.example-end", "title: 同类补贴"),
        ('{serious_dishonesty: true}', '{serious_dishonest: true}', "policy.unknown-fact", "serious_dishonest:"),
        ('{serious_dishonesty: true}', '{serious_dishonesty: "是"}', "policy.value", 'serious_dishonesty: "是"'),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line(
    policy_mistakes: Find, policy_text: str, old: str, new: str, code: str, part: str
) -> None:
    text = policy_text.replace(old, new, 1)
    line = text[: text.index(part)].count("\n") + 1
    assert (code, line) in policy_mistakes(old, new)


def test_all_mistakes_come_at_once_and_by_line(policy_mistakes: Find) -> None:
    found = policy_mistakes(
        "fact: district", "fact: distrct", "less: [other", "less: [othr", "cap: $cap", "cap: $capp"
    )
    assert {code for code, _ in found} == {
        "policy.unknown-fact", "policy.unknown-parameter", "policy.unused-parameter",
    }  # fmt: skip
    assert [line for _, line in found] == sorted(line for _, line in found)


def test_a_near_name_is_told_in_chinese(policy_with: Callable[..., Policy]) -> None:
    with pytest.raises(Invalid) as refused:
        policy_with("fact: ui_full_months", "fact: ui_full_month")
    [first, *_] = [e for e in refused.value.problems if e.code == "policy.unknown-fact"]
    text, remedy = describe(first.code, first.facts)
    assert "stable-jobs.yaml 第" in text
    assert "可用：ui_full_months" in text
    assert "facts" in remedy


def test_a_mistake_in_a_test_makes_no_other_of_its_parameter(policy_mistakes: Find) -> None:
    found = policy_mistakes("fact: ui_full_months", "fact: ui_full_month")
    assert [code for code, _ in found] == ["policy.unknown-fact"]


def test_a_code_is_one_of_its_fact(policy_mistakes: Find) -> None:
    size = "{fact: firm_size, one_of: [small, micr], clause: 一}"
    found = policy_mistakes(DISTRICT, f"{DISTRICT}\n        - {size}")
    assert [code for code, _ in found] == ["policy.unknown-code"]
    alone = "{fact: firm_size, is: smal, clause: 一}"
    found = policy_mistakes(DISTRICT, f"{DISTRICT}\n        - {alone}")
    assert [code for code, _ in found] == ["policy.unknown-code"]


def test_an_example_has_codes_of_its_fact(policy_mistakes: Find) -> None:
    found = policy_mistakes("{serious_dishonesty: true}", "{firm_size: big}")
    assert [code for code, _ in found] == ["policy.unknown-code"]


def test_a_mask_has_room_for_63_tests(policy_mistakes: Find, policy_with: Find) -> None:
    def tests(count: int) -> str:
        return "\n".join([f"        - {DISTRICT}"] * count)

    policy_with(f"        - {DISTRICT}", tests(59))
    found = policy_mistakes(f"        - {DISTRICT}", tests(60))
    assert [code for code, _ in found] == ["policy.too-many-tests"]


def test_a_policy_has_five_examples(policy_mistakes: Find) -> None:
    example = (
        "  - {title: 严重失信, on: 2026-05-01, facts: {serious_dishonesty: true}, fails: [四]}\n"
    )
    assert [code for code, _ in policy_mistakes(example, "")] == ["file.schema"]


def test_who_excludes_another_names_the_clause_and_who_does_not_names_none(
    policy_with: Callable[..., Policy], policy_mistakes: Find
) -> None:
    group, other = ("group: jobs-keeping", "# "), ("not_with: [training-retention]", "# ")
    assert policy_with(*group).exclusion_clause == policy_with(*other).exclusion_clause == "八"
    assert "policy.exclusion-clause" in [code for code, _ in policy_mistakes(*group, *other)]
    named = ("exclusion_clause: 八", "# ")
    [(code, _), *rest] = policy_mistakes(*group, *named)
    assert (code, [code for code, _ in rest]) == (
        "policy.exclusion-clause", ["policy.unused-clause"],
    )  # fmt: skip


def test_every_version_has_the_clause_of_exclusion(policy_mistakes: Find, policy_text: str) -> None:
    start, end = policy_text.index('  "2026":'), policy_text.index("examples:")
    later = policy_text[start:end].replace('"2026"', '"2027"').replace("2026-", "2027-")
    [clause] = [line for line in later.splitlines(keepends=True) if line.startswith("      八: ")]
    found = policy_mistakes("examples:", later.replace(clause, "") + "examples:")
    assert [code for code, _ in found] == ["policy.exclusion-version"]


def test_a_clause_that_only_clawback_names_is_used(policy_mistakes: Find) -> None:
    gone = ", clause: 六, when", ", clause: 四, when"
    assert [code for code, _ in policy_mistakes(*gone)] == ["policy.unused-clause"]
