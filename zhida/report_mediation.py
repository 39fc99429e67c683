"""``zhida report mediation``: what joint mediation has come to. No party is named.

What each figure means stands in ``docs/how-to/report-mediation.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, Protocol

from exchange import times
from matters import ladder_file, mediation_lists
from matters.mediation_checks import Scene
from matters.mediation_parts import Lists
from zhida import report_mediation_facts as facts
from zhida import report_mediation_trace, report_trace
from zhida.hub import Hub
from zhida.report_mediation_counts import Aid, Outcomes, Visits
from zhida.report_mediation_days import Days, Missed
from zhida.report_mediation_facts import Dispute, Reading
from zhida.report_mediation_trace import Traced
from zhida.report_mediation_work import Donts, Workload


class Part(Protocol):
    """A part of the report: it counts disputes one by one."""

    def add(self, dispute: Dispute) -> None:
        """Count one."""

    def told(self) -> Any:
        """What it came to."""


class Wanted(NamedTuple):
    """Disputes opened on these civil days, both with them; None: no bound."""

    first: date | None = None
    last: date | None = None


def report(
    hub: Hub,
    wanted: Wanted,
    also: Iterable[Part] = (),
    count: Callable[[int], None] = lambda _: None,
) -> dict[str, Any]:
    """The figures. ``also`` counts the same disputes; ``count`` is told how far it has come."""
    ladder = ladder_file.load(ladder_file.SHIPPED)
    lists = mediation_lists.of_site(hub.site.folder, ladder)
    told: dict[str, Any] = {"since": str(wanted.first or ""), "until": str(wanted.last or "")}
    told |= {"at": times.stamp(hub.clock())}

    def use(reading: Reading) -> None:
        scene = Scene(ladder, hub.clock(), hub.site.holidays, reading.units())
        parts, extra, strange = _parts(scene, lists), list(also), 0
        span = facts.span(*wanted)
        for number, dispute in enumerate(reading.disputes(span), 1):
            for part in (*parts.values(), *extra):
                part.add(dispute)
            strange += dispute.trail.strange
            count(number)
        told.update({name: part.told() for name, part in parts.items()}, strange=strange)
        told["aid_unit"] = scene.units.get("aid", "")
        told["names"] = _names(hub, scene, told)

    facts.read(hub, ladder, use)
    return told


def trace(
    hub: Hub, wanted: Wanted, figure: str, count: Callable[[int], None] = lambda _: None
) -> list[dict[str, Any]]:
    """The ledger's entries of a figure. ``Rejected`` names the nearest one."""
    report_trace.chosen(figure, report_mediation_trace.FIGURES)
    ladder = ladder_file.load(ladder_file.SHIPPED)
    lists, kept = mediation_lists.of_site(hub.site.folder, ladder), list[Traced]()

    def use(reading: Reading) -> None:
        scene = Scene(ladder, hub.clock(), hub.site.holidays, reading.units())
        kept.append(Traced(figure, lists, scene))
        for number, dispute in enumerate(reading.disputes(facts.span(*wanted)), 1):
            kept[0].add(dispute)
            count(number)

    facts.read(hub, ladder, use)
    return report_mediation_trace.rows(hub, figure, kept[0])


def _parts(scene: Scene, lists: Lists) -> dict[str, Part]:
    return {
        "visits": Visits(scene.ladder, track=lists.track),
        "outcomes": Outcomes(lists.track),
        "aid": Aid(),
        "days": Days(lists, scene),
        "missed": Missed(lists, scene),
        "donts": Donts(lists, scene),
        "workload": Workload(scene),
    }


def _names(hub: Hub, scene: Scene, told: Mapping[str, Any]) -> dict[str, str]:
    """Titles of the units and roles that the rows name."""
    rows = [*told["workload"], *told["missed"], *told["outcomes"]["units"]]
    names = {row["unit"] for row in rows} | {each["unit"] for each in told["donts"]["findings"]}
    names |= {row["channel"] for row in told["visits"]["rows"]}
    units, roles = hub.site.units, scene.ladder.roles
    return {
        name: units[name].title if name in units else roles.get(name, name)
        for name in sorted(names - {""})
    }
