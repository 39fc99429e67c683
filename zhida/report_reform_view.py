"""The page of the reform in the words of who hands it on: one line, what to do, bars, four tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from zhida import report_findings, report_grants_gain_table, report_reform
from zhida.baseline_schema import FIGURES
from zhida.output import local
from zhida.report_chart import Bar, Chart, shown
from zhida.report_days import FEW
from zhida.report_findings import Finding
from zhida.report_grants_tables import money, percent
from zhida.report_sections import Section
from zhida.watch import Watch

Told = Mapping[str, Any]


def title(watch: Watch, told: Told) -> str:
    """What it is about, and of which days."""
    first, last = told["from"], told["until"]
    days = f"{first or '最早'} 至 {last or '今'}受理" if first or last else "全部办件"
    return f"{watch.site.title} 改革成效（{days}，{local(told['at'])[:16]} 统计）"


def lead(told: Told, todo: list[Finding]) -> str:
    """The first line: one clause a service, and the money."""
    parts = [_clause(each) for each in told["services"] if each["opened"]]
    if told["grants"]:
        grants = told["grants"]
        parts.append(
            f"奖补已兑现 {money(grants['paid'])}，占应兑现的 {percent(grants['served']['fen'])}"
        )
    return report_findings.headline(parts or ["还没有办件"], todo)


def _clause(service: Told) -> str:
    if not service["over"]:
        return f"{service['title']}受理 {service['opened']} 件，还没有办结的，不能比较"
    found = "，".join(_change(each) for each in service["figures"])
    return f"{service['title']}（办完 {service['over']} 件，每件中位数）：{found}"


def _change(each: Told) -> str:
    name = each["title"].partition("（")[0]
    before = each["before"]
    now = each["after"]["median"]
    was = f"{before['value']} → " if before else ""
    return f"{name} {was}{_amount(each, now)}"


def _amount(each: Told, now: int | None) -> str:
    """A day that is over on itself is no zero to be proud of, but the same day."""
    if now is None:
        return "未知"
    if now == 0 and each["figure"] in ("working_days", "days"):
        return "当天办完"
    return f"{now} {each['unit']}"


def findings(watch: Watch, told: Told) -> list[Finding]:
    """Who has to confirm, to find out, to look why."""
    return [*_baselines(watch, told), *_worse(watch, told), *_unpaid(watch, told["grants"])]


def _unpaid(watch: Watch, grants: Told | None) -> Iterator[Finding]:
    """What firms are entitled to and have not got."""
    if grants is None:
        return
    left = {n: grants["eligible"][n] - grants["paid"][n] for n in ("awards", "fen")}
    if left["awards"]:
        unit = watch.site.units[watch.site.unit]
        who = report_findings.who(unit.title, unit.contact)
        yield Finding(f"奖补还有 {money(left)} 没有兑现", who, "停在哪一步，看 zhida report grants")


def _baselines(watch: Watch, told: Told) -> Iterator[Finding]:
    for service in told["services"]:
        who = _lead_unit(watch, service)
        missing = [each["title"] for each in service["figures"] if each["before"] is None]
        if missing and service["opened"]:
            what = f"{service['title']}：改革前的{'、'.join(missing)}未知，不能比较"
            yield Finding(what, who, "查改革前的办事指南，写进 baseline.yaml")
        open_ = [
            each["title"]
            for name, each in report_reform.unconfirmed(told)
            if name == service["title"]
        ]
        if open_:
            what = f"{service['title']}：改革前的{'、'.join(open_)}没有人确认"
            yield Finding(what, who, "核对来源后，在 baseline.yaml 写 confirmed_by")


def _worse(watch: Watch, told: Told) -> Iterator[Finding]:
    for service in told["services"]:
        for each in service["figures"]:
            if each["less"] is not None and each["less"] < 0:
                what = f"{service['title']}：{each['title']}比改革前多"
                figure = f"{service['service']}.{each['figure']}"
                do = f"逐件看 zhida report reform --trace {figure}"
                yield Finding(what, _lead_unit(watch, service), do)


def _lead_unit(watch: Watch, service: Told) -> str:
    unit = watch.site.units.get(service["lead"])
    return report_findings.who(unit.title, unit.contact) if unit else str(service["lead"])


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


def sections(told: Told, todo: list[Finding]) -> Iterator[Section]:
    """The tables."""
    yield report_findings.section(todo)
    yield _figures(told)
    yield _served(told)
    yield _sources(told)
    if told["grants"]:
        yield _grants(told["grants"])


def _figures(told: Told) -> Section:
    columns = {"service": "主题", "figure": "数字", "before": "改革前", "median": "现在（中位）"}
    columns |= {"spread": "九成不超过 / 最多", "less": "平均减少", "count": "件数"}
    rows = [
        {"service": service["title"], "figure": f"{each['title']}（{each['unit']}）"} | _now(each)
        for service in told["services"]
        for each in service["figures"]
    ]
    notes = (
        "现在：已办完的每一件实际怎样，不是规定。环节：当事人要对接的单位数；材料：仍须交的份数。",
        "跑动：专窗申报一次，每次补正再一次。时限：申报到齐至全部事项有结果。",
        f"不足 {FEW} 件的注明“少”，不宜据此下结论。一个数字的来历：--trace 主题.数字。",
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
    notes = (
        "由单位核对的材料：办件的数据里没有（件次），要不要当事人交，直达不知道，没有计入材料。",
    )
    return Section("受理与办结（件）", columns, rows, notes)


def _sources(told: Told) -> Section:
    columns = {"service": "主题", "figure": "数字", "value": "改革前", "as_of": "哪一天"}
    columns |= {"source": "来源", "by": "谁确认"}
    rows = [
        each["before"]
        | {"service": service["title"], "figure": each["title"]}
        | {"by": each["before"]["confirmed_by"] or "未确认"}
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
