"""A holder's file of facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import fact_file
from matters.facts import Fact

TEXT = """\
holder: human-resources
facts:
  ui_full_months: {title: 足额缴费月数, kind: count}
  firm_size: {title: 企业规模, kind: code, codes: {large: 大型, small: 小型}, note: 统计口径}
  tax_clean: {title: 无欠税, kind: flag, answer: true}
"""


def written(tmp_path: Path, old: str = "", new: str = "") -> Path:
    assert old in TEXT
    path = tmp_path / "hr.yaml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    return path


def test_facts_have_their_holder(tmp_path: Path) -> None:
    found = fact_file.load(written(tmp_path))
    holder = "human-resources"
    sizes = {"large": "大型", "small": "小型"}
    assert list(found.values()) == [
        Fact("ui_full_months", "足额缴费月数", "count", holder),
        Fact("firm_size", "企业规模", "code", holder, sizes, note="统计口径"),
        Fact("tax_clean", "无欠税", "flag", holder, answer=True),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("kind: count", "kind: counts", "file.schema", 3),
        ("kind: count", "kind: count, codes: {a: 甲}", "policy.fact-codes", 3),
        ("kind: flag", "kind: money", "policy.fact-answer", 5),
        ("ui_full_months", "UI-months", "file.schema", 3),
        ("note: 统计口径", "nota: 统计口径", "file.unknown-key", 4),
        ("holder: human-resources\n", "", "file.schema", 1),
    ],
)
def test_mistakes(tmp_path: Path, old: str, new: str, code: str, line: int) -> None:
    with pytest.raises(Invalid) as refused:
        fact_file.load(written(tmp_path, old, new))
    assert (code, line) in [(p.code, p.facts["line"]) for p in refused.value.problems]
