"""A decision as other programs read it: a record of texts and whole numbers (``policy-match``).

A value is in it only for who may see that fact; everybody else learns whether a criterion is
fulfilled, is not, or is not known. What the policy itself says (clauses, thresholds) is public.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from matters import missing_facts, money, ratios
from matters.criteria import Ratio, Test
from matters.criteria_decision import Finding
from matters.facts import Fact, Facts, Value
from matters.kleene import Truth
from matters.policy import Policy, Version
from matters.policy_decision import Decision, Reason

VERDICTS: Mapping[Truth, str] = {True: "符合", False: "不符合", None: "未知"}
_TOLD = {"pass": "符合", "fail": "不符合", "unknown": "未知"}
_REASONS: Mapping[Reason, str] = {
    "criteria": "",
    "award": "按标准计算的奖补金额不大于零，或算不出。",
    "no-version": "这一天没有有效的政策版本。",
    "which-version": "确定适用版本的日期未知。",
}
_WORDS: Mapping[str, str] = {
    "is": "是",
    "is_not": "不是",
    "one_of": "属于",
    "none_of": "不属于",
    "at_least": "不低于",
    "more_than": "高于",
    "at_most": "不高于",
    "less_than": "低于",
    "on_or_after": "不早于",
    "on_or_before": "不晚于",
    "in_year": "所在年度",
    "within_months": "距今月数以内",
}


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks, with what the facts' holders have agreed that it may see."""

    facts: Mapping[str, Fact]
    may_see: Callable[[Fact], bool]
    as_of: Callable[[Fact], str]
    """As of when the holder stated it (stamp); empty: unknown."""
    titles: Mapping[str, str]
    """Unit → its title."""


def overview(policy: Policy, decision: Decision, facts: Facts, viewer: Viewer) -> dict[str, Any]:
    """What the policy says of the firm, without any value of a fact."""
    version = decision.version
    passed = decision.verdict == "pass"
    told: dict[str, Any] = {
        "policy": policy.name,
        "title": policy.title,
        "mode": policy.mode,
        "tier": policy.tier,
        "scenes": list(policy.scenes),
        "department": policy.department,
        "on": decision.on.isoformat(),
        "verdict": decision.verdict,
        "verdict_zh": _TOLD[decision.verdict],
    }
    told |= {"version": version.name} if version else {}
    told |= (
        {"reason": _REASONS[decision.reason]} if _REASONS[decision.reason] and not passed else {}
    )
    told |= {"amount_fen": decision.total, "amount": money.write(decision.total)} if passed else {}
    if version is not None and not passed:
        told["unmet"] = _clauses(version, decision)
    missing = missing_facts.missing(policy, decision, facts)
    return told | ({"missing": [_named(name, viewer) for name in missing]} if missing else {})


def criteria(decision: Decision, viewer: Viewer) -> list[dict[str, Any]]:
    """Each test of the version in its order: clause, verdict, and the values that may be seen."""
    version = decision.version
    if version is None:
        return []
    return [_criterion(found, version, viewer) for found in decision.findings]


def _clauses(version: Version, decision: Decision) -> list[dict[str, str]]:
    """The clauses that the decision hangs on, each once."""
    names = dict.fromkeys(test.clause for test in decision.hinges)
    return [{"clause": name, "text": version.clauses[name]} for name in names]


def _criterion(found: Finding, version: Version, viewer: Viewer) -> dict[str, Any]:
    test = found.test
    facts = [viewer.facts[name] for name in test.term.facts]
    told: dict[str, Any] = {
        "number": test.number,
        "clause": test.clause,
        "text": version.clauses[test.clause],
        "verdict": {True: "pass", False: "fail", None: "unknown"}[found.verdict],
        "verdict_zh": VERDICTS[found.verdict],
        "word": _WORDS[test.word],
        "term": test.term.word,
        "threshold": threshold(test, version, facts[0]),
        "facts": [
            _fact(fact, value, viewer) for fact, value in zip(facts, found.values, strict=True)
        ],
    }
    shown = test.term.word != "fact" and found.value is not None
    if shown and all(viewer.may_see(fact) for fact in facts):
        told["value"] = text(found.value, facts[0])
    return told


def _fact(fact: Fact, value: Value | None, viewer: Viewer) -> dict[str, str]:
    """A value that nobody knows says so to everybody: that it is missing is no secret of the firm."""
    told = _named(fact.name, viewer)
    if viewer.may_see(fact) and value is not None:
        told["value"] = text(value, fact)
        told |= {"as_of": stamp} if (stamp := viewer.as_of(fact)) else {}
    return told


def _named(name: str, viewer: Viewer) -> dict[str, str]:
    fact = viewer.facts[name]
    title = viewer.titles.get(fact.holder, fact.holder)
    return {"fact": name, "title": fact.title, "holder": fact.holder, "holder_title": title}


def threshold(test: Test, version: Version, fact: Fact) -> str:
    """What a test compares with, as its file writes it."""
    if test.parameter:
        return version.parameters[test.parameter].text
    return "、".join(text(each, fact) for each in test.wanted)


def text(value: Value | Ratio | Fraction | None, fact: Fact) -> str:
    """A value as people write it; ``fact`` tells its kind.

    >>> from matters.facts import Fact
    >>> text(1_200_000, Fact("a", "甲", "money", "tax")), text(True, Fact("b", "乙", "flag", "tax"))
    ('12,000 元', '是')
    >>> text(Fraction(11, 200), Fact("c", "丙", "count", "tax"))
    '5.5%'
    """
    match value:
        case bool():
            return "是" if value else "否"
        case Ratio():
            return ratios.write(value)
        case Fraction():
            return f"{float(value) * 100:.6f}".rstrip("0").rstrip(".") + "%"
        case date():
            return value.isoformat()
        case int():
            return money.write(value) if fact.kind == "money" else str(value)
        case _:
            return fact.codes.get(str(value), str(value))
