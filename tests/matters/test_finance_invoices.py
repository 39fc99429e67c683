"""Invoices of both generations, one by one and together beside the order."""

from __future__ import annotations

from typing import Any

import pytest

from matters import finance_case, finance_invoices
from matters.finance_parts import Finding
from tests.matters.finances import CHECKLIST, DIGITAL, OLD, RIGHT, case

ASKED = RIGHT["request"]["invoices"]
NORMAL = RIGHT["invoices"]["invoices"]


def found(
    told: list[dict[str, Any]] | None = None,
    asked: list[dict[str, Any]] | None = None,
    value: int | None = 100_000_000,
) -> Finding:
    change = {
        "/invoices/invoices": list(NORMAL) if told is None else told,
        "/request/invoices": list(ASKED) if asked is None else asked,
        "/order/amount_fen": value,
    }
    names = ["invoices", "request", "order"]
    return finance_invoices.reckon(finance_case.view(CHECKLIST, case("due", change), names))


def first(**changes: Any) -> list[dict[str, Any]]:
    """The first answer changed; None takes a field away."""
    row = {key: value for key, value in {**NORMAL[0], **changes}.items() if value is not None}
    return [row, NORMAL[1]]


def test_all_as_issued_and_together_no_more_than_the_order() -> None:
    assert found() == Finding()
    assert found(value=50_000_000) == Finding()
    assert found(value=49_999_999) == Finding(fails=("R07",))


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"state": "void"}, Finding(fails=("R09",))),
        ({"state": "red"}, Finding(fails=("R09",))),
        ({"state": "differs"}, Finding(fails=("R07",))),
        ({"state": "none"}, Finding(fails=("R08",))),
        ({"state": "none", "total_fen": None}, Finding(fails=("R08",))),
        ({"total_fen": 30_000_001}, Finding(fails=("R07",))),
        ({"state": "red-in-part", "red_fen": 5}, Finding(manual=("R09",))),
        ({"state": "red-in-part"}, Finding(manual=("R09",), lacks=("/invoices/01234567",))),
        ({"state": "unknown"}, Finding(lacks=("/invoices/01234567",), is_down=True)),
        ({"total_fen": None}, Finding(lacks=("/invoices/01234567",))),
        ({"number": "99999999"}, Finding(lacks=("/invoices/01234567",))),
    ],
)
def test_what_is_said_of_one(changes: dict[str, Any], wanted: Finding) -> None:
    assert found(first(**changes)) == wanted


def test_the_older_kind_is_known_by_its_code_too() -> None:
    other = {**NORMAL[0], "code": "032002200112"}
    assert found([other, NORMAL[1]]).lacks == ("/invoices/01234567",)
    assert found([other, *NORMAL]) == Finding()
    without_code = [{**DIGITAL, "issued_on": "2026-11-02", "total_fen": 20_000_000}]
    assert found(asked=without_code) == Finding()


def test_what_was_taken_back_does_not_count_beside_the_order() -> None:
    part = first(state="red-in-part", red_fen=10_000_000)
    assert found(part, value=40_000_000) == Finding(manual=("R09",))
    assert found(part, value=39_999_999) == Finding(fails=("R07",), manual=("R09",))
    assert found(first(state="void"), value=20_000_000).fails == ("R09",)
    assert found(first(red_fen=10_000_000), value=40_000_000) == Finding()


def test_while_one_is_unknown_nobody_adds_up() -> None:
    told = found(first(state="unknown"), value=1)
    assert (told.fails, told.is_down) == ((), True)


def test_two_answers_about_one_invoice_that_differ_are_none() -> None:
    assert found([*NORMAL, NORMAL[0]]) == Finding()
    assert found([*NORMAL, {**NORMAL[0], "state": "void"}]).lacks == ("/invoices/01234567",)


def test_an_invoice_that_is_named_twice_counts_once() -> None:
    assert found(asked=[*ASKED, ASKED[0]], value=50_000_000) == Finding()
    other = {**ASKED[0], "total_fen": 1}
    assert found(asked=[*ASKED, other]).fails == ("R07",)


def test_without_invoices_in_the_request_or_a_value_of_the_order_it_is_unknown() -> None:
    assert found(asked=[]).lacks == ("/request/invoices",)
    assert found(value=None).lacks == ("/order/amount_fen",)
    assert OLD["number"] == "01234567"
