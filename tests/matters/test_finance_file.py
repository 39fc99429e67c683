"""The checks of order finance as a file: what is shipped, and a site's own."""

from __future__ import annotations

from pathlib import Path

import jsonschema_rs
import pytest

from exchange.errors import Invalid
from mappings.yaml_file import read_yaml
from matters import finance_file, finance_mistakes
from matters.durations import Duration
from matters.finance_file import SHIPPED
from matters.finance_parts import STAGES
from matters.finance_schema import SCHEMA
from tests.matters.finance_prose import PAGE
from tests.matters.finances import CHECKLIST, REASONS

TEXT = SHIPPED.read_text("utf-8")


def site(folder: Path, old: str, new: str, name: str = "checks.yaml") -> Path:
    assert TEXT.count(old) == 1
    own = folder / "matters" / "order-finance" / name
    own.parent.mkdir(parents=True)
    own.write_text(TEXT.replace(old, new), "utf-8")
    return folder


def test_what_is_not_told_has_its_default() -> None:
    pledge = CHECKLIST.questions["pledge"]
    assert (pledge.dataset, pledge.due_from, pledge.until) == ("pledge", STAGES[0], STAGES[-1])
    assert (pledge.also, pledge.needs, pledge.rule) == ((), (), "")
    assert CHECKLIST.documents["request"].fresh is None
    assert CHECKLIST.documents["pledge"].fresh == Duration(3, "day")


def test_each_parameter_is_there_with_its_source() -> None:
    found = CHECKLIST.parameters
    assert {name: each.value for name, each in found.items()} == {
        "limit_fen": 300_000_000, "advance_percent": 80, "confirm_within_days": 30,
    }  # fmt: skip
    assert found["limit_fen"].source.startswith("配置：")


def test_each_check_says_whether_it_is_public_and_what_is_read_is_read_for_something() -> None:
    checks = CHECKLIST.questions.values()
    assert all(each.source.startswith(("公开：", "推定：")) for each in checks)
    read = {name for each in checks for name in (*each.reads, *each.also)}
    assert read == set(CHECKLIST.documents)


def test_everything_but_the_banks_own_papers_ages_and_is_about_somebody() -> None:
    others = set(CHECKLIST.documents) - {"request", "letter"}
    assert all(CHECKLIST.documents[name].fresh for name in others)
    assert all(CHECKLIST.documents[name].about for name in others)


def test_the_example_of_the_page_is_right() -> None:
    shipped = read_yaml(TEXT).data
    example = read_yaml(PAGE.read_text("utf-8").split("```yaml\n")[1].split("```")[0]).data
    whole = {**shipped, **{key: {**shipped[key], **example[key]} for key in example}}
    jsonschema_rs.Draft202012Validator(dict(SCHEMA)).validate(whole)
    assert [*finance_mistakes.find(whole, set(REASONS))] == []


def test_a_site_has_its_own_instead(tmp_path: Path) -> None:
    assert finance_file.of_site(tmp_path) == CHECKLIST
    own = site(tmp_path, "advance_percent: {value: 80,", "advance_percent: {value: 70,")
    assert finance_file.of_site(own).parameters["advance_percent"].value == 70


def test_a_file_that_has_changed_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "checks.yaml"
    file.write_text(TEXT, "utf-8")
    assert finance_file.load(file, REASONS) is finance_file.load(file, REASONS)
    file.write_text(TEXT.replace("{value: 80,", "{value: 75,") + "\n", "utf-8")
    assert finance_file.load(file, REASONS).parameters["advance_percent"].value == 75


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("due_from: invoiced", "due_from: invoicd", "file.schema"),
        ("fresh: 90 days", "fresh: soon", "file.schema"),
        ("{equal: {/pledge/is_pledged: true}}", "{present: /pledge/is_pledged}", "file.unknown-key"),
        ("    rule: letter\n", "", "file.schema"),
        ("    source: 推定：用指纹比较", "    source: 用指纹比较", "file.schema"),
        ("advance_percent: {value: 80", "advance_percent: {value: 101", "file.schema"),
    ],
)  # fmt: skip
def test_what_the_schema_sees_is_told_with_its_line(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    assert TEXT.count(old) == 1
    file = tmp_path / "checks.yaml"
    file.write_text(TEXT.replace(old, new), "utf-8")
    with pytest.raises(Invalid) as refused:
        finance_file.load(file, REASONS)
    (problem,) = refused.value.problems
    assert problem.code == told
    line = TEXT[: TEXT.index(old)].count("\n") + 1
    assert problem.facts["line"] == (line if new else _start(line))


def _start(line: int) -> int:
    """What a check lacks is told at the line of its name."""
    lines = TEXT.splitlines()[:line]
    return max(n for n, each in enumerate(lines, 1) if each.startswith("  ") and each[2] != " ")
