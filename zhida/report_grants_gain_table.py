"""Materials, steps and time of grants, before and now, in the words of those who read it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhida.report_days import FEW
from zhida.report_sections import Section

Told = Mapping[str, Any]


def section(told: Told) -> Section:
    """One line a policy."""
    rows = [_row(row) for row in told["policies"]]
    columns = {"title": "政策", "materials": "材料（份）", "steps": "环节", "days": "工作日"}
    columns |= {"count": "笔数", "source": "改革前的依据"}
    notes = (
        "改革前 → 现在；中位（九成不超过）。材料：现在仍须提交的，没有事实可以代替的份数。",
        "环节、工作日按已支付的实际计：环节是确认、公示、审核、支付等实际办过的；工作日从决定日到国库答复已支付。",
        f"不足 {FEW} 笔的注明“少”，不宜据此下结论。",
    )
    return Section("材料、环节、时限：改革前 → 现在", columns, rows, notes)


def _row(row: Told) -> dict[str, Any]:
    gain = row["gain"]
    after = gain["working_days"]["after"]
    found = {"title": row["title"], "materials": _materials(gain["materials"])}
    found |= {"steps": _both(gain["steps"]), "days": _both(gain["working_days"])}
    found["count"] = (
        f"{after['count']}（少）" if after["few"] and after["count"] else after["count"]
    )
    return found | {"source": _sources(gain)}


def lines(whole: Told) -> dict[str, str]:
    """For the head of the report: all policies together."""
    gain = whole["gain"]
    days = gain["days"]
    found = {"材料": _materials(gain["materials"])}
    found["环节"] = _whole(gain["steps"])
    found["时限（工作日）"] = _whole(gain["working_days"])
    found["改革前的依据"] = _sources(gain) or "没有写明"
    if days["count"]:
        found["从匹配到支付"] = f"平均 {days['mean']} 天，中位 {days['median']} 天（自然日）"
    if gain["no_calendar"]:
        found["　放假日未知"] = f"{gain['no_calendar']} 笔没有计入工作日：该年的放假通知还没有"
    return found


def short(whole: Told) -> dict[str, str]:
    """The same for a page that tells of other things too."""
    gain = whole["gain"]
    found = {"材料": _materials(gain["materials"])}
    for name, key in {"环节": "steps", "时限（工作日）": "working_days"}.items():
        after = gain[key]["after"]
        few = "，少" if after["few"] and after["count"] else ""
        now = f"{after['median']}（中位，{after['count']} 笔{few}）" if after["count"] else "—"
        found[name] = f"{_before(gain[key])} → {now}{_less(gain[key]['less'])}"
    return found | {"改革前的依据": _sources(gain) or "没有写明"}


def _whole(found: Told) -> str:
    after = found["after"]
    if not after["count"]:
        return f"{_before(found)} → —（还没有支付过）"
    few = f"，不足 {FEW} 笔，不宜据此下结论" if after["few"] else ""
    now = f"中位 {after['median']}、九成不超过 {after['p90']}、平均 {after['mean']}"
    return f"{_before(found)} → {now}{_less(found['less'])}（按已支付的 {after['count']} 笔{few}）"


def _sources(gain: Told) -> str:
    return "；".join(f"{each['on']} {each['source']}" for each in gain["baselines"])


def _materials(found: Told) -> str:
    return f"{found['before']} → {found['after']}{_less(found['less'])}"


def _both(found: Told) -> str:
    after = found["after"]
    now = f"{after['median']}（{after['p90']}）" if after["count"] else "—"
    return f"{_before(found)} → {now}{_less(found['less'])}"


def _before(found: Told) -> str:
    return "—" if found["before"] is None else f"{found['before']:g}"


def _less(percent: int | None) -> str:
    if percent is None:
        return ""
    return f"，减 {percent}%" if percent >= 0 else f"，增 {-percent}%"
