"""The arithmetic of order finance, each rule by itself, at its edges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from matters import finance_case
from matters.finance_parts import Finding
from matters.finance_reckoning import RULES
from tests.matters.finances import (
    CHECKLIST,
    REASONS,
    RIGHT,
    SELLER,
    TODAY,
    case,
    firm,
    listed,
    removed,
)

APPLIED, VALUE, PAID = "/request/amount_fen", "/order/amount_fen", "/order/paid_fen"


def reckoned(rule: str, change: dict[str, Any] | None = None, **more: Any) -> Finding:
    view = finance_case.view(CHECKLIST, case("due", change, **more), list(RIGHT))
    return RULES[rule].reckon(view)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_of_a_right_request_each_finds_nothing(rule: str) -> None:
    assert reckoned(rule) == Finding()


@pytest.mark.parametrize("rule", sorted(RULES))
def test_without_its_papers_each_finds_something_unknown_and_no_failure(rule: str) -> None:
    known = dict.fromkeys(("bank", "is_revoked", "uses_left", "is_elsewhere", "financed_fen", "holidays", "core", "core_used_fen"))  # fmt: skip
    found = reckoned(rule, known=known, without=list(RIGHT))
    assert found.lacks
    assert (found.fails, found.manual) == ((), ())


def test_each_names_codes_that_there_are() -> None:
    assert {code for rule in RULES.values() for code in rule.codes} <= set(REASONS)


# --- letter -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "known"),
    [
        ({"/letter/number": "SQ-2"}, {}),
        ({"/letter/order": "PO-2"}, {}),
        ({"/letter/grantor/uscc": "91320116MA1XBUYE50"}, {}),
        ({"/letter/bank/uscc": SELLER}, {}),
        ({"/letter/purpose": "after-loan"}, {}),
        ({"/letter/valid_from": "2026-12-01"}, {}),
        ({"/letter/valid_until": "2026-11-29"}, {}),
        ({}, {"is_revoked": True}),
        ({}, {"uses_left": 0}),
        ({}, {"bank": SELLER}),
        ({"/letter/valid_until": "2026-11-29"}, {"is_revoked": None}),
    ],
)
def test_a_letter_that_is_surely_not_for_this(
    change: dict[str, Any], known: dict[str, Any]
) -> None:
    assert reckoned("letter", change, known=known).fails == ("R01",)


def test_the_order_s_number_may_be_spelt_otherwise_in_the_letter() -> None:
    told = case("due").fields["/request/order"]
    assert reckoned("letter", {"/letter/order": f" {str(told).lower()}\u200b"}) == Finding()


def test_both_its_first_and_its_last_day_count_and_so_does_this_read() -> None:
    today = TODAY.isoformat()
    change = {"/letter/valid_from": today, "/letter/valid_until": today}
    assert reckoned("letter", change, known={"uses_left": 1}) == Finding()
    both = {"/letter/purpose": "order-finance-and-after-loan"}
    assert reckoned("letter", both) == Finding()


def test_what_is_not_known_of_a_letter_is_told() -> None:
    found = reckoned("letter", {"/letter/purpose": None}, known={"is_revoked": None})
    assert found == Finding(lacks=("/letter/purpose", "is_revoked"))


# --- amounts ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("applied", "value", "paid", "wanted"),
    [
        (100, 100, 0, Finding()),
        (101, 100, 0, Finding(fails=("R06",))),
        (60, 100, 40, Finding()),
        (61, 100, 40, Finding(fails=("R06",))),
        (61, 100, None, Finding(lacks=(PAID,))),
        (101, 100, None, Finding(fails=("R06",), lacks=(PAID,))),
        (101, None, 0, Finding(lacks=(VALUE,))),
        (None, 100, 0, Finding(lacks=(APPLIED,))),
        (1, 100, 120, Finding(fails=("R06",))),
    ],
)
def test_what_is_applied_for_and_what_is_still_to_be_paid(
    applied: int | None, value: int | None, paid: int | None, wanted: Finding
) -> None:
    assert reckoned("amount", {APPLIED: applied, VALUE: value, PAID: paid}) == wanted


@pytest.mark.parametrize(
    ("financed", "wanted"),
    [
        (50_000_000, Finding()),
        (50_000_001, Finding(fails=("R06",))),
        (None, Finding(lacks=("financed_fen",))),
    ],
)
def test_all_financing_together_is_never_above_the_value(
    financed: int | None, wanted: Finding
) -> None:
    assert reckoned("cumulative", known={"financed_fen": financed}) == wanted


@pytest.mark.parametrize(
    ("applied", "value", "wanted"),
    [
        (300_000_000, 1_000_000_000, Finding()),
        (300_000_001, 1_000_000_000, Finding(fails=("R18",))),
        (80, 100, Finding()),
        (81, 100, Finding(fails=("R18",))),
        (81, None, Finding(lacks=(VALUE,))),
        (300_000_001, None, Finding(fails=("R18",), lacks=(VALUE,))),
        (None, 100, Finding(lacks=(APPLIED,))),
    ],
)
def test_the_limit_and_the_share_that_is_advanced(
    applied: int | None, value: int | None, wanted: Finding
) -> None:
    assert reckoned("limit", {APPLIED: applied, VALUE: value}) == wanted


# --- the buyer's word -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "days", "wanted"),
    [
        (True, None, "pass"),
        (False, None, "fail"),
        (None, None, "unknown"),
        (None, 0, "unknown"),
        (None, 30, "unknown"),
        (None, 34, "manual"),
        (True, 34, "pass"),
        (False, 34, "fail"),
    ],
)
def test_silence_is_unknown_until_the_last_day_is_over_and_then_for_a_person(
    said: bool | None, days: int | None, wanted: str
) -> None:
    asked = None if days is None else (TODAY - timedelta(days=days)).isoformat()
    change = {"/order/is_confirmed": said, "/request/confirmation_asked_on": asked}
    found = reckoned("confirmation", change, known={"core": listed(firm(kind="large-firm"))})
    came_to = "manual" if found.manual else "unknown" if found.lacks else "pass"
    assert ("fail" if found.fails else came_to) == wanted
    assert {*found.fails, *found.manual} <= {"R05"}
    assert bool(found.basis) is (wanted == "manual")


@pytest.mark.parametrize("kind", ["other", ""])
def test_of_a_buyer_of_whom_no_law_asks_it_silence_says_nothing(kind: str) -> None:
    change = {"/order/is_confirmed": None, "/request/confirmation_asked_on": "2026-01-05"}
    found = reckoned("confirmation", change, known={"core": listed(firm(kind=kind))})
    assert found == Finding(lacks=("/order/is_confirmed",))


def test_of_a_buyer_whose_order_is_not_there_nobody_says_that_it_is_silent() -> None:
    change = {"/request/confirmation_asked_on": "2026-01-05"}
    known = {"core": listed(firm(kind="public-body"))}
    assert reckoned("confirmation", change, known=known, without=["order"]).manual == ()


@pytest.mark.parametrize(
    ("order", "opinion", "wanted"),
    [
        (True, True, Finding()),
        (True, None, Finding()),
        (None, True, Finding()),
        (False, True, Finding(manual=("R14",))),
        (True, False, Finding(manual=("R14",))),
        (False, None, Finding(manual=("R14",))),
        (None, None, Finding(lacks=("/order/may_be_assigned", "/opinion/may_be_assigned"))),
    ],
)
def test_one_word_will_do_and_one_objection_is_looked_at(
    order: bool | None, opinion: bool | None, wanted: Finding
) -> None:
    change = {"/order/may_be_assigned": order, "/opinion/may_be_assigned": opinion}
    assert reckoned("assignable", change) == wanted


# --- what the hub knows -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("found", "wanted"),
    [
        (False, Finding()),
        (True, Finding(fails=("R11",))),
        (None, Finding(lacks=("is_elsewhere",))),
    ],
)
def test_another_bank(found: bool | None, wanted: Finding) -> None:
    assert reckoned("duplicates", known={"is_elsewhere": found}) == wanted


NOT_LISTED = Finding(fails=("R13",))


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({"core": None}, Finding(lacks=("core",))),
        ({"core": listed()}, Finding(lacks=("core",))),
        ({"core": listed(firm(uscc=SELLER))}, NOT_LISTED),
        ({"core": listed(firm(term=None))}, NOT_LISTED),
        ({"core_used_fen": 450_000_000}, Finding()),
        ({"core_used_fen": 450_000_001}, NOT_LISTED),
        ({"core_used_fen": 600_000_000}, NOT_LISTED),
        ({"core_used_fen": None}, Finding(lacks=("core_used_fen",))),
        ({"core": listed(removed(TODAY, "stops"))}, NOT_LISTED),
        ({"core": listed(removed(TODAY, "stays"))}, NOT_LISTED),
        ({"core": listed(removed(TODAY + timedelta(days=1), "stops"))}, Finding()),
    ],
)
def test_the_list_of_core_enterprises(known: dict[str, Any], wanted: Finding) -> None:
    assert reckoned("core-list", known=known) == wanted


def test_what_was_asked_for_before_a_removal_may_stay() -> None:
    before = {"/request/received_on": (TODAY - timedelta(days=1)).isoformat()}
    stays, stops = ({"core": listed(removed(TODAY, each))} for each in ("stays", "stops"))
    assert reckoned("core-list", before, known=stays) == Finding()
    assert reckoned("core-list", before, known=stops) == NOT_LISTED
    found = reckoned("core-list", {"/request/received_on": None}, known=stays)
    assert found == Finding(lacks=("/request/received_on",))


def test_above_the_whole_limit_there_is_no_room_whatever_is_used() -> None:
    found = reckoned("core-list", {APPLIED: 500_000_001}, known={"core_used_fen": None})
    assert found == Finding(fails=("R13",), lacks=("core_used_fen",))
    assert reckoned("core-list", {APPLIED: None}) == Finding(lacks=(APPLIED,))
