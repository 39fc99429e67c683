"""What the don'ts' checks have found, and how much each unit has had in hand."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from matters import mediation_checks
from matters.mediation_checks import Finding, Scene
from matters.mediation_parts import Lists
from zhida.report_mediation_facts import Dispute


@dataclass
class Donts:
    """Findings, each for a person to look into."""

    lists: Lists
    scene: Scene
    found: list[Finding] = field(default_factory=list)

    def add(self, dispute: Dispute) -> None:
        """Look at one."""
        self.found += mediation_checks.find(dispute.trail, self.lists.donts, self.scene)

    def told(self) -> dict[str, Any]:
        """Each don't with how often which unit, then all findings, the latest first."""
        counts = Counter((each.dont, each.unit) for each in self.found)
        still = Counter((each.dont, each.unit) for each in self.found if each.over)
        rows = [
            {"dont": name, "title": dont.title, "unchecked": dont.unchecked}
            | {"found": sum(n for (which, _), n in counts.items() if which == name)}
            | {
                "units": {
                    unit: {"found": n, "over": still[which, unit]}
                    for (which, unit), n in sorted(counts.items())
                    if which == name
                }
            }
            for name, dont in self.lists.donts.items()
        ]
        latest = sorted(self.found, key=lambda each: (each.day, each.number), reverse=True)
        findings = [asdict(each) | {"day": each.day.isoformat()} for each in latest]
        return {"rows": rows, "findings": findings}


@dataclass
class Workload:
    """Disputes that a unit has had to see to, each once: opened = ended + open."""

    scene: Scene
    opened: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)

    def add(self, dispute: Dispute) -> None:
        """Count one for each unit that has had it, on any track."""
        had, has = set[str](), set[str]()
        for place, event in enumerate(dispute.trail.events):
            has = self._owners(dispute, place)
            had |= has
            self.events[event.unit or event.role] += 1
        self.opened.update(had)
        self.open.update(has)

    def _owners(self, dispute: Dispute, place: int) -> set[str]:
        """Who must see to it after this event, by unit."""
        standing = dispute.trail.after[place]
        states = (
            self.scene.ladder.tracks[track].states[name] for track, name in standing.states.items()
        )
        return {
            mediation_checks.unit_of(dispute.trail, state.owner, place, self.scene)
            for state in states
            if not state.ended
        }

    def told(self) -> list[dict[str, Any]]:
        """One row a unit."""
        return [
            {"unit": unit, "opened": number, "ended": number - self.open[unit]}
            | {"open": self.open[unit], "events": self.events[unit]}
            for unit, number in sorted(self.opened.items())
        ]
