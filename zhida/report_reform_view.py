"""The page of the reform in the words of who hands it on: one line, what to do, bars, four tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from zhida import (
    report_findings,
    report_options,
    report_reform_findings,
    report_reform_money,
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
    """The first line: what can be compared, service by service; the money; what can't be."""
    found = [each for each in told["services"] if each["opened"]]
    compared = [each for each in found if _compared(each)]
    parts = [_clause(each) for each in compared]
    grants, finance = told["grants"], told["finance"]
    if grants and grants["eligible"]["awards"]:
        rate = percent(grants["served"]["fen"])
        parts.append(f"奖补已兑现 {money(grants['paid'])}，占应兑现的 {rate}")
    if finance and finance["paid_out_fen"]:
        lent = finance["open"] + finance["repaid"]
        parts.append(f"订单融资放款 {lent} 笔 {yuan(finance['paid_out_fen'])} 元")
    parts += [_not_compared(each) for each in found if each not in compared]
    return report_findings.headline(parts or ["还没有办件"], todo)


def _compared(service: Told) -> list[Told]:
    return [each for each in service["figures"] if each["before"] and each["after"]["count"]]


def _clause(service: Told) -> str:
    few = "，少，不宜据此下结论" if service["over"] < FEW else ""
    told = "，".join(_change(each) for each in _compared(service))
    return f"{service['title']}（办完 {service['over']} 件{few}）：{told}"


def _not_compared(service: Told) -> str:
    if not service["over"]:
        return f"{service['title']}受理 {service['opened']} 件，还没有办结的，不能比较"
    return f"{service['title']}办完 {service['over']} 件，改革前未知，不能比较"


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
            for each in _compared(service)
            if each["figure"] == name
        ]
        if bars:
            found.append(Chart(f"{title_.partition('（')[0]}，每件中位数", unit, bars))
    return found


def _value(before: Told | None) -> int | None:
    return before["value"] if before else None


def sections(told: Told) -> Iterator[Section]:
    """The tables."""
    yield _figures(told)
    yield _served(told)
    yield _sources(told)
    yield from report_reform_money.sections(told)


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
        "现在：已办完的每一件实际怎样，不是规定；怎样数见 docs/how-to/report-reform.md，来历见 --trace 主题.数字。",
        f"不足 {FEW} 件的注明“少”。",
    )
    return Section("改革前与现在", columns, rows, notes)


def _now(each: Told) -> dict[str, Any]:
    after, before = each["after"], each["before"]
    few = "（少）" if after["few"] and after["count"] else ""
    told: dict[str, Any] = {"before": shown(_value(before)), "median": _median(each)}
    told["spread"] = f"{shown(after['p90'])} / {shown(after['worst'])}" if after["count"] else "—"
    told["less"] = "—" if each["less"] is None else f"{each['less']}%"
    return told | {"count": f"{after['count']}{few}"}


def _median(each: Told) -> str:
    now = each["after"]["median"]
    is_day = each["figure"] in ("working_days", "days")
    return "当天" if now == 0 and is_day else shown(now)


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
    """One line a source."""
    columns = {"service": "主题", "figures": "改革前", "as_of": "哪一天", "source": "来源"}
    columns |= {"by": "谁确认"}
    found: dict[tuple[str, ...], list[str]] = {}
    for service in told["services"]:
        for each in (each for each in service["figures"] if each["before"]):
            before = each["before"]
            by, as_of = before["confirmed_by"] or "未确认", before["as_of"] or "未知"
            key = (service["title"], as_of, before["source"], by)
            amount = f"{each['title'].partition('（')[0]} {before['value']} {each['unit']}"
            found.setdefault(key, []).append(amount)
    rows = [
        {
            "service": key[0],
            "as_of": key[1],
            "source": key[2],
            "by": key[3],
            "figures": "，".join(n),
        }
        for key, n in found.items()
    ]
    return Section("改革前的数字从哪里来", columns, rows)
