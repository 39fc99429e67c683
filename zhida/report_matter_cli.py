"""``zhida report matter``: the figures of one joint service."""

from __future__ import annotations

from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.report_options import Files, First, Last


def matter(
    name: Annotated[str, typer.Argument(help="主题标识 the joint service")],
    *,
    first: First = "",
    last: Last = "",
    to: Files = None,
    as_json: AsJson = False,
) -> None:
    """一个主题的成效 (papers avoided, visits, freshness, clock, reasons, systems)。

    `matter` 可以省去：`zhida report newborn`。各数字的口径见 docs/how-to/report-a-matter.md。
    """
    from zhida import (
        report_matter,
        report_matter_findings,
        report_options,
        report_tables,
        report_telling,
    )
    from zhida.report_saving import Report
    from zhida.watch import open_watch

    days = report_options.days(first, last)
    with open_watch() as watch:
        told = report_matter.report(watch, name, *days)
        todo, now = report_matter_findings.findings(watch, told), watch.clock()
    title, lead = report_tables.title(told), report_matter_findings.headline(told, todo)
    report = Report(title, lead, list(report_tables.sections(told)), now, todo=todo)
    report_telling.tell(told, report, to=to, as_json=as_json)
