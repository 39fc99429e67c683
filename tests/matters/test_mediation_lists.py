"""The centre's lists: what is shipped is whole and says where it is from; a mistake is told with its line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from exchange.errors import Invalid
from exchange.problems import describe
from matters import mediation_lists
from matters.mediation_checks import CHECKS
from matters.mediation_lists import SHIPPED
from tests.matters.ladders import MEDIATION

TEXT = SHIPPED.read_text("utf-8")
LISTS = mediation_lists.load(SHIPPED, MEDIATION)


def read(tmp_path: Path, text: str) -> list[str]:
    """Codes, with the text of their lines."""
    file = tmp_path / "lists.yaml"
    file.write_text(text, "utf-8")
    try:
        mediation_lists.load(file, MEDIATION)
    except Invalid as error:
        lines = text.splitlines()
        told = [(each.code, lines[int(str(each.facts["line"])) - 1]) for each in error.problems]
        return [f"{code} | {line.strip()}" for code, line in told]
    return []


def test_the_shipped_ones_are_as_many_as_the_district_told() -> None:
    names = ("services", "steps", "flows", "duties", "donts", "rules")
    assert [len(getattr(LISTS, name)) for name in names] == [15, 3, 3, 10, 6, 7]


def test_each_entry_says_whether_it_is_public() -> None:
    for name in ("services", "steps", "flows", "duties", "donts", "rules"):
        for entry in getattr(LISTS, name).values():
            assert entry.source.startswith(("公开：", "示例：")), entry


def test_what_is_told_to_be_public_stands_in_the_districts_own_words() -> None:
    """No title of the duties and don'ts is public, nor two of the rules; only their numbers are."""
    for entry in (*LISTS.duties.values(), *LISTS.donts.values(), *LISTS.steps.values()):
        assert entry.source.startswith("示例")
    public = [rule.title for rule in LISTS.rules.values() if rule.source.startswith("公开")]
    assert public == [
        "定期联席会议", "快速应急反应", "案件信息共享", "联合业务培训和案例研讨", "多元经费保障"
    ]  # fmt: skip


def test_every_check_is_used_and_every_dont_is_checked_or_says_why_not() -> None:
    assert {each.check for each in LISTS.donts.values()} - {""} == set(CHECKS)
    assert all(bool(each.check) != bool(each.unchecked) for each in LISTS.donts.values())


def test_every_event_that_moves_a_dispute_belongs_to_a_step() -> None:
    assert LISTS.step_of("declined") == "triage"
    assert LISTS.step_of("right-known") == ""


def test_a_period_of_the_parties_is_nobodys_delay() -> None:
    told = {period for each in LISTS.donts.values() if each.check == "overdue" for period in each.periods}  # fmt: skip
    assert (
        told & {"limitation", "wage-limitation", "suing", "joint-review", "confirmation"} == set()
    )
    assert told <= set(MEDIATION.clocks)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("roles: [union, hub, aid]", "roles: [unoin, hub]", "lists.unknown-role | legal-advice"),
        ("[diverted, handed-over, declined]", "[diverted, declned]", "lists.unknown-event | triage"),
        ("acceptance: holder}", "acceptence: holder}", "lists.unknown-period | sitting"),
        ("acceptance: holder}", "acceptance: holdr}", "lists.unknown-role | sitting"),
        ("track: dispute", "track: disputes", "lists.unknown-track | track"),
        ("check: without-consent", "check: without-consnt", "lists.unknown-check | without-consent"),
        ("reports: [workload]", "reports: [worklod]", "lists.unknown-report | funding"),
        ("files: [matter.yaml]", "files: [mater.yaml]", "lists.unknown-file | case-sharing"),
        ("    counts: [declined]\n", "", "lists.needs | shirking"),
        ("    check: without-consent", "    check: without-consent\n    at_most: 3", "lists.idle | at_most"),
        ("    check: without-consent", "    unchecked: 看不出\n    at: [closed]", "lists.idle | at"),
        ("[diverted, handed-over, declined]", "[diverted, handed-over]", "lists.event-nowhere | steps"),
        ("[registered, advised, reopened]", "[registered, advised, reopened, declined]", "lists.event-twice | reception"),
        ("roles: [inspection], source: 示例：公开的只写三个流向", "roles: [inspection, court], source: 示例", "lists.role-twice | inspection"),
        ("services: 15", "services: 16", "lists.count | services"),
        ("    check: without-consent\n", "", "file.schema | without-consent"),
        ("    check: without-consent", "    check: without-consent\n    unchecked: 也", "file.schema | without-consent"),
        ("    reports: [workload]\n", "", "file.schema | funding"),
        ("    source: 公开：多元经费保障\n", "", "file.schema | funding"),
        ("    does: 会前", "    dose: 会前", "file.unknown-key | dose"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert TEXT.count(old) == 1
    found = read(tmp_path, TEXT.replace(old, new))
    assert any(each.startswith(told) for each in found), found


def test_a_name_that_is_misspelt_is_answered_with_the_nearest(tmp_path: Path) -> None:
    file = tmp_path / "lists.yaml"
    file.write_text(TEXT.replace("acceptance: holder}", "acceptence: holder}"), "utf-8")
    with pytest.raises(Invalid) as caught:
        mediation_lists.load(file, MEDIATION)
    (problem,) = caught.value.problems
    said, _ = describe(problem.code, problem.facts)
    assert re.search(r"lists\.yaml 第 \d+ 行：阶梯中没有期限 acceptence，可用：acceptance", said)


def test_a_site_has_its_own_instead(tmp_path: Path) -> None:
    assert mediation_lists.of_site(tmp_path, MEDIATION) == LISTS
    own = TEXT.replace("title: 不准推诿", "title: 不准踢皮球")
    (tmp_path / mediation_lists.FILE).write_text(own, "utf-8")
    found = mediation_lists.of_site(tmp_path, MEDIATION)
    assert found.donts["shirking"].title == "不准踢皮球"
