"""Reason codes: the table that is shipped, and what is wrong with one that is not right."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.errors import Invalid
from mappings import codes
from matters import finance_reasons
from matters.finance_reasons import SHIPPED
from tests.matters.finances import REASONS

TEXT = SHIPPED.read_text("utf-8")


def read(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "reasons.csv"
    file.write_text(text, "utf-8")
    try:
        finance_reasons.load(file)
    except Invalid as error:
        return [f"{each.code}:{each.facts.get('line')}" for each in error.problems]
    return []


def test_there_are_eighteen_and_the_one_that_is_never_a_pass() -> None:
    assert list(REASONS) == [f"R{n:02}" for n in range(1, 19)] + ["R99"]
    assert REASONS["R99"].severity == "retry"
    assert {code for code, each in REASONS.items() if each.severity == "manual"} == {
        "R12", "R14", "R16",
    }  # fmt: skip


def test_they_are_those_of_the_code_list() -> None:
    assert set(codes.scheme("order_finance_reject").codes) == set(REASONS)


def test_each_says_whether_it_is_public() -> None:
    assert all(each.basis.startswith(("公开：", "推定：")) for each in REASONS.values())


def test_the_shipped_one_is_right_also_from_excel(tmp_path: Path) -> None:
    assert read(tmp_path, TEXT) == []
    assert read(tmp_path, "\ufeff" + TEXT.replace("\n", "\r\n")) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("code,zh,en,severity,basis", "code,zh,en,basis,severity", "reasons.headings:1"),
        ("R12,", "R1,", "reasons.row:13"),
        ("R12,", "R11,", "reasons.twice:13"),
        (",manual,推定：自拟\nR13", ",soft,推定：自拟\nR13", "reasons.row:13"),
        (",manual,推定：自拟\nR13", ",manual,自拟\nR13", "reasons.row:13"),
        (",manual,推定：自拟\nR13", ",manual\nR13", "reasons.row:13"),
        ("R99,", "R98,", "reasons.no-down:20"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, old: str, new: str, told: str) -> None:
    assert TEXT.count(old) == 1
    assert read(tmp_path, TEXT.replace(old, new)) == [told]


def test_an_empty_file_and_none_at_all(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ["reasons.headings:1"]
    with pytest.raises(Invalid, match=r"file\.missing"):
        finance_reasons.load(tmp_path / "none.csv")


def test_a_site_has_its_own_instead(tmp_path: Path) -> None:
    assert finance_reasons.of_site(tmp_path) == REASONS
    own = tmp_path / "matters" / "order-finance" / "reasons.csv"
    own.parent.mkdir(parents=True)
    own.write_text(TEXT + "R20,本行自己的原因,our own,manual,推定：示例\n", "utf-8")
    assert finance_reasons.of_site(tmp_path)["R20"].zh == "本行自己的原因"
