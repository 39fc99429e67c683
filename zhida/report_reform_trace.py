"""The ledger's entries behind each figure of the page of the reform."""

from __future__ import annotations

from typing import Any

from exchange.store import grant_paid_rows, trace_rows
from zhida import report_reform_kinds, report_trace
from zhida.baseline_schema import FIGURES
from zhida.report_reform_case import Days
from zhida.watch import Watch

PAID = "grants.paid"


def trace(watch: Watch, figure: str, days: Days) -> list[dict[str, Any]]:
    """``matter.figure`` (``newborn.materials``): what each case counts for, and its entries."""
    known = [f"{name}.{each}" for name in watch.site.matters for each in FIGURES]
    name, _, part = report_trace.chosen(figure, [*known, PAID]).rpartition(".")
    if figure == PAID:
        return _paid(watch)
    kind = report_reform_kinds.of(name)
    cases = kind.load(watch, watch.site.matter(name), days)
    values = {
        each.case: each.values[part] for each in cases if each.is_over and part in each.values
    }
    with watch.store.read() as connection:
        kinds = kind.entries.get(part, ())
        entries = list(trace_rows.of_cases(connection, list(values), kinds))
    return [report_trace.row(figure, values[each.case], each) for each in entries]


def _paid(watch: Watch) -> list[dict[str, Any]]:
    """The receipts of the treasury: each counts for the fen that it paid."""
    with watch.store.read() as connection:
        fen = {row.receipt: row.fen for row in grant_paid_rows.receipts(connection)}
        entries = list(trace_rows.about(connection, list(fen), ("receipt",)))
    return [report_trace.row(PAID, fen[each.ref], each) for each in entries]
