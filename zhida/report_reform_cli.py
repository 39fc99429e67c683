"""``zhida report reform``: the page of the reform, before and now."""

from __future__ import annotations

from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.report_options import Files, First, Last, Trace

Matter = Annotated[str, typer.Option("--matter", help="只看一个主题 only one joint service")]


def reform(
    *,
    matter: Matter = "",
    first: First = "",
    last: Last = "",
    trace: Trace = "",
    to: Files = None,
    as_json: AsJson = False,
) -> None:
    """改革成效一页纸：环节、材料、时限、跑动，改革前 → 现在；应办与已办，已兑现的钱 (before and now)。

    改革前的数字写在站点的 baseline.yaml。--trace 写 主题.数字（newborn.materials、grants.paid）。
    口径见 docs/how-to/report-reform.md。
    """
    from zhida import (
        report_options,
        report_reform,
        report_reform_trace,
        report_reform_view,
        report_telling,
    )
    from zhida.watch import open_watch

    days = report_options.days(first, last)
    with open_watch() as watch:
        if trace:
            rows = report_reform_trace.trace(watch, trace, days)
            return report_telling.trace(trace, rows, as_json=as_json)
        told = report_reform.report(watch, days, matter)
        report = report_reform_view.report(watch, told)
    report_telling.tell(told, report, to=to, as_json=as_json)
    return None
