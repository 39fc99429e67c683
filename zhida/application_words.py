"""A decision in words: the whole of it for a form, and as much as a message may have for a notice."""

from __future__ import annotations

from exchange.ports import Record
from matters import money

LONGEST = 1000
"""Characters of a notice's text."""


def whole(decision: Record) -> str:
    """All deficiencies with their cures, however many there are."""
    said = f"您申请的“{decision['title']}”：{decision['outcome_zh']}。"
    if decision["outcome"] == "granted":
        paid = f"金额 {money.write(int(decision['amount_fen']))}，按政策规定确认后支付。"
        return f"{said}{paid}{_declared(decision)}"
    if decision["outcome"] != "deficient":
        return f"{said}{decision['because']}。{_declared(decision)}"
    items = decision["deficiencies"]
    listed = [f"{n}. {each['what']}：{each['remedy']}" for n, each in enumerate(items, 1)]
    return f"{said}请一次补正以下 {len(items)} 项：{'；'.join(listed)}。"


def _declared(decision: Record) -> str:
    """On whose word it was decided, where that was the firm's own."""
    titles = "、".join(each["title"] for each in decision.get("declared", ()))
    return f"其中 {titles} 按企业填报，与事实不符的按承诺追缴。" if titles else ""


def short(decision: Record) -> str:
    """The same; if it doesn't fit, how many deficiencies there are, and where they stand."""
    found = whole(decision)
    if len(found) <= LONGEST:
        return found
    said = f"您申请的“{decision['title']}”：{decision['outcome_zh']}。"
    number = len(decision.get("deficiencies", ()))
    what = f"共 {number} 项，" if number else ""
    return f"{said}{what}逐项内容见申请结果（受理编号 {decision['application']}）。"
