"""``zhida finance feed``: how far the banks have got with their events, and sending some again."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.output import EXIT_PROBLEM, EXIT_USAGE, Marked, emit, local, show

feed = typer.Typer(no_args_is_help=True, help="贷后事件怎样送到银行 events on their way to banks")

_STATES = {
    "asks": "银行自取",
    "well": "[green]已送齐[/]",
    "behind": "[yellow]还有没送的[/]",
    "failing": "[red]送不出去[/]",
}
_COLUMNS = {
    "named": "银行",
    "state_zh": "状态",
    "numbers": "已送到 / 最后",
    "oldest": "最早的等了",
    "taken": "上次送到",
    "answer": "上次答复",
}
_From = Annotated[
    int | None, typer.Option("--from", min=1, help="从哪个事件编号起 first event's number")
]
_Day = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%d"], help="从哪一天的对账文件起 first day of the books"),
]


@feed.command("status")
def status(as_json: AsJson = False) -> None:
    """各银行送到第几号、还欠多少、上次答复；有送不出去的退出码为 1 (position, backlog, last answer)."""
    from zhida import finance_push_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = finance_push_view.status(watch)
    rows = [_row(each) for each in found]
    emit(found, as_json=as_json, table=show(rows, _COLUMNS, title="贷后事件的送达"))
    if any(each["state"] == finance_push_view.FAILING for each in found):
        raise typer.Exit(EXIT_PROBLEM)


@feed.command("resend")
def resend(
    bank: Annotated[str, typer.Argument(help="银行的单位标识 the bank's unit")],
    reason: Reason = "",
    first: _From = None,
    day: _Day = None,
    as_json: AsJson = False,
) -> None:
    """从某个编号起再送一遍；编号和内容都不变 (send again from a number on, or the books from a day on)."""
    from zhida import finance_resend
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    if (first is None) == (day is None):
        typer.echo("写 --from 编号 或 --day 日期，二者之一 give one of --from and --day", err=True)
        raise typer.Exit(EXIT_USAGE)
    with open_hub() as hub:
        to = finance_resend.bank(hub, bank)
        who = this_person(hub.site, OPERATE, hub.clock())
        if first is not None:
            row = finance_resend.events(hub, who, to, first=first, reason=reason)
        elif day is not None:
            row = finance_resend.books(hub, who, to, day=day.date(), reason=reason)
    what = f"第 {first} 号事件" if day is None else f"{day:%Y-%m-%d} 的对账文件"
    emit(asdict(row), as_json=as_json, table=f"{bank}：下一次推进时从{what}起再送")


def _row(told: dict[str, Any]) -> dict[str, Any]:
    row = {"named": f"{told['bank_title']}\n{told['bank']}"}
    row["state_zh"] = Marked(_STATES[told["state"]])
    if told["state"] == "asks":
        return row | {"numbers": f"- / {told['last']}"}
    return row | {
        "numbers": f"{told['position']} / {told['last']}",
        "oldest": _age(told["oldest_age_s"]),
        "taken": local(told["taken_at"]),
        "answer": f"{told['code']}\n{told['what']}".strip(),
    }


def _age(seconds: int) -> str:
    """
    >>> _age(0), _age(90), _age(7300), _age(180000)
    ('', '2 分钟', '2 小时', '2 天')
    """
    for size, name in ((86_400, "天"), (3_600, "小时"), (60, "分钟")):
        if seconds >= size:
            return f"{round(seconds / size)} {name}"
    return "1 分钟以内" if seconds else ""
