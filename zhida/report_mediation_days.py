"""How long disputes were in each step, and which periods their units have missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from matters import mediation_checks, mediation_outcomes, mediation_trail
from matters.mediation_checks import Scene
from matters.mediation_parts import Lists
from matters.mediation_trail import Run, Trail
from zhida.report_days import spread
from zhida.report_mediation_facts import Dispute

PARTIES = ""
"""In the place of a unit: a period that the parties themselves have to keep."""


def days(counts: Mapping[int, int]) -> dict[str, Any]:
    """Days → how often: how many, median, what nine in ten don't exceed, the greatest.

    >>> days({1: 3, 9: 1})
    {'count': 4, 'median': 1, 'p90': 9, 'most': 9, 'few': True}
    """
    told = spread(counts)
    return {name: told[name] for name in ("count", "median", "p90")} | {
        "most": max(counts, default=None),
        "few": told["few"],
    }


@dataclass
class Days:
    """By step, of those that the dispute has left."""

    lists: Lists
    scene: Scene
    left: dict[str, Counter[int]] = field(default_factory=dict)
    running: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)

    def add(self, dispute: Dispute) -> None:
        """Count one."""
        found = mediation_outcomes.steps(dispute.trail, self.lists, self.scene.ladder)
        for name, took in found.days.items():
            if took is None:
                self.unknown[name] += 1
            else:
                self.left.setdefault(name, Counter())[took] += 1
        self.running[found.running] += 1

    def told(self) -> list[dict[str, Any]]:
        """One row a step."""
        return [
            {"step": name, "title": step.title, **days(self.left.get(name, {}))}
            | {"running": self.running[name], "unknown": self.unknown[name]}
            for name, step in self.lists.steps.items()
        ]


@dataclass
class Missed:
    """By who has to keep the period: how often it ran, was missed, and runs on though it is over."""

    lists: Lists
    scene: Scene
    rows: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)

    def add(self, dispute: Dispute) -> None:
        """Count all periods of one dispute."""
        trail, scene, who = dispute.trail, self.scene, self.answerable
        for name, clock in scene.ladder.clocks.items():
            for run in mediation_trail.runs(clock, trail.events, scene.holidays):
                self._count(trail, who.get(name, PARTIES), run)

    @property
    def answerable(self) -> dict[str, str]:
        """Period → who has to keep it, as the don'ts of the list tell."""
        told = [each for each in self.lists.donts.values() if each.check == "overdue"]
        return {period: who for each in told for period, who in each.periods.items()}

    def _count(self, trail: Trail, who: str, run: Run) -> None:
        scene = self.scene
        found = mediation_trail.missed(run, trail, scene.at, scene.holidays)
        last = (len(trail.events) if run.ended is None else run.ended) - 1
        place = found.place if found else last
        unit = mediation_checks.unit_of(trail, who, place, scene) if who else PARTIES
        row = self.rows.setdefault((unit, run.running.clock.name), Counter())
        row["ran"] += 1
        row["unknown"] += mediation_trail.in_doubt(run, scene.holidays)
        row["over"] += found is not None and found.over
        row["late"] += found is not None and not found.over

    def told(self) -> list[dict[str, Any]]:
        """One row a unit and period that was missed, or of which nobody can tell."""
        clocks, names = self.scene.ladder.clocks, ("ran", "late", "over", "unknown")
        order = list(clocks)
        rows = sorted(self.rows.items(), key=lambda row: (row[0][0], order.index(row[0][1])))
        return [
            {"unit": unit, "period": period, "title": clocks[period].title}
            | {"article": clocks[period].article, **{name: row[name] for name in names}}
            for (unit, period), row in rows
            if row["late"] or row["over"] or row["unknown"]
        ]
