"""``zhida catalogue request``: one unit asks another for data (共享申请), by the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import EXIT_PROBLEM, EXIT_USAGE, Marked, emit, local, show

if TYPE_CHECKING:
    from zhida.data_request import Request
    from zhida.site import Site

requests = typer.Typer(no_args_is_help=True, help="共享申请 requests for data")

_STATES = {
    "open": "待答复",
    "agreed": "已同意，待提供",
    "refused": "不予共享",
    "provided": "已提供",
}
_UNKNOWN = {"open": "未知", "agreed": "未知", "refused": "—", "provided": "—"}
"""Where nobody knows the year's holidays yet the day is unknown, and never told as in time."""
_COLUMNS = {
    "id": "编号", "what": "数据", "way": "申请 → 提供", "state_zh": "状态", "due": "期限", "who": "该谁办",
}  # fmt: skip
Id = Annotated[str, typer.Argument(help="编号或它的开头 the id or its beginning")]


@requests.command("open")
def open_request(
    resource: Annotated[str, typer.Argument(help="单位/种类 (hospital/birth-record)")],
    *,
    unit: Annotated[str, typer.Option(help="申请单位 the unit that asks")],
    purpose: Annotated[str, typer.Option(help="用途标识 what for (newborn-registration)")],
    basis: Annotated[str, typer.Option(help="履职依据 article of law")],
    field: Annotated[list[str], typer.Option(help="字段，可写几次 (/mother/name)")],
    as_json: AsJson = False,
) -> None:
    """登记一件申请，签名记入账本，起算答复期限 (a unit asks; signed; the clock starts)。"""
    from zhida import data_request_wish, data_requests
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock())
        wish = data_request_wish.checked(
            hub, resource, receiver=unit, purpose=purpose, basis=basis, fields=field
        )
        _emit_one(hub, data_requests.ask(hub, who, wish), as_json=as_json)


@requests.command("list")
def list_requests(
    everything: Annotated[bool, typer.Option("--all", help="含已办结 closed ones too")] = False,
    as_json: AsJson = False,
) -> None:
    """列出申请：逾期的在前，写明该谁办；有逾期时退出码为 1 (overdue first, with whose turn it is)。"""
    from exchange import times
    from zhida import data_request
    from zhida.watch import open_watch

    with open_watch() as watch:
        today = times.civil_day(watch.clock())
        with watch.store.read() as connection:
            known = data_request.load(connection, watch.site)
        found = list(data_request.listed(known, today, everything=everything))
        told = [_told(watch.site, each, late=each.is_late(today)) for each in found]
    emit(told, as_json=as_json, table=show([_row(e) for e in told], _COLUMNS, title="共享申请"))
    if any(each["overdue"] for each in told):
        raise typer.Exit(EXIT_PROBLEM)


@requests.command("show")
def show_request(request: Id, as_json: AsJson = False) -> None:
    """一件申请：字段、依据、答复、账本序号 (one request, with its entries)。"""
    from zhida import data_request
    from zhida.watch import open_watch

    with open_watch() as watch:
        with watch.store.read() as connection:
            found = data_request.one(data_request.load(connection, watch.site), request)
        _emit_one(watch, found, as_json=as_json)


@requests.command("answer")
def answer_request(
    request: Id,
    agree: Annotated[bool, typer.Option("--agree", help="同意共享 agreed")] = False,
    refuse: Annotated[str, typer.Option(help="不予共享的理由 why not")] = "",
    as_json: AsJson = False,
) -> None:
    """提供方的答复，签名记入账本；同意后起算提供期限 (agreed, or refused with the reason)。"""
    from zhida import data_requests
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    if agree == bool(refuse.strip()):
        typer.echo("写 --agree 或 --refuse 理由，只写其中一个", err=True)
        raise typer.Exit(EXIT_USAGE)
    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock())
        found = data_requests.answer(hub, who, request, refused=refuse.strip())
        _emit_one(hub, found, as_json=as_json)


@requests.command("give")
def give_request(
    request: Id,
    agreement: Annotated[
        str, typer.Option(help="给出这些字段的协议 the agreement that gives them")
    ],
    as_json: AsJson = False,
) -> None:
    """协议已写进站点并有效，申请办结 (the agreement is in force: the request is closed by it)。"""
    from zhida import data_requests
    from zhida.hub import open_hub
    from zhida.operators import this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        who = this_person(hub.site, OPERATE, hub.clock())
        found = data_requests.give(hub, who, request, agreement=agreement)
        _emit_one(hub, found, as_json=as_json)


def _emit_one(around: Any, found: Request, *, as_json: bool) -> None:
    """``around``: a hub or a watch."""
    from exchange import times

    told = _told(around.site, found, late=found.is_late(times.civil_day(around.clock())))
    lines = {
        "编号": told["id"], "数据": f"{told['provider']}/{told['document']}", "字段": "\n".join(told["fields"]),
        "用途": told["purpose"], "依据": told["basis"], "提出": local(told["opened_at"]),
        "状态": _STATES[told["state"]], "期限": told["due_on"] or _UNKNOWN[told["state"]], "该谁办": told["who"] or "—",
        "理由": told["reason"] or "—", "协议": told["agreement"] or "—",
        "账本序号": "、".join(map(str, told["ledger"])),
    }  # fmt: skip
    rows = [{"what": what, "text": text} for what, text in lines.items()]
    table = show(rows, {"what": "项", "text": "内容"}, title="共享申请")
    emit(told, as_json=as_json, table=table)


def _told(site: Site, found: Request, *, late: bool) -> dict[str, Any]:
    from dataclasses import asdict

    from zhida import data_request_wish

    told = asdict(found)
    wish, seqs = told.pop("wish"), told.pop("seqs")
    told |= {**wish, "fields": list(found.wish.fields), "ledger": list(seqs), "overdue": late}
    return told | {"who": data_request_wish.whose_turn(site, found)}


def _row(each: dict[str, Any]) -> dict[str, Any]:
    late = " [red]逾期[/]" if each["overdue"] else ""
    return {
        "id": each["id"][:12],
        "what": f"{each['document']}\n{len(each['fields'])} 个字段",
        "way": f"{each['receiver']}\n→ {each['provider']}",
        "state_zh": _STATES[each["state"]],
        "due": Marked((each["due_on"] or _UNKNOWN[each["state"]]) + late),
        "who": each["who"] or "—",
    }
