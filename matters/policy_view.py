"""A decision as other programs read it: a record of texts and whole numbers (``policy-match``).

A value is in it only for who may see that fact, and an amount that would tell one likewise; everybody
else learns whether a criterion is fulfilled, is not, or is not known. What the policy itself says
(clauses, thresholds, what it pays) is public.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matters import award_tests, award_words, missing_facts, money, policy_words
from matters.facts import Facts
from matters.policy import Policy, Version
from matters.policy_decision import Decision
from matters.policy_lines import HIDDEN, Line, Told


@dataclass(frozen=True, slots=True)
class View:
    """Who looks at which firm."""

    facts: Facts
    told: Told
    titles: Mapping[str, str]
    """Unit → its title."""


def overview(policy: Policy, decision: Decision, view: View) -> dict[str, Any]:
    """What the policy says of the firm, without any value of a fact."""
    told: dict[str, Any] = {
        "policy": policy.name,
        "title": policy.title,
        "mode": policy.mode,
        "tier": policy.tier,
        "scenes": list(policy.scenes),
        "department": policy.department,
        "on": decision.on.isoformat(),
        "verdict": decision.verdict,
        "verdict_zh": policy_words.VERDICTS[decision.verdict],
        "because": policy_words.explain(policy, decision, view.told).because,
    }
    if decision.version is not None:
        told |= _of_version(decision, decision.version, view)
    missing = missing_facts.missing(policy, decision, view.facts)
    return told | ({"missing": [_named(name, view) for name in missing]} if missing else {})


def _of_version(decision: Decision, version: Version, view: View) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": version.name,
        "award": award_words.award(version.award, view.told.facts),
    }
    if decision.verdict != "pass":
        return told | {"unmet": _clauses(version, decision)}
    if not view.told.sees(tuple(award_tests.facts(version.award))):
        return told
    return told | {"amount_fen": decision.total, "amount": money.write(decision.total)}


def criteria(policy: Policy, decision: Decision, view: View) -> list[dict[str, Any]]:
    """The lines of the version's criteria and of its award, each with what may be seen of it."""
    return [_line(each, view) for each in policy_words.explain(policy, decision, view.told).lines]


def _line(line: Line, view: View) -> dict[str, Any]:
    holders = [{"holder": each, "title": view.titles.get(each, each)} for each in line.holders]
    told: dict[str, Any] = {"depth": line.depth, "text": line.text, "verdict": line.verdict}
    told |= {"clause": line.clause, "clause_text": line.clause_text} if line.clause else {}
    told |= {"threshold": line.threshold} if line.threshold else {}
    told |= {"holders": holders} if holders else {}
    told |= {"hinges": True} if line.hinges else {}
    if line.value and line.value != HIDDEN:
        told |= {"value": line.value} | ({"as_of": line.as_of} if line.as_of else {})
    return told


def shown(decision: Decision, told: Told) -> tuple[str, ...]:
    """The facts whose values an explanation of this decision shows, for the record of who saw what."""
    tests = decision.version.tests if decision.version else ()
    names = {name for test in tests if told.sees(test.term.facts) for name in test.term.facts}
    return tuple(sorted(names))


def _clauses(version: Version, decision: Decision) -> list[dict[str, str]]:
    """The clauses that the decision hangs on, each once."""
    names = dict.fromkeys(test.clause for test in decision.hinges)
    return [{"clause": name, "text": version.clauses[name]} for name in names]


def _named(name: str, view: View) -> dict[str, str]:
    fact = view.told.facts[name]
    title = view.titles.get(fact.holder, fact.holder)
    return {"fact": name, "title": fact.title, "holder": fact.holder, "holder_title": title}
