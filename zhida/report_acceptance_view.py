"""The report of joint acceptance in the words of who reads it: one line, whose turn it is, bars, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from statistics import median_low
from typing import Any

from zhida import acceptance_rules, report_findings, report_options
from zhida.output import local
from zhida.report_chart import Bar, Chart
from zhida.report_days import FEW
from zhida.report_findings import Finding
from zhida.report_saving import Report
from zhida.report_sections import Section
from zhida.site import Site

Told = Mapping[str, Any]
_BARS = {
    "by_owner": "建设单位提交",
    "by_hub": "中枢取得",
    "copies_saved": "免于重复提交",
}
_ENDINGS = {"delivered": "已交付", "withdrawn": "已撤回"}
_DELIVERED = "delivered"
SHOWN = 10
"""Buildings of which the to-do names who has them; the rest is counted."""


def report(site: Site, told: Told, at: datetime) -> Report:
    """All of it."""
    todo = list(findings(site, told))
    days = report_options.span_words(told["since"], told["until"], "全部登记", "登记")
    title = f"{site.title} 联合验收报表（{days}，{local(told['at'])[:16]} 统计）"
    return Report(title, headline(told, todo), list(sections(told)), at, charts(told), todo)


def headline(told: Told, todo: Sequence[Finding]) -> str:
    """How many, how long, who was waited for, what was spared."""
    buildings = told["buildings"]
    if not buildings:
        return report_findings.headline(["这些天没有登记的单体"], todo)
    done = [each for each in buildings if each["ending"] == _DELIVERED]
    open_ = sum(not each["ended"] for each in buildings)
    parts = [f"{len(buildings)} 个单体，已交付 {len(done)}，办理中 {open_}"]
    if done:
        parts.append(_took([each["working_days"] for each in done]))
    over = sum(call["over"] for each in buildings for call in each["calls"])
    parts += [f"期限已过 {over} 个"] if over else []
    longest = next((each for each in told["waited"] if each["path_hours"]), None)
    parts += (
        [f"关键路径上等得最久的是{longest['title']}，合计 {days(longest['path_hours'])} 天"]
        if longest
        else []
    )
    saved = told["saved"].get("by_hub", 0) + told["saved"].get("copies_saved", 0)
    return report_findings.headline([*parts, f"少交材料 {saved} 件次" if saved else ""], todo)


def _took(days_: Sequence[int | None]) -> str:
    known = [each for each in days_ if each is not None]
    if not known:
        return "交付用时算不出：那一年的放假通知还没有"
    few = f"，不足 {FEW} 个，不宜据此下结论" if len(known) < FEW else ""
    return f"交付用时中位 {median_low(known)} 个工作日{few}"


def findings(site: Site, told: Told) -> Iterator[Finding]:
    """Periods that are over or near, then who has a building now, the longest first."""
    rules = acceptance_rules.of_site(site)
    for each in told["buildings"]:
        for call in each["calls"]:
            word = "期限已过" if call["over"] else "期限将到"
            last = f"，末日 {call['last_day']}" if call["last_day"] else ""
            what = f"{each['acceptance']} {call['title']}：{word}{last}（{call['article']}）"
            who = _who(site, rules, call["role"])
            yield Finding(what, who, f"zhida acceptance show {each['acceptance']}")
    waiting = sorted(_waiting(told), key=lambda pair: -pair[1]["hours"])
    for each, leg in waiting[:SHOWN]:
        what = f"{each['acceptance']} 停在“{leg['title']}”，已 {days(leg['hours'])} 天"
        yield Finding(
            what, _who(site, rules, leg["holder"]), f"zhida acceptance show {each['acceptance']}"
        )
    if len(waiting) > SHOWN:
        yield Finding(
            f"另有 {len(waiting) - SHOWN} 个单体办理中",
            report_findings.of_unit(site, rules.unit_of("lead")),
            "zhida acceptance buildings",
        )


def _waiting(told: Told) -> Iterator[tuple[Told, Told]]:
    """Buildings that go on, and the leg on which they are, unless their period is told already."""
    for each in told["buildings"]:
        going = [leg for leg in each["path"] if leg["open"]]
        if going and not each["ended"] and not each["calls"]:
            yield each, going[-1]


def _who(site: Site, rules: acceptance_rules.Rules, role: str) -> str:
    named = role.partition("/")[0]
    if named in ("", "owner"):
        return (
            "建设单位（牵头单位催办）"
            if named
            else report_findings.of_unit(site, rules.unit_of("lead"))
        )
    return report_findings.of_unit(site, rules.unit_of(named))


def charts(told: Told) -> list[Chart]:
    """Who was waited for; what was handed in and what was not."""
    waited = [each for each in told["waited"] if each["path_hours"]]
    bars = [Bar(each["title"], None, each["path_hours"] * 10 // 24 / 10) for each in waited]
    found = [Chart("关键路径上等过谁", "天", bars, ("", ""))] if bars else []
    saved = told["saved"]
    if saved.get("needed"):
        parts = [Bar(word, None, saved[name]) for name, word in _BARS.items()]
        found.append(Chart("材料", "件次", parts, ("", "")))
    return found


def sections(told: Told) -> Iterator[Section]:
    """The tables."""
    rows = [each | _texts(each) for each in told["buildings"]]
    columns = {"acceptance": "编号", "name": "单体", "state": "状态", "days": "天"}
    columns |= {"working_days": "工作日", "rounds": "重新查验的事项", "path": "关键路径（天）"}
    notes = ("关键路径：每个环节最后办结的那个事项。天、工作日：登记到交付，没有交付的到现在。",)
    yield Section("各单体", columns, rows, notes)
    waited = [
        each | {"path": days(each["path_hours"]), "hands": days(each["hands_hours"])}
        for each in told["waited"]
    ]
    columns = {"title": "谁", "path": "关键路径上（天）", "hands": "手上合计（天）"}
    notes = ("手上合计：同时在手几件的，各算各的，所以可以多于日历天。",)
    yield Section("等过谁", columns, waited, notes)
    yield Section("哪些事项最后办结", {"title": "事项", "times": "次"}, told["last"])
    yield Section("材料", {"title": "数字", "count": "件"}, list(_saved(told["saved"])))


def _texts(each: Told) -> dict[str, Any]:
    unknown = "未知" if each["working_days"] is None else each["working_days"]
    return {"path": _path(each), "state": _state(each), "working_days": unknown}


def _state(each: Told) -> str:
    """What has ended it; a building that was withdrawn was not delivered."""
    return _ENDINGS.get(each["ending"], "已办结") if each["ended"] else "办理中"


def _path(each: Told) -> str:
    return " → ".join(f"{leg['title']} {days(leg['hours'])}" for leg in each["path"])


def days(hours: int) -> str:
    """Tenths of a day.

    >>> days(36), days(0)
    ('1.5', '0.0')
    """
    return f"{hours // 24}.{hours % 24 * 10 // 24}"


_SAVED = {
    "needed": "须有的材料",
    "by_owner": "建设单位提交的",
    "by_hub": "中枢取得、不用提交的",
    "uses": "各事项共用次数",
    "copies_saved": "按原来的三次申报还要重复提交的",
}


def _saved(saved: Told) -> Iterator[dict[str, Any]]:
    for name, title in _SAVED.items():
        yield {"title": title, "count": saved.get(name, 0)}
