"""A bank's events from a number on: what was missed is got by asking again from the last number that came."""

from __future__ import annotations

from typing import Any

from exchange import transfer
from exchange.errors import Invalid
from exchange.ledger import Entry
from exchange.store import finance_event_rows
from exchange.store.finance_event_rows import EventRow
from zhida.finance_loans import MATTER
from zhida.finance_noticing import KIND
from zhida.hub import Hub
from zhida.serve_route import Call

MOST, USUAL = 500, 100
"""Events of one page."""
LAST = 2**53 - 1
"""No number is above it: what every JSON reader can hold."""


def page(hub: Hub, call: Call) -> dict[str, Any]:
    """``events`` in order, ``next`` (the number to ask after), ``last`` (the bank's last number).

    Each is cut down to what the bank may see, and stands in the ledger before it leaves.
    ``Invalid("serve.query")`` for a number that is none.
    """
    after, limit = _number(call, "after", 0, range(LAST + 1)), _number(call, "limit", USUAL, _PAGE)
    bank = call.client.unit
    with hub.store.read() as connection:
        rows = finance_event_rows.events_after(connection, bank, after, limit)
        last = finance_event_rows.last_number(connection, bank)
    told = [cut(hub, row) for row in rows]
    hub.ledger.commit(
        lambda _: [_entry(call, row, each) for row, each in zip(rows, told, strict=True)]
    )
    events = [shown(row, each) for row, each in zip(rows, told, strict=True)]
    return {"events": events, "next": rows[-1].seq if rows else after, "last": last}


def shown(row: EventRow, moved: transfer.Transfer) -> dict[str, Any]:
    """One event as every bank gets it, asked for or pushed."""
    return {"seq": row.seq, "event": dict(moved.record), "signed": moved.presentation}


def cut(hub: Hub, row: EventRow) -> transfer.Transfer:
    """Down to what the bank may see. ``Forbidden`` where no agreement gives it."""
    document = hub.archive.get(row.document)
    purpose = hub.site.matter(MATTER).purpose
    return transfer.plan(
        document, hub.site.agreements, receiver=row.bank, purpose=purpose, now=hub.clock()
    )


def _entry(call: Call, row: EventRow, moved: transfer.Transfer) -> Entry:
    details = {
        "client": call.client.name,
        "unit": call.client.unit,
        "document": row.document,
        "kind": KIND,
        "seq": row.seq,
        "agreement": moved.agreement.id,
        "agreement_digest": moved.agreement.digest(),
        "disclosed": sorted(moved.disclosed),
        "withheld": moved.withheld,
    }
    return Entry("read", call.id, row.case, details)


_PAGE = range(1, MOST + 1)


def _number(call: Call, name: str, otherwise: int, allowed: range) -> int:
    told = call.query.get(name, str(otherwise))
    if not told.isascii() or not told.isdigit() or len(told) > 16 or int(told) not in allowed:
        raise Invalid("serve.query", name=name)
    return int(told)
