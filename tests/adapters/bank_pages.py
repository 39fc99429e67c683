"""A day's entries as a front-end machine tells them: sections for tests, with sums that agree."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any


def entry(amount: str = "12.30", side: str = "C", **changed: Any) -> dict[str, Any]:
    told = {"AMTCDR": side, "ETYDAT": "20260611", "REFNBR": "K1", "TRSAMT": amount}
    told |= {
        f"TRSAMT{side}": amount,
        "RPYNAM": "示例核心企业有限公司",
        "RPYACC": "3200000000000042",
    }
    return told | changed


def summary(rows: Iterable[Mapping[str, Any]], **changed: str) -> dict[str, str]:
    told = {"COTFLG": "N", "TRSSEQ": "0"}
    listed = list(rows)
    for side, name in (("C", "CRT"), ("D", "DBT")):
        amounts = [Decimal(row["TRSAMT"]) for row in listed if row["AMTCDR"] == side]
        total = sum(amounts, Decimal(0))
        told |= {f"{name}NBR": str(len(amounts)), f"{name}AMT": f"{total:.2f}"}
    return told | changed


def sections(*rows: Mapping[str, Any], **changed: str) -> dict[str, Any]:
    """As the line gives them: one entry is no list."""
    listed = {"NTQTSINFZ": rows[0] if len(rows) == 1 else list(rows)} if rows else {}
    return {**listed, "NTRBPTRSZ1": summary(rows, **changed)}
