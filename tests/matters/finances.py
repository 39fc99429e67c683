"""A request for order finance of which everything is known and nothing speaks against it, and its changes."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from matters import finance_checks, finance_file, finance_reasons, working_days
from matters.core_list import CoreList, Criterion, Firm, Removed, Said, Term
from matters.finance_case import Case, Known, Paper
from matters.finance_parts import Check, Checklist

TODAY = date(2026, 11, 30)
SELLER, BUYER = "91320116MA1X0THE70", "91320116MA1XBUYE50"
BANK = "91320116MA1XBANK60"
REASONS = finance_reasons.load(finance_reasons.SHIPPED)
CHECKLIST: Checklist = finance_file.load(finance_file.SHIPPED, REASONS)
OLD = {"code": "032002200111", "number": "01234567"}
"""An invoice of the older kind; the other is fully digital."""
DIGITAL = {"number": "25322000000000000001"}
_SELLER, _BUYER = (
    {"uscc": SELLER, "name": "示例供应有限公司"},
    {"uscc": BUYER, "name": "示例核心有限公司"},
)
_CLEAN = {"is_active": True, "is_abnormal": False, "is_seriously_unlawful": False}
_NO_COURT = {"is_dishonest": False, "is_enforced": False, "is_sued": False}
_DAY = TODAY.isoformat()
RIGHT: Mapping[str, Mapping[str, Any]] = {
    "request": {
        "id": "OF-1", "bank": "bank-a", "number": "A-1", "received_on": _DAY, "letter": "SQ-1",
        "order": "PO-1", "seller": _SELLER, "buyer": _BUYER, "amount_fen": 50_000_000,
        "account": {"tail": "1234", "is_locked": True},
        "invoices": [
            {**OLD, "issued_on": "2026-11-01", "total_fen": 30_000_000},
            {**DIGITAL, "issued_on": "2026-11-02", "total_fen": 20_000_000},
        ],
    },
    "letter": {
        "number": "SQ-1", "grantor": _SELLER, "bank": {"uscc": BANK, "name": "示例银行"},
        "purpose": "order-finance", "order": "PO-1", "datasets": list(CHECKLIST.datasets),
        "valid_from": "2026-11-01", "valid_until": "2026-12-31", "max_uses": 10,
        "text_digest": "0" * 64,
    },
    "order": {
        "order": "PO-1", "seller": _SELLER, "buyer": _BUYER, "amount_fen": 100_000_000,
        "signed_on": "2026-10-01", "stage": "due", "state": "open", "version": 0, "paid_fen": 0,
        "is_confirmed": True, "may_be_assigned": True,
    },
    "seller-registry": {"seller": {"uscc": SELLER}, "holder": "registry", "as_of": _DAY, "name_matches": True, "is_related": False, **_CLEAN},
    "buyer-registry": {"buyer": {"uscc": BUYER}, "holder": "registry", "as_of": _DAY, "name_matches": True, **_CLEAN},
    "seller-tax": {"seller": {"uscc": SELLER}, "holder": "tax", "as_of": _DAY, "tax_grade": "A", "is_tax_clear": True},
    "seller-insurance": {"seller": {"uscc": SELLER}, "holder": "social-insurance", "as_of": _DAY, "is_insurance_clear": True},
    "seller-credit": {"seller": {"uscc": SELLER}, "holder": "credit", "as_of": _DAY, "is_seriously_unlawful": False},
    "seller-court": {"seller": {"uscc": SELLER}, "holder": "court", "as_of": _DAY, **_NO_COURT},
    "buyer-court": {"buyer": {"uscc": BUYER}, "holder": "court", "as_of": _DAY, **_NO_COURT},
    "invoices": {
        "id": "OF-1", "as_of": _DAY,
        "invoices": [
            {**OLD, "state": "normal", "total_fen": 30_000_000},
            {**DIGITAL, "state": "normal", "total_fen": 20_000_000},
        ],
    },
    "delivery": {"order": "PO-1", "as_of": _DAY, "is_delivered": True, "is_accepted": True},
    "pledge": {"order": "PO-1", "searched_on": _DAY, "is_pledged": False},
    "opinion": {"order": "PO-1", "on": _DAY, "outcome": "no-objection", "may_be_assigned": True},
}  # fmt: skip


def firm(**changes: Any) -> Firm:
    """The buyer as a core enterprise: 5,000,000 yuan, this year."""
    about: dict[str, Any] = {
        "uscc": BUYER,
        "name": "示例核心有限公司",
        "facts": {"in-zone": True},
        "proposed": Said("1001", date(2025, 12, 1)),
        "term": Term(
            Said("1002", date(2025, 12, 2)), 500_000_000, date(2026, 1, 1), date(2026, 12, 31)
        ),
    }
    return Firm(**{**about, **changes})


def listed(*firms: Firm) -> CoreList:
    """A list with one criterion."""
    criteria = {"in-zone": Criterion("in-zone", "在开发区内", "公开：示例")}
    return CoreList("示例名单", criteria, {each.uscc: each for each in firms})


def removed(on: date, existing: str) -> Firm:
    """The buyer, off the list again."""
    return firm(removed=Removed(on, "示例", existing))


KNOWN: Mapping[str, Any] = {
    "bank": BANK,
    "is_revoked": False,
    "uses_left": 3,
    "is_elsewhere": False,
    "financed_fen": 0,
    "holidays": working_days.of(None),
    "core": listed(firm()),
    "core_used_fen": 0,
}


def case(
    stage: str = "due",
    change: Mapping[str, Any] | None = None,
    *,
    without: Iterable[str] = (),
    old: Mapping[str, int | None] | None = None,
    known: Mapping[str, Any] | None = None,
    **more: Any,
) -> Case:
    """``change``: path → value, None takes the field away; ``old``: paper → how many days (None: not known)."""
    # each by itself: both parties stand in several papers, and one may change alone
    records: dict[str, Any] = {name: copy.deepcopy(dict(each)) for name, each in RIGHT.items()}
    for path, value in {"/order/stage": stage, **(change or {})}.items():
        put(records, path, value)
    ages = {name: (old or {}).get(name, 0) for name in records}
    papers = {
        name: Paper(record, f"unit-{name}", day(ages[name]), f"doc-{name}")
        for name, record in records.items()
        if name not in set(without)
    }
    about: dict[str, Any] = {"datasets": frozenset(CHECKLIST.datasets), "today": TODAY, **more}
    return Case(papers, known=Known(**{**KNOWN, **(known or {})}), **about)


def put(records: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split("/")[1:]
    node: Any = records
    for part in parents:
        node = node[int(part)] if isinstance(node, list) else node[part]
    if isinstance(node, list):
        node[int(last)] = value
    elif value is None:
        node.pop(last, None)
    else:
        node[last] = value


def day(age: int | None) -> date | None:
    return None if age is None else TODAY - timedelta(days=age)


def weighed(*told: Any, **more: Any) -> dict[str, Check]:
    """Every check by its name."""
    return {each.name: each for each in finance_checks.weigh(CHECKLIST, case(*told, **more))}


def states(*told: Any, **more: Any) -> dict[str, str]:
    return {name: each.state for name, each in weighed(*told, **more).items()}
