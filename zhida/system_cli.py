"""``zhida system``: the systems of the site, and whether they can be spoken with."""

from __future__ import annotations

from typing import Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, Marked, emit, show

systems = typer.Typer(no_args_is_help=True, help="系统的接入 the systems and their connections")

MARKS = {"good": "[green]✓[/]", "bad": "[red]✗[/]", "open": "[dim]–[/]"}
_LIST = {
    "named": "系统",
    "unit_title": "单位",
    "adapter": "适配器",
    "wire": "线路",
    "connection": "连接",
    "told": "地址",
}


@systems.command("list")
def list_systems(as_json: AsJson = False) -> None:
    """列出各系统及其连接 (the systems, their adapters, wires and connections)."""
    from zhida import site
    from zhida.environment import site_folder
    from zhida.system_list import listed

    found = listed(site.load(site_folder()))
    rows = [
        row | {"named": f"{row['title']}\n{row['system']}", "told": row["address"] or "连接未配置"}
        for row in found
    ]
    emit(found, as_json=as_json, table=show(rows, _LIST, title="系统"))


@systems.command("check")
def check(name: str, as_json: AsJson = False) -> None:
    """逐步检查一个系统 (name, port, TLS, login, right, clock, encoding).

    ✓ 正常，✗ 有问题并告知怎么办，– 不适用或无法判断。只读，不在对方系统里办理任何事。
    """
    from zhida import site
    from zhida.environment import site_folder
    from zhida.system_check import check_system

    told = site.load(site_folder())
    found = check_system(told, told.system(name))
    emit(found, as_json=as_json, table=steps_table(found, name))
    if any(row["state"] == "bad" for row in found):
        raise typer.Exit(EXIT_PROBLEM)


def steps_table(found: list[dict[str, Any]], name: str) -> Any:
    """The steps for a person."""
    rows = [row | {"mark": Marked(MARKS[row["state"]])} for row in found]
    columns = {"mark": "", "title": "步骤", "what": "结果", "remedy": "怎么办"}
    return show(rows, columns, title=f"检查系统 {name}")
