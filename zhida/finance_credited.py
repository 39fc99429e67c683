"""Which loan a credit belongs to, and who paid it: as the bank says, else where only one answer is possible."""

from __future__ import annotations

from collections.abc import Mapping

from exchange.errors import Rejected
from exchange.ports import Record
from exchange.store import case_rows, finance_loan_rows
from exchange.store.finance_loan_rows import LoanRow
from zhida import finance_loans, finance_requests
from zhida.finance_loans import Kept
from zhida.hub import Hub

_LOAN = "loan"
"""The case's name of what the bank told of the loan."""


def loan_of(hub: Hub, bank: str, credit: Record) -> Kept:
    """By the bank's number of the loan, else the one open loan whose account ends so.

    ``Rejected``: ``finance.credit-loan`` (how many there are), ``finance.credit-account`` where the named loan has
    another account.
    """
    tail, number = str(credit["account_tail"]), str(credit.get("loan", ""))
    with hub.store.read() as connection:
        rows = finance_loan_rows.all_of_bank(connection, bank)
    named = [each for each in rows if each.number == number]
    if named and tail_of(hub, named[0]) not in ("", tail):
        raise Rejected("finance.credit-account", loan=number)
    open_ones = [each for each in rows if not each.closed_at] if not number else []
    found = named or [each for each in open_ones if tail_of(hub, each) == tail]
    if len(found) != 1:
        raise Rejected("finance.credit-loan", loan=number or "-", found=len(found))
    with hub.store.read() as connection:
        return finance_loans.read(connection, found[0])


def tail_of(hub: Hub, row: LoanRow) -> str:
    """Of the locked account, as the bank told it with the loan; empty: it told none."""
    with hub.store.read() as connection:
        document = case_rows.documents(connection, row.case).get(_LOAN, "")
    record: Record = hub.archive.get(document).record if document else {}
    return str(record.get("account", {}).get("tail", ""))


def payer_of(hub: Hub, loan: Kept, credit: Record) -> Mapping[str, str]:
    """Its code, as the bank tells it, or the buyer's where the name is the buyer's. ``Rejected finance.credit-payer``."""
    told = credit.get("payer", {})
    name = {"name": str(told["name"])} if "name" in told else {}
    if "uscc" in told:
        return {"uscc": str(told["uscc"]), **name}
    buyer = finance_requests.read(hub, loan.row.request).record["buyer"]
    if name.get("name") != buyer["name"]:
        raise Rejected("finance.credit-payer")
    return {"uscc": str(buyer["uscc"]), **name}
