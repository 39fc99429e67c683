"""``zhida report matter``: what a joint service has come to, for who answers for it. No personal data.

What each figure means stands in ``docs/how-to/report-a-matter.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from exchange import canonical, times
from exchange.errors import ZhidaError
from mappings import shapes
from matters.matter import Matter
from zhida import report_clock, report_facts, report_outcomes, report_paper, report_systems
from zhida.long_work import uncollected
from zhida.report_facts import Case
from zhida.report_spread import spread
from zhida.watch import Watch

NOTHING = {"interface": spread(()), "by_hand": spread(())}


@uncollected()
def report(
    watch: Watch, name: str, first: date | None = None, last: date | None = None
) -> dict[str, Any]:
    """The figures of the cases that were opened on these civil days (None: no bound)."""
    matter = watch.site.matter(name)
    facts = report_facts.load(watch, report_facts.span(matter.name, first, last))
    cases = facts.cases
    papers = report_paper.papers(cases)
    told: dict[str, Any] = {"matter": matter.name, "title": matter.title}
    told |= {"from": str(first or ""), "until": str(last or "")}
    told |= {"at": times.stamp(watch.clock()), "best_case": _best_case(matter)}
    told["cases"] = _cases(cases)
    told["paper"] = {**report_paper.totals(papers), "papers": _titled(matter, papers)}
    told["visits"] = report_paper.visits(cases)
    told["freshness"] = _fresh(watch, cases)
    told["items"] = _items(watch, matter, cases)
    told["reasons"] = _titled(matter, report_outcomes.reasons(cases))
    told["systems"] = report_systems.systems(watch.site, matter, facts.written)
    return told


def _best_case(matter: Matter) -> str:
    """What the file names as its best case: never a deadline."""
    return str(canonical.loads(matter.definition.encode()).get("best_case", ""))


def _cases(cases: Sequence[Case]) -> dict[str, Any]:
    states = Counter(case.row.state for case in cases)
    told = {name: states[name] for name in ("open", "done", "partial", "none", "cancelled")}
    return {"opened": len(cases), **told, "clock": report_clock.whole(cases)}


def _items(watch: Watch, matter: Matter, cases: Sequence[Case]) -> list[dict[str, Any]]:
    today = times.civil_day(watch.clock())
    outcomes, clocks = report_outcomes.outcomes(cases), report_clock.of_items(cases)
    legal = report_clock.legal(cases, watch.site.holidays, today)
    names = [name for name in matter.items if name in outcomes]
    names += [name for name in outcomes if name not in names]  # of an older definition
    units = {each.name: each.unit for case in cases for each in case.steps}
    rows = [
        {"item": name, "unit": units[name], "unit_title": _unit(watch, units[name])}
        | {**outcomes[name], "clock": clocks.get(name, NOTHING), "legal": legal.get(name)}
        for name in names
    ]
    return _titled(matter, rows)


def _titled(matter: Matter, rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """With the item's title; of one that the matter has no longer, its name."""
    known = {name: item.title for name, item in matter.items.items()}
    return [{"title": known.get(row["item"], row["item"]), **row} for row in rows]


def _fresh(watch: Watch, cases: Sequence[Case]) -> list[dict[str, Any]]:
    rows = report_clock.freshness(cases, watch.site.unit)
    return [
        {"title": _kind(watch, row["document"]), "provider_title": _unit(watch, row["provider"])}
        | row
        for row in rows
    ]


def _kind(watch: Watch, kind: str) -> str:
    try:
        return str(shapes.of(watch.site.folder).shape(kind).get("title", kind))
    except ZhidaError:
        return kind


def _unit(watch: Watch, name: str) -> str:
    unit = watch.site.units.get(name)
    return unit.title if unit else name
