"""``zhida report reform``: steps, materials, days and visits, before and now; who was served; money paid.

Before is what the site's dated ``baseline.yaml`` says (of grants: each policy's own). Now is what really
was so in the cases that are over: nothing promised, nothing planned. Each figure can be followed to the
ledger (``report_reform_trace``). What each means stands in ``docs/how-to/report-reform.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from exchange import times
from matters.matter import Matter
from zhida import (
    acceptance_rules,
    baseline,
    finance_rules,
    grant_awards,
    mediation_rules,
    policy_find,
    report_finance,
    report_grants,
    report_reform_kinds,
)
from zhida.baseline import Before
from zhida.baseline_schema import FIGURES
from zhida.long_work import uncollected
from zhida.report_days import share, spread
from zhida.report_reform_case import Days, One
from zhida.report_reform_kinds import KINDS, Kind
from zhida.watch import Watch

_STEPS = (acceptance_rules.EVENT, mediation_rules.EVENT)
"""What units tell of a service's cases, and no service."""


@uncollected()
def report(watch: Watch, days: Days, only: str = "") -> dict[str, Any]:
    """Cases that were opened on these civil days (None: no bound), and are over."""
    known = baseline.load(watch.site)
    every = [each for each in watch.site.matters.values() if is_service(each) or each.name in known]
    matters = [watch.site.matter(only)] if only else every
    services = [_service(watch, each, days, known.get(each.name, {})) for each in matters]
    told: dict[str, Any] = {"from": str(days[0] or ""), "until": str(days[1] or "")}
    told |= {"at": times.stamp(watch.clock()), "services": services}
    told["grants"] = None if only else _grants(watch)
    return told | {"finance": None if only else _finance(watch, days)}


def is_service(matter: Matter) -> bool:
    """Do people come for it? Cases that the hub itself opens are steps of a service of another name."""
    if matter.name in KINDS:
        return True
    return matter.name not in _STEPS and any(not each.is_own for each in matter.opens_on)


def _service(
    watch: Watch, matter: Matter, days: Days, before: Mapping[str, Before]
) -> dict[str, Any]:
    kind = report_reform_kinds.of(matter.name)
    cases = list(kind.load(watch, matter, days))
    over = [case for case in cases if case.is_over]
    figures = [_figure(name, before.get(name), over) for name in _shown(kind, before)]
    states = Counter(case.state for case in cases)
    told: dict[str, Any] = {"service": matter.name, "title": matter.title, "lead": matter.lead}
    told |= {"opened": len(cases), "over": len(over), "done": states["done"]}
    told |= {"open": states["open"], "cancelled": states["cancelled"]}
    told["no_record"] = sum(case.no_record for case in over)
    return told | {"figures": figures}


def _shown(kind: Kind, before: Mapping[str, Before]) -> list[str]:
    """Time as the baseline counts it; of a service without any, as is usual there. And what else there is a
    baseline of, though nobody can count it now.
    """
    time = [name for name in ("working_days", "days") if name in before] or [kind.time]
    more = [name for name in before if name not in (*kind.figures, *time)]
    return [*kind.figures, *more, *time]


def _figure(name: str, before: Before | None, cases: Sequence[One]) -> dict[str, Any]:
    title, unit = FIGURES[name]
    told: dict[str, Any] = {"figure": name, "title": title, "unit": unit}
    values = [case.values[name] for case in cases if name in case.values]
    after = spread(Counter(values)) | {"worst": max(values, default=None)}
    less = _less(before.value, values) if before else None
    return told | {"before": before.told() if before else None, "after": after, "less": less}


def _less(before: int, values: Sequence[int]) -> int | None:
    """Percent less on the mean, rounded down; below zero where it has become more.

    >>> _less(20, [0, 1]), _less(0, [1]), _less(7, []), _less(1000, [0, 0, 1]), _less(2, [3])
    (97, None, None, 99, -50)
    """
    whole = before * len(values)
    return (whole - sum(values)) * 100 // whole if whole else None


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


def _finance(watch: Watch, days: Days) -> dict[str, int] | None:
    """The money of order finance; None for a site that has none."""
    if not finance_rules.is_there(watch.site.folder):
        return None
    banks = report_finance.report(watch, days=days)["banks"]
    names = banks[0]["loans"] if banks else ()
    return {name: sum(bank["loans"][name] for bank in banks) for name in names} or None
