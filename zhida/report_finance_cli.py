"""``zhida report finance`` at the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from zhida.command_options import AsJson
from zhida.output import emit

if TYPE_CHECKING:
    from zhida.report_sections import Section

Bank = Annotated[str, typer.Option(help="只看这家银行 only this bank's")]
First = Annotated[str, typer.Option("--since", help="从这一天起 first day, 2026-01-31")]


def finance(*, bank: Bank = "", since: First = "", as_json: AsJson = False) -> None:
    """订单融资：各家银行的授权书、申请和查询、放款、贷后事件 (letters, readings, loans, events of each bank)."""
    from zhida import report_finance, report_sections
    from zhida.hub import open_hub

    day = _day(since)
    with open_hub() as hub:
        told = report_finance.report(hub, bank=bank, since=day)
    title = f"订单融资 {told['since'] or '开始'} 至现在"
    emit(told, as_json=as_json, table=report_sections.drawn(title, _sections(told)))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise typer.BadParameter("2026-01-31", param_hint="--since") from None


def _sections(told: dict[str, Any]) -> Iterator[Section]:
    from zhida.report_sections import Section

    banks = told["banks"]
    yield Section("授权书和查询", _COUNTED, [_counted(each) for each in banks])
    loans = [{"title": each["title"], **each["loans"]} for each in banks]
    yield Section("放款", _LOANS, [_yuan(each) for each in loans])
    events = [
        {"title": each["title"], "name": name, "count": count}
        for each in banks
        for name, count in each["events"].items()
    ]
    yield Section("贷后事件", {"title": "银行", "name": "事件", "count": "件"}, events)
    refused = [
        {"title": each["title"], "name": code, "count": count}
        for each in banks
        for code, count in each["refused"].items()
    ]
    yield Section("不准的", {"title": "银行", "name": "原因", "count": "次"}, refused)


_COUNTED = {
    "title": "银行",
    "valid": "有效授权书",
    "ended": "已终止",
    "request": "申请",
    "read": "查询",
    "watch": "贷后查询",
}
_LOANS = {
    "title": "银行",
    "open": "未结清",
    "repaid": "已结清",
    "called-off": "已撤销",
    "paid_out": "放款（元）",
    "repaid_yuan": "已还本金（元）",
}


def _counted(each: dict[str, Any]) -> dict[str, Any]:
    ended = sum(each["letters"][name] for name in ("expired", "revoked", "used-up"))
    told = {"title": each["title"], "valid": each["letters"]["valid"], "ended": ended}
    return {**told, **each["counted"]}


def _yuan(each: dict[str, Any]) -> dict[str, Any]:
    paid, repaid = (_in_yuan(each[name]) for name in ("paid_out_fen", "repaid_fen"))
    return each | {"paid_out": paid, "repaid_yuan": repaid}


def _in_yuan(fen: int) -> str:
    """Exact: no amount goes through a float.

    >>> _in_yuan(123456789)
    '1,234,567.89'
    """
    return f"{fen // 100:,}.{fen % 100:02}"
