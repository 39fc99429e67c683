"""Which tables the report of mediation has, in the words of those who read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matters.ladder_parts import Ladder
from zhida import report_mediation_watch_tables, report_options
from zhida.output import local
from zhida.report_days import FEW
from zhida.report_mediation_watch_tables import name_of
from zhida.report_sections import Section

Told = Mapping[str, Any]
KINDS = {
    "wages": "劳动报酬",
    "overtime": "加班工资",
    "termination": "解除终止",
    "injury": "工伤",
    "insurance": "社会保险",
    "contract": "劳动合同",
    "other": "其他",
    "": "未知",
}
_OUTCOMES = {
    "agreed": "达成协议",
    "failed": "不成",
    "withdrawn": "撤回",
    "elsewhere": "转仲裁、诉讼",
    "pending": "调解中",
}


def title(told: Told) -> str:
    """What it is about, and of which days."""
    days = report_options.span_words(told["since"], told["until"], "全部登记", "登记")
    return f"劳动争议联合调处报表（{days}，{local(told['at'])[:16]} 统计）"


def sections(told: Told, ladder: Ladder, *, named: bool = True) -> Iterator[Section]:
    """All tables, what people ask for first at the head.

    ``named``: with the disputes' numbers, for who has to look into what was found.
    """
    yield _summary(told, ladder)
    yield _visits(told)
    yield _outcomes(told)
    yield from report_mediation_watch_tables.sections(told, ladder, named=named)


def percent(found: int | None) -> str:
    """>>> percent(None), percent(74)
    ('—', '74%')
    """
    return "—" if found is None else f"{found}%"


def _summary(told: Told, ladder: Ladder) -> Section:
    visits, outcomes, aid = told["visits"], told["outcomes"], told["aid"]
    people = f"{visits['persons']} 人"
    if visits["persons_unknown"]:
        people += f"（另 {visits['persons_unknown']} 件没有写明人数）"
    lines = {
        "接待登记": f"{visits['visits']} 件，涉及 {people}",
        "受理办件": f"{visits['cases']} 件",
        "调处成功率": _rate(outcomes),
        "　其中已履行": f"{outcomes['performed']} 件；未履行 {outcomes['not_performed']} 件",
        "法律援助": f"申请 {aid['applied']}，给予 {aid['granted']}，不予 {aid['refused']}，待审查 {aid['waiting']}",
        "现在的状态": _states(visits["states"], ladder),
    }
    if told["strange"]:
        lines["　对不上的"] = f"{told['strange']} 个事件与现在的阶梯对不上，没有计入"
    rows = [{"what": what, "text": text} for what, text in lines.items()]
    notes = (outcomes["definition"],)
    return Section("总览", {"what": "指标", "text": "数字"}, rows, notes)


def _rate(found: Told) -> str:
    counts = f"{found['agreed']} ÷ {found['ended']}"
    return f"{percent(found['rate'])}（{counts}；调解中 {found['pending']} 件，不在分母里）"


def _states(states: Mapping[str, int], ladder: Ladder) -> str:
    titles = {name: s.title for each in ladder.tracks.values() for name, s in each.states.items()}
    known = ladder.tracks["dispute"].states
    shown = {name: known[name].title if name in known else titles.get(name, "") for name in states}
    told = [f"{shown[name] or '没有事件'} {number}" for name, number in states.items()]
    return "，".join(told) or "没有"


def _visits(told: Told) -> Section:
    rows = [
        row
        | {"channel": name_of(told, row["channel"], "其他或未知"), "kind": KINDS[row["kind"]]}
        | {"persons": _persons(row)}
        for row in told["visits"]["rows"]
    ]
    columns = {"channel": "登记单位", "kind": "类别", "visits": "登记", "cases": "受理"}
    notes = ("登记一次算一件；受理：有单位接手的。类别、人数取自登记表，读不到的列“未知”，不猜。",)
    return Section("接待和办件", {**columns, "persons": "涉及人数"}, rows, notes)


def _persons(row: Told) -> str:
    unknown = row["persons_unknown"]
    return f"{row['persons']}（{unknown} 件未知）" if unknown else str(row["persons"])


def _outcomes(told: Told) -> Section:
    found = told["outcomes"]
    rows = [{"what": KINDS[row["kind"]], **_outcome(row)} for row in found["kinds"]]
    rows += [{"what": "合计", **_outcome(found)}] if rows else []
    rows += [
        {"what": f"{name_of(told, row['unit'])}（次）", **_outcome(row)} for row in found["units"]
    ]
    columns = {"what": "类别／单位", **_OUTCOMES, "ended": "有结果", "rate": "成功率"}
    notes = (found["definition"], "各单位按次：一件由几个单位先后调解，各算一次。")
    return Section("调解结果", columns, rows, notes)


def _outcome(row: Told) -> dict[str, Any]:
    few = "（少）" if 0 < row["ended"] < FEW else ""
    return {**row, "rate": f"{percent(row['rate'])}{few}"}
