"""``zhida report finance`` at the terminal."""

from __future__ import annotations

from typing import Annotated

import typer

from zhida.command_options import AsJson
from zhida.report_options import Files, First, Last, Trace

Bank = Annotated[str, typer.Option(help="只看这家银行 only this bank's")]


def finance(
    *,
    bank: Bank = "",
    first: First = "",
    last: Last = "",
    trace: Trace = "",
    to: Files = None,
    as_json: AsJson = False,
) -> None:
    """订单融资：各家银行的授权书、申请和查询、放款、贷后事件 (letters, readings, loans, events of each bank)。

    --trace 写 银行.数字（bank-a.paid_out、bank-a.refused）。口径见 docs/how-to/report-finance.md。
    """
    from zhida import (
        report_finance,
        report_finance_trace,
        report_finance_view,
        report_options,
        report_telling,
    )
    from zhida.watch import open_watch

    days = report_options.days(first, last)
    with open_watch() as watch:
        if trace:
            rows = report_finance_trace.trace(watch, trace, days)
            return report_telling.trace(trace, rows, as_json=as_json)
        told = report_finance.report(watch, bank=bank, days=days)
        report = report_finance_view.report(watch.site, told, watch.clock())
    report_telling.tell(told, report, to=to, as_json=as_json)
    return None
