"""Rows of what banks' cases hold of orders and invoices. Who decides holds the fingerprints first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from sqlalchemy import func, insert, select, tuple_, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.finance_tables import finance_claim, finance_claim_invoice, finance_print

OPEN = ("reserved", "financed")
"""States in which a claim holds what it claims."""


@dataclass(frozen=True, slots=True)
class ClaimRow:
    """What one case holds of one order."""

    case: str
    bank: str
    order_print: str
    line: str
    amount_fen: int
    value_known: int
    state: str
    why: str
    since: str
    changed_at: str
    seq: int
    buyer_print: str = ""


def hold(connection: Connection, prints: Iterable[str]) -> None:
    """Until the transaction ends nobody else decides on any of these fingerprints.

    In the order of their values, so that two who need the same ones wait, and not for each other.
    """
    for each in sorted(set(prints)):
        upsert.insert_new(connection, finance_print, {"print": each})
        one = select(finance_print.c["print"]).where(finance_print.c["print"] == each)
        connection.execute(one.with_for_update())


def get(connection: Connection, case: str) -> ClaimRow | None:
    """That of a case."""
    found = connection.execute(select(finance_claim).where(finance_claim.c.case == case)).first()
    return None if found is None else ClaimRow(*found)


def add(connection: Connection, row: ClaimRow, invoices: Iterable[str]) -> None:
    """Insert a claim with its invoices."""
    connection.execute(insert(finance_claim), asdict(row))
    if told := [{"print": each, "case": row.case} for each in invoices]:
        connection.execute(insert(finance_claim_invoice), told)


def change(connection: Connection, case: str, **values: str | int) -> None:
    """Write some of its columns."""
    connection.execute(update(finance_claim).where(finance_claim.c.case == case).values(**values))


def invoices(connection: Connection, case: str) -> list[str]:
    """The fingerprints of its invoices, in the order of their values."""
    column = finance_claim_invoice.c["print"]
    query = select(column).where(finance_claim_invoice.c.case == case).order_by(column)
    return list(connection.execute(query).scalars())


def open_of_order(connection: Connection, order_print: str) -> list[ClaimRow]:
    """The open claims of an order, in the order in which they were made."""
    where = (finance_claim.c.order_print == order_print, finance_claim.c.state.in_(OPEN))
    query = select(finance_claim).where(*where).order_by(finance_claim.c.seq)
    return [ClaimRow(*row) for row in connection.execute(query)]


def open_of_invoices(connection: Connection, prints: Iterable[str]) -> list[ClaimRow]:
    """The open claims that have one of these invoices."""
    has = finance_claim_invoice.c["print"].in_(tuple(prints))
    cases = select(finance_claim_invoice.c.case).where(has)
    where = (finance_claim.c.case.in_(cases), finance_claim.c.state.in_(OPEN))
    query = select(finance_claim).where(*where).order_by(finance_claim.c.since, finance_claim.c.seq)
    return [ClaimRow(*row) for row in connection.execute(query)]


def reserved_before(connection: Connection, before: str) -> list[ClaimRow]:
    """Claims that were last changed before then (stamp) and never lent on, the oldest first."""
    where = (finance_claim.c.state == "reserved", finance_claim.c.changed_at < before)
    query = select(finance_claim).where(*where).order_by(finance_claim.c.changed_at)
    return [ClaimRow(*row) for row in connection.execute(query)]


def earlier_fen(connection: Connection, case: str, *, order: str = "", buyer: str = "") -> int:
    """What the open claims of an order, or of a buyer's orders, come to that were made before this case's.

    Only those held against a known value count: nobody is in the way with what no buyer has confirmed. A case
    without a claim comes after all.
    """
    mine = get(connection, case)
    whose = finance_claim.c.order_print == order if order else finance_claim.c.buyer_print == buyer
    where = [whose, finance_claim.c.state.in_(OPEN), finance_claim.c.case != case]
    where.append(finance_claim.c.value_known == 1)
    if mine is not None:
        where.append(tuple_(finance_claim.c.since, finance_claim.c.case) < (mine.since, mine.case))
    found = connection.execute(select(func.sum(finance_claim.c.amount_fen)).where(*where)).scalar()
    return int(found or 0)


def next_seq(connection: Connection, order_print: str) -> int:
    """The number of the order's next claim, counted from 1."""
    of_order = finance_claim.c.order_print == order_print
    last = connection.execute(select(func.max(finance_claim.c.seq)).where(of_order)).scalar()
    return int(last or 0) + 1
