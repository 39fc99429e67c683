"""``zhida report flows``: the accounting."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from exchange.errors import Fatal
from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, tell
from zhida.report_options import Files, Trace


def flows(
    *,
    matter: Annotated[str, typer.Option(help="只看一个主题 only one joint service")] = "",
    trace: Trace = "",
    to: Files = None,
    as_json: AsJson = False,
) -> None:
    """收支平衡表：收到的每一件在哪里，什么等着人 (in = applied + refused + parked + …)。不平时退出码为 1。

    --trace 写流的标识：来源系统，或 主题/事项（newborn/household）。
    """
    from zhida import report_flows, report_telling
    from zhida.watch import open_watch

    with open_watch() as watch:
        if trace:
            rows = report_flows.trace(watch, trace)
            return report_telling.trace(trace, rows, as_json=as_json)
        found = report_flows.told(watch, watch.site.matter(matter).name if matter else "")
        report = report_flows.report(watch, found)
    report_telling.tell(found, report, to=to, as_json=as_json)
    _loud(found["flows"])
    return None


def _loud(rows: list[dict[str, Any]]) -> None:
    lost = [row for row in rows if not row["balanced"]]
    for row in lost:
        tell(Fatal("flows.unbalanced", flow=row["flow"], number=row["unaccounted"]))
    if lost:
        raise typer.Exit(EXIT_PROBLEM)
