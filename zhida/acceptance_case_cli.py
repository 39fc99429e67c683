"""``zhida acceptance buildings | show | advance``: buildings under way, one of them, and a step of all."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import Marked, emit, local, show

Which = Annotated[str, typer.Argument(help="联合验收编号或办件编号 its number or its case")]
_PARTS = {
    "registered": "登记",
    "taken": "情况已登记",
    "refused": "情况未登记",
    "handed": "交给办理单位",
    "records": "检查记录送委托单位",
    "asked_lead": "提请牵头单位出具意见",
    "papers": "申请用印",
    "ended": "办结",
    "acceptance-near": "期限将到",
    "acceptance-over": "期限已过",
}
_STATES = {"runs": "进行中", "over": "[red]已过[/]", "suspended": "暂停"}


def advance(as_json: AsJson = False) -> None:
    """推进一步：登记、交办、答复、文书、期限提醒 (let every building go on as far as it can)."""
    from zhida import acceptance_advance
    from zhida.hub import open_hub

    with open_hub() as hub:
        told = acceptance_advance.advance(hub)
    rows = [{"part": title, "count": told[n]} for n, title in _PARTS.items() if n in told]
    columns = {"part": "步骤", "count": "件数"}
    emit(told, as_json=as_json, table=show(rows, columns, title="联合验收"))


def buildings(
    unit: Annotated[str, typer.Option(help="只看等这个单位的 only what waits on this unit")] = "",
    as_json: AsJson = False,
) -> None:
    """没有办结的联合验收：办到哪里、在等谁 (buildings under way, and who is waited for)."""
    from zhida import acceptance, acceptance_rules, acceptance_view
    from zhida.hub import open_hub

    with open_hub() as hub:
        rules = acceptance_rules.of_site(hub.site)
        every = acceptance.still_open(hub, rules)
        found = [acceptance_view.summary(hub, rules, each) for each in every]
    told = [
        each for each in found if not unit or unit in each["waits_on"] + each["waits_on_titles"]
    ]
    rows = [
        each | {"opened": local(each["opened_at"])[:10], "whom": "、".join(each["waits_on_titles"])}
        for each in told
    ]
    columns = {"acceptance": "编号", "name": "单体", "state": "办到哪里", "whom": "在等谁"}
    columns |= {"opened": "登记"}
    emit(told, as_json=as_json, table=show(rows, columns, title="联合验收"))


def show_one(which: Which, as_json: AsJson = False) -> None:
    """一个单体：各事项的结论、缺什么、在等谁、还有多少天 (where each item stands, and why)."""
    from rich.console import Group

    from zhida import acceptance, acceptance_rules, acceptance_view
    from zhida.hub import open_hub

    with open_hub() as hub:
        rules = acceptance_rules.of_site(hub.site)
        told = acceptance_view.show(hub, rules, acceptance.find(hub, rules, which))
    emit(told, as_json=as_json, table=Group(*_tables(told)))


def _tables(told: dict[str, Any]) -> list[Any]:
    items = [each | {"note": _note(each)} for each in told["items"]]
    columns = {"stage": "环节", "title": "事项", "state_title": "状态", "waits_on": "在等谁"}
    head = f"{told['acceptance']} {told['name']}：{told['state']}"
    tables = [show(items, columns | {"note": "说明"}, title=head)]
    periods = [each | {"state": Marked(_STATES[each["state"]])} for each in told["periods"]]
    columns = {"title": "期限", "last_day": "末日", "state": "状态", "unit_title": "责任单位"}
    tables.append(show(periods, columns | {"article": "依据"}, title="期限"))
    there = sum(bool(each["digest"]) for each in told["materials"])
    tables.append(f"材料：已有 {there} 件，共 {len(told['materials'])} 件")
    tables.append(_papers(told["papers"]))
    columns = {"at": "时间", "title": "情况", "what": "事项或材料", "unit_title": "登记单位"}
    return [*tables, show(told["events"], columns, title="经过")]


def _papers(told: list[dict[str, Any]]) -> Any:
    rows = [
        {
            "title": each["title"],
            "asked": local(each["asked_at"]) if each["asked_at"] else "还没有申请",
            "sealed": each["sealed"].replace("T", " ")[:19] or "还没有用印",
            "to": "、".join(each["delivered"]),
            "parked": "；".join(f"{p['title']}：{p['state']} {p['code']}" for p in each["parked"]),
        }
        for each in told
    ]
    columns = {"title": "文书", "asked": "申请用印", "sealed": "用印", "to": "已送达"}
    return show(rows, columns | {"parked": "待人工"}, title="文书")


def _note(item: dict[str, Any]) -> str:
    due = item.get("due", False)
    told = {
        "缺": _listed(item["missing"].values()) if due else "",
        "先办": "、".join(item["before"].values()) if due else "",
        "要补": _listed(item.get("asked", {}).values()),
        "不符合": "\n".join(item.get("checks", {}).values()),
        "整改期限": item.get("until", ""),
        "第几次": str(item["round"]) if item.get("round", 0) > 1 else "",
    }
    return "\n".join(f"{name}：{text}" for name, text in told.items() if text)


def _listed(titles: Collection[str]) -> str:
    """Several on a line each: titles have the signs in them that would stand between them."""
    return "、".join(titles) if len(titles) < 2 else "\n".join([f"{len(titles)} 件", *titles])
