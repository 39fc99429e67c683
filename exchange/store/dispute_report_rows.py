"""What the report of mediation reads beside disputes and their events: refused handings-over, roles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import func, select

from exchange import canonical
from exchange.store.dispute_tables import dispute_event
from exchange.store.engine import Connection
from exchange.store.tables import ledger_entry, matter_case


class Refused(NamedTuple):
    """The exchange has not handed something on in a case (its ledger says so)."""

    case: str
    code: str
    at: str


def refused(connection: Connection, matter: str) -> Iterator[Refused]:
    """All of a matter's cases, in order. One whose ledger entry is there, but not the case, is none."""
    query = (
        select(ledger_entry.c.case, ledger_entry.c.body)
        .join(matter_case, matter_case.c.id == ledger_entry.c.case)
        .where(matter_case.c.matter == matter, ledger_entry.c.kind == "refusal")
        .order_by(ledger_entry.c.seq)
    )
    for case, body in connection.execute(query):
        told = canonical.loads(body)
        yield Refused(case, told["code"], told["at"])


def units(connection: Connection) -> dict[str, str]:
    """Role → the unit that has spoken in it most often, of any dispute."""
    of = dispute_event.c
    number = func.count()
    query = select(of.role, of.unit).where(of.unit != "").group_by(of.role, of.unit)
    rows = connection.execute(query.order_by(number, of.unit.desc())).all()
    return {row.role: row.unit for row in rows}
