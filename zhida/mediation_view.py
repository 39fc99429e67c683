"""A dispute as people see it: where it stands and why, whose it is, what runs, what may be told next.

Nothing of a person: numbers, units, days and rules only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange import times
from exchange.errors import Fatal
from exchange.store import case_rows, dispute_rows
from matters import ladder, ladder_clocks, ladder_watch
from matters.ladder import Standing
from matters.ladder_clocks import Running
from zhida import mediation_say
from zhida.dispute import Dispute
from zhida.hub import Hub
from zhida.mediation_intake import TRIAGE, asked
from zhida.mediation_rules import Rules

UNREADABLE = "按现在的阶梯走不通"
WORDS = {"yes": "合乎", "no": "不合乎", "unknown": "未写明"}


def desk(rules: Rules, dispute: Dispute) -> str:
    """Who has it at the unit that must see to it now; empty: its platform, or nobody knows."""
    unit, known = dispute.desk
    try:
        owner = ladder.owners(rules.ladder, dispute.standing(rules.ladder)).get("dispute", "")
    except Fatal:
        return known
    return known if owner and rules.unit_of(owner) == unit else ""


def summary(rules: Rules, dispute: Dispute) -> dict[str, Any]:
    """A line of a list; of one that the ladder can't read the centre has to see to its rules."""
    try:
        standing = dispute.standing(rules.ladder)
        owners = ladder.owners(rules.ladder, standing)
    except Fatal:
        standing, owners = Standing(), {"dispute": "hub"}
    state = standing.state("dispute")
    titles = rules.ladder.tracks["dispute"].states
    return {
        "dispute": dispute.row.number,
        "case": dispute.row.case,
        "opened_at": dispute.row.opened_at,
        "closed_at": dispute.row.closed_at,
        "state": state,
        "title": titles[state].title if state in titles else UNREADABLE,
        "unit": rules.unit_of(owners["dispute"]) if "dispute" in owners else "",
        "desk": desk(rules, dispute),
    }


def explain(hub: Hub, rules: Rules, dispute: Dispute) -> dict[str, Any]:
    """Everything."""
    standing = dispute.standing(rules.ladder)
    with hub.store.read() as connection:
        others = dispute_rows.alike(connection, dispute.row)
    return {
        **summary(rules, dispute),
        "alike": others,
        "tracks": list(_tracks(hub, rules, standing)),
        "triage": _triage(hub, rules, dispute),
        "periods": list(_periods(hub, rules, dispute)),
        "next": [
            {
                "role": role,
                "title": title,
                "unit": rules.unit_of(role),
                "events": may,
                "titles": {name: rules.ladder.says[name].title for name in may},
            }
            for role, title in rules.ladder.roles.items()
            if (may := _may(rules, standing, role))
        ],
        "events": list(_events(rules, dispute)),
    }


def _may(rules: Rules, standing: Standing, role: str) -> list[str]:
    """What this role may tell, of those events that are its unit's to tell now."""
    unit, may = rules.unit_of(role), ladder.possible(rules.ladder, standing, role)
    return [name for name in may if mediation_say.is_theirs(rules, standing, name, unit)]


def _tracks(hub: Hub, rules: Rules, standing: Standing) -> Iterator[dict[str, Any]]:
    owners = ladder.owners(rules.ladder, standing)
    for name, state in standing.states.items():
        track = rules.ladder.tracks[name]
        unit = rules.unit_of(owners[name]) if name in owners else ""
        known = hub.site.units.get(unit)
        yield {
            "track": track.title,
            "state": state,
            "title": track.states[state].title,
            "unit": unit,
            "unit_title": known.title if known else "",
        }


def _triage(hub: Hub, rules: Rules, dispute: Dispute) -> dict[str, Any] | None:
    """What the rules came to, as it was filed; None: it was not led anywhere yet."""
    with hub.store.read() as connection:
        name = case_rows.documents(connection, dispute.row.case).get(TRIAGE)
    if not name:
        return None
    told = hub.archive.get(name).record
    known = {rule.name: rule for rule in rules.triage.rules}
    findings = [
        {**each, "title": known[each["rule"]].title, "article": known[each["rule"]].article}
        if each["rule"] in known
        else {**each, "title": each["rule"], "article": "-"}
        for each in told["findings"]
    ]
    for each in findings:
        if "missing" in each:
            each["missing_text"] = "、".join(asked(rules, path) for path in each["missing"])
    return {**told, "findings": findings, "to_title": rules.ladder.roles.get(told["to"], "")}


def _periods(hub: Hub, rules: Rules, dispute: Dispute) -> Iterator[dict[str, Any]]:
    events, now = dispute.events, hub.clock()
    called = {
        each.clock: each for each in ladder_watch.calls(rules.ladder, events, now, rules.holidays)
    }
    in_order = ladder_clocks.in_order(rules.ladder, events)
    found = ladder_clocks.reckon_all(rules.ladder.clocks.values(), in_order, rules.holidays)
    holder = dispute.standing(rules.ladder).holder
    for name, running in found.items():
        owner = holder if running.clock.owner == "holder" else running.clock.owner
        call = called.get(name)
        state = _state(running, is_over=call is not None and call.over, is_near=call is not None)
        due = running.due(rules.holidays).day
        yield {
            "period": name,
            "title": running.clock.title,
            "last_day": str(due) if due else "",
            "state": state,
            "unit": rules.unit_of(owner) if owner else "",
            "article": running.clock.article,
            "opens": running.clock.opens,
        }


def _state(running: Running, *, is_over: bool, is_near: bool) -> str:
    if running.stopped is not None:
        return "stopped"
    if running.suspended is not None:
        return "suspended"
    return "over" if is_over else "near" if is_near else "runs"


def _events(rules: Rules, dispute: Dispute) -> Iterator[dict[str, Any]]:
    for row in dispute.told:
        yield {
            "seq": row.seq,
            "event": row.name,
            "title": rules.ladder.says[row.name].title,
            "at": times.instant(row.at).astimezone(times.CHINA).strftime("%Y-%m-%d %H:%M"),
            "role": row.role,
            "unit": row.unit,
            "to": row.to,
            "desk": row.desk,
            "document": row.document,
        }
