"""``zhida report grants``: what grants have come to, policy by policy and together. No firm is named.

What each figure means stands in ``docs/how-to/report-grants.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from exchange import times
from exchange.store.grant_report_rows import Scope, Sum
from matters.award_classes import CLASSES, ELIGIBLE, Class, states
from matters.award_states import STATES
from matters.policy import Policy, Version
from zhida import report_grant_balance, report_grant_figures, report_grant_gain
from zhida.report_days import Spans, share
from zhida.report_grant_figures import Figures
from zhida.watch import Watch

MODES = ("no-application", "on-application")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read, and what is needed to understand it."""

    figures: Figures
    policies: Mapping[str, Policy]
    spans: Spans

    def told(self, names: Sequence[str]) -> dict[str, Any]:
        """The figures of these policies together."""
        found = _merged(self.figures.standing.get(name, {}) for name in names)
        classes = {each: _sum(found, CLASSES[each]) for each in CLASSES}
        told: dict[str, Any] = {"states": {s: _pair(found[s]) for s in STATES if s in found}}
        told["gain"] = report_grant_gain.gain(self.figures, self.policies, self.spans, names)
        told["classes"] = {each: _pair(pair) for each, pair in classes.items()}
        told |= {"matched": _pair(_sum(found, found)), "served": _served(classes)}
        told["eligible"] = _pair(_sum(found, states(ELIGIBLE)))
        told["screened"] = dict(self._screened(names))
        told["unknown"] = self._unknown(names)
        told["returned"] = _pair(_together(self.figures.returned.get(n, (0, 0)) for n in names))
        told |= {"clawback": _pair(found.get("clawback", (0, 0)))}
        return told | {"recovered": _pair(found.get("recovered", (0, 0)))}

    def _screened(self, names: Iterable[str]) -> Counter[str]:
        return sum((self.figures.screened.get(name, Counter()) for name in names), Counter())

    def _unknown(self, names: Iterable[str]) -> int | None:
        """Pairs of firm and policy of which the last run could not tell. None: it did not ask."""
        counts = [self.figures.counts(name) for name in names]
        found = [each["unknown"] for each in counts if "unknown" in each]
        return sum(found) if found else None


def report(
    watch: Watch, policies: Mapping[str, Policy], year: int = 0, policy: str = ""
) -> dict[str, Any]:
    """The figures of the awards decided on in a year (0: in any), of one policy (empty: of all)."""
    today = times.civil_day(watch.clock())
    figures = report_grant_figures.read(watch, Scope(year, policy), policies, today)
    reading = Reading(figures, policies, Spans(watch.site.holidays))
    names = [policy] if policy else sorted({*policies, *figures.standing})
    told: dict[str, Any] = {"year": year or None, "policy": policy}
    told |= {"at": times.stamp(watch.clock()), "run": _run(figures)}
    told["policies"] = [_policy(reading, name) for name in names]
    told["total"] = _group(reading, names, "")
    told["modes"] = {mode: _group(reading, _of(policies, names, mode), mode) for mode in MODES}
    told["pushes"] = figures.pushes
    told["unbalanced"] = report_grant_balance.unbalanced(figures, names)
    return told


def _of(policies: Mapping[str, Policy], names: Iterable[str], mode: str) -> list[str]:
    return [name for name in names if name in policies and policies[name].mode == mode]


def _run(figures: Figures) -> dict[str, str] | None:
    return {"run": figures.run.id, "day": figures.run.day} if figures.run else None


def _policy(reading: Reading, name: str) -> dict[str, Any]:
    policy = reading.policies.get(name)
    told: dict[str, Any] = {"policy": name, "title": policy.title if policy else name}
    told |= {
        "mode": policy.mode if policy else "",
        "department": policy.department if policy else "",
        "payer": policy.route if policy else "",
        "budget": _budget(reading.figures, name, policy),
    }
    firms = {word: found.get(name, 0) for word, found in reading.figures.firms.items()}
    return {**told, "firms": firms, **reading.told([name])}


def _group(reading: Reading, names: Sequence[str], mode: str) -> dict[str, Any]:
    firms = {word: found[mode] for word, found in reading.figures.together.items()}
    return {"policies": len(names), "firms": firms, **reading.told(names)}


def _served(classes: Mapping[Class, Sum]) -> dict[str, int | None]:
    """兑现率: paid of what was matched with an amount, in percent."""
    number, fen = _together(classes[each] for each in ELIGIBLE)
    return {"awards": share(classes["paid"][0], number), "fen": share(classes["paid"][1], fen)}


def _budget(figures: Figures, name: str, policy: Policy | None) -> dict[str, Any] | None:
    """What there is in the year, by the latest version that was used in it."""
    spent = figures.spent.get(name, {})
    version = _version(policy, spent, figures.year) if policy else None
    if version is None or version.budget is None:
        return None
    used, amount = sum(spent.values()), version.budget.amount
    told = {"year": figures.year, "version": version.name, "amount_fen": amount}
    return told | {"used_fen": used, "percent": share(used, amount)}


def _version(policy: Policy, used: Mapping[str, int], year: int) -> Version | None:
    first, last = date(year, 1, 1), date(year, 12, 31)
    here = [
        each
        for each in policy.versions
        if (each.name in used if used else each.since <= last and (each.until or last) >= first)
    ]
    return max(here, key=lambda each: each.since, default=None)


def _merged(many: Iterable[Mapping[str, Sum]]) -> dict[str, Sum]:
    found: dict[str, Sum] = {}
    for each in many:
        for state, pair in each.items():
            found[state] = _together((found.get(state, (0, 0)), pair))
    return found


def _sum(found: Mapping[str, Sum], wanted: Iterable[str]) -> Sum:
    return _together(found[state] for state in wanted if state in found)


def _together(pairs: Iterable[Sum]) -> Sum:
    number = fen = 0
    for one, other in pairs:
        number, fen = number + one, fen + other
    return number, fen


def _pair(pair: Sum) -> dict[str, int]:
    return {"awards": pair[0], "fen": pair[1]}
