"""Send a bank its events once more, from a number on: signed by an operator, told in the ledger.

Only back, never ahead: nothing is skipped by anybody. What leaves again has the same ids and the same content.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from exchange.errors import Invalid, Rejected
from exchange.ledger import Entry
from exchange.names import nearest
from exchange.store import finance_push_rows
from exchange.store.finance_push_rows import PushRow
from zhida import finance_push
from zhida.finance_rules import Bank
from zhida.hub import Hub
from zhida.operators import Signatory


def bank(hub: Hub, name: str) -> Bank:
    """``Invalid finance.no-push`` for one that nothing is sent to, with the nearest that something is."""
    known = {each.unit: each for each in finance_push.banks(hub)}
    if name not in known:
        raise Invalid("finance.no-push", bank=name, nearest=nearest(name, known))
    return known[name]


def events(hub: Hub, who: Signatory, to: Bank, *, first: int, reason: str) -> PushRow:
    """From event ``first`` on. ``Rejected finance.resend-range`` for one that was not sent yet."""
    row = _row(hub, to)
    if not 1 <= first <= row.seq + 1:
        raise Rejected("finance.resend-range", bank=to.unit, first=1, last=row.seq + 1)
    moved = replace(row, seq=first - 1, until=first - 1)
    return _rewound(hub, who, (to, moved), {"first": first}, reason)


def books(hub: Hub, who: Signatory, to: Bank, *, day: date, reason: str) -> PushRow:
    """The files of the books from ``day`` on. ``Rejected finance.resend-day`` for one that was not sent yet."""
    row = _row(hub, to)
    if not row.books or day.isoformat() > row.books:
        raise Rejected("finance.resend-day", bank=to.unit, last=row.books or "-")
    moved = replace(row, books=(day - timedelta(days=1)).isoformat())
    return _rewound(hub, who, (to, moved), {"day": day.isoformat()}, reason)


def _rewound(
    hub: Hub, who: Signatory, to: tuple[Bank, PushRow], what: dict[str, Any], reason: str
) -> PushRow:
    receiver, row = to
    target = {"bank": receiver.unit, **what}
    token = who.sign("finance-resend", target, reason=reason, now=hub.clock())
    details = {**target, "operator": who.operator.name, "token": token}
    entry = Entry("finance-resend", f"{receiver.unit}-{row.seq}", details=details)
    finance_push.rewind(hub, receiver, row, entry)
    return row


def _row(hub: Hub, to: Bank) -> PushRow:
    with hub.store.read() as connection:
        return finance_push_rows.get(connection, to.unit)
