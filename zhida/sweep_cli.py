"""``zhida sweep``: one turn of a matter by hand, and what came of it, with every reason in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, Marked, counted, emit, explained, local, show

if TYPE_CHECKING:
    from collections.abc import Mapping

    from exchange.errors import Fact, Problem
    from zhida.hub import Hub
    from zhida.sweep import Report


def sweep(
    matter: str,
    turns: Annotated[int, typer.Option(min=1, help="轮数 how many sweeps")] = 1,
    as_json: AsJson = False,
) -> None:
    """不经 Airflow 扫一轮 (one sweep without Airflow, the same code).

    有系统故障、或有数据无效时退出码为 1。
    """
    from zhida import logs
    from zhida import sweep as sweeps
    from zhida.hub import open_hub

    logs.if_asked()
    told: list[dict[str, Any]] = []
    with open_hub() as hub:
        for turn in range(1, turns + 1):
            reports = sweeps.sweep(hub, hub.site.matter(matter))
            told += [{"turn": turn} | _told(hub, report) for report in reports]
    emit(told, as_json=as_json, table=_table(told, matter, turns))
    if any(row["sick"] or row["states"].get("invalid") for row in told):
        raise typer.Exit(EXIT_PROBLEM)


def _told(hub: Hub, report: Report) -> dict[str, Any]:
    found = [*([report.sick] if report.sick else []), *report.causes]
    causes = {problem.code: _cause(hub, problem) for problem in found}
    return {
        "item": report.item,
        "title": report.title,
        "states": dict(report.states),
        "sick": report.sick.code if report.sick else "",
        "causes": list(causes.values()),
        "next_at": report.next_at,
    }


def _cause(hub: Hub, problem: Problem) -> dict[str, str]:
    from zhida import site_words

    facts = _as_it_failed(hub, problem)
    if facts is None:
        since = local(str(problem.facts["since"]))
        what = f"系统 {problem.facts['system']} 自 {since} 起没有办成，本轮没有到再试的时间"
        return {"code": problem.code, "what": what, "remedy": ""}
    what, remedy = site_words.describe(hub.site, problem.code, facts)
    return {"code": problem.code, "what": what, "remedy": remedy}


def _as_it_failed(hub: Hub, problem: Problem) -> Mapping[str, Fact] | None:
    """Of a system that was not asked now only code and time are known; its incident knows more."""
    from exchange import canonical
    from exchange.store import incident_rows

    if set(problem.facts) != {"system", "since"}:
        return problem.facts
    with hub.store.read() as connection:
        rows = incident_rows.still_open(connection, "system", str(problem.facts["system"]))
    told = [canonical.loads(row.facts.encode()) for row in rows if row.code == problem.code]
    return told[0] if told else None


def _table(told: list[dict[str, Any]], matter: str, turns: int) -> Any:
    from rich.console import Group

    rows = [
        row
        | {"states": _came_to(row)}
        | {"causes": "\n".join(cause["code"] for cause in row["causes"])}
        for row in told
    ]
    columns = {"title": "事项", "states": "办件数", "causes": "原因代码（说明见下）"}
    columns = {"turn": "轮"} | columns if turns > 1 else columns
    lines = explained(cause for row in told for cause in row["causes"])
    if any(row["item"] == "intake" and row["states"].get("invalid") for row in told):
        lines.append("无效的来件是哪个文件、哪一条：zhida invalid list")
    return Group(show(rows, columns, title=f"扫描 {matter}"), *lines)


def _came_to(row: dict[str, Any]) -> Marked:
    """Nothing is left blank: "not yet" and "nothing there" are told apart."""
    if row["states"]:
        return counted(row["states"])
    if row["item"] != "intake":
        return Marked("[dim]没有到期的办件[/]")
    if row["next_at"]:
        return Marked(f"[dim]未到时间，下次 {local(row['next_at'])}[/]")
    return Marked("[dim]没有新来件[/]")
