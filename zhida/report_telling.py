"""A report told: on the screen, as one JSON document, as files; or the ledger's entries of a figure of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from zhida import report_saving, report_sections, report_trace
from zhida.output import emit
from zhida.report_saving import Report


def tell(
    found: dict[str, Any], report: Report, *, to: Iterable[Path] | None, as_json: bool
) -> None:
    """``found`` is the JSON, which gets the first line and what is to be done. Files first: of an ending
    that we don't write nothing else is told.
    """
    for path in to or ():
        report_saving.save(path, report)
    told = found | {"headline": report.lead, "todo": report.told()}
    table = report_sections.drawn(report.lead, report.sections, about=report.title)
    emit(told, as_json=as_json, table=table)


def trace(figure: str, rows: list[dict[str, Any]], *, as_json: bool) -> None:
    """The ledger's entries of a figure."""
    table = report_sections.drawn("", [report_trace.section(figure, rows)])
    emit(rows, as_json=as_json, table=table)
