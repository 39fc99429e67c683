"""Why a firm gets a grant or not, in Chinese, criterion by criterion, for one viewer.

Who may not see a fact's value sees whether it fulfils the criterion and nothing else: not the amount
either, where that would tell the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matters import award_tests, award_words, criteria_words, money, policy_lines
from matters.policy import Policy, Verdict, Version
from matters.policy_decision import Decision
from matters.policy_examples import clauses
from matters.policy_lines import HIDDEN, Line, Told

VERDICTS: Mapping[Verdict, str] = {"pass": "符合", "fail": "不符合", "unknown": "未知"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision in words."""

    verdict: str
    because: str
    """In one sentence."""
    amounts: Mapping[str, str]
    """Stage → amount, of a firm that passes; ``—`` where the viewer may not see it."""
    award: str
    """What the version pays."""
    lines: tuple[Line, ...]


def explain(policy: Policy, decision: Decision, told: Told) -> Explanation:
    """The decision for this viewer."""
    version = decision.version
    return Explanation(
        verdict=VERDICTS[decision.verdict],
        because=_because(policy, decision, told),
        amounts=_amounts(decision, version, told) if version else {},
        award=award_words.award(version.award, told.facts) if version else "",
        lines=tuple(_lines(decision, version, told)) if version else (),
    )


def _lines(decision: Decision, version: Version, told: Told) -> list[Line]:
    """Of the criteria, then of the stages and branches of the award."""
    nodes = [version.criteria, *award_tests.conditions(version.award)]
    return [line for node in nodes for line in policy_lines.lines(decision, version, node, told)]


def _because(policy: Policy, decision: Decision, told: Told) -> str:
    day = policy.versions[0].by
    chosen = criteria_words.title(day, told.facts) if day else "决定日"
    if decision.reason == "which-version" and decision.verdict == "fail":
        return f"{chosen}未知，但哪一版本的条件都不符合"
    if decision.reason == "which-version":
        return f"{chosen}未知，无法确定适用哪一版本"
    if decision.reason == "no-version":
        return f"{chosen}不在任何版本的施行期内"
    if decision.verdict == "pass":
        return "符合全部条件"
    named = "、".join(sorted(clauses(decision)))
    about = f"条款{named}" if named else "金额"
    if decision.reason == "award":
        ends = {"fail": "算得的金额为零", "unknown": "的金额所依据的事实未知"}
    else:
        ends = {"fail": "的条件不符合", "unknown": "所需的事实未知"}
    return about + ends[decision.verdict]


def _amounts(decision: Decision, version: Version, told: Told) -> dict[str, str]:
    sees = told.sees(award_tests.facts(version.award))
    return {stage: money.write(fen) if sees else HIDDEN for stage, fen in decision.due.items()}
