"""What the file says, and what comes of it, as plain values."""

from __future__ import annotations

from matters.finance_parts import NONE, Check, Finding, joined
from tests.matters.finances import CHECKLIST


def test_the_datasets_are_what_a_letter_may_name_each_once() -> None:
    found = CHECKLIST.datasets
    assert len(found) == len(set(found))
    assert NONE not in found
    assert set(found) == {each.dataset for each in CHECKLIST.questions.values()} - {NONE}


def test_findings_are_joined_each_reason_once() -> None:
    found = joined([Finding(("R07",)), Finding(("R07", "R08"), ("R09",), ("x",)), Finding(is_down=True)])  # fmt: skip
    assert found == Finding(("R07", "R08"), ("R09",), ("x",), is_down=True)
    assert joined([]) == Finding()


def test_what_is_waited_for_is_no_part_of_what_the_bank_is_told() -> None:
    assert Check("a", "甲", "unknown", lacks=("x",)) == Check("a", "甲", "unknown")
