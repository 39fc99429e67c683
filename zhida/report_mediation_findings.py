"""What the report of mediation wants of its reader: the line that matters, and whose turn it is. No party is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from matters import ladder_file
from zhida import report_findings, report_mediation_tables
from zhida.report_chart import Bar, Chart
from zhida.report_days import FEW
from zhida.report_findings import Finding
from zhida.report_mediation_tables import KINDS, percent
from zhida.report_saving import Report
from zhida.site import Site

Told = Mapping[str, Any]
CENTRE = "mediation"
"""The matter whose lead is the centre."""


def report(site: Site, told: Told, at: datetime) -> Report:
    """All of it."""
    todo = findings(site, told)
    head = (f"{site.title} {report_mediation_tables.title(told)}", headline(told, todo))
    tables = report_mediation_tables.sections(told, ladder_file.load(ladder_file.SHIPPED))
    return Report(*head, list(tables), at, charts(told), todo)


def headline(told: Told, todo: Sequence[Finding]) -> str:
    """How many came, what mediation came to, who is late."""
    visits, found = told["visits"], told["outcomes"]
    if not visits["visits"]:
        return report_findings.headline(["这些天没有登记的争议"], todo)
    parts = [f"登记 {visits['visits']} 件，受理 {visits['cases']} 件", _rate(found)]
    over = sum(row["over"] for row in told["missed"] if row["unit"])
    late = sum(row["late"] for row in told["missed"] if row["unit"])
    parts += [f"单位的期限仍逾期 {over} 个，曾逾期 {late} 个" if over or late else "没有单位逾期"]
    return report_findings.headline(parts, todo)


def _rate(found: Told) -> str:
    if not found["ended"]:
        return f"调解还没有结果的，算不出成功率（调解中 {found['pending']} 件）"
    few = f"，不足 {FEW} 件，不宜据此下结论" if found["ended"] < FEW else ""
    told = f"调处成功率 {percent(found['rate'])}（{found['agreed']} ÷ {found['ended']}{few}）"
    return told + (f"，调解中 {found['pending']} 件" if found["pending"] else "")


def findings(site: Site, told: Told) -> list[Finding]:
    """Late first, then what was found to be looked into, then what waits."""
    return [*_late(site, told), *_donts(site, told), *_waits(site, told), *_unknown(site, told)]


def _late(site: Site, told: Told) -> Iterator[Finding]:
    """What the parties have to keep themselves is nobody's delay, and asks nothing of a unit."""
    for row in told["missed"]:
        if row["over"] and row["unit"]:
            what = f"{row['title']}：{row['over']} 件已过期限，仍没有办（{row['article']}）"
            yield Finding(
                what,
                report_findings.of_unit(site, row["unit"]),
                f"zhida mediation list --unit {row['unit']}",
            )


def _donts(site: Site, told: Told) -> Iterator[Finding]:
    """One line a unit, however many don'ts."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    for row in told["donts"]["rows"]:
        for unit, each in row["units"].items():
            found.setdefault(unit, []).append((row["title"], each["found"], each["over"]))
    for unit, rows in sorted(found.items(), key=lambda pair: -sum(n for _, n, _ in pair[1])):
        parts = "、".join(f"{title} {number}" for title, number, _ in rows)
        still = sum(over for _, _, over in rows)
        what = f"六不准查到待核实的：{parts}；其中现在仍是 {still}"
        yield Finding(what, report_findings.of_unit(site, unit), _DO)


_DO = "逐条核实，见“待核实”；机器查到的不是结论"


def _waits(site: Site, told: Told) -> Iterator[Finding]:
    aid, found = told["aid"], told["outcomes"]
    if aid["waiting"]:
        who = report_findings.of_unit(site, told["aid_unit"]) or _centre(site)
        yield Finding(f"法律援助 {aid['waiting']} 件待审查", who, "审查后登记给予或不予")
    if found["not_performed"]:
        what = f"达成协议而未履行 {found['not_performed']} 件"
        yield Finding(what, _centre(site), "回访；告知当事人可申请仲裁审查、司法确认后强制执行")


def _unknown(site: Site, told: Told) -> Iterator[Finding]:
    unknown = sum(row["unknown"] for row in told["missed"])
    if unknown:
        yield Finding(
            f"{unknown} 个期限的末日算不出",
            report_findings.hub(site),
            "把该年的放假通知写进 holidays/",
        )
    if told["strange"]:
        what = f"{told['strange']} 个事件与现在的阶梯对不上，没有计入"
        yield Finding(
            what, report_findings.hub(site), "核对阶梯改过什么：docs/matters/mediation.md"
        )


def _centre(site: Site) -> str:
    matter = site.matters.get(CENTRE)
    return report_findings.of_unit(site, matter.lead) if matter else report_findings.hub(site)


def charts(told: Told) -> list[Chart]:
    """By kind: what has come to an end, and how much of it by an agreement; days in each step."""
    kinds = [row for row in told["outcomes"]["kinds"] if row["ended"]]
    bars = [Bar(KINDS[row["kind"]], row["ended"], row["agreed"]) for row in kinds]
    days = [row for row in told["days"] if row["count"]]
    steps = [Bar(row["title"], row["median"], row["p90"]) for row in days]
    found = [Chart("调解已有结果与达成协议", "件", bars, ("有结果", "达成协议"))] if bars else []
    return found + ([Chart("各步用时", "天", steps, ("中位", "九成不超过"))] if steps else [])
