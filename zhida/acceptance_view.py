"""A building as people see it: where each item stands and why, whose it is, what is missing, what runs.

Nothing of a person: numbers, units, days and rules only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange import times
from matters import acceptance_clocks
from matters import acceptance_standing as standings
from matters.acceptance_events import SAYS
from matters.acceptance_standing import OPINION
from zhida import acceptance
from zhida.acceptance import Acceptance
from zhida.acceptance_answers import state_told
from zhida.acceptance_rules import Rules
from zhida.hub import Hub


def summary(rules: Rules, found: Acceptance) -> dict[str, Any]:
    """A line of a list."""
    holders = dict(standings.holders(found.plan, found.standing))
    return {
        "acceptance": found.row.number,
        "case": found.row.case,
        "name": found.project["name"],
        "opened_at": found.row.opened_at,
        "closed_at": found.row.closed_at,
        "state": state_told(found),
        "waits_on": sorted({rules.unit_of(role) for role in holders.values()}),
    }


def show(hub: Hub, rules: Rules, found: Acceptance) -> dict[str, Any]:
    """Everything."""
    return {
        **summary(rules, found),
        "asks": list(found.plan.asks),
        "items": list(_items(hub, rules, found)),
        "materials": list(_materials(found)),
        "periods": list(_periods(hub, rules, found)),
        "events": list(_events(rules, found)),
    }


def _items(hub: Hub, rules: Rules, found: Acceptance) -> Iterator[dict[str, Any]]:
    plan, standing = found.plan, found.standing
    holders = dict(standings.holders(plan, standing))
    for name, item in plan.procedure.items.items():
        part, spared = standing.part(name), name not in plan.items
        state = standings.NOT_APPLICABLE if spared else part.state
        gone = [] if spared else standings.missing(plan, standing, name)
        yield {
            "item": name,
            "title": item.title,
            "stage": plan.procedure.stages[item.stage].title,
            "role": item.by,
            "unit": rules.unit_of(item.by),
            "state": state,
            "state_title": standings.STATES[state],
            "round": part.rounds,
            "since": _local(part.since) if part.since else "",
            "waits_on": _title(hub, rules, holders.get(name, "")),
            "missing": {each: plan.materials[each].title for each in gone},
            "asked": sorted(part.asked),
            "checks": {each: plan.procedure.checks[each].title for each in part.checks
                       if each in plan.procedure.checks},
            "until": str(part.until or ""),
            "paused": part.paused,
        }  # fmt: skip
    if OPINION in holders:
        yield {
            "item": OPINION,
            "title": "联合验收意见",
            "stage": "",
            "role": "lead",
            "state": "open",
        } | {
            "unit": rules.unit_of("lead"),
            "state_title": "各单位都已有结论，待牵头单位出具",
            "waits_on": _title(hub, rules, "lead"),
        }


def _title(hub: Hub, rules: Rules, role: str) -> str:
    """Who a role is here; the owner and the hub by their own names."""
    if role in ("", "owner", "hub"):
        return rules.procedure.roles.get(role, "")
    unit = rules.unit_of(role)
    return hub.site.units[unit].title if unit in hub.site.units else unit


def _materials(found: Acceptance) -> Iterator[dict[str, Any]]:
    for name, material in found.plan.materials.items():
        yield {
            "material": name,
            "title": material.title,
            "digest": found.standing.materials.get(name, ""),
            "fetched": bool(material.fetched),
            "consumers": sorted(material.consumers & found.plan.items.keys()),
        }


def _periods(hub: Hub, rules: Rules, found: Acceptance) -> Iterator[dict[str, Any]]:
    now, events = hub.clock(), found.events
    for running in acceptance_clocks.running(found.plan, events, rules.holidays):
        if running.stopped is not None or found.standing.ended:
            continue
        due = running.due(rules.holidays).day
        over = running.is_over(now, rules.holidays)
        state = "over" if over else "suspended" if running.suspended is not None else "runs"
        yield {
            "item": running.clock.name,
            "title": running.clock.title,
            "last_day": str(due) if due else "",
            "state": state,
            "unit": rules.unit_of(running.clock.owner),
            "article": running.clock.article,
        }


def _events(rules: Rules, found: Acceptance) -> Iterator[dict[str, Any]]:
    items = rules.procedure.items
    for row in found.told:
        event = acceptance.event(row)
        yield {
            "seq": row.seq,
            "event": row.name,
            "title": SAYS[row.name].title if row.name in SAYS else row.name,
            "at": _local(event.at),
            "unit": row.unit,
            "items": list(event.items),
            "what": "、".join(items[n].title for n in event.items if n in items)
            or "、".join(event.handed_in)
            or event.verdict,
            "document": row.document,
        }


def _local(at: Any) -> str:
    return str(at.astimezone(times.CHINA).strftime("%Y-%m-%d %H:%M"))
