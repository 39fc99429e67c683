"""How many came, what became of it, and how many mediations ended in an agreement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matters import mediation_outcomes
from matters.ladder_parts import Ladder
from matters.mediation_outcomes import AGREED, OUTCOMES, PENDING
from zhida.report_days import share
from zhida.report_mediation_facts import Dispute

DEFINITION = (
    "成功率＝达成调解协议的 ÷ 调解已有结果的（达成、不成、撤回、调解中转仲裁或诉讼），按件，"
    "一件调解过几次的看最后一次；调解中的另列，不在分母里；只舍不入。"
)
AID = ("applied", "granted", "refused", "assigned", "ended", "waiting")
_KINDS = ("wages", "overtime", "termination", "injury", "insurance", "contract", "other", "")


@dataclass
class Visits:
    """Who came: every registration is one visit; a case is one that a unit has taken."""

    ladder: Ladder
    rows: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    states: Counter[str] = field(default_factory=Counter)
    track: str = "dispute"

    def add(self, dispute: Dispute) -> None:
        """Count one."""
        row = self.rows.setdefault((dispute.channel, dispute.kind), Counter())
        row["visits"] += 1
        row["cases"] += self._is_taken(dispute)
        row["persons"] += dispute.workers or 0
        row["persons_unknown"] += dispute.workers is None
        self.states[dispute.trail.standing.state(self.track)] += 1

    def _is_taken(self, dispute: Dispute) -> bool:
        return any(self.ladder.says[each.name].takes_over for each in dispute.trail.events)

    def told(self) -> dict[str, Any]:
        """With the sum of all; where they stand adds up to the visits."""
        names = ("visits", "cases", "persons", "persons_unknown")
        rows: list[dict[str, Any]] = [
            {"channel": channel, "kind": kind, **{name: row[name] for name in names}}
            for (channel, kind), row in sorted(self.rows.items(), key=_order)
        ]
        whole = {name: sum(row[name] for row in rows) for name in names}
        states = self.ladder.tracks[self.track].states
        known = {name: self.states[name] for name in (*states, "") if self.states[name]}
        return {**whole, "states": known, "rows": rows}


def _order(row: tuple[tuple[str, str], Counter[str]]) -> tuple[str, int]:
    (channel, kind), _ = row
    return channel, _KINDS.index(kind) if kind in _KINDS else len(_KINDS)


@dataclass
class Outcomes:
    """What mediations came to, by kind of dispute."""

    track: str
    cases: dict[str, Counter[str]] = field(default_factory=dict)
    units: dict[str, Counter[str]] = field(default_factory=dict)

    def add(self, dispute: Dispute) -> None:
        """Count one."""
        found = mediation_outcomes.mediations(dispute.trail, self.track)
        for each in found:
            self.units.setdefault(each.unit, Counter())[each.outcome] += 1
        if not found:
            return
        row = self.cases.setdefault(dispute.kind, Counter())
        row[found[-1].outcome] += 1
        if found[-1].outcome == AGREED:
            row[f"agreed/{mediation_outcomes.performance(dispute.trail)}"] += 1

    def told(self) -> dict[str, Any]:
        """The whole, and each kind and unit."""
        whole: Counter[str] = sum(self.cases.values(), Counter())
        order = sorted(self.cases, key=lambda kind: _order(((("", kind)), whole)))
        told = {"definition": DEFINITION, **_outcome(whole)}
        told["kinds"] = [{"kind": kind, **_outcome(self.cases[kind])} for kind in order]
        told["units"] = [{"unit": u, **_outcome(c)} for u, c in sorted(self.units.items())]
        return told


def _outcome(counts: Mapping[str, int]) -> dict[str, Any]:
    found = {name: counts.get(name, 0) for name in OUTCOMES}
    ended = sum(found.values())
    told: dict[str, Any] = {"ended": ended, **found, "rate": share(found[AGREED], ended)}
    told["pending"] = counts.get(PENDING, 0)
    told["performed"] = counts.get("agreed/performed", 0)
    return told | {"not_performed": counts.get("agreed/not-performed", 0)}


@dataclass
class Aid:
    """Legal aid beside the disputes."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, dispute: Dispute) -> None:
        """Count one, if there was any."""
        names = {each.name for each in dispute.trail.events}
        self.counts.update(name for name in AID if f"aid-{name}" in names)
        self.counts["waiting"] += dispute.trail.standing.state("aid") == "applied"

    def told(self) -> dict[str, int]:
        """Disputes in which it was applied for, granted, …; ``waiting``: nobody has decided yet."""
        return {name: self.counts[name] for name in AID}
