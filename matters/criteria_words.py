"""Criteria in Chinese, for whoever reads why: a test, a whole tree, a value."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from mappings import codes
from matters import money, ratios
from matters.criteria import BY_DECISION, Node, Ratio, Term, Test
from matters.facts import Fact, Value

Titles = Mapping[str, Fact]
JOINED = {"all": "同时符合", "any": "符合其一", "none": "均不得有"}
_WORDS = {
    "is": "为{}",
    "is_not": "不为{}",
    "one_of": "属于{}",
    "none_of": "不属于{}",
    "at_least": "不低于 {}",
    "more_than": "高于 {}",
    "at_most": "不高于 {}",
    "less_than": "低于 {}",
    "on_or_after": "在 {}（含）以后",
    "on_or_before": "在 {}（含）以前",
    "within_months": "在决定日前 {} 个月内",
    "months_left": "晚于决定日后 {} 个月的对应日",
    "months_past": "到决定日已满 {} 个月",
}
_COUNTED = frozenset("人户件项家次月")
_TODAY = {"months_left": "晚于决定日", "months_past": "不晚于决定日"}
_YEARS = {0: "决定日当年", -1: "决定日的上一年", -2: "决定日的上上年", 1: "决定日的下一年"}


def criterion(test: Test, facts: Titles) -> str:
    """``上年度足额缴费月数不低于 12``."""
    about, told = term(test.term, facts), threshold(test, facts)
    if test.word == "in_year":
        return f"{about}在{told}"
    if test.wanted == (0,) and test.word in _TODAY:
        return about + _TODAY[test.word]
    if (fact := _of(test, facts)) and fact.kind == "flag":
        return f"{about}：{told}"
    return about + _WORDS[test.word].format(told)


def threshold(test: Test, facts: Titles) -> str:
    """What the test wants, alone."""
    fact, first = _of(test, facts), test.wanted[0]
    if test.word == "in_year" and isinstance(first, int):
        ahead = "后" if first > 0 else "前"
        return _YEARS.get(first, f"决定日所在年{ahead}第 {abs(first)} 年")
    if test.word in BY_DECISION or fact is None:
        return "、".join(value(each, None) for each in test.wanted)
    if fact.kind == "flag":
        return value((first is True) == (test.word == "is"), fact)
    return "、".join(value(each, fact) for each in test.wanted)


def _of(test: Test, facts: Titles) -> Fact | None:
    """The fact whose kind the test's values are; none for a quotient."""
    return None if test.term.is_quotient else facts.get(test.term.facts[0])


def sentence(node: Node, facts: Titles) -> str:
    """A tree in one sentence, for where there is no room for lines."""
    if isinstance(node, Test):
        return criterion(node, facts)
    parts = "；".join(sentence(part, facts) for part in node.parts)
    if len(node.parts) == 1 and node.word != "none":
        return parts
    return f"{JOINED[node.word]}（{parts}）"


def term(about: Term, facts: Titles) -> str:
    """``A 与 B 之差``."""
    names = [title(name, facts) for name in about.facts]
    match about.word:
        case "fact":
            return names[0]
        case "sum":
            return f"{'、'.join(names)}之和"
        case "difference":
            return f"{names[0]}减去{names[1]}"
        case "share":
            return f"{names[0]}占{names[1]}的比例"
        case "growth":
            return f"{names[0]}比{names[1]}的增长率"
        case "fall":
            return f"{names[1]}比{names[0]}的下降率"


def title(name: str, facts: Titles) -> str:
    """The fact's title, or its name where the catalogue has it no more."""
    return facts[name].title if name in facts else name


def one_of(counted: str) -> str:
    """By which word one of what a title counts is told.

    >>> one_of("上年末参加失业保险人数"), one_of("发明专利件数"), one_of("新增的")
    ('人', '件', '个')
    """
    return counted[-2] if counted.endswith("数") and counted[-2:-1] in _COUNTED else "个"


def value(given: Value | Ratio | Fraction, fact: Fact | None) -> str:
    """As people write it. ``fact``: whose value it is; None for a quotient or a number of months."""
    match given:
        case bool():
            return "是" if given else "否"
        case Ratio():
            return ratios.write(given)
        case Fraction():
            return percent(given)
        case date():
            return given.isoformat()
        case str():
            return _code(given, fact) if fact else given
        case int():
            return money.short(given) if fact and fact.kind == "money" else f"{given:,}"


def _code(given: str, fact: Fact) -> str:
    """Its title; of a public list, the name beside the code."""
    if fact.scheme and (listed := codes.scheme(fact.scheme).codes.get(given)):
        return f"{listed.name_zh}（{given}）"
    return fact.codes.get(given, given)


def percent(exact: Fraction) -> str:
    """To four places, and whether that is all of it: a firm just below a threshold must see it.

    >>> percent(Fraction(11, 200)), percent(Fraction(1, 3))
    ('5.5%', '约 33.3333%')
    """
    hundred = exact * 100
    places = Decimal(hundred.numerator) / Decimal(hundred.denominator)
    near = places.quantize(Decimal("0.0001"), ROUND_HALF_UP)
    text = f"{near.normalize():f}%"
    return text if Fraction(near) == hundred else f"约 {text}"
