"""``zhida reconcile``, ``zhida doubt``: compare books with the targets, and end doubts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Group
from rich.text import Text

from exchange.errors import ZhidaError
from zhida.command_options import AsJson, Reason
from zhida.keepers import keepers
from zhida.output import EXIT_PROBLEM, Marked, emit, local, show

if TYPE_CHECKING:
    from zhida.hub import Hub
    from zhida.reconcile import Window

doubts = typer.Typer(no_args_is_help=True, help="恢复后的存疑系统 systems in doubt after a restore")

_COLUMNS = {
    "system": "系统",
    "ours": "我方",
    "theirs": "对方",
    "agreed": "相符",
    "neither": "其中未办",
    "settled": "据账了结",
    "waiting": "在途",
    "missing": "对方无",
    "foreign": "我方无",
    "kept": "补记",
    "what": "结果",
}
_SELDOM = {
    "neither": "我方记为不予办理或数据无效，对方账上也没有",
    "settled": "我方结果未知，对方账上有，据此了结",
    "waiting": "还没有结果，系统会继续查询",
    "kept": "恢复以前办成、我方丢失了记录的，现在重新记下",
}
"""Columns that are shown when they have something to show, with what they mean."""
_HISTORY = {
    "system": "系统",
    "at": "对账时间",
    "span": "期间",
    "ours": "我方",
    "theirs": "对方",
    "settled": "据账了结",
    "missing": "对方无",
    "foreign": "我方无",
}


def reconcile(
    system: Annotated[str, typer.Argument(help="系统；不写则为所有有账的系统")] = "",
    *,
    day: Annotated[str, typer.Option(help="某一天，缺省为昨天 a day, YYYY-MM-DD")] = "",
    since: Annotated[str, typer.Option(help="自，日期或时刻 from (included)")] = "",
    until: Annotated[str, typer.Option(help="至，日期或时刻 to (not included)")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只比较，不了结 compare only")] = False,
    history: Annotated[bool, typer.Option("--history", help="列出历次对账 past runs")] = False,
    as_json: AsJson = False,
) -> None:
    """与对方系统的账核对 (compare our deliveries with the targets' own books)。不符时退出码为 1。"""
    if history:
        _show_history(system, as_json)
        return
    from zhida import reconcile_window as span
    from zhida.hub import open_hub

    window = span.window(day, since, until)
    with open_hub() as hub:
        told = [_one(hub, name, window, dry_run) for name in _chosen(hub, system)]
        language = hub.site.language
    emit(told, as_json=as_json, table=_table(told, language))
    if any(each["problems"] for each in told):
        raise typer.Exit(EXIT_PROBLEM)


def _table(told: list[dict[str, Any]], language: str) -> Group:
    columns = {k: v for k, v in _COLUMNS.items() if k not in _SELDOM or any(e.get(k) for e in told)}
    lines = [line for each in told for line in _lines(each, language)]
    lines += [f"[dim]{columns[key]}：{_SELDOM[key]}[/]" for key in columns if key in _SELDOM]
    return Group(show([*map(_row, told)], columns, title="对账"), *map(Text.from_markup, lines))


def _chosen(hub: Hub, system: str) -> list[str]:
    return [hub.site.system(system).name] if system else keepers(hub.site.systems)


def _one(hub: Hub, name: str, window: Window, dry_run: bool) -> dict[str, Any]:
    """One system; one that cannot be asked now is told."""
    from zhida import reconcile as run

    try:
        told = asdict(run.reconcile(hub, hub.site.systems[name], window, dry_run=dry_run))
        return _with_cases(hub, told)
    except ZhidaError as error:
        return {"system": name, "problems": [{"code": error.code, "facts": error.facts}]}


def _with_cases(hub: Hub, told: dict[str, Any]) -> dict[str, Any]:
    """The case of each effect that is ours: what one asks for next."""
    from zhida.case_find import of_effect

    with hub.store.read() as connection:
        for problem in told["problems"]:
            problem["case"] = of_effect(connection, str(problem["facts"].get("effect", "")))
    return told


def _row(told: dict[str, Any]) -> dict[str, Any]:
    if not told["problems"]:
        return told | {"what": Marked("[green]相符[/]")}
    what = f"{len(told['problems'])} 处不符" if "ours" in told else "没有对账"
    return told | {"what": Marked(f"[red]{what}[/]")}


def _lines(told: dict[str, Any], language: str) -> Iterator[str]:
    """Each problem with its cure, below the table, where there is room."""
    from rich.markup import escape

    from exchange.problems import describe

    for problem in told["problems"]:
        what, remedy = describe(problem["code"], problem["facts"], language)
        yield f"[red]✗[/] {told['system']}：{escape(what)}\n  → {escape(remedy)}"
        if problem.get("case"):
            case = problem["case"][:12]
            yield f"  办件 {case}：zhida case show {case}，zhida evidence export {case}"


def _show_history(system: str, as_json: bool) -> None:
    from exchange.store import book_rows
    from zhida.watch import open_watch

    with open_watch() as watch, watch.store.read() as connection:
        found = [asdict(row) for row in book_rows.reconciliations(connection, system)]
    rows = [
        row
        | {"at": local(row["at"])}
        | {"span": f"{local(row['since'])}\n至 {local(row['until'])}"}
        for row in found
    ]
    emit(found, as_json=as_json, table=show(rows, _HISTORY, title="历次对账"))


@doubts.command("list")
def list_doubts(as_json: AsJson = False) -> None:
    """列出存疑的系统 (systems in which effects may exist that we do not know)."""
    from exchange.store import book_rows
    from zhida.watch import open_watch

    with open_watch() as watch, watch.store.read() as connection:
        found = [asdict(row) for row in book_rows.doubts(connection)]
    rows = [row | {"since": local(row["since"])} for row in found]
    columns = {"system": "系统", "since": "自（恢复时间）", "epoch": "纪元"}
    emit(found, as_json=as_json, table=show(rows, columns, title="存疑的系统"))


@doubts.command("end")
def end_doubt(
    system: str,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """对方没有账可对时，由人核实后解除存疑 (end a doubt by hand, for a system without books)."""
    from zhida import doubt
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        doubt.end(
            hub,
            this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations),
            system,
            reason=reason,
        )
    emit({"system": system, "state": "ended"}, as_json=as_json, table="已解除存疑")
