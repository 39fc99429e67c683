"""``zhida report finance``: what order finance has come to, bank by bank, for the hub's own people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from exchange import times
from exchange.store import finance_event_rows, finance_loan_rows, finance_rows
from exchange.store.engine import Connection
from exchange.store.finance_rows import ReadRow
from matters.finance_loan import CALLED_OFF, OPEN, REPAID
from zhida import finance_access, finance_letters, finance_loans, finance_rules, finance_watch
from zhida.finance_letters import Letter
from zhida.finance_loans import Kept
from zhida.hub import Hub

_END = "9999"
"""After every stamp."""
_ACTS = (finance_access.REQUEST, finance_access.READ, finance_watch.ACT)


def report(hub: Hub, *, bank: str = "", since: date | None = None) -> dict[str, Any]:
    """Figures of each bank from ``since`` on (None: from the beginning); letters as they stand today.

    ``Forbidden("finance.not-a-bank")`` for a unit that is none.
    """
    rules = finance_rules.load(hub.site)
    banks = [rules.bank(bank).unit] if bank else list(rules.banks)
    start = _stamp(since) if since else ""
    with hub.store.read() as connection:
        rows = [_of_bank(hub, connection, each, (start, _END)) for each in banks]
    return {"since": since.isoformat() if since else "", "banks": rows}


def _stamp(day: date) -> str:
    return times.stamp(datetime(day.year, day.month, day.day, tzinfo=times.CHINA))


def _of_bank(hub: Hub, connection: Connection, bank: str, span: tuple[str, str]) -> dict[str, Any]:
    reads = finance_rows.reads_between(connection, bank, *span)
    events = finance_event_rows.events_between(connection, bank, *span)
    loans = [
        finance_loans.read(connection, row)
        for row in finance_loan_rows.opened_between(connection, bank, *span)
    ]
    title = hub.site.units[bank].title if bank in hub.site.units else bank
    return {
        "bank": bank,
        "title": title,
        "letters": _letters(hub, connection, bank),
        **_reads(reads),
        "loans": _loans(loans),
        "events": dict(sorted(Counter(each.name for each in events).items())),
        "last": finance_event_rows.last_number(connection, bank),
    }


def _letters(hub: Hub, connection: Connection, bank: str) -> dict[str, int]:
    """State → how many letters."""
    revoked = finance_rows.revocations(connection)
    rows = finance_rows.letters(connection, bank=bank)
    today = times.civil_day(hub.clock())
    found = Counter(Letter(row, revoked.get(row.id)).state(today) for row in rows)
    names = (
        *(finance_letters.VALID, finance_letters.NOT_YET, finance_letters.EXPIRED),
        *(finance_letters.REVOKED, finance_letters.USED_UP),
    )
    return {name: found[name] for name in names}


def _reads(rows: Sequence[ReadRow]) -> Mapping[str, Any]:
    """By what was done: how many were counted; and why others were refused."""
    counted = Counter(each.act for each in rows if each.counted_at)
    refused = Counter(each.code for each in rows if each.code)
    return {
        "counted": {act: counted[act] for act in _ACTS},
        "refused": dict(sorted(refused.items())),
    }


def _loans(loans: Sequence[Kept]) -> dict[str, int]:
    """State → how many, and what was paid out and repaid, in fen."""
    states = Counter(each.standing.state for each in loans)
    return {
        **{name: states[name] for name in (OPEN, REPAID, CALLED_OFF)},
        "paid_out_fen": sum(each.row.amount_fen for each in loans),
        "repaid_fen": sum(each.standing.repaid_fen for each in loans),
    }
