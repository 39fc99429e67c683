"""The report of order finance in the words of who reads it: one line, whose turn it is, bars, tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from exchange.problems import describe
from matters import finance_events_file, finance_file
from zhida import report_findings, report_options
from zhida.grant_view import yuan
from zhida.output import local
from zhida.report_chart import Bar, Chart
from zhida.report_findings import Finding
from zhida.report_saving import Report
from zhida.report_sections import Section
from zhida.site import Site

Told = Mapping[str, Any]
ELSEWHERE = "paid-elsewhere"
"""The event that money went past the account: a breach that a bank has to act on."""
_FEN_OF_WAN = 1_000_000


def report(site: Site, told: Told, at: datetime) -> Report:
    """All of it."""
    todo = list(findings(site, told))
    days = report_options.span_words(told["since"], told["until"], "全部", "")
    title = f"{site.title} 订单融资报表（{days}，{local(told['at'])[:16]} 统计）"
    return Report(title, headline(told, todo), list(sections(site, told)), at, charts(told), todo)


def whole(told: Told, name: str) -> Counter[str]:
    """A part of all banks together."""
    return sum((Counter(each[name]) for each in told["banks"]), Counter[str]())


def headline(told: Told, todo: Sequence[Finding]) -> str:
    """What was lent and paid back, what the banks asked, what they were refused."""
    loans, counted, refused = (whole(told, name) for name in ("loans", "counted", "refused"))
    lent = loans["open"] + loans["repaid"]
    parts = [f"{len(told['banks'])} 家银行，申请核验 {counted['request']} 次"]
    money = (
        f"放款 {lent} 笔 {yuan(loans['paid_out_fen'])} 元，已还本金 {yuan(loans['repaid_fen'])} 元"
    )
    parts += [f"{money}，未结清 {loans['open']} 笔"] if lent else ["还没有放款"]
    parts += [f"已过到期日未结清 {loans['overdue']} 笔"] if loans["overdue"] else []
    parts += [f"申请、查询被拒 {refused.total()} 次"] if refused else []
    return report_findings.headline(parts, todo)


def findings(site: Site, told: Told) -> Iterator[Finding]:
    """Late loans first, then money that went elsewhere, loans that nobody may watch, what was refused most."""
    titles = event_titles(site)
    for each in told["banks"]:
        loans, who = each["loans"], report_findings.of_unit(site, each["bank"])
        if loans["overdue"]:
            yield Finding(
                f"{loans['overdue']} 笔贷款已过到期日，银行没有登记结清",
                who,
                "结清的登记结清；没有还的按合同催收",
            )
        if gone := each["events"].get(ELSEWHERE):
            yield Finding(
                f"“{titles.get(ELSEWHERE, ELSEWHERE)}” {gone} 件", who, "核对回款账户，按合同处理"
            )
        if loans["unwatched"]:
            what = f"{loans['unwatched']} 笔未结清贷款的授权书已终止，贷后不再查询"
            yield Finding(what, who, "请企业续签授权书；zhida finance letters 看哪几份")
        yield from _refused(each, who)


def _refused(each: Told, who: str) -> Iterator[Finding]:
    """The most frequent reason, with its own remedy."""
    if each["refused"]:
        code, number = max(each["refused"].items(), key=lambda pair: pair[1])
        reason, remedy = reason_of(code)
        yield Finding(
            f"被拒 {sum(each['refused'].values())} 次，最多的是“{reason}”{number} 次", who, remedy
        )


def reason_of(code: str) -> tuple[str, str]:
    """Reason and remedy of a code, without the facts of any one reading."""
    return describe(code, {})


def event_titles(site: Site) -> dict[str, str]:
    """Event → what banks are told that it is."""
    rules = finance_events_file.of_site(site.folder, finance_file.of_site(site.folder))
    return {name: rule.title for name, rule in rules.rules.items()}


def charts(told: Told) -> list[Chart]:
    """What each bank has lent, and what of it is paid back."""
    bars = [
        Bar(each["title"], _wan(each["loans"]["paid_out_fen"]), _wan(each["loans"]["repaid_fen"]))
        for each in told["banks"]
        if each["loans"]["paid_out_fen"]
    ]
    return [Chart("放款与已还本金", "万元，四舍五入", bars, ("放款", "已还"))] if bars else []


def _wan(fen: int) -> float:
    return round(fen / _FEN_OF_WAN, 2)


def sections(site: Site, told: Told) -> Iterator[Section]:
    """The tables."""
    banks = told["banks"]
    notes = ("授权书按今天的状态；申请、查询按这些天准了、计了次数的。",)
    yield Section("授权书和查询", _COUNTED, [_counted(each) for each in banks], notes)
    notes = ("放款不含已撤销的；放款＝已还本金＋未还本金。这些天放款的，状态按今天。",)
    yield Section("放款", _LOANS, [_money(each) for each in banks], notes)
    titles = event_titles(site)
    events = [
        {"title": each["title"], "name": titles.get(name, name), "count": count}
        for each in banks
        for name, count in each["events"].items()
    ]
    yield Section("贷后事件", {"title": "银行", "name": "事件", "count": "件"}, events)
    refused = [
        {"title": each["title"], "name": f"{reason_of(code)[0]}\n{code}", "count": count}
        for each in banks
        for code, count in each["refused"].items()
    ]
    yield Section("不准的", {"title": "银行", "name": "原因", "count": "次"}, refused)


_COUNTED = {
    "title": "银行",
    "valid": "有效授权书",
    "ended": "已终止",
    "request": "申请",
    "read": "查询",
    "watch": "贷后查询",
}
_LOANS = {
    "title": "银行",
    "open": "未结清",
    "overdue": "其中已过到期日",
    "repaid": "已结清",
    "called-off": "已撤销",
    "paid_out": "放款（元）",
    "repaid_yuan": "已还本金（元）",
    "left": "未还本金（元）",
}


def _counted(each: Told) -> dict[str, Any]:
    ended = sum(each["letters"][name] for name in ("expired", "revoked", "used-up"))
    told = {"title": each["title"], "valid": each["letters"]["valid"], "ended": ended}
    return {**told, **each["counted"]}


def _money(each: Told) -> dict[str, Any]:
    loans = each["loans"]
    names = {"paid_out": "paid_out_fen", "repaid_yuan": "repaid_fen", "left": "left_fen"}
    return {"title": each["title"], **loans, **{to: yuan(loans[of]) for to, of in names.items()}}
