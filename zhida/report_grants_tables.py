"""Which tables the report of grants has, in the words of those who read it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from matters.award_classes import TITLES
from zhida import grant_view, report_grants_gain_table
from zhida.output import STATES, local
from zhida.report_days import FEW
from zhida.report_sections import Section

Told = Mapping[str, Any]
MODES = {"no-application": "免申即享", "on-application": "即申即办"}
_UNBALANCED = {
    "state": "状态",
    "run": "最近的匹配",
    "list": "名单笔数",
    "list-fen": "名单金额（分）",
    "batch": "批次笔数",
    "batch-fen": "批次金额（分）",
}


def title(told: Told) -> str:
    """What it is about, and of which year."""
    year = f"{told['year']} 年决定" if told["year"] else "全部年度"
    about = f"{told['policies'][0]['title']}，" if told["policy"] else ""
    return f"奖补成效报表（{about}{year}，{local(told['at'])[:16]} 统计）"


def sections(told: Told) -> Iterator[Section]:
    """All tables, what people ask for first at the head."""
    yield _summary(told)
    yield report_grants_gain_table.section(told)
    yield _served(told)
    yield _states(told)
    yield _screened(told)
    yield _budgets(told)
    if told["pushes"]:
        yield _pushes(told)
    yield _unbalanced(told)


def money(pair: Told) -> str:
    """Awards and yuan.

    >>> money({"awards": 2, "fen": 120050})
    '2 笔 1,200.50 元'
    """
    return f"{pair['awards']} 笔 {grant_view.yuan(pair['fen'])} 元"


def percent(found: int | None) -> str:
    """>>> percent(None), percent(83)
    ('—', '83%')
    """
    return "—" if found is None else f"{found}%"


def _summary(told: Told) -> Section:
    whole, modes = told["total"], told["modes"]
    firms = whole["firms"]
    lines = {
        "符合条件": f"{money(whole['eligible'])}，{firms['eligible']} 户",
        "已兑现": f"{money(whole['classes']['paid'])}，{firms['paid']} 户",
        "兑现率": _rate(whole),
        "　免申即享": _mode(modes["no-application"]),
        "　即申即办": _mode(modes["on-application"]),
        "尚未兑现": _waiting(whole),
        "未知": _unknown(told, whole),
        "退汇": money(whole["returned"]),
        "追回": f"已追回 {money(whole['recovered'])}；追回中 {money(whole['clawback'])}",
        **report_grants_gain_table.lines(whole),
    }
    rows = [{"what": what, "text": text} for what, text in lines.items()]
    return Section("总览", {"what": "指标", "text": "数字"}, rows)


def _rate(found: Told) -> str:
    served = found["served"]
    return f"笔数 {percent(served['awards'])}，金额 {percent(served['fen'])}"


def _mode(found: Told) -> str:
    paid, firms = found["classes"]["paid"], found["firms"]["paid"]
    return f"{found['policies']} 项政策；已兑现 {money(paid)}，{firms} 户；兑现率 {_rate(found)}"


def _waiting(found: Told) -> str:
    names = ("waiting", "objected", "declined", "refused")
    return "；".join(f"{TITLES[n]} {money(found['classes'][n])}" for n in names)  # type: ignore[index]


def _unknown(told: Told, found: Told) -> str:
    """Never told as "no": a figure of its own."""
    if found["unknown"] is None:
        return "没有匹配过"
    return f"{found['unknown']} 户项（{told['run']['day']} 的匹配中缺数据、无从判断的，不算不符合）"


def _served(told: Told) -> Section:
    rows = [
        {"title": row["title"], "mode": MODES.get(row["mode"], "—"), "rate": _rate(row)}
        | {"eligible": money(row["eligible"]), "paid": money(row["classes"]["paid"])}
        | {"firms": f"{row['firms']['paid']}/{row['firms']['eligible']}"}
        | {"unknown": "—" if row["unknown"] is None else row["unknown"]}
        for row in _with_awards(told)
    ]
    columns = {"title": "政策", "mode": "方式", "eligible": "符合条件", "paid": "已兑现"}
    columns |= {"rate": "兑现率", "firms": "户数 已兑现/符合", "unknown": "未知（户）"}
    notes = (
        "符合条件：匹配且复核后有金额的，不含已退回重新列入的（再列时另算）。兑现率只舍不入。",
        f"不足 {FEW} 笔的也照列：本表给办事的人看，对外公布前请合并或略去过小的数。",
    )
    return Section("符合条件与已兑现", columns, rows, notes)


def _with_awards(told: Told) -> Sequence[Told]:
    return [row for row in told["policies"] if row["states"] or row["unknown"]]


def _states(told: Told) -> Section:
    """Together, for a policy's own stand in the line of its own."""
    whole = told["total"]
    rows = [
        {"state": grant_view.TITLES.get(state, state), "number": pair["awards"]}
        | {"yuan": grant_view.yuan(pair["fen"])}
        for state, pair in whole["states"].items()
    ]
    matched = whole["matched"]
    end = {"state": "合计＝匹配", "number": matched["awards"]}
    rows += [end | {"yuan": grant_view.yuan(matched["fen"])}] if rows else []
    columns = {"state": "状态", "number": "笔数", "yuan": "金额（元）"}
    return Section("各状态", columns, rows)


def _screened(told: Told) -> Section:
    rows = [
        {"title": row["title"], "why": grant_view.why(code) or "—", "number": number}
        for row in told["policies"]
        for code, number in sorted(row["screened"].items())
    ]
    columns = {"title": "政策", "why": "原因", "number": "笔数"}
    notes = ("只列最近一次匹配的：更早的不留行，决定仍在各次签名的数据集里。",)
    return Section("符合条件、复核后没有金额的", columns, rows, notes)


def _budgets(told: Told) -> Section:
    rows = [
        {"title": row["title"], "year": f"{found['year']}（版本 {found['version']}）"}
        | {"amount": grant_view.yuan(found["amount_fen"]), "percent": percent(found["percent"])}
        | {"used": grant_view.yuan(found["used_fen"])}
        for row in told["policies"]
        if (found := row["budget"])
    ]
    columns = {"title": "政策", "year": "年度", "amount": "预算（元）"}
    columns |= {"used": "已用（元）", "percent": "占"}
    notes = ("已用：已支付和在办的，不含未同意、放弃、已追回的。",)
    return Section("预算", columns, rows, notes)


def _pushes(told: Told) -> Section:
    words = {"applied": "已送达", "halted": "企业已退订，未发", "skipped": "不需发送"}
    rows = [
        {"state": words.get(state, STATES.get(state, state)), "number": number}
        for state, number in sorted(told["pushes"].items())
    ]
    return Section("政策推送（条）", {"state": "结果", "number": "条数"}, rows)


def _unbalanced(told: Told) -> Section:
    rows = [row | {"what": _UNBALANCED[row["what"]]} for row in told["unbalanced"]]
    columns = {"what": "账", "which": "哪一项", "told": "应有", "found": "库里"}
    return Section("不平的账", columns, rows)
