"""A building as people see it: where each item stands and why, whose it is, what is missing, what runs.

Nothing of a person: numbers, units, days and rules only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange import times
from matters import acceptance_clocks, acceptance_words
from matters import acceptance_standing as standings
from matters.acceptance_events import LEAD, PAUSES, SAYS, Event
from matters.acceptance_parts import HUB, OWNER
from matters.acceptance_standing import FAIL, OPINION, PASS
from zhida import acceptance, acceptance_paper_view
from zhida.acceptance import Acceptance
from zhida.acceptance_answers import state_told
from zhida.acceptance_rules import Rules
from zhida.acceptance_titles import of_role, of_unit
from zhida.hub import Hub

_MOST = 4
_VERDICTS = {PASS: "通过", FAIL: "不通过"}


def summary(hub: Hub, rules: Rules, found: Acceptance) -> dict[str, Any]:
    """A line of a list."""
    roles = sorted(set(_holders(found).values()))
    return {
        "acceptance": found.row.number,
        "case": found.row.case,
        "name": found.project["name"],
        "opened_at": found.row.opened_at,
        "closed_at": found.row.closed_at,
        "state": state_told(found),
        "waits_on": sorted({rules.unit_of(role) for role in roles}),
        "waits_on_titles": list(dict.fromkeys(of_role(hub.site, rules, role) for role in roles)),
    }


def show(hub: Hub, rules: Rules, found: Acceptance) -> dict[str, Any]:
    """Everything."""
    return {
        **summary(hub, rules, found),
        "asks": list(found.plan.asks),
        "items": list(_items(hub, rules, found)),
        "materials": list(_materials(found)),
        "periods": list(_periods(hub, rules, found)),
        "papers": list(acceptance_paper_view.papers(hub, rules, found)),
        "events": list(_events(hub, rules, found)),
    }


def _holders(found: Acceptance) -> dict[str, str]:
    """Item → role; when all is over nobody is waited for."""
    if found.standing.ended:
        return {}
    return dict(standings.holders(found.plan, found.standing))


def _items(hub: Hub, rules: Rules, found: Acceptance) -> Iterator[dict[str, Any]]:
    holders, stages = _holders(found), rules.procedure.stages
    for name, item in rules.procedure.items.items():
        yield {
            "item": name,
            "title": item.title,
            "stage": stages[item.stage].title,
            "role": item.by,
            "unit": rules.unit_of(item.by),
            "unit_title": of_role(hub.site, rules, item.by),
            "waits_on": of_role(hub.site, rules, holders.get(name, "")),
            **_stands(found, name),
            **_lacks(found, name),
        }
    if OPINION in holders:
        yield {
            "item": OPINION,
            "title": "联合验收意见",
            "stage": "",
            "role": LEAD,
            "state": "open",
            "unit": rules.unit_of(LEAD),
            "unit_title": of_role(hub.site, rules, LEAD),
            "state_title": "各单位都已有结论，待牵头单位出具",
            "waits_on": of_role(hub.site, rules, LEAD),
        }


def _stands(found: Acceptance, name: str) -> dict[str, Any]:
    part, checks = found.standing.part(name), found.plan.procedure.checks
    state = part.state if name in found.plan.items else standings.NOT_APPLICABLE
    stopped = f"暂停（{PAUSES.get(part.paused, part.paused)}）" if part.paused else ""
    return {
        "state": state,
        "state_title": stopped or standings.STATES[state],
        "round": part.rounds,
        "since": _local(part.since) if part.since else "",
        "checks": {each: acceptance_words.title(checks, each) for each in part.checks},
        "until": str(part.until or ""),
        "paused": part.paused,
    }


def _lacks(found: Acceptance, name: str) -> dict[str, Any]:
    """What it waits for; ``due``: its stage has begun and it has not, so that somebody has to see to it."""
    plan, standing, item = found.plan, found.standing, found.plan.items.get(name)
    gone = standings.missing(plan, standing, name) if item else []
    before = [n for n in plan.items if item and n in item.needs]
    left = [n for n in before if standing.state(n) not in standings.SETTLED]
    begun = item is not None and plan.stages.index(item.stage) < standing.opened
    waits = standing.state(name) in (standings.WAITING, standings.REOPENED)
    materials = plan.procedure.materials
    return {
        "due": begun and waits and not standing.ended,
        "missing": {each: materials[each].title for each in gone},
        "before": {each: plan.items[each].title for each in left},
        "asked": {
            n: acceptance_words.title(materials, n) for n in sorted(standing.part(name).asked)
        },
    }


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
            "unit_title": of_role(hub.site, rules, running.clock.owner),
            "article": running.clock.article,
        }


def _events(hub: Hub, rules: Rules, found: Acceptance) -> Iterator[dict[str, Any]]:
    for row in found.told:
        event = acceptance.event(row)
        by_role = row.role in (OWNER, HUB)
        yield {
            "seq": row.seq,
            "event": row.name,
            "title": SAYS[row.name].title if row.name in SAYS else row.name,
            "at": _local(event.at),
            "unit": row.unit,
            "unit_title": of_role(hub.site, rules, row.role)
            if by_role
            else of_unit(hub.site, row.unit),
            "items": list(event.items),
            "materials": list(event.handed_in),
            "what": _what(rules, event),
            "document": row.document,
        }


def _what(rules: Rules, event: Event) -> str:
    """Items with what was handed in or asked for, in titles; of an opinion its word."""
    items, materials = rules.procedure.items, rules.procedure.materials
    told = {
        "": [acceptance_words.title(items, name) for name in event.items],
        "材料：": _first(acceptance_words.titles(materials, event.handed_in)),
        "查了：": [str(each) for each in event.visited],
        "部位：": [rules.procedure.parts.get(name, name) for name in sorted(event.parts)],
    }
    found = [f"{head}{'、'.join(names)}" for head, names in told.items() if names]
    return "；".join(found).removeprefix("材料：") or _VERDICTS.get(event.verdict, event.verdict)


def _first(titles: list[str]) -> list[str]:
    """An owner hands in sixty at once; ``materials`` has them all."""
    return titles if len(titles) <= _MOST else [*titles[:_MOST], f"…，共 {len(titles)} 件"]


def _local(at: Any) -> str:
    return str(at.astimezone(times.CHINA).strftime("%Y-%m-%d %H:%M"))
