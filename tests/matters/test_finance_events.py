"""A change that is surely one is an event, once; what is unknown is none."""

from __future__ import annotations

from typing import Any

import pytest

from matters import finance_events, finance_events_file
from matters.finance_events import Seen
from tests.matters.finances import CHECKLIST

BOOK = finance_events_file.load(finance_events_file.SHIPPED, CHECKLIST)


def noticed(name: str, now: Any, before: Any = None) -> list[str]:
    seen = Seen(name, "名称", "d2", now, before, "d1" if before is not None else "")
    return [each.rule.name for each in finance_events.of_paper(BOOK, seen)]


ORDER = {"state": "open", "stage": "signed", "amount_fen": 100, "due_on": "2026-08-01"}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({}, []),
        ({"state": "cancelled"}, ["order-cancelled"]),
        ({"stage": "delivered"}, ["stage-moved"]),
        ({"amount_fen": 90}, ["order-changed"]),
        ({"due_on": "2026-09-01", "stage": "due"}, ["order-changed", "stage-moved"]),
        ({"is_confirmed": True}, []),
    ],
)
def test_what_the_order_has_become(changed: dict[str, Any], told: list[str]) -> None:
    now = {**ORDER, **changed}
    assert noticed("order", now, ORDER) == told
    assert noticed("order", now, now) == []


def test_what_nobody_had_stated_is_news_once_it_is() -> None:
    assert noticed("delivery", {"is_delivered": True}) == ["delivered"]
    assert noticed("delivery", {"is_delivered": True}, {}) == ["delivered"]
    assert noticed("delivery", {"is_delivered": True}, {"is_delivered": False}) == ["delivered"]
    assert noticed("delivery", {"is_delivered": True}, {"is_delivered": True}) == []


def test_what_is_unknown_now_is_no_event() -> None:
    assert noticed("delivery", {}, {"is_delivered": False}) == []
    assert noticed("seller-court", {}, {"is_sued": True}) == []


@pytest.mark.parametrize(
    ("name", "flag", "event"),
    [
        ("seller-registry", "is_abnormal", "enterprise-abnormal"),
        ("buyer-registry", "is_seriously_unlawful", "enterprise-abnormal"),
        ("seller-court", "is_sued", "new-lawsuit"),
        ("buyer-court", "is_enforced", "new-lawsuit"),
        ("buyer-court", "is_dishonest", "dishonest"),
    ],
)
def test_what_a_holder_says_of_a_firm(name: str, flag: str, event: str) -> None:
    assert noticed(name, {flag: True}, {flag: False}) == [event]
    assert noticed(name, {flag: True}, {flag: True}) == []
    assert noticed(name, {flag: False}, {flag: True}) == []


def invoices(*rows: tuple[str, str, int]) -> dict[str, Any]:
    return {"invoices": [{"number": n, "state": s, "red_fen": red} for n, s, red in rows]}


def test_each_invoice_is_looked_at_by_itself() -> None:
    before = invoices(("1", "normal", 0), ("2", "normal", 0), ("3", "red-in-part", 5))
    now = invoices(("3", "red-in-part", 9), ("2", "red", 7), ("1", "void", 0))
    seen = Seen("invoices", "发票", "d2", now, before, "d1")
    found = {(e.rule.name, e.subject) for e in finance_events.of_paper(BOOK, seen)}
    assert found == {("invoice-red-in-part", "3"), ("invoice-red", "2"), ("invoice-void", "1")}
    assert len({each.key for each in finance_events.of_paper(BOOK, seen)}) == 3
    assert noticed("invoices", now, now) == []


def test_facts_are_told_before_and_now() -> None:
    seen = Seen("order", "订单", "d2", {**ORDER, "amount_fen": 90}, ORDER, "d1")
    [found] = finance_events.of_paper(BOOK, seen)
    assert [(f.path, f.before, f.now) for f in found.facts] == [("/it/amount_fen", 100, 90)]


def test_what_follows_is_told_once_or_once_for_each_value() -> None:
    [due] = finance_events.of_known(BOOK, {"is_past_due": True})
    assert (due.rule.name, due.key) == ("order-due", "")
    one, two = (
        finance_events.of_known(BOOK, {"is_paid_in_part": True, "credited_fen": fen})[0].key
        for fen in (5, 7)
    )
    assert one != two
    assert finance_events.of_known(BOOK, {"elsewhere_fen": 0, "is_past_due": False}) == []
    assert finance_events.of_known(BOOK, {}) == []
