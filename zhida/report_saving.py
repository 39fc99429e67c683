"""A report as a file, by the ending of its name: Markdown, a page, a workbook, a Word file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from exchange.errors import Invalid
from zhida import (
    files,
    report_chart,
    report_docx,
    report_files,
    report_findings,
    report_sections,
    report_workbook,
)
from zhida.report_chart import Chart
from zhida.report_findings import Finding
from zhida.report_sections import Section

ENDINGS = (".md", ".html", ".xlsx", ".docx")


@dataclass(frozen=True, slots=True)
class Report:
    """What stands in it, whatever it is written as."""

    title: str
    lead: str
    """The first line: what matters."""
    tables: Sequence[Section]
    at: datetime
    charts: Sequence[Chart] = ()
    todo: Sequence[Finding | dict[str, Any]] = ()

    @property
    def sections(self) -> list[Section]:
        """What is to be done comes before any figure."""
        return [report_findings.section(self.todo), *self.tables]

    def told(self) -> list[dict[str, Any]]:
        """What is to be done, as JSON."""
        return [each.told() if isinstance(each, Finding) else each for each in self.todo]


def save(path: Path, report: Report) -> None:
    """``Invalid`` for an ending that we don't write; nothing is written then."""
    data = {".md": _markdown, ".html": page, ".xlsx": _workbook, ".docx": _docx}
    if path.suffix.lower() not in data:
        raise Invalid("report.ending", file=path.name[:80], known="、".join(ENDINGS))
    files.write(path, data[path.suffix.lower()](report))


def _markdown(report: Report) -> bytes:
    text = report_sections.markdown(report.title, report.sections)
    head, rest = text.split("\n", 1)
    return f"{head}\n\n{report.lead}\n{rest}".encode()


def page(report: Report) -> bytes:
    """As HTML that stands by itself."""
    pictures = [report_chart.svg(each) for each in report.charts]
    return report_files.page(
        report.title, report.sections, lead=report.lead, pictures=pictures
    ).encode()


def _workbook(report: Report) -> bytes:
    return report_workbook.make(report.title, report.lead, report.sections, report.charts)


def _docx(report: Report) -> bytes:
    return report_docx.make(report.title, report.lead, report.sections, report.charts, at=report.at)
