"""The ledger's entries behind each figure of the report of mediation: the events of the disputes that it counts.

The same readings as the report's parts, dispute by dispute.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from exchange.store import trace_rows
from matters import mediation_checks, mediation_outcomes
from matters.mediation_checks import Scene
from matters.mediation_outcomes import AGREED, OUTCOMES
from matters.mediation_parts import Lists
from zhida import report_trace
from zhida.hub import Hub
from zhida.report_mediation_counts import AID
from zhida.report_mediation_facts import Dispute

_OUTCOME = ("ended", *OUTCOMES, "pending", "performed", "not-performed")
FIGURES = ("visits", "cases", *_OUTCOME, *(f"aid-{name}" for name in AID), "late", "over")
"""What may be followed; ``rate`` is ``agreed`` of ``ended``."""
_KINDS = ("case-opened", "dispute-event")


@dataclass
class Traced:
    """A part of the report that keeps which disputes one figure counts."""

    figure: str
    lists: Lists
    scene: Scene
    cases: dict[str, int] = field(default_factory=dict)
    """Case → for how many it counts."""

    def add(self, dispute: Dispute) -> None:
        """Keep it if it counts."""
        found = counted(dispute, self.lists, self.scene)[self.figure]
        if found:
            self.cases[dispute.case] = found

    def told(self) -> dict[str, int]:
        """Case → for how many it counts."""
        return self.cases


def counted(dispute: Dispute, lists: Lists, scene: Scene) -> Counter[str]:
    """For how many one dispute counts in each figure."""
    says, events = scene.ladder.says, dispute.trail.events
    told = Counter(visits=1, cases=int(any(says[each.name].takes_over for each in events)))
    names = {each.name for each in events}
    told.update(f"aid-{name}" for name in AID if f"aid-{name}" in names)
    told["aid-waiting"] += dispute.trail.standing.state("aid") == "applied"
    return told + _outcome(dispute, lists) + _missed(dispute, lists, scene)


def _outcome(dispute: Dispute, lists: Lists) -> Counter[str]:
    found = mediation_outcomes.mediations(dispute.trail, lists.track)
    if not found:
        return Counter()
    last = found[-1].outcome
    told = Counter({last or "pending": 1, "ended": int(bool(last))})
    if last == AGREED:
        told[mediation_outcomes.performance(dispute.trail)] += 1
    return told


def _missed(dispute: Dispute, lists: Lists, scene: Scene) -> Counter[str]:
    """Of the periods that a unit has to keep; the parties' own are nobody's delay."""
    told = [each for each in lists.donts.values() if each.check == "overdue"]
    periods = {period for each in told for period, who in each.periods.items() if who}
    found = Counter[str]()
    for period in periods & set(scene.ladder.clocks):
        for each in mediation_checks.all_missed(dispute.trail, period, scene):
            found["over" if each.over else "late"] += 1
    return found


def rows(hub: Hub, figure: str, traced: Traced) -> list[dict[str, Any]]:
    """The entries of its disputes, each with for how many the dispute counts."""
    with hub.store.read() as connection:
        entries = list(trace_rows.of_cases(connection, list(traced.cases), _KINDS))
    return [report_trace.row(figure, traced.cases[each.case], each) for each in entries]
