"""The list of core enterprises as a file: two people, all criteria met, days that follow one another."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import core_list, core_list_file
from matters.core_list import Removed, Said
from tests.matters.finance_prose import PAGE
from tests.matters.finances import BUYER

LIST = f"""\
title: 示例名单
criteria:
  in-zone: {{title: 在开发区内, source: "公开：示例"}}
  in-business: {{title: 经营正常, source: "推定：示例"}}
firms:
  {BUYER}:
    name: 示例核心有限公司
    facts:
      in-zone: {{is: true, source: 开发区管委会, on: 2026-01-05}}
      in-business: {{is: true, source: 市场监管}}
    proposed: {{by: "1001", on: 2026-01-06}}
    approved: {{by: "1002", on: 2026-01-08}}
    limit_fen: 500000000
    valid_from: 2026-01-10
    valid_until: 2026-12-31
    removed: {{on: 2026-06-01, reason: 列入经营异常名录, existing: stays}}
"""


def read(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "core-list.yaml"
    file.write_text(text, "utf-8")
    try:
        core_list_file.load(file)
    except Invalid as error:
        lines = text.splitlines()
        told = [(each.code, lines[int(str(each.facts["line"])) - 1]) for each in error.problems]
        return [f"{code} | {line.strip()}" for code, line in told]
    return []


def test_the_shipped_one_has_criteria_and_no_firm() -> None:
    found = core_list_file.load(core_list_file.SHIPPED)
    assert found.firms == {}
    assert list(found.criteria) == ["in-zone", "medium-size", "in-business"]
    assert all(each.source.startswith(("公开：", "推定：")) for each in found.criteria.values())


def test_what_a_list_says(tmp_path: Path) -> None:
    file = tmp_path / "core-list.yaml"
    file.write_text(LIST, "utf-8")
    firm = core_list_file.load(file).firms[BUYER]
    assert firm.facts == {"in-zone": True, "in-business": True}
    assert firm.proposed == Said("1001", date(2026, 1, 6))
    assert firm.removed == Removed(date(2026, 6, 1), "列入经营异常名录", "stays")
    assert firm.term is not None
    assert (firm.term.limit_fen, firm.term.valid_until) == (500_000_000, date(2026, 12, 31))


def test_the_example_of_the_page_is_right(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8").split("```yaml\n")[2].split("```")[0]
    assert read(tmp_path, "title: 示例\n" + text.replace("统一社会信用代码", BUYER)) == []


def test_a_candidate_may_have_facts_that_are_unknown_or_no(tmp_path: Path) -> None:
    start, end = LIST.index("    approved"), len(LIST)
    text = LIST[:start].replace("is: true, source: 市场监管", "is: unknown, source: 市场监管")
    assert read(tmp_path, text + LIST[end:]) == []
    file = tmp_path / "core-list.yaml"
    found = core_list_file.load(file)
    assert core_list.eligible(found, found.firms[BUYER]) == {
        "in-zone": "met",
        "in-business": "unknown",
    }


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (BUYER, f"{BUYER[:-1]}9", f"core.uscc | {BUYER[:-1]}9:"),
        ("      in-business:", "      in-busines:", "core.unknown-criterion | in-busines:"),
        ('"1002"', '"1001"', "core.same-person | approved"),
        ("is: true, source: 市场监管", "is: false, source: 市场监管", "core.not-eligible | approved"),
        ("is: true, source: 市场监管", "is: unknown, source: 市场监管", "core.not-eligible | approved"),
        ("      in-business: {is: true, source: 市场监管}\n", "", "core.not-eligible | approved"),
        ("on: 2026-01-08", "on: 2026-01-05", "core.order | approved"),
        ("valid_from: 2026-01-10", "valid_from: 2026-01-07", "core.order | valid_from"),
        ("valid_until: 2026-12-31", "valid_until: 2026-01-09", "core.order | valid_from"),
        ("on: 2026-06-01", "on: 2026-01-07", "core.order | removed"),
        ("valid_until: 2026-12-31", "valid_until: 2026-02-30", "core.day | valid_until: 2026-02-30"),
        ("on: 2026-01-05", "on: 2026-13-05", "core.day | in-zone"),
        ("existing: stays", "existing: stay", "file.schema | removed"),
        ("    limit_fen: 500000000\n", "", f"file.schema | {BUYER}:"),
        ("公开：示例", "示例", "file.schema | in-zone"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert LIST.count(old) == 1
    found = read(tmp_path, LIST.replace(old, new))
    assert any(each.startswith(told) for each in found), found


def test_a_site_has_its_own_instead(tmp_path: Path) -> None:
    assert core_list_file.of_site(tmp_path).firms == {}
    own = tmp_path / "matters" / "order-finance" / "core-list.yaml"
    own.parent.mkdir(parents=True)
    own.write_text(LIST, "utf-8")
    assert set(core_list_file.of_site(tmp_path).firms) == {BUYER}
