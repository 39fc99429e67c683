"""What a bank is told of its own loan: where it stands, by its own books."""

from __future__ import annotations

from typing import Any

from matters.finance_loan import OPEN
from zhida.finance_loans import Kept

RELEASE = "请解除动产融资登记；中枢已解除对这张订单的占用，其他银行可以受理"
"""What is left to do after an end; only the bank can do it."""


def told(loan: Kept) -> dict[str, Any]:
    """Amounts in fen, days in China."""
    row, standing = loan.row, loan.standing
    found: dict[str, Any] = {
        "number": row.number,
        "state": standing.state,
        "paid_out_on": row.paid_out_on,
        "due_on": row.due_on,
        "amount_fen": row.amount_fen,
        "repaid_fen": standing.repaid_fen,
        "credited_fen": sum(each.amount_fen for each in standing.credits),
        "messages": [_message(each) for each in loan.told],
    }
    if standing.checked_until is not None:
        found["account_checked_until"] = standing.checked_until.isoformat()
    if standing.end is not None and standing.state != OPEN:
        found |= {"ended_on": standing.end.day.isoformat(), "release": RELEASE}
    return found


def _message(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "event": row.name,
        "on": row.day,
        "amount_fen": row.amount_fen,
        "told_at": row.told_at,
    }
