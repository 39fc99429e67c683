"""Rows of loans and of what banks have told of them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from exchange.store.engine import Connection
from exchange.store.finance_loan_tables import finance_loan, finance_loan_told
from exchange.store.told_rows import Log


@dataclass(frozen=True, slots=True)
class LoanRow:
    """One loan."""

    case: str
    bank: str
    number: str
    request: str
    letter: str
    paid_out_on: str
    amount_fen: int
    due_on: str
    content: str
    opened_at: str
    closed_at: str = ""


@dataclass(frozen=True, slots=True)
class ToldRow:
    """What a bank has told of its loan."""

    case: str
    seq: int
    number: str
    name: str
    day: str
    amount_fen: int
    payer: str
    content: str
    document: str
    told_at: str


LOG = Log(finance_loan, finance_loan_told, LoanRow, ToldRow)
"""All loans."""


def of_bank(connection: Connection, bank: str, number: str) -> LoanRow | None:
    """The loan that this bank calls so."""
    where = (finance_loan.c.bank == bank, finance_loan.c.number == number)
    found = connection.execute(select(finance_loan).where(*where)).first()
    return None if found is None else LoanRow(*found)


def of_request(connection: Connection, request: str) -> LoanRow | None:
    """The loan that came of a request's case."""
    found = connection.execute(
        select(finance_loan).where(finance_loan.c.request == request)
    ).first()
    return None if found is None else LoanRow(*found)


def told_between(connection: Connection, bank: str, since: str, until: str) -> list[ToldRow]:
    """What a bank has told from ``since`` to before ``until`` (stamps), in the order in which it was taken."""
    told = finance_loan_told.c
    where = (finance_loan.c.bank == bank, told.told_at >= since, told.told_at < until)
    query = select(finance_loan_told).join(finance_loan, finance_loan.c.case == told.case)
    ordered = query.where(*where).order_by(told.told_at, told.case, told.seq)
    return [ToldRow(*row) for row in connection.execute(ordered)]


def opened_between(connection: Connection, bank: str, since: str, until: str) -> list[LoanRow]:
    """A bank's loans taken in from ``since`` to before ``until`` (stamps)."""
    loan = finance_loan.c
    where = (loan.bank == bank, loan.opened_at >= since, loan.opened_at < until)
    query = select(finance_loan).where(*where).order_by(loan.opened_at, loan.number)
    return [LoanRow(*row) for row in connection.execute(query)]


def all_of_bank(connection: Connection, bank: str) -> list[LoanRow]:
    """All loans of a bank, the oldest first."""
    loan = finance_loan.c
    query = select(finance_loan).where(loan.bank == bank).order_by(loan.opened_at, loan.number)
    return [LoanRow(*row) for row in connection.execute(query)]
