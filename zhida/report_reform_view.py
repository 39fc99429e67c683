"""The page of the reform in the words of who hands it on: one line, what to do, bars, four tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhida import (
    report_findings,
    report_grants_gain_table,
    report_options,
    report_reform_findings,
)
from zhida.baseline_schema import FIGURES
from zhida.grant_view import yuan
from zhida.output import local
from zhida.report_chart import Bar, Chart, shown
from zhida.report_days import FEW
from zhida.report_findings import Finding
from zhida.report_grants_tables import money, percent
from zhida.report_saving import Report
from zhida.report_sections import Section
from zhida.watch import Watch

Told = Mapping[str, Any]


def report(watch: Watch, told: Told) -> Report:
    """All of it."""
    todo = report_reform_findings.findings(watch, told)
    head = (title(watch, told), lead(told, todo))
    return Report(*head, list(sections(told)), watch.clock(), charts(told), todo)


def title(watch: Watch, told: Told) -> str:
    """What it is about, and of which days."""
    days = report_options.span_words(told["from"], told["until"], "全部办件", "受理")
    return f"{watch.site.title} 改革成效（{days}，{local(told['at'])[:16]} 统计）"


def lead(told: Told, todo: Sequence[Finding]) -> str:
    """The first line: one clause a service, what can be compared only; and the money."""
    parts = [_clause(each) for each in told["services"] if each["opened"]]
    grants, finance = told["grants"], told["finance"]
    if grants:
        rate = percent(grants["served"]["fen"])
        parts.append(f"奖补已兑现 {money(grants['paid'])}，占应兑现的 {rate}")
    if finance and finance["paid_out_fen"]:
        lent = finance["open"] + finance["repaid"]
        parts.append(f"订单融资放款 {lent} 笔 {yuan(finance['paid_out_fen'])} 元")
    return report_findings.headline(parts or ["还没有办件"], todo)


def _clause(service: Told) -> str:
    if not service["over"]:
        return f"{service['title']}受理 {service['opened']} 件，还没有办结的，不能比较"
    few = "，件数少，不宜据此下结论" if service["over"] < FEW else ""
    head = f"{service['title']}（办完 {service['over']} 件，每件中位数{few}）"
    known = [each for each in service["figures"] if each["before"] and each["after"]["count"]]
    now = [each for each in service["figures"] if not each["before"] and each["after"]["count"]]
    told = [_change(each) for each in known] or [*map(_change, now), "改革前未知"]
    return f"{head}：{'，'.join(told)}"


def _change(each: Told) -> str:
    name = each["title"].partition("（")[0]
    before, now = each["before"], each["after"]["median"]
    was = f"{before['value']} → " if before else ""
    return f"{name} {was}{_amount(each, now)}"


def _amount(each: Told, now: int | None) -> str:
    """A day that is over on itself is no zero to be proud of, but the same day."""
    if now is None:
        return "未知"
    if now == 0 and each["figure"] in ("working_days", "days"):
        return "当天办完"
    return f"{now} {each['unit']}"


def charts(told: Told) -> list[Chart]:
    """A picture a figure, with bars a service: where both sides are known, or nothing is compared."""
    found = []
    for name, (title_, unit) in FIGURES.items():
        bars = [
            Bar(service["title"], each["before"]["value"], each["after"]["median"])
            for service in told["services"]
            for each in service["figures"]
            if each["figure"] == name and each["before"] and each["after"]["count"]
        ]
        if bars:
            found.append(Chart(f"{title_}：改革前与现在（中位）", unit, bars))
    return found


def _value(before: Told | None) -> int | None:
    return before["value"] if before else None


def sections(told: Told) -> Iterator[Section]:
    """The tables."""
    yield _figures(told)
    yield _served(told)
    yield _sources(told)
    if told["grants"]:
        yield _grants(told["grants"])
    if told["finance"]:
        yield _finance(told["finance"])


def _figures(told: Told) -> Section:
    columns = {"service": "主题", "figure": "数字", "before": "改革前", "median": "现在（中位）"}
    columns |= {"spread": "九成不超过 / 最多", "less": "平均减少", "count": "件数"}
    rows = [
        {"service": service["title"], "figure": f"{each['title']}（{each['unit']}）"} | _now(each)
        for service in told["services"]
        for each in service["figures"]
        if each["before"] or each["after"]["count"]
    ]
    notes = (
        "现在：已办完的每一件实际怎样，不是规定。各数字怎样数：docs/how-to/report-reform.md。",
        f"不足 {FEW} 件的注明“少”，不宜据此下结论。来历：--trace 主题.数字。",
    )
    return Section("改革前与现在", columns, rows, notes)


def _now(each: Told) -> dict[str, Any]:
    after, before = each["after"], each["before"]
    few = "（少）" if after["few"] and after["count"] else ""
    told: dict[str, Any] = {"before": shown(_value(before)), "median": shown(after["median"])}
    told["spread"] = f"{shown(after['p90'])} / {shown(after['worst'])}" if after["count"] else "—"
    told["less"] = "—" if each["less"] is None else f"{each['less']}%"
    return told | {"count": f"{after['count']}{few}"}


def _served(told: Told) -> Section:
    columns = {"title": "主题", "opened": "受理", "done": "全部办结", "other": "部分或未办结"}
    columns |= {"open": "办理中", "cancelled": "已取消", "no_record": "由单位核对的材料"}
    rows = [each | {"other": each["over"] - each["done"]} for each in told["services"]]
    told_of = (
        "由单位核对的材料：办件的数据里没有（件次），要不要当事人交，直达不知道，没有计入材料。"
    )
    notes = [told_of] if any(each["no_record"] for each in rows) else []
    return Section("受理与办结（件）", columns, rows, notes)


def _sources(told: Told) -> Section:
    columns = {"service": "主题", "figure": "数字", "value": "改革前", "as_of": "哪一天"}
    columns |= {"source": "来源", "by": "谁确认"}
    rows = [
        each["before"]
        | {"service": service["title"], "figure": each["title"]}
        | {"by": each["before"]["confirmed_by"] or "未确认"}
        | {"as_of": each["before"]["as_of"] or "未知"}
        for service in told["services"]
        for each in service["figures"]
        if each["before"]
    ]
    return Section("改革前的数字从哪里来", columns, rows)


def _grants(grants: Told) -> Section:
    firms = grants["firms"]
    lines = {
        "应兑现（符合条件）": f"{money(grants['eligible'])}，{firms['eligible']} 户",
        "已兑现": f"{money(grants['paid'])}，{firms['paid']} 户",
        "兑现率": f"户数 {percent(grants['firms_percent'])}，金额 {percent(grants['served']['fen'])}",
        "无从判断": "没有匹配过"
        if grants["unknown"] is None
        else f"{grants['unknown']} 户项缺数据",
        **report_grants_gain_table.lines(grants),
    }
    rows = [{"what": what, "text": text} for what, text in lines.items()]
    notes = ("逐项政策见 zhida report grants。来历：--trace grants.paid。",)
    return Section("奖补：应兑现与已兑现", {"what": "指标", "text": "数字"}, rows, notes)


def _finance(finance: Told) -> Section:
    lent = finance["open"] + finance["repaid"]
    lines = {
        "放款": f"{lent} 笔 {yuan(finance['paid_out_fen'])} 元",
        "已还本金": f"{yuan(finance['repaid_fen'])} 元；结清 {finance['repaid']} 笔",
        "未还本金": f"{yuan(finance['left_fen'])} 元；未结清 {finance['open']} 笔，已过到期日 {finance['overdue']} 笔",
    }
    rows = [{"what": what, "text": text} for what, text in lines.items()]
    notes = ("不含已撤销的。各家银行见 zhida report finance。",)
    return Section("订单融资：放款与归还", {"what": "指标", "text": "数字"}, rows, notes)
