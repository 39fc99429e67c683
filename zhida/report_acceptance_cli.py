"""``zhida report acceptance`` at the terminal."""

from __future__ import annotations

from zhida.command_options import AsJson
from zhida.report_options import Files, First, Last, Trace


def acceptance(
    *,
    first: First = "",
    last: Last = "",
    trace: Trace = "",
    to: Files = None,
    as_json: AsJson = False,
) -> None:
    """联合验收办了多久、等过谁、省了多少材料 (critical path, who was waited for, materials saved)。

    --trace 写单体的编号、delivered、by_owner 等。口径见 docs/how-to/report-acceptance.md。
    """
    from zhida import (
        report_acceptance,
        report_acceptance_trace,
        report_acceptance_view,
        report_options,
        report_telling,
    )
    from zhida.hub import open_hub
    from zhida.long_work import counting

    days = report_options.days(first, last)
    with open_hub() as hub, counting("单体 buildings") as count:
        if trace:
            rows = report_acceptance_trace.trace(hub, trace, days)
            return report_telling.trace(trace, rows, as_json=as_json)
        told = report_acceptance.report(hub, days, count)
        report = report_acceptance_view.report(hub.site, told, hub.clock())
    report_telling.tell(told, report, to=to, as_json=as_json)
    return None
