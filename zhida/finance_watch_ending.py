"""A day's asking is stopped where the letter or the loan has ended meanwhile. What was asked is not asked back."""

from __future__ import annotations

from exchange.ledger import Entry
from exchange.store import case_rows, finance_loan_rows
from exchange.store.engine import Connection
from exchange.store.finance_loan_rows import LoanRow
from zhida import cancelling, finance_noticing
from zhida.cancelling import Words
from zhida.hub import Hub

_WHY = "贷款已了结，或企业授权已终止"


def stop(hub: Hub, loan: LoanRow, case: str) -> None:
    """Cancel the asking if it is still open and nothing more may be asked."""

    def write(connection: Connection) -> list[Entry]:
        case_rows.lock_case(connection, case)
        row = case_rows.get_case(connection, case)
        if row is None or row.state != "open" or not _has_ended(hub, connection, loan.case):
            return []
        return cancelling.carry_out(hub, connection, case, Words(hub.site.unit, _WHY, ()))

    hub.ledger.commit(write)


def _has_ended(hub: Hub, connection: Connection, case: str) -> bool:
    loan = finance_loan_rows.LOG.get(connection, case)
    return loan is None or bool(loan.closed_at) or finance_noticing.is_over(hub, connection, loan)
