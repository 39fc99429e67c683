"""``zhida report reform``: the page of the reform, before and now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.output import emit
from zhida.report_matter_cli import First, Last, day
from zhida.report_overview_cli import Trace

Matter = Annotated[str, typer.Option("--matter", help="只看一个主题 only one joint service")]
File = Annotated[
    list[Path] | None,
    typer.Option("-o", help="另存为 .docx .xlsx .html .md，可写几次 also as files"),
]


def reform(
    *,
    matter: Matter = "",
    first: First = "",
    last: Last = "",
    trace: Trace = "",
    to: File = None,
    as_json: AsJson = False,
) -> None:
    """改革成效一页纸：环节、材料、时限、跑动，改革前 → 现在；应办与已办，已兑现的钱 (before and now)。

    改革前的数字写在站点的 baseline.yaml。--trace 写 主题.数字（newborn.materials、grants.paid）。
    口径见 docs/how-to/report-reform.md。
    """
    from zhida import (
        report_overview_cli,
        report_reform,
        report_reform_trace,
        report_reform_view,
        report_saving,
        report_sections,
    )
    from zhida.watch import open_watch

    days = day(first, "--from"), day(last, "--until")
    with open_watch() as watch:
        if trace:
            rows = report_reform_trace.trace(watch, trace, days)
            return report_overview_cli.traced(trace, rows, as_json=as_json)
        told = report_reform.report(watch, days, matter)
        todo = report_reform_view.findings(watch, told)
        sections = list(report_reform_view.sections(told, todo))
        whole = report_saving.Report(
            report_reform_view.title(watch, told),
            report_reform_view.lead(told, todo),
            sections,
            watch.clock(),
            report_reform_view.charts(told),
        )
    for path in to or ():
        report_saving.save(path, whole)
    told |= {"headline": whole.lead, "todo": [each.told() for each in todo]}
    emit(told, as_json=as_json, table=report_sections.drawn(whole.lead, sections))
    return None
