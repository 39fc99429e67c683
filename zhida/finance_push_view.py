"""How far the banks have got with their events, as people see it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange import canonical, circuit, times
from exchange.problems import describe
from exchange.store import finance_event_rows, finance_push_rows, incident_rows
from exchange.store.engine import Connection
from exchange.store.finance_push_rows import PushRow
from zhida import finance_rules
from zhida.finance_rules import Bank
from zhida.watch import Watch

ASKS, WELL, BEHIND, FAILING = "asks", "well", "behind", "failing"
"""``asks``: nothing is sent to it. ``failing``: it did not take the last that was sent."""


def status(watch: Watch) -> list[dict[str, Any]]:
    """One row a bank; none for a site that has nothing to do with order finance. Ages in seconds."""
    if not finance_rules.is_there(watch.site.folder):
        return []
    with watch.store.read() as connection:
        return list(_rows(watch, connection))


def _rows(watch: Watch, connection: Connection) -> Iterator[dict[str, Any]]:
    for bank in finance_rules.load(watch.site).banks.values():
        last = finance_event_rows.last_number(connection, bank.unit)
        title = watch.site.units[bank.unit].title
        told = {"bank": bank.unit, "bank_title": title, "last": last, "system": bank.feed}
        yield told | (_sent(watch, connection, bank, last) if bank.feed else {"state": ASKS})


def _sent(watch: Watch, connection: Connection, bank: Bank, last: int) -> dict[str, Any]:
    row = finance_push_rows.get(connection, bank.unit)
    now, system = watch.clock(), watch.site.system(bank.feed)
    waiting = finance_event_rows.events_after(connection, bank.unit, row.seq, 1)
    age = int((now - times.instant(waiting[0].at)).total_seconds()) if waiting else 0
    until = circuit.open_until(connection, system.name, now)
    return {
        "wire": str(system.options.get("wire", "")),
        "state": _state(row, last),
        "position": row.seq,
        "backlog": last - row.seq,
        "oldest_age_s": max(age, 0),
        "taken_at": row.taken_at,
        "tried_at": row.tried_at,
        "code": row.code,
        "what": _what(connection, system.name, row, watch.site.language) if row.code else "",
        "books_until": row.books,
        "rests_until": times.stamp(until) if until else "",
    }


def _what(connection: Connection, system: str, row: PushRow, language: str) -> str:
    """With the facts of its incident, if there is one already."""
    last = incident_rows.latest(connection, system, "system", row.code)
    facts = canonical.loads(last.facts.encode()) if last else {}
    return describe(row.code, facts, language)[0]


def _state(row: PushRow, last: int) -> str:
    if row.code:
        return FAILING
    return BEHIND if last > row.seq else WELL
