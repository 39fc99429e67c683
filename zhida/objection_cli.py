"""``zhida objection``: a receiver's doubt about a field (校核), its clock, and the answer."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, EXIT_USAGE, Marked, emit, local, show

objections = typer.Typer(no_args_is_help=True, help="数据校核 objections to a field")

_STATES = {
    "open": "待答复",
    "awaiting": "待更正数据",
    "corrected": "已更正",
    "upheld": "维持原数据",
    "withdrawn": "来源已撤销",
}
_COLUMNS = {
    "id": "编号",
    "which": "办件 · 字段",
    "way": "提出 → 来源",
    "state_zh": "状态",
    "due": "答复期限",
}


@objections.command("open")
def open_objection(
    case: str,
    document: Annotated[str, typer.Argument(help="办件中的文件名 (birth)")],
    field: Annotated[str, typer.Argument(help="字段 (/mother/name)")],
    *,
    unit: Annotated[str, typer.Option(help="提出校核的单位 the unit that received it")],
    reason_code: Annotated[
        str, typer.Option(help="wrong-value, outdated, missing, unreadable, other")
    ] = "wrong-value",
    days: Annotated[
        int | None,
        typer.Option(min=1, help="答复期限（自然日），缺省按 zhida catalogue clocks 的校核期限"),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """对收到的字段提出校核，签名记入账本 (a unit doubts a field that it received; signed)."""
    from zhida import case_view, objections
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE
    from zhida.watch import Watch

    with open_hub() as hub:
        row = case_view.find(Watch(hub.site, hub.store, hub.clock), case)
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        doubted = objections.Field(row.id, document, field)
        found = objections.open_one(
            hub, who, doubted, unit=unit, reason=reason_code, days=days or 0
        )
    said = f"已登记 {found['id'][:12]}，请告知{found['provider_title']}于 {local(found['due_at'])} 前答复"
    emit(found, as_json=as_json, table=said)


@objections.command("list")
def list_objections(
    everything: Annotated[bool, typer.Option("--all", help="含已办结 closed ones too")] = False,
    as_json: AsJson = False,
) -> None:
    """列出校核，逾期的在前，有逾期时退出码为 1 (overdue first; exit code 1 if any)."""
    from zhida import objections
    from zhida.watch import open_watch

    with open_watch() as watch:
        found = objections.listed(watch, everything=everything)
    emit(found, as_json=as_json, table=show(_rows(found), _COLUMNS, title="数据校核"))
    if any(each["overdue"] for each in found):
        raise typer.Exit(EXIT_PROBLEM)


@objections.command("show")
def show_objection(objection: str, as_json: AsJson = False) -> None:
    """一件校核 (one objection)."""
    from zhida import objections
    from zhida.watch import open_watch

    with open_watch() as watch:
        with watch.store.read() as connection:
            identifier = objections.one(connection, objection).id
        found = [e for e in objections.listed(watch, everything=True) if e["id"] == identifier]
    emit(found[0], as_json=as_json, table=show(_rows(found), _COLUMNS, title="数据校核"))


@objections.command("answer")
def answer_objection(
    objection: str,
    corrected: Annotated[bool, typer.Option("--corrected", help="来源将更正")] = False,
    upheld: Annotated[str, typer.Option(help="维持原数据的理由代码 why it stays")] = "",
    as_json: AsJson = False,
) -> None:
    """来源单位的答复，签名记入账本：更正（由新版本办结）或维持 (corrected, or upheld with a reason code; signed)."""
    from zhida import objections
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    if corrected == bool(upheld):
        typer.echo("写 --corrected 或 --upheld 理由代码，只写其中一个", err=True)
        raise typer.Exit(EXIT_USAGE)
    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock(), hub.trust.now().revocations)
        found = objections.answer(hub, who, objection, upheld=upheld)
    emit(found, as_json=as_json, table=f"{found['id'][:12]} {_STATES[found['state']]}")


def _rows(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {
            "id": each["id"][:12],
            "which": f"{each['case'][:12]}\n{each['field']}",
            "way": f"{each['receiver']}\n→ {each['provider_title']}",
            "state_zh": _STATES[each["state"]],
            "due": Marked(local(each["due_at"]) + (" [red]逾期[/]" if each["overdue"] else "")),
        }
        for each in found
    ]
