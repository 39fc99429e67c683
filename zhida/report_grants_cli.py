"""``zhida report grants``: what the grants have come to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from exchange.errors import Fatal
from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, tell
from zhida.report_options import Files, Trace

if TYPE_CHECKING:
    from exchange.store.grant_report_rows import Scope
    from zhida.watch import Watch

Year = Annotated[int, typer.Option(min=2000, max=2999, help="只算这一年决定的 decided in a year")]
Name = Annotated[str, typer.Option("--policy", help="只算一项政策 only one policy")]


def grants(
    *,
    year: Year | None = None,
    policy: Name = "",
    trace: Trace = "",
    to: Files = None,
    as_json: AsJson = False,
) -> None:
    """奖补的成效 (materials, steps, days before and now; eligible and served; money; budgets).

    按政策和合计；不含企业名称，不解密任何数据。账不平时退出码为 1。--trace 写 paid、eligible 或一个状态（returned）。
    口径见 docs/how-to/report-grants.md。
    """
    from exchange.store.grant_report_rows import Scope
    from zhida import policy_find, report_grants, report_grants_findings, report_telling
    from zhida.environment import site_folder
    from zhida.watch import open_watch

    known = policy_find.catalogue(site_folder())
    if policy:
        policy_find.named(known, policy)
    with open_watch() as watch:
        if trace:
            return _trace(watch, trace, Scope(year or 0, policy), as_json=as_json)
        told = report_grants.report(watch, known.policies, year or 0, policy)
        report = report_grants_findings.report(watch, told)
    report_telling.tell(told, report, to=to, as_json=as_json)
    return _tell(told["unbalanced"])


def _trace(watch: Watch, figure: str, scope: Scope, *, as_json: bool) -> None:
    from zhida import report_grants_trace, report_telling

    rows = report_grants_trace.trace(watch, figure, scope)
    report_telling.trace(figure, rows, as_json=as_json)


def _tell(unbalanced: list[dict[str, Any]]) -> None:
    for row in unbalanced:
        tell(Fatal("grant.unbalanced", **row))
    if unbalanced:
        raise typer.Exit(EXIT_PROBLEM)
