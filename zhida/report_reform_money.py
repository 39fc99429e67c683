"""The money on the page of the reform: what firms are entitled to and have got, what banks have lent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhida import report_grants_gain_table
from zhida.grant_view import yuan
from zhida.report_grants_tables import money, percent
from zhida.report_sections import Section

Told = Mapping[str, Any]
_COLUMNS = {"what": "指标", "text": "数字"}


def sections(told: Told) -> Iterator[Section]:
    """Of what there is any."""
    if told["grants"] and told["grants"]["eligible"]["awards"]:
        yield _grants(told["grants"])
    if told["finance"] and told["finance"]["paid_out_fen"]:
        yield _finance(told["finance"])


def _grants(grants: Told) -> Section:
    firms = grants["firms"]
    lines = {
        "应兑现（符合条件）": f"{money(grants['eligible'])}，{firms['eligible']} 户",
        "已兑现": f"{money(grants['paid'])}，{firms['paid']} 户",
        "兑现率": f"户数 {percent(grants['firms_percent'])}，金额 {percent(grants['served']['fen'])}",
        "无从判断": "没有匹配过"
        if grants["unknown"] is None
        else f"{grants['unknown']} 户项缺数据",
        **report_grants_gain_table.short(grants),
    }
    notes = ("逐项政策见 zhida report grants；来历见 --trace grants.paid。",)
    return Section("奖补：应兑现与已兑现", _COLUMNS, _rows(lines), notes)


def _finance(finance: Told) -> Section:
    lent = finance["open"] + finance["repaid"]
    late = f"，已过到期日 {finance['overdue']} 笔" if finance["overdue"] else ""
    lines = {
        "放款": f"{lent} 笔 {yuan(finance['paid_out_fen'])} 元",
        "已还本金": f"{yuan(finance['repaid_fen'])} 元，结清 {finance['repaid']} 笔",
        "未还本金": f"{yuan(finance['left_fen'])} 元，未结清 {finance['open']} 笔{late}",
    }
    notes = ("不含已撤销的；各家银行见 zhida report finance。",)
    return Section("订单融资：放款与归还", _COLUMNS, _rows(lines), notes)


def _rows(lines: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"what": what, "text": text} for what, text in lines.items()]
