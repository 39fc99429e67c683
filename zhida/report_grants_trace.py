"""The ledger's entries behind each figure of the report of grants: each counts for the fen of its award."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange.store import flow_rows, grant_paid_rows, grant_report_rows, trace_rows
from exchange.store.engine import Connection
from exchange.store.grant_report_rows import Scope
from exchange.store.trace_rows import Found
from matters.award_classes import CLASSES, ELIGIBLE, Class, states
from matters.award_states import STATES
from zhida import report_trace
from zhida.watch import Watch

PAID, WHOLE = "paid", "eligible"
FIGURES = tuple(dict.fromkeys([WHOLE, *CLASSES, *STATES]))
"""``paid`` goes to the treasury's receipts; all else to the award's last move, or the run that made it."""


def trace(watch: Watch, figure: str, scope: Scope) -> list[dict[str, Any]]:
    """``Rejected`` names the nearest figure."""
    report_trace.chosen(figure, FIGURES)
    with flow_rows.snapshot(watch.store) as connection:
        found = _paid(connection, scope) if figure == PAID else _awards(connection, scope, figure)
        return [report_trace.row(figure, fen, entry) for fen, entry in found]


def _paid(connection: Connection, scope: Scope) -> Iterator[tuple[int, Found]]:
    fen = {row.receipt: row.fen for row in grant_paid_rows.receipts(connection, scope)}
    for entry in trace_rows.about(connection, list(fen), ("receipt",)):
        yield fen[entry.ref], entry


def _awards(connection: Connection, scope: Scope, figure: str) -> Iterator[tuple[int, Found]]:
    found = list(grant_report_rows.each(connection, scope, _states(figure)))
    moves = {
        e.ref: e for e in trace_rows.about(connection, [each.id for each in found], ("award",))
    }
    made = [each.run for each in found if each.id not in moves]
    runs = {
        e.ref: e for e in trace_rows.about(connection, list(dict.fromkeys(made)), ("grant-run",))
    }
    for each in found:
        entry = moves.get(each.id) or runs.get(each.run)
        if entry is not None:
            yield each.fen, entry


def _states(figure: str) -> tuple[str, ...]:
    if figure == WHOLE:
        return states(ELIGIBLE)
    known: dict[str, tuple[Class, ...]] = {each: (each,) for each in CLASSES}
    return states(known[figure]) if figure in known else (figure,)
