"""The ledger's entries behind each figure of the report of order finance: ``BANK.FIGURE``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange.store import finance_report_rows, flow_rows, trace_rows
from exchange.store.engine import Connection
from exchange.store.finance_report_rows import Span
from exchange.store.trace_rows import Found
from matters.finance_loan import CALLED_OFF
from zhida import finance_rules, report_finance, report_trace
from zhida.finance_loans import Kept
from zhida.report_finance import ACTS, Days
from zhida.watch import Watch

PAID_OUT, REPAID, EVENTS, REFUSED = "paid_out", "repaid", "events", "refused"
FIGURES = (*ACTS, REFUSED, PAID_OUT, REPAID, EVENTS)
_LOAN, _TOLD, _EVENT = ("finance-loan",), ("document",), ("finance-event",)


def trace(watch: Watch, figure: str, days: Days) -> list[dict[str, Any]]:
    """What each reading, loan or event counts for (loans: fen), and its entry. ``Rejected`` names the nearest."""
    banks = finance_rules.load(watch.site).banks
    report_trace.chosen(figure, [f"{bank}.{each}" for bank in banks for each in FIGURES])
    bank, _, name = figure.rpartition(".")
    with flow_rows.snapshot(watch.store) as connection:
        found = _entries(connection, report_finance.span(bank, days), name)
        return [report_trace.row(figure, value, each) for value, each in found]


def _entries(connection: Connection, span: Span, name: str) -> Iterator[tuple[int, Found]]:
    if name in (PAID_OUT, REPAID):
        return _loans(connection, span, name)
    if name == EVENTS:
        ids = finance_report_rows.event_documents(connection, span)
        return ((1, each) for each in trace_rows.about(connection, ids, _EVENT))
    ids = finance_report_rows.readings(connection, span, act="" if name == REFUSED else name)
    return ((1, each) for each in trace_rows.about(connection, ids, ("finance-read",)))


def _loans(connection: Connection, span: Span, name: str) -> Iterator[tuple[int, Found]]:
    kept = (Kept(row, tuple(told)) for row, told in finance_report_rows.loans(connection, span))
    lent = [each for each in kept if each.standing.state != CALLED_OFF]
    if name == PAID_OUT:
        fen = {each.row.case: each.row.amount_fen for each in lent}
        yield from ((fen[e.case], e) for e in trace_rows.of_cases(connection, list(fen), _LOAN))
        return
    words = {row.document: row.amount_fen for each in lent for row in each.repayments}
    found = trace_rows.about(connection, list(words), _TOLD)
    yield from ((words[each.ref], each) for each in found)
