"""Due, paid, and paid elsewhere: told only where it is surely so."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from matters import finance_known
from matters.finance_known import Scene
from matters.finance_loan import Standing, Word

DAY = date(2026, 6, 10)
FIRST = {"amount_fen": 100, "paid_fen": 10, "stage": "signed"}
SCENE = Scene(DAY, Standing(), "buyer", order=FIRST, order_day=DAY, first=FIRST)


def credited(*amounts: int, payer: str = "buyer", until: date | None = None) -> Standing:
    words = tuple(Word("credit", DAY, fen, payer) for fen in amounts)
    return Standing(credits=words, checked_until=until)


def order(**changed: Any) -> dict[str, Any]:
    return {**FIRST, **changed}


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({}, None),
        ({"due_on": "2026-06-10"}, False),
        ({"due_on": "2026-06-09"}, True),
        ({"due_on": "2026-06-09", "stage": "paid"}, False),
        ({"due_on": "2026-06-09", "paid_fen": 100}, False),
    ],
)
def test_an_order_is_past_due_the_day_after(told: dict[str, Any], wanted: bool | None) -> None:
    assert finance_known.of(replace(SCENE, order=order(**told))).get("is_past_due") is wanted


@pytest.mark.parametrize(
    ("day", "told", "wanted"),
    [
        (None, {}, None),
        (DAY, {}, False),
        (date(2026, 6, 9), {}, True),
        (date(2026, 6, 9), {"is_confirmed": False}, False),
    ],
)
def test_after_its_last_day_a_buyer_that_has_said_nothing_is_late(
    day: date | None, told: dict[str, Any], wanted: bool | None
) -> None:
    scene = replace(SCENE, confirm_by=day, order=order(**told))
    assert finance_known.of(scene).get("is_confirmation_overdue") is wanted


def test_only_what_the_buyer_has_paid_counts() -> None:
    part = finance_known.of(replace(SCENE, standing=credited(40, 49)))
    assert (part["credited_fen"], part["is_paid_in_part"], part["is_paid"]) == (89, True, False)
    whole = finance_known.of(replace(SCENE, standing=credited(40, 50)))
    assert (whole["is_paid_in_part"], whole["is_paid"]) == (False, True)
    other = finance_known.of(replace(SCENE, standing=credited(90, payer="x")))
    assert (other["is_paid_in_part"], other["is_paid"]) == (False, False)


@pytest.mark.parametrize(
    ("paid", "standing", "wanted"),
    [
        (10, Standing(), 0),
        (60, credited(50), 0),
        (60, credited(20), None),
        (60, credited(20, until=date(2026, 6, 9)), None),
        (60, credited(20, until=DAY), 30),
        (60, credited(50, payer="x", until=DAY), 50),
        (None, credited(20, until=DAY), None),
    ],
)
def test_paid_elsewhere_is_known_once_the_bank_has_told_its_account(
    paid: int | None, standing: Standing, wanted: int | None
) -> None:
    told = {k: v for k, v in order(paid_fen=paid).items() if v is not None}
    scene = replace(SCENE, order=told, standing=standing)
    assert finance_known.of(scene).get("elsewhere_fen") == wanted


def test_without_an_order_nothing_follows() -> None:
    scene = replace(SCENE, order=None, first=None, confirm_by=date(2026, 1, 1))
    assert finance_known.of(scene) == {"credited_fen": 0}
