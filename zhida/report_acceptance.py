"""``zhida report acceptance``: how long buildings took, who was waited for, which papers nobody had to hand in.

What each figure means stands in ``docs/how-to/report-acceptance.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from exchange import times
from exchange.errors import Invalid
from exchange.store import document_rows
from exchange.store.acceptance_rows import LOG
from matters import acceptance_clocks, acceptance_critical, acceptance_file, acceptance_spans, terms
from matters import acceptance_standing as standings
from matters.acceptance_parts import HUB, OWNER, Procedure
from matters.acceptance_spans import Span
from zhida import acceptance, acceptance_rules, report_mediation_facts
from zhida import report_acceptance_totals as totals
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import Rules
from zhida.hub import Hub

_HOUR = timedelta(hours=1)


def report(
    hub: Hub,
    days: tuple[date | None, date | None],
    count: Callable[[int], None] = lambda _: None,
) -> dict[str, Any]:
    """Buildings registered on these civil days, both with them; None: no bound."""
    rules = acceptance_rules.of_site(hub.site)
    told: dict[str, Any] = {"since": str(days[0] or ""), "until": str(days[1] or "")}
    found = told_of(hub, rules, days, count)
    return told | {
        "at": times.stamp(hub.clock()),
        "buildings": found,
        "waited": totals.waited(rules, found),
        "last": totals.last(rules, found),
        "saved": totals.saved(found),
    }


def told_of(
    hub: Hub,
    rules: Rules,
    days: tuple[date | None, date | None],
    count: Callable[[int], None] = lambda _: None,
) -> list[dict[str, Any]]:
    """Each building alone, in the order of their cases."""
    before = acceptance_file.of_site(hub.site.folder, acceptance_file.BEFORE)
    found, now = list[dict[str, Any]](), hub.clock()
    for number, each in enumerate(_buildings(hub, rules, days), 1):
        found.append(_building(rules, before, each, now))
        count(number)
    return found


def _buildings(
    hub: Hub, rules: Rules, days: tuple[date | None, date | None]
) -> Iterator[Acceptance]:
    span, after, opened = report_mediation_facts.span(*days), "", hub.archive.opening()
    while True:
        with hub.store.read() as connection:
            rows = LOG.opened_between(connection, span.first, span.before, after=after)
            cases = [row.case for row in rows]
            told = LOG.told_of(connection, cases)
            held = document_rows.named(connection, acceptance.PROJECT, cases)
        for row in rows:
            events, project = tuple(told.get(row.case, ())), opened(held[row.case]).record
            yield acceptance.of_project(hub, rules, row, events, project)
        if not rows:
            return
        after = rows[-1].case


def _building(rules: Rules, before: Procedure, found: Acceptance, now: datetime) -> dict[str, Any]:
    events, plan = found.events, found.plan
    ended = events[-1].at if found.standing.ended else None
    first, last = times.civil_day(events[0].at), times.civil_day(ended or now)
    steps = list(acceptance_spans.walk(plan, events))
    return {
        "acceptance": found.row.number,
        "case": found.row.case,
        "name": found.project["name"],
        "ended": bool(ended),
        "ending": events[-1].name if ended else "",
        "days": (last - first).days,
        "working_days": _working_days(first, last, rules),
        "path": [
            _leg(rules, found, leg, now) for leg in acceptance_critical.legs(plan, events, now)
        ],
        "calls": list(_calls(rules, found, now)),
        "hands": _hands(acceptance_spans.spans_of(plan, steps), now),
        "rounds": sum(part.rounds > 1 for part in found.standing.parts.values()),
        "materials": _materials(before, found),
    }


def _hands(spans: Iterable[Span], now: datetime) -> dict[str, int]:
    """Role → hours for which it had items in hand, all of them together."""
    hands = Counter[str]()
    for span in spans:
        hands[_role(span.role, span.paused)] += _hours((span.until or now) - span.since)
    return dict(hands)


def _working_days(first: date, last: date, rules: Rules) -> int | None:
    """None: nobody knows the holidays of that year yet."""
    try:
        return terms.between(first, last, working=rules.holidays)
    except Invalid:
        return None


def _role(role: str, paused: str) -> str:
    return f"{role}/{paused}" if paused else role


def _hours(span: timedelta) -> int:
    return int(span / _HOUR)


def _leg(
    rules: Rules, found: Acceptance, leg: acceptance_critical.Leg, now: datetime
) -> dict[str, Any]:
    procedure = rules.procedure
    known = procedure.items.get(leg.item)
    stage = procedure.stages.get(leg.stage)
    return {
        "stage": leg.stage,
        "stage_title": stage.title if stage else "联合验收意见",
        "item": leg.item,
        "title": known.title if known else "牵头单位出具意见",
        "hours": _hours((leg.until or now) - leg.since),
        "open": leg.until is None,
        "holder": _holder(found, leg),
        "waits": {role: _hours(span) for role, span in leg.waits},
    }


def _holder(found: Acceptance, leg: acceptance_critical.Leg) -> str:
    """Role that has its item in hand now; empty: nobody, or it has ended."""
    if leg.until is not None:
        return ""
    return dict(standings.holders(found.plan, found.standing)).get(leg.item, "")


def _calls(rules: Rules, found: Acceptance, now: datetime) -> Iterator[dict[str, Any]]:
    """Periods that are over or near, as the reminders have them."""
    for each in acceptance_clocks.calls(found.plan, found.events, now, rules.holidays):
        told = {"item": each.item, "title": each.title, "over": each.over, "role": each.role}
        yield told | {"last_day": str(each.last_day or ""), "article": each.article}


def _materials(before: Procedure, found: Acceptance) -> dict[str, int]:
    """How often a paper was handed in, and how often it would have been by the old procedure's filings."""
    plan = found.plan
    by = [(event.role, set(event.handed_in)) for event in found.events if event.handed_in
          if event.name in ("submitted", "fixed")]  # fmt: skip
    hub = set().union(*(names for role, names in by if role == HUB))
    owner = set().union(*(names for role, names in by if role == OWNER))
    used = sum(len(plan.materials[n].consumers & plan.items.keys())
               for n in (hub | owner) & plan.materials.keys())  # fmt: skip
    copies = sum(
        max(0, sum(name in filing.materials for filing in before.filings.values()) - 1)
        for name in owner
    )
    return {
        "needed": len(plan.materials),
        "by_hub": len(hub),
        "by_owner": len(owner - hub),
        "uses": used,
        "copies_saved": copies,
    }
