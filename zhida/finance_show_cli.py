"""``zhida finance show``: one request of a bank, for the hub's own people."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Group

from zhida.command_options import AsJson
from zhida.evidence_cli import ShowValues
from zhida.output import Marked, emit, local, named, show, state

Number = Annotated[
    str, typer.Argument(help="银行的申请编号、中枢的核验编号（DR-…）或办件开头 the request")
]
Reason = Annotated[str, typer.Option(help="为什么要看内容，记入账本 why, kept in the ledger")]
_STATES = {
    "pass": "[green]通过[/]",
    "fail": "[red]不通过[/]",
    "manual": "[yellow]要由人看[/]",
    "unknown": "[yellow]不知道[/]",
    "not-due": "未到时候",
    "not-authorised": "没有授权",
}
_CHECKS = {
    "named": "事项",
    "result": "结果",
    "whose": "来源",
    "document": "文件",
    "wanting": "还缺",
}
_ITEMS = {"named": "问谁", "unit_title": "单位", "state": "状态", "code": "原因", "at": "时间"}
_READS = {"at": "时间", "act": "做什么", "outcome": "结果"}
_HOLDS = {
    "reserved": "已占用",
    "financed": "已放款",
    "released": "已解除",
    "open": "未了结",
    "repaid": "已结清",
    "called-off": "已撤销",
}
_ACTS = {"request": "申请", "read": "查询", "watch": "贷后查询"}


def show_request(
    number: Number,
    bank: Annotated[str, typer.Option(help="哪家银行的 whose")] = "",
    values: ShowValues = False,
    reason: Reason = "",
    as_json: AsJson = False,
) -> None:
    """一份银行申请：逐项结果、依据的文件、还缺什么、占用、放款、事件、读取 (one request; looking counts nothing).

    编号、名称、金额只显示字形；操作人加 --show-values 和 --reason 才显示，每次记入账本。
    """
    from zhida import finance_answers, finance_show, site_words
    from zhida.hub import open_hub
    from zhida.operators import needed_reason, this_person
    from zhida.site_operators import OPERATE

    with open_hub() as hub:
        desk = finance_answers.desk(hub)
        found = finance_show.find(hub, number, bank)
        if values:
            who = this_person(hub.site, OPERATE, hub.clock())
            finance_show.record_look(hub, who, found, needed_reason(reason))
        told = finance_show.told(desk, found, values=values)
        titles = site_words.units(hub.site)
    for row in told["checks"]:
        row["source_zh"] = titles.get(row.get("source", ""), row.get("source", ""))
    emit(told, as_json=as_json, table=Group(*_tables(told, values)))


def _tables(told: dict[str, Any], values: bool) -> list[Any]:
    from mappings import masks

    request = [
        {"path": path, "value": str(value) if values else masks.in_chinese(str(value))}
        for path, value in told["request"].items()
    ]
    title = f"{told['bank_title']}的申请 {told['case'][:12]}"
    stands = [{"what": name, **row} for name, row in _standing(told)]
    return [
        show(request, {"path": "字段", "value": "内容"}, title=title),
        show([_check(row) for row in told["checks"]], _CHECKS, title="核验事项"),
        show([_item(row) for row in told["items"]], _ITEMS, title="问了谁"),
        show(stands, {"what": "", "state": "状态", "amount_fen": "金额（分）"}, title="占用和放款"),
        show(
            told["events"], {"seq": "编号", "event": "事件", "document": "文件"}, title="贷后事件"
        ),
        show([_read(row) for row in told["reads"]], _READS, title="申请和读取"),
    ]


def _standing(told: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    both = (("占用", told["claim"]), ("放款", told["loan"]))
    return [
        (name, row | {"state": _HOLDS.get(row["state"], row["state"])}) for name, row in both if row
    ]


def _check(row: dict[str, Any]) -> dict[str, Any]:
    result = " ".join([_STATES[row["state"]], *row.get("codes", ())])
    whose = "\n".join(filter(None, (row["source_zh"], row.get("as_of", ""))))
    told = {"named": f"{row['title']}\n{row['check']}", "result": Marked(result), "whose": whose}
    return told | {"document": row.get("document", "")[:12], "wanting": "\n".join(row["lacks"])}


def _item(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"named": named(row), "at": local(row["at"]), "state": state(row["state"])}


def _read(row: dict[str, Any]) -> dict[str, Any]:
    outcome = "准予" if row["granted"] else row["reason"]
    return {"at": local(row["at"]), "act": _ACTS[row["act"]], "outcome": outcome}
