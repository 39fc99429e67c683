"""What keeps a policy from being used, and what may have been overlooked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.zhida.gifts import TEXT, gifts, site
from zhida import policy_check

TODAY = date(2026, 11, 28)


def codes(text: str, folder: Path, today: date = TODAY) -> list[tuple[str, bool]]:
    site(folder, text)
    return [(row["code"], row["ok"]) for row in policy_check.check(folder, "gifts", today)]


def test_a_policy_without_fault(tmp_path: Path) -> None:
    assert codes(TEXT, tmp_path) == [("", True)]


def test_a_mistake_is_told_with_its_line(tmp_path: Path) -> None:
    site(tmp_path, TEXT.replace("fact: insured_now, at", "fact: insured_nwo, at"))
    rows = policy_check.check(tmp_path, "gifts", TODAY)
    assert [(row["code"], row["ok"]) for row in rows] == [("policy.unknown-fact", False)]
    assert "insured_now" in rows[0]["what"] and rows[0]["line"] == 30


def test_a_number_that_its_clauses_do_not_name(tmp_path: Path) -> None:
    text = TEXT.replace("money: 20 万元", "money: 30 万元").replace(
        "gives: 20 万元", "gives: 30 万元"
    )
    assert codes(text, tmp_path) == [("policy.not-in-clauses", True)]


@pytest.mark.parametrize(
    ("until", "told"),
    [("2026-12-31", ["policy.ends"]), ("2027-06-30", []), ("2026-10-01", ["policy.ends"])],
)
def test_a_version_that_ends_soon(until: str, told: list[str]) -> None:
    text = TEXT.replace("    since: 2026-01-01\n", f"    since: 2026-01-01\n    until: {until}\n")
    assert [each.code for each in policy_check.warnings(gifts(text), TODAY)] == told


def test_every_shipped_policy_is_without_mistake(tmp_path: Path) -> None:
    rows = policy_check.check(tmp_path, "", TODAY)
    assert len({row["file"] for row in rows}) == 61
    assert all(row["ok"] for row in rows)
