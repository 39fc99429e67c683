"""``zhida report``: figures about the whole, for those who answer for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from exchange.errors import Fatal
from exchange.names import NONE, similar
from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, Marked, emit, show, tell
from zhida.report_acceptance_cli import acceptance
from zhida.report_finance_cli import finance
from zhida.report_grants_cli import grants
from zhida.report_matter_cli import matter
from zhida.report_mediation_cli import mediation
from zhida.report_overview_cli import agreements, clock, freshness
from zhida.report_reform_cli import reform

if TYPE_CHECKING:
    from exchange.accounting import Flow


class _ByMatter(TyperGroup):
    """``zhida report newborn`` is ``zhida report matter newborn``."""

    short_for = "matter"

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """A name that is no report, nor nearly one, is a matter's; the site knows which it has.

        No report has a hyphen in its name: ``grant-list`` is no ``grants`` misspelt.
        """
        name = args[0]
        if not name.startswith("-") and ("-" in name or similar(name, self.commands) == NONE):
            args = [self.short_for, *args]
        return super().resolve_command(ctx, args)


report = typer.Typer(cls=_ByMatter, no_args_is_help=True, help="报表 reports")
report.command("matter")(matter)
report.command("grants")(grants)
report.command("mediation")(mediation)
report.command("acceptance")(acceptance)
report.command("finance")(finance)
report.command("freshness")(freshness)
report.command("clock")(clock)
report.command("agreements")(agreements)
report.command("reform")(reform)

_COLUMNS = {
    "opened": "受理",
    "changed": "更正",
    "applied": "已办结",
    "refused": "不予办理",
    "parked": "待人工",
    "invalid": "数据无效",
    "duplicate": "重复",
    "superseded": "已被更新",
    "given-up": "人工终止",
    "cancelled": "已取消",
    "shadowed": "影子运行",
    "blocked": "受阻",
    "skipped": "不需办理",
    "halted": "按规定不办理",
    "by-hand": "转人工办理",
    "waiting": "等待前置",
    "in-flight": "在途",
}


@report.callback()
def group() -> None:
    """报表 (reports)."""  # with one command alone, typer would drop its name


@report.command("flows")
def report_flows(matter: str = "", as_json: AsJson = False) -> None:
    """收支平衡表 (in = applied + refused + parked + …, for every flow)。不平时退出码为 1。"""
    from zhida.flows import flows
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = flows(watch.store, watch.site.matter(matter).name if matter else "")
    told = [_row(flow) for flow in found]
    marks = {True: Marked("[green]✓[/]"), False: Marked("[bold red]✗[/]")}
    rows = [row | row["counts"] | {"mark": marks[row["balanced"]]} for row in told]
    used = {n: title for n, title in _COLUMNS.items() if any(row["counts"].get(n) for row in told)}
    columns = {"flow": "流", "in": "收到", **used, "mark": "平衡"}
    emit(told, as_json=as_json, table=show(rows, columns, title="收支平衡表"))
    lost = [row for row in told if not row["balanced"]]
    for row in lost:
        tell(Fatal("flows.unbalanced", flow=row["flow"], number=row["unaccounted"]))
    if lost:
        raise typer.Exit(EXIT_PROBLEM)


def _row(flow: Flow) -> dict[str, Any]:
    from zhida.flows import unaccounted

    return {
        "kind": flow.kind,
        "flow": flow.name or "（无主）",
        "in": flow.into,
        "counts": {name: number for name, number in flow.counts.items() if number},
        "unaccounted": unaccounted(flow),
        "balanced": flow.balanced,
    }
