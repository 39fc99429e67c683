"""``zhida report acceptance``: how long buildings took, who was waited for, which papers nobody had to hand in.

What each figure means stands in ``docs/how-to/report-acceptance.md``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from exchange import times
from exchange.store.acceptance_rows import LOG
from matters import acceptance_critical, acceptance_file, acceptance_spans, terms
from matters.acceptance_parts import HUB, OWNER, Procedure
from matters.acceptance_standing import OPINION
from zhida import acceptance, acceptance_rules, report_mediation_facts
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
    rules, now = acceptance_rules.of_site(hub.site), hub.clock()
    before = acceptance_file.of_site(hub.site.folder, acceptance_file.BEFORE)
    told: dict[str, Any] = {"since": str(days[0] or ""), "until": str(days[1] or "")}
    found = []
    for number, each in enumerate(_buildings(hub, rules, days), 1):
        found.append(_building(rules, before, each, now))
        count(number)
    return told | {
        "at": times.stamp(now),
        "buildings": found,
        "waited": _waited(rules, found),
        "last": _last(rules, found),
        "saved": _saved(found),
    }


def _buildings(
    hub: Hub, rules: Rules, days: tuple[date | None, date | None]
) -> Iterator[Acceptance]:
    span, after = report_mediation_facts.span(*days), ""
    while True:
        with hub.store.read() as connection:
            rows = LOG.opened_between(connection, span.first, span.before, after=after)
            told = LOG.told_of(connection, [row.case for row in rows])
        for row in rows:
            yield acceptance.read(hub, rules, row, tuple(told.get(row.case, ())))
        if not rows:
            return
        after = rows[-1].case


def _building(rules: Rules, before: Procedure, found: Acceptance, now: datetime) -> dict[str, Any]:
    events, plan = found.events, found.plan
    ended = events[-1].at if found.standing.ended else None
    first, last = times.civil_day(events[0].at), times.civil_day(ended or now)
    hands: Counter[str] = Counter()
    for span in acceptance_spans.spans(plan, events):
        hands[_role(span.role, span.paused)] += _hours((span.until or now) - span.since)
    return {
        "acceptance": found.row.number,
        "name": found.project["name"],
        "ended": bool(ended),
        "ending": events[-1].name if ended else "",
        "days": (last - first).days,
        "working_days": terms.between(first, last, working=rules.holidays),
        "path": [_leg(rules, leg, now) for leg in acceptance_critical.legs(plan, events, now)],
        "hands": dict(hands),
        "rounds": sum(part.rounds > 1 for part in found.standing.parts.values()),
        "materials": _materials(before, found),
    }


def _role(role: str, paused: str) -> str:
    return f"{role}/{paused}" if paused else role


def _hours(span: timedelta) -> int:
    return int(span / _HOUR)


def _leg(rules: Rules, leg: acceptance_critical.Leg, now: datetime) -> dict[str, Any]:
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
        "waits": {role: _hours(span) for role, span in leg.waits},
    }


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


def _waited(rules: Rules, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hours on the critical path and hours in hand, by role, the longest first."""
    path: Counter[str] = Counter()
    hands: Counter[str] = Counter()
    for each in found:
        hands.update(each["hands"])
        for leg in each["path"]:
            path.update(leg["waits"])
    return [
        {
            "role": role,
            "title": title_of(rules, role),
            "path_hours": path[role],
            "hands_hours": hands[role],
        }
        for role in sorted(hands, key=lambda role: (-path[role], -hands[role], role))
    ]


def title_of(rules: Rules, role: str) -> str:
    """A role, or what was waited for at one of them, in Chinese."""
    name, _, paused = role.partition("/")
    title = rules.procedure.roles.get(name, name)
    return f"{title}（{'检测' if paused == 'test' else '专家评审'}）" if paused else title


def _last(rules: Rules, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How often an item was the one that its stage waited for last."""
    counts = Counter(
        leg["item"] for each in found for leg in each["path"] if leg["item"] != OPINION
    )
    items = rules.procedure.items
    return [
        {"item": name, "title": items[name].title, "times": times_}
        for name, times_ in counts.most_common()
        if name in items
    ]


def _saved(found: list[dict[str, Any]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for each in found:
        total.update(each["materials"])
    return dict(total)
