"""What the report of grants wants of its reader: the line that matters, and whose turn it is. No firm is named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matters.award_classes import CLASSES
from zhida import grant_view, report_findings, report_grants_tables
from zhida.report_chart import Bar, Chart
from zhida.report_findings import Finding
from zhida.report_grants_tables import money, percent
from zhida.report_saving import Report
from zhida.watch import Watch

Told = Mapping[str, Any]
NEARLY = 90
"""Percent of its budget from which a policy is told."""
_FEN_OF_WAN = 1_000_000
_DO: Mapping[str, str] = {
    "matched": "部门负责人在 OA 中确认名单",
    "listed": "部门负责人在 OA 中确认名单；在公示的等公示期满",
    "cleared": "公示期已满，下一次推进时征询企业",
    "awaiting-confirmation": "提醒企业确认；企业不答复就一直不付",
    "confirmed": "下一次推进时成批送财政审核",
    "in-review": "财政在 OA 中审核支付批次",
    "approved": "下一次推进时送国库",
    "ordered": "与国库对账，看是否已付：zhida reconcile",
    "returned": "请企业更正账户后再付",
}
"""Whose turn it is in a state that waits, and what for."""
_BY = {"matched": "department", "listed": "department", "awaiting-confirmation": "department",
       "returned": "department", "objected": "department", "clawback": "department",
       "in-review": "payer", "ordered": "payer"}  # fmt: skip


def report(watch: Watch, told: Told) -> Report:
    """All of it."""
    todo = findings(watch, told)
    head = (f"{watch.site.title} {report_grants_tables.title(told)}", headline(told, todo))
    tables = list(report_grants_tables.sections(told))
    return Report(*head, tables, watch.clock(), charts(told), todo)


def headline(told: Told, todo: Sequence[Finding]) -> str:
    """What firms are entitled to, what they have got, what is left and where."""
    whole = told["total"]
    if not whole["matched"]["awards"]:
        return report_findings.headline(["还没有匹配出奖补"], todo)
    classes = whole["classes"]
    rate = f"按金额 {percent(whole['served']['fen'])}"
    parts = [f"应兑现 {money(whole['eligible'])}，已兑现 {money(classes['paid'])}（{rate}）"]
    parts += [f"在办 {money(classes['waiting'])}"] if classes["waiting"]["awards"] else []
    parts += [f"账不平 {len(told['unbalanced'])} 处"] if told["unbalanced"] else []
    return report_findings.headline(parts, todo)


def findings(watch: Watch, told: Told) -> list[Finding]:
    """Books first, then what waits (the most money first), then what is in doubt."""
    return [
        *_books(watch, told),
        *_waiting(watch, told),
        *_objected(watch, told),
        *_budgets(watch, told),
        *_unknown(watch, told),
    ]


def _books(watch: Watch, told: Told) -> Iterator[Finding]:
    if told["unbalanced"]:
        what = f"账不平 {len(told['unbalanced'])} 处，见“不平的账”"
        yield Finding(
            what, report_findings.hub(watch.site), "保全现场，先不再付；与国库对账：zhida reconcile"
        )


def _waiting(watch: Watch, told: Told) -> Iterator[Finding]:
    found = told["total"]["states"]
    waits = [state for state in CLASSES["waiting"] if state in found]
    for state in sorted(waits, key=lambda each: -found[each]["fen"]):
        what = f"{grant_view.TITLES[state]}：{money(found[state])}"
        yield Finding(
            what, _who(watch, told, state), f"{_DO[state]}；zhida grants list --state {state}"
        )


def _who(watch: Watch, told: Told, state: str) -> str:
    """The departments whose policies have awards in it; who pays; else the hub, which goes on by itself."""
    kind = _BY.get(state, "")
    rows = [row for row in told["policies"] if state in row["states"]]
    units = dict.fromkeys(row[kind] for row in rows if kind and row[kind])
    named = [report_findings.of_unit(watch.site, unit) for unit in units]
    return "、".join(named) or report_findings.hub(watch.site)


def _objected(watch: Watch, told: Told) -> Iterator[Finding]:
    pair = told["total"]["classes"]["objected"]
    if pair["awards"]:
        do = "部门查实后在 OA 中答复；zhida grants list --state objected"
        yield Finding(f"公示有异议：{money(pair)}", _who(watch, told, "objected"), do)
    back = told["total"]["clawback"]
    if back["awards"]:
        do = "催企业退回；zhida grants list --state clawback"
        yield Finding(f"追回中：{money(back)}", _who(watch, told, "clawback"), do)


def _budgets(watch: Watch, told: Told) -> Iterator[Finding]:
    for row in told["policies"]:
        found = row["budget"]
        if found and found["percent"] is not None and found["percent"] >= NEARLY:
            what = f"{row['title']}：{found['year']} 年预算已用 {found['percent']}%"
            yield Finding(
                what,
                report_findings.of_unit(watch.site, row["department"]),
                "追加预算，或按政策写明的办法处理用完以后的",
            )


def _unknown(watch: Watch, told: Told) -> Iterator[Finding]:
    number = told["total"]["unknown"]
    if number:
        what = f"{number} 户项缺数据，无从判断（不算不符合）"
        yield Finding(
            what,
            report_findings.hub(watch.site),
            "缺哪几项、谁有：zhida catalogue list 的“要办的事”",
        )


def charts(told: Told) -> list[Chart]:
    """By policy what is due and what is paid; steps and days before and now."""
    bars = [
        Bar(row["title"], _wan(row["eligible"]["fen"]), _wan(row["classes"]["paid"]["fen"]))
        for row in told["policies"]
        if row["eligible"]["fen"]
    ]
    found = [Chart("应兑现与已兑现", "万元，四舍五入", bars, ("应兑现", "已兑现"))] if bars else []
    gain = told["total"]["gain"]
    pairs = {"环节": ("steps", "个"), "时限": ("working_days", "个工作日")}
    for title, (name, unit) in pairs.items():
        before, after = gain[name]["before"], gain[name]["after"]
        if before is not None and after["count"]:
            found.append(
                Chart(
                    f"{title}：改革前与现在（平均）",
                    unit,
                    [Bar("已支付的奖补", before, after["mean"])],
                )
            )
    return found


def _wan(fen: int) -> float:
    return round(fen / _FEN_OF_WAN, 2)
