"""Days, missed periods, don'ts and workload of mediation, in the words of those who read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matters.ladder_parts import Ladder
from zhida.report_sections import Section

Told = Mapping[str, Any]
SHOWN = 100
"""Findings that a table lists; ``--json`` has all."""


def sections(told: Told, ladder: Ladder, *, named: bool) -> Iterator[Section]:
    """The tables; ``named``: with the disputes' numbers."""
    yield _days(told)
    yield _missed(told)
    yield _donts(told)
    if named:
        yield _findings(told, ladder)
    yield _workload(told)


def _days(told: Told) -> Section:
    columns = {"title": "步骤", "count": "件数", "median": "中位", "p90": "九成不超过"}
    columns |= {"most": "最多", "running": "正在这一步", "unknown": "未知"}
    rows = [
        row | {name: "—" if row[name] is None else row[name] for name in ("median", "p90", "most")}
        for row in told["days"]
    ]
    notes = (
        "日历日，已走出这一步的；同一件几次进这一步的相加。未知：后一个事件的日期早于前一个，不猜。",
    )
    return Section("各步用时（天）", columns, rows, notes)


def _missed(told: Told) -> Section:
    rows = [
        row | {"unit": name_of(told, row["unit"], "当事人"), "title": row["title"]}
        for row in told["missed"]
    ]
    columns = {"unit": "谁须办", "title": "期限", "ran": "起算", "late": "曾逾期"}
    columns |= {"over": "仍逾期", "unknown": "未知", "article": "依据"}
    notes = (
        "谁须办，写在清单的“不准”里（期限 → 职能，或期满时接手的单位）。当事人自己的期限单列，不是谁的拖延。",
        "曾逾期：逾期以后办了，或争议已经结束。未知：末日所在年份的放假通知还没有。",
    )
    return Section("逾期的期限", columns, rows, notes)


def _donts(told: Told) -> Section:
    rows = [
        {"title": row["title"], "unit": unit, "found": number, "over": over}
        for row in told["donts"]["rows"]
        for unit, number, over in _by_unit(told, row)
    ]
    columns = {"title": "不准", "unit": "单位", "found": "查到", "over": "现在仍是"}
    notes = ("机器查到的供核实，不是结论。未经同意移送：是被直达拒绝的移送，材料没有出去。",)
    return Section("六不准", columns, rows, notes)


def _by_unit(told: Told, row: Told) -> Iterator[tuple[str, Any, Any]]:
    if row["unchecked"]:
        yield f"机器查不了：{row['unchecked']}", "—", "—"
    elif not row["units"]:
        yield "—", 0, 0
    for unit, found in row["units"].items():
        yield name_of(told, unit), found["found"], found["over"]


def _findings(told: Told, ladder: Ladder) -> Section:
    titles = {row["dont"]: row["title"] for row in told["donts"]["rows"]}
    found = told["donts"]["findings"]
    rows = [
        {"number": row["number"], "day": row["day"], "title": titles[row["dont"]]}
        | {"unit": name_of(told, row["unit"]), "what": _what(row, ladder)}
        for row in found[:SHOWN]
    ]
    columns = {"number": "联调案号", "title": "不准", "unit": "单位", "what": "什么"}
    more = f"最近 {SHOWN} 条，共 {len(found)} 条；全部见 --json。"
    return Section("待核实", columns | {"day": "日期"}, rows, (more,) if len(found) > SHOWN else ())


def _what(row: Told, ladder: Ladder) -> str:
    say = ladder.says.get(row["event"])
    event = say.title if say else row["event"]
    if not row["period"]:
        return event
    return f"{event}：{ladder.clocks[row['period']].title}期满{'，仍未办' if row['over'] else ''}"


def _workload(told: Told) -> Section:
    rows = [row | {"unit": name_of(told, row["unit"])} for row in told["workload"]]
    columns = {"unit": "单位", "opened": "经手", "ended": "已了", "open": "在手"}
    notes = ("经手：曾由它负责的争议，一件算一次，含法律援助、快速处置；经手＝已了＋在手。",)
    return Section("各单位工作量", columns | {"events": "登记的事件"}, rows, notes)


def name_of(told: Told, unit: str, none: str = "") -> str:
    """A unit's title, or its role's; ``none`` where it is none."""
    return told["names"].get(unit, unit) if unit else none
