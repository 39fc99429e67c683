"""``zhida report reform``: steps, materials, days and visits, before and now; who was served; money paid.

Before is what the site's dated ``baseline.yaml`` says (of grants: each policy's own). Now is what really
was so in the cases that are over: nothing promised, nothing planned. Each figure can be followed to the
ledger (``report_reform_trace``). What each means stands in ``docs/how-to/report-reform.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from exchange import times
from exchange.errors import Invalid
from matters import terms
from matters.matter import Matter
from matters.working_days import Holidays
from zhida import baseline, grant_awards, policy_find, report_facts, report_grants, report_paper
from zhida.baseline import Before
from zhida.baseline_schema import FIGURES
from zhida.long_work import uncollected
from zhida.report_clock import begun
from zhida.report_days import share, spread
from zhida.report_facts import Case
from zhida.report_paper import NO_RECORD, TO_BRING
from zhida.watch import Watch

Days = tuple[date | None, date | None]
OVER = ("done", "partial", "none")
"""A case that was cancelled never needed what it would have needed."""


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of one matter: case → what it was there. A case of which it is unknown is not in it."""

    values: Mapping[str, int]

    def told(self) -> dict[str, Any]:
        """``count``, ``median``, ``p90``, ``mean``, ``worst``; ``few`` if they are fewer than five."""
        found = spread(Counter(self.values.values()))
        return found | {"worst": max(self.values.values(), default=None)}


@uncollected()
def report(watch: Watch, days: Days, only: str = "") -> dict[str, Any]:
    """Cases that were opened on these civil days (None: no bound), and are over."""
    known = baseline.load(watch.site)
    every = [each for each in watch.site.matters.values() if is_service(each) or each.name in known]
    matters = [watch.site.matter(only)] if only else every
    services = [_service(watch, each, days, known.get(each.name, {})) for each in matters]
    told: dict[str, Any] = {"from": str(days[0] or ""), "until": str(days[1] or "")}
    told |= {"at": times.stamp(watch.clock()), "services": services}
    return told | {"grants": None if only else _grants(watch)}


def is_service(matter: Matter) -> bool:
    """Do people come for it? Cases that the hub itself opens are steps of a service of another name."""
    return any(not each.is_own for each in matter.opens_on)


def _service(
    watch: Watch, matter: Matter, days: Days, before: Mapping[str, Before]
) -> dict[str, Any]:
    cases = load(watch, matter, days)
    over = [case for case in cases if case.row.state in OVER]
    figures = [_figure(watch, name, before.get(name), over) for name in _shown(before)]
    states = Counter(case.row.state for case in cases)
    told: dict[str, Any] = {"service": matter.name, "title": matter.title, "lead": matter.lead}
    told |= {"opened": len(cases), "over": len(over), "done": states["done"]}
    told |= {"open": states["open"], "cancelled": states["cancelled"]}
    told["no_record"] = sum(report_paper.of_case(case)[NO_RECORD] for case in over)
    return told | {"figures": figures}


def load(watch: Watch, matter: Matter, days: Days) -> list[Case]:
    """The cases of a matter that a report is about."""
    return report_facts.load(watch, report_facts.span(matter.name, *days)).cases


def _shown(before: Mapping[str, Before]) -> list[str]:
    """Days as the baseline counts them; of a matter without any, working days."""
    time = [name for name in ("working_days", "days") if name in before] or ["working_days"]
    return ["links", "materials", "visits", *time]


def _figure(watch: Watch, name: str, before: Before | None, cases: list[Case]) -> dict[str, Any]:
    title, unit = FIGURES[name]
    told: dict[str, Any] = {"figure": name, "title": title, "unit": unit}
    after = measure(name, cases, watch.site.holidays).told()
    less = _less(before.value, after["mean"]) if before else None
    return told | {"before": before.told() if before else None, "after": after, "less": less}


def _less(before: int, mean: float | None) -> int | None:
    """Percent less on the mean, rounded down; below zero where it has become more.

    >>> _less(20, 0.5), _less(0, 1.0), _less(7, None)
    (97, None, None)
    """
    return None if mean is None or not before else int((before - mean) * 100 // before)


def measure(name: str, cases: list[Case], holidays: Holidays) -> Measured:
    """The figure in each of these cases."""
    of = _MEASURES[name]
    found = ((case.row.id, of(case, holidays)) for case in cases)
    return Measured({case: value for case, value in found if value is not None})


def _links(case: Case, _: Holidays) -> int | None:
    return len(set(report_paper.desks(case))) if report_paper.has_desk(case.matter) else None


def _materials(case: Case, _: Holidays) -> int | None:
    """None of a matter that names no materials, or whose units have got nothing: nobody knows."""
    outcomes = report_paper.of_case(case)
    return outcomes[TO_BRING] if outcomes else None


def _visits(case: Case, _: Holidays) -> int | None:
    return len(report_paper.desks(case)) if report_paper.has_desk(case.matter) else None


def _working_days(case: Case, holidays: Holidays) -> int | None:
    """None where nobody knows the holidays of that year."""
    try:
        return terms.between(*_span(case), working=holidays)
    except Invalid:
        return None


def _days(case: Case, _: Holidays) -> int | None:
    return terms.between(*_span(case), working=None)


def _span(case: Case) -> tuple[date, date]:
    first, last = (datetime.fromisoformat(s) for s in (begun(case), case.row.closed_at))
    return times.civil_day(first), times.civil_day(last)


_MEASURES: Mapping[str, Callable[[Case, Holidays], int | None]] = {
    "links": _links,
    "materials": _materials,
    "visits": _visits,
    "working_days": _working_days,
    "days": _days,
}


def _grants(watch: Watch) -> dict[str, Any] | None:
    """Of all years; None for a site that gives none."""
    if grant_awards.MATTER not in watch.site.matters:
        return None
    policies = policy_find.catalogue(watch.site.folder).policies
    whole = report_grants.report(watch, policies)["total"]
    firms = whole["firms"]
    told = {"eligible": whole["eligible"], "paid": whole["classes"]["paid"], "firms": firms}
    rate = {"served": whole["served"], "firms_percent": share(firms["paid"], firms["eligible"])}
    return {**told, **rate, "unknown": whole["unknown"], "gain": whole["gain"]}


def unconfirmed(found: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Service and figure of each baseline that nobody has confirmed."""
    for service in found["services"]:
        for each in service["figures"]:
            if each["before"] and not each["before"]["confirmed_by"]:
                yield service["title"], each
