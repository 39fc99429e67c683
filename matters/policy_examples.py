"""The examples of a policy: read, and held against what it decides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from mappings.yaml_file import escape
from matters import money, policy_thresholds
from matters.facts import Value
from matters.mistakes import Mistake
from matters.policy import Example, Policy, Verdict
from matters.policy_decision import Decision, decide
from matters.policy_reading import Reading

_WORDS: Mapping[Verdict, str] = {"pass": "符合", "fail": "不符合", "unknown": "未知"}
_ENDS: Mapping[Literal["gives", "fails", "unknown"], Verdict] = {
    "gives": "pass",
    "fails": "fail",
    "unknown": "unknown",
}


def example(reading: Reading, told: Mapping[str, Any], at: str) -> Example:
    """The example that valid content tells."""
    ends = [key for key in _ENDS if key in told]
    if len(ends) != 1:
        reading.wrong("policy.example-end", at, found=", ".join(ends) or "-")
    given = told.get("gives", {})
    stages = given if isinstance(given, dict) else {}
    parts = {
        name: reading.money(text, f"{at}/gives/{escape(name)}") for name, text in stages.items()
    }
    whole = reading.money(given, f"{at}/gives") if isinstance(given, str) else sum(parts.values())
    return Example(
        title=told["title"],
        on=reading.day(told["on"], f"{at}/on"),
        facts=_facts(reading, told["facts"], f"{at}/facts"),
        verdict=_ENDS[ends[0]] if ends else "fail",
        amount=whole if "gives" in told else None,
        stages=parts,
        because=reading.each_clause(
            [*told.get("fails", ()), *told.get("unknown", ())], f"{at}/{ends[-1] if ends else ''}"
        ),
    )


def _facts(reading: Reading, told: Mapping[str, Any], at: str) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for name, given in told.items():
        place = f"{at}/{escape(name)}"
        if (fact := reading.fact(name, place)) is None:
            continue
        value = reading.fact_value(given, fact, place)
        if value is not None:
            found[name] = value
    return found


def mistakes(policy: Policy) -> Iterator[Mistake]:
    """Examples that do not hold, and that none stands on a threshold."""
    for i, each in enumerate(policy.examples):
        found = decide(policy, each.facts, each.on)
        if (wanted := _wanted(each)) != (got := _found(found, each)):
            yield Mistake("policy.example", f"/examples/{i}", {"wanted": wanted, "found": got})
    if not policy_thresholds.is_met(policy):
        yield Mistake("policy.no-threshold", "/examples")


def _wanted(told: Example) -> str:
    if told.verdict == "pass":
        return f"{_WORDS[told.verdict]} {money.write(told.amount or 0)}{_stages(told.stages)}"
    return f"{_WORDS[told.verdict]} [{', '.join(sorted(set(told.because)))}]"


def _found(found: Decision, told: Example) -> str:
    if found.verdict == "pass":
        stages = found.due if told.stages else {}
        return f"{_WORDS[found.verdict]} {money.write(found.total)}{_stages(stages)}"
    return f"{_WORDS[found.verdict]} [{', '.join(sorted(clauses(found)))}]"


def clauses(found: Decision) -> set[str]:
    """The clauses for which a firm does not pass, or of which nobody knows.

    Where no test stands for it (below the first tier, an amount unknown), those of the amount.
    """
    named = {test.clause for test in found.hinges}
    if not named and found.version and found.reason == "award":
        named = set(found.version.award.clauses)
    return named


def _stages(amounts: Mapping[str, int]) -> str:
    each = [f"{name} {money.write(fen)}" for name, fen in sorted(amounts.items())]
    return f" ({', '.join(each)})" if each else ""
