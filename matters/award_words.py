"""What an award pays, in Chinese."""

from __future__ import annotations

from matters import criteria_words, money, ratios
from matters.award import Award, Branch, Each, FirstOf, Fixed, Rule, Share, Stage, Sum, Tiers
from matters.criteria_words import Titles

_ROUNDING = {"down": "舍去尾数", "half-up": "四舍五入", "up": "有尾数即进一"}


def award(told: Award, facts: Titles) -> str:
    """``按上年缴费的 60%；扣除已领补贴；至多 300 万元``."""
    stages = [_stage(stage, facts) for stage in told.stages]
    off = "、".join(criteria_words.title(name, facts) for name in told.less)
    rest = [
        f"按 {money.short(told.unit)}{_ROUNDING[told.rounding]}" if told.unit > 1 else "",
        f"扣除{off}" if off else "",
        f"合计至多 {money.short(told.cap)}" if told.cap is not None else "",
    ]
    return "；".join([*stages, *filter(None, rest)])


def _stage(told: Stage, facts: Titles) -> str:
    pay = rule(told.pay, facts)
    if not told.name:
        return pay
    when = f"（{criteria_words.sentence(told.when, facts)}）" if told.when else ""
    return f"{told.title}{when}：{pay}"


def rule(told: Rule, facts: Titles) -> str:
    """One rule."""
    match told:
        case Fixed():
            return money.short(told.pay)
        case Each():
            counted = criteria_words.term(told.of, facts)
            one = criteria_words.one_of(criteria_words.title(told.of.facts[0], facts))
            return f"{counted}，每{one} {money.short(told.pay)}"
        case Share():
            return f"{criteria_words.term(told.of, facts)}的 {ratios.write(told.rate)}"
        case Tiers():
            return _tiers(told, facts)
        case FirstOf():
            return "；".join(_branch(each, facts) for each in told.branches)
        case Sum():
            return "，加上".join(rule(part, facts) for part in told.parts)


def _tiers(told: Tiers, facts: Titles) -> str:
    fact = facts.get(told.by.facts[0])
    steps = [
        f"达到 {criteria_words.value(tier.start, fact)} 的 {money.short(tier.pay)}"
        for tier in told.tiers
    ]
    return f"按{criteria_words.term(told.by, facts)}取最高一档（{'，'.join(steps)}）"


def _branch(branch: Branch, facts: Titles) -> str:
    pay = rule(branch.pay, facts)
    if branch.when is None:
        return f"其余的，{pay}"
    return f"{criteria_words.sentence(branch.when, facts)}的，{pay}"
