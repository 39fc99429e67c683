"""The ledger's entries behind each figure of the page of the reform."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.store import grant_paid_rows, trace_rows
from zhida import report_reform, report_trace
from zhida.baseline_schema import FIGURES
from zhida.report_reform import OVER, Days
from zhida.watch import Watch

_ENTRIES: Mapping[str, tuple[str, ...]] = {
    "links": ("document", "receipt"),
    "materials": ("transfer",),
    "visits": ("document", "receipt"),
    "working_days": ("case-opened", "joined", "case-closed"),
    "days": ("case-opened", "joined", "case-closed"),
}
"""Figure → kinds of entries that it is counted from."""
PAID = "grants.paid"


def trace(watch: Watch, figure: str, days: Days) -> list[dict[str, Any]]:
    """``matter.figure`` (``newborn.materials``): what each case counts for, and its entries."""
    known = [f"{name}.{each}" for name in watch.site.matters for each in FIGURES]
    name, _, part = report_trace.chosen(figure, [*known, PAID]).rpartition(".")
    if figure == PAID:
        return _paid(watch)
    cases = report_reform.load(watch, watch.site.matter(name), days)
    over = [case for case in cases if case.row.state in OVER]
    values = report_reform.measure(part, over, watch.site.holidays).values
    with watch.store.read() as connection:
        entries = list(trace_rows.of_cases(connection, list(values), _ENTRIES[part]))
    return [report_trace.row(figure, values[each.case], each) for each in entries]


def _paid(watch: Watch) -> list[dict[str, Any]]:
    """The receipts of the treasury: each counts for the fen that it paid."""
    with watch.store.read() as connection:
        fen = {row.receipt: row.fen for row in grant_paid_rows.receipts(connection)}
        entries = list(trace_rows.about(connection, list(fen), ("receipt",)))
    return [report_trace.row(PAID, fen[each.ref], each) for each in entries]
