"""One line of Chinese that somebody can act on: what, whose, whom to call, can it wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from exchange import times

KINDS = {
    "system": "系统故障",
    "source": "来件中断",
    "parked": "需人工处理",
    "invalid": "数据无效未发送",
    "messages": "来件无效未受理",
    "dead-letters": "死信待处理",
    "objection": "校核待答复",
    "request": "共享申请待办",
    "books": "对账不符",
    "near": "法定期限将到",
    "overdue": "已过法定期限",
    "calendar": "节假日表缺年份",
    "period-near": "争议期限将到",
    "period-over": "争议期限已过",
    "dispute-stuck": "争议走不下去",
    "acceptance-near": "验收期限将到",
    "acceptance-stuck": "验收走不下去",
    "acceptance-over": "验收期限已过",
    "clawback": "奖补待决定追回",
    "facts": "企业事实没有取到",
    "paper": "文书不能制作",
    "finance-files": "订单融资文件有错",
    "crl": "吊销列表取不到",
    "crl-over": "吊销列表已不可用",
    "sync": "定时同步没有做完",
    "ending": "证书将到期",
    "ending-soon": "证书即将到期",
}


_ALWAYS = {
    "invalid": "不能等：{count} 件没有发出，不会自己再办",
    "messages": "不能等：{count} 件来件没有受理，来源以为已经送到",
    "books": "可等：不会自动重发；核实以前不要补办",
    "dead-letters": "不能等：这些来件没有成为办件，也不会自己再来",
    "clawback": "可等：不会自动追回；追回期限写在政策里",
    "facts": "可等：先用最近一份；过了有效期的按未知处理，不当作不符合",
    "sync": "可等：目标里是上一次的数据；停下来的不会自己接受变化",
    "period-near": "可等：到期不办结、不驳回；请责任单位抓紧",
    "period-over": "不能等：到期只督办，不办结、不驳回",
    "acceptance-stuck": "不能等：这个项目不交办、不出文书；其他项目照办",
    "acceptance-near": "可等：到期只提醒牵头单位，沉默不等于通过；请办理单位抓紧",
    "acceptance-over": "不能等：由牵头单位督办，沉默不等于通过",
    "dispute-stuck": "不能等：这件争议不分流、不登记情况，期限也不提醒；其他争议照办",
    "paper": "不能等：当事人在等，补登以前由出具单位自己制作",
    "finance-files": "可等：先按上一次读到的办，改好立即生效；新的限制没有生效",
    "crl": "可等：先用旧列表；到期仍取不到，该机构签发的证书一律不认",
    "crl-over": "不能等：该机构签发的证书一律不认，签名的数据不收也不发，恢复后自动接着办",
    "ending": "可等：现在照常；换证要几个星期，请现在就办",
    "ending-soon": "不能等：到期以后签的、连的一律不认",
    "calendar": "可等：办理照常，只是期限算不出来、不会提醒",
}
"""Kinds in which no clock of a case counts."""

_PERIODS = ("near", "overdue", "period-near", "period-over", "acceptance-near", "acceptance-over")


def began(told: Mapping[str, Any]) -> str:
    """The line of an incident's beginning (``told``: what ``incident_view.view`` gives)."""
    head = KINDS.get(told["kind"], told["kind"]) + ("（静默已结束）" if _is_again(told) else "")
    parts = [
        f"【直达】{head} {told['incident']}：{_whose(told)}{told['what'].rstrip('。')} [{told['code']}]",
        f"自 {_clock(told['opened_at'])} 起",
        can_wait(told),
        f"请联系 {_whom(told)}",
        f"办法：{told['remedy']}" if told["remedy"] else "",
    ]
    return _one_line("。".join(part.rstrip("。") for part in parts if part) + "。")


def _is_again(told: Mapping[str, Any]) -> bool:
    """Has it been told before, and then been silenced for a time that is over?"""
    return "" < told["told_at"] <= told["silenced_until"] and not told["silenced"]


def ended(told: Mapping[str, Any]) -> str:
    """The line of its end."""
    word = "已恢复" if told["kind"] in ("system", "source", "facts", "sync") else "已处理"
    lasted = times.instant(told["closed_at"]) - times.instant(told["opened_at"])
    parts = [
        f"【直达】{word} {told['incident']}：{_whose(told).rstrip('，')}",
        f"{_clock(told['opened_at'])} 至 {_clock(told['closed_at'])}，历时 {duration(lasted)}",
        _left(told),
    ]
    return _one_line("。".join(parts) + "。")


def _left(told: Mapping[str, Any]) -> str:
    if told["kind"] in _PERIODS:
        return "该事项已有结果，或期限已变"
    return f"还有 {told['waiting']} 件，正按先后办理" if told["waiting"] else "没有积压"


def is_urgent(told: Mapping[str, Any]) -> bool:
    """Can it not wait, as ``can_wait`` says?"""
    return can_wait(told).startswith("不能等")


def can_wait(told: Mapping[str, Any]) -> str:
    """Can it wait, by the law's own clocks?

    >>> can_wait({"kind": "system", "waiting": 3, "due_at": "2026-12-20", "urgent": False})
    '可等：最早法定期限 2026-12-20，目前 3 件在等'
    >>> can_wait({"kind": "system", "waiting": 0, "due_at": "", "urgent": False})
    '可等：目前没有办件在等'
    """
    count = told["waiting"]
    if told["kind"] in _ALWAYS:
        return _ALWAYS[told["kind"]].format(count=count)
    if told["kind"] in ("near", "overdue", *_ASKED):
        return _doubts(told) if told["kind"] in _ASKED else _one_period(told)
    if told["urgent"]:
        day = "今天" if told["due_at"] == told["today"] else f"已于 {told['due_at']} "
        return f"不能等：{count} 件在等，最早的{day}到期"
    if told["kind"] == "source":
        return "可等：已受理的照办；新来件还在对方系统里，恢复后补收"
    if not count:
        return "可等：目前没有办件在等"
    limit = f"最早法定期限 {told['due_at']}" if told["due_at"] else "没有法定期限临近"
    return f"可等：{limit}，目前 {count} 件在等"


_ASKED = ("objection", "request")
"""Kinds that wait for a unit's word."""


def _doubts(told: Mapping[str, Any]) -> str:
    word = "不能等" if told["urgent"] else "可等"
    return f"{word}：{told['waiting']} 条待答复，最早的答复期限 {told['due_at']}"


def _one_period(told: Mapping[str, Any]) -> str:
    if not told["due_at"]:
        return "可等：期限已经了结"
    if told["code"] == "deadline.accepted":
        return "可等：视为受理，请继续办理"
    if told["due_at"] < told["today"]:
        return f"不能等：{told['due_at']} 已到期；沉默不等于同意，事项仍按原状态办理"
    word = "不能等：今天到期" if told["urgent"] else f"可等：到 {told['due_at']}"
    return f"{word}，过后不会视为同意"


def duration(lasted: timedelta) -> str:
    """Roughly, in the two largest units.

    >>> duration(timedelta(hours=75, minutes=4)), duration(timedelta(minutes=75))
    ('3 天 3 小时', '1 小时 15 分')
    """
    minutes = int(lasted.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {rest} 分" if hours else f"{rest} 分"


def _whose(told: Mapping[str, Any]) -> str:
    unit = f"（{told['unit_title']}）" if told["unit_title"] else ""
    return f"{told['system_title']}{unit}，"


def _whom(told: Mapping[str, Any]) -> str:
    theirs = f"{told['contact']} {told['phone']}".strip() or "该单位（站点文件里没有写联系人）"
    return f"{theirs}；本方由 {told['operator']} 过问" if told.get("operator") else theirs


def _clock(stamp: str) -> str:
    return f"{times.in_china(times.instant(stamp)):%Y-%m-%d %H:%M}"


def _one_line(text: str) -> str:
    """A peer's own words may hold line ends, and a line is what a robot shows whole."""
    return " ".join(text.split())
