"""When ``make grants`` calls a night a good one."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox import grant_summary

GOOD: dict[str, Any] = {
    "treasury": {"awards": 2, "fen": 300, "returned": 1, "twice": [], "unexplained": 0},
    "hub": {"paid": [2, 300], "declined": [1, 50]},
    "proof": {"verified": True},
}


def test_hub_and_treasury_say_the_same_and_a_decision_verified() -> None:
    assert grant_summary.is_good(GOOD)


@pytest.mark.parametrize(
    "changed",
    [
        {"treasury": GOOD["treasury"] | {"twice": ["A1"]}},
        {"treasury": GOOD["treasury"] | {"unexplained": 1}},
        {"treasury": GOOD["treasury"] | {"fen": 301}},
        {"hub": {"paid": [3, 300]}},
        {"hub": {}},
        {"proof": {"verified": False}},
    ],
)
def test_anything_else_is_none(changed: dict[str, Any]) -> None:
    assert not grant_summary.is_good(GOOD | changed)


def test_every_policy_that_ships_has_a_title() -> None:
    assert grant_summary.titles()["stable-jobs"] == "失业保险稳岗返还"
