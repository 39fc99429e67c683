"""``zhida duty``: what wants a person now, who is on duty, and what that person does about it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhida.command_options import AsJson, Reason
from zhida.incident_cli import Hours, Until, end_of, this_person
from zhida.output import EXIT_PROBLEM, Marked, emit, explained, local, show

duty = typer.Typer(help="值班 the duty: what wants a person now, and whose it is")

Note = Annotated[str, typer.Option(help="说明，写进账本，不得含个人信息 a note; no personal data")]
_COLUMNS = {"id": "事件", "what_zh": "什么", "wait": "能等吗", "for": "已有", "state_zh": "谁在办"}
_TURNS = {"who": "值班", "shift": "班次", "since": "自", "until": "至"}
_STATES = {"alone": "[red]没有人接[/]", "taken": "{by} 在办", "silenced": "静默至 {until}"}


@duty.callback(invoke_without_command=True)
def beginning(context: typer.Context) -> None:
    """值班 the duty: what wants a person now, and whose it is. 不写命令就是 list。"""
    if context.invoked_subcommand is None:
        list_open()


@duty.command("list")
def list_open(
    everything: Annotated[
        bool, typer.Option("--all", help="含静默的 also what is silenced")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """现在要人处理的，最急的在前，附怎么办 (what wants a person now)。有不能等又没人接的，退出码为 1。"""
    from zhida import duty_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        told = duty_view.told(watch)
        now = watch.clock()
    rows = told["open"] + (told["silenced"] if everything else [])
    shown = [row | _cells(row) | {"for": duty_view.since(row, now)} for row in rows]
    emit(told, as_json=as_json, table=_page(told, shown))
    if any(row["urgent"] and row["state"] == "alone" for row in told["open"]):
        raise typer.Exit(EXIT_PROBLEM)


def _page(told: dict[str, Any], shown: list[dict[str, Any]]) -> Any:
    from rich.console import Group

    quiet = len(told["silenced"])
    tail = [f"另有静默的 {quiet} 件：zhida duty list --all"] if quiet else []
    table = show(shown, _COLUMNS, title=f"{_whose(told['on_duty'])}；要处理的")
    return Group(table, *explained(shown), *tail)


def _whose(person: dict[str, str] | None) -> str:
    if person is None:
        return "没有排班"
    giver = f"，{person['giver']} 交来" if person["giver"] else ""
    return f"今班 {person['title']}（到 {local(person['until'])[:16]}{giver}）"


def _cells(row: dict[str, Any]) -> dict[str, Any]:
    state = _STATES[row["state"]].format(by=row["by"], until=local(row["silenced_until"]))
    whose = f"{row['whose']}\n{row['call']}" if row["whose"] else row["what"]
    return {
        "what_zh": f"{row['kind_zh']}\n{whose}",
        "state_zh": Marked(state),
        "id": row["id"] or "—",
    }


@duty.command("ack")
def acknowledge(incident: str, note: Note = "", as_json: AsJson = False) -> None:
    """我来处理；本人签名，记入账本 (I take care; signed, in the ledger)."""
    from zhida import incidents
    from zhida.hub import open_hub

    with open_hub() as hub:
        who = this_person(hub)
        incidents.acknowledge(hub, who, incident, note)
    told = {"incident": incident, "acknowledged_by": who.operator.name}
    emit(told, as_json=as_json, table=f"已记录：{who.operator.title} 处理 {incident}")


@duty.command("silence")
def silence(
    incident: str,
    reason: Reason = "",
    hours: Hours = 0.0,
    until: Until = None,
    as_json: AsJson = False,
) -> None:
    """到那时以前不再提醒；变坏了就提前响 (quiet until then, unless it gets worse); 须写理由。"""
    from exchange import times
    from zhida import quiet
    from zhida.hub import open_hub
    from zhida.operators import needed_reason

    with open_hub() as hub:
        end = end_of(hub, hours, until)
        quiet.silence(hub, this_person(hub), incident, end, reason=needed_reason(reason))
    at = times.stamp(end)
    emit({"incident": incident, "silenced_until": at}, as_json=as_json, table=f"静默至 {local(at)}")


@duty.command("hand-over")
def hand_over(
    to: Annotated[str, typer.Option(help="交给谁（operators/ 中的操作人）to whom")],
    until: Until = None,
    note: Note = "",
    as_json: AsJson = False,
) -> None:
    """交班：我在办的都归他；不在班的人可以接班，--to 写自己 (hand over, or take over)。"""
    from dataclasses import asdict

    from exchange import times
    from zhida import duty as desk
    from zhida.hub import open_hub

    end = until.replace(tzinfo=times.CHINA) if until else None
    with open_hub() as hub:
        row = desk.hand_over(hub, this_person(hub), to, note=note, until=end)
    emit(
        asdict(row),
        as_json=as_json,
        table=f"已交班：{row.giver or '（无人）'} → {row.person}，到 {local(row.until)}",
    )


@duty.command("roster")
def roster(
    most: Annotated[int, typer.Option("-n", min=1, help="列几班 how many turns")] = 14,
    as_json: AsJson = False,
) -> None:
    """值班表：现在和以后的班次 (the roster from now on)."""
    from zhida import duty_view
    from zhida.watch import open_watch

    with open_watch() as watch:
        told = duty_view.turns(watch, most)
    rows = [row | _turn(row) for row in told]
    emit(told, as_json=as_json, table=show(rows, _TURNS, title="值班表"))


def _turn(row: dict[str, Any]) -> dict[str, Any]:
    who = f"{row['title']}\n{row['person']}"
    since, until = (local(row[name])[:16] for name in ("since", "until"))
    return {"who": who + (" （现在）" if row["now"] else ""), "since": since, "until": until}
