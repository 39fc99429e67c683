"""Before the reform and now: materials, steps and working days of policies (环节、材料、时限).

Before is what a policy's dated baseline says. Now is what was really so: materials that no fact stands
for, steps and days of the awards that were paid. Of several policies, what was before counts as often
as each has paid, so that both sides speak of the same awards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from matters.policy import Policy
from zhida.report_days import Spans, spread, tenths
from zhida.report_grant_figures import Figures

APPLIES = "on-application"


def gain(
    figures: Figures, policies: Mapping[str, Policy], spans: Spans, names: Sequence[str]
) -> dict[str, Any]:
    """``materials``, ``steps`` and ``working_days``, each ``before`` and ``after``."""
    known = {name: policies[name] for name in names if name in policies}
    compared = [name for name, policy in known.items() if policy.baseline] or names
    paid = {name: figures.paid.get(name, []) for name in compared}
    steps = {name: _steps(figures, name, known.get(name)) for name in compared}
    took = spans.told(each for some in paid.values() for each in some)
    counts = {name: sum(found.values()) for name, found in steps.items()}
    days = {name: sum(each.number for each in some) for name, some in paid.items()}
    after = spread(sum(steps.values(), Counter()))
    told: dict[str, Any] = {"materials": _materials(known), "baselines": _sources(known)}
    told["steps"] = _both(_before(known, counts, "steps"), after)
    told["working_days"] = _both(_before(known, days, "working_days"), took["working_days"])
    return told | {"days": took["days"], "no_calendar": took["unknown"]}


def _steps(figures: Figures, name: str, policy: Policy | None) -> Counter[int]:
    """Who applies has one step more: the application."""
    more = 1 if policy is not None and policy.mode == APPLIES else 0
    found = figures.steps.get(name, Counter())
    return Counter({number + more: count for number, count in found.items()})


def _materials(known: Mapping[str, Policy]) -> dict[str, Any]:
    """Titles, of policies that say what was handed in before."""
    told = [policy for policy in known.values() if policy.baseline]
    before = [title for p in told if p.baseline for title in p.baseline.materials]
    after = [each.title for p in told for each in p.materials if not each.facts]
    both = {"before": len(before), "after": len(after), "left": after}
    return both | {"less": _less(Fraction(len(before)), Fraction(len(after)))}


def _sources(known: Mapping[str, Policy]) -> list[dict[str, str]]:
    """Of which day, and from where."""
    found = {(str(p.baseline.on), p.baseline.source) for p in known.values() if p.baseline}
    return [{"on": on, "source": source} for on, source in sorted(found)]


def _before(known: Mapping[str, Policy], counts: Mapping[str, int], what: str) -> Fraction | None:
    """The mean over these awards; of one policy without any: what its baseline says."""
    told = {n: getattr(p.baseline, what) for n, p in known.items() if p.baseline}
    number = sum(counts[name] for name in told)
    if number:
        return Fraction(sum(told[name] * counts[name] for name in told), number)
    return Fraction(*told.values()) if len(told) == 1 else None


def _both(before: Fraction | None, after: dict[str, Any]) -> dict[str, Any]:
    told = {"before": None if before is None else tenths(before), "after": after}
    mean = None if after["mean"] is None else Fraction(str(after["mean"]))
    return told | {"less": None if before is None or mean is None else _less(before, mean)}


def _less(before: Fraction, after: Fraction) -> int | None:
    """Percent less, rounded down; below zero where it has become more."""
    return (before - after) * 100 // before if before else None
