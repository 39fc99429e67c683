"""A building that was registered gets its number and its plan; what the hub could get is handed in.

Each step takes up what the one before has left, so a step that died is done again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from exchange import canonical, times
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import case_rows
from exchange.store.acceptance_rows import LOG, AcceptanceRow, EventRow
from exchange.store.engine import Connection
from mappings import titles
from mappings.shapes import SHIPPED
from matters import acceptance_digest
from matters import acceptance_standing as standings
from matters.acceptance_parts import HUB
from matters.acceptance_plan import Plan
from zhida import acceptance, acceptance_telling, own_filing, paged
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import MATTER, Rules
from zhida.acceptance_telling import Saying
from zhida.hub import Hub
from zhida.own_filing import Paper

PLAN, KIND = "plan", "acceptance-plan"
STAGE = "acceptance-stage"
LONGEST = 8000


def register(hub: Hub, rules: Rules) -> int:
    """A number and a plan for each case that has none: how many."""
    found = 0
    for case in list(paged.cases(hub, _new)):
        with hub.store.read() as connection:
            opened = case_rows.get_case(connection, case)
        if opened is None:
            continue
        row = AcceptanceRow(case, acceptance.number(case, opened.opened_at), opened.opened_at)
        plan = acceptance.plan_for(hub, rules, case, acceptance.project(hub, case))
        record = plan_of(rules, plan, row, str(times.civil_day(hub.clock())))
        own_filing.file(hub, [Paper(case, PLAN, KIND, f"{KIND}/{case}", record)])
        found += hub.ledger.decide(partial(_register, hub, rules, row))
    return found


def _new(connection: Connection, after: str) -> list[str]:
    return LOG.unregistered(connection, MATTER, after=after)


def _register(
    hub: Hub, rules: Rules, row: AcceptanceRow, connection: Connection
) -> tuple[int, list[Entry]]:
    if not LOG.add(connection, row):
        return 0, []
    unit, now = rules.unit_of(HUB), times.stamp(hub.clock())
    told = EventRow(row.case, 0, "registered", row.opened_at, HUB, unit, "{}", "", now)
    LOG.append(connection, [told])
    return 1, [acceptance_telling.entry(row.number, told)]


def plan_of(rules: Rules, plan: Plan, row: AcceptanceRow, day: str) -> Record:
    """The ``acceptance-plan``: what this building has to go through, in lines."""
    procedure = rules.procedure
    items = [f"{n} {i.title}（{procedure.roles[i.by]}）" for n, i in plan.items.items()]
    materials = [
        f"{n} {m.title}（{'中枢取得' if m.fetched else '建设单位提交'}）"
        for n, m in plan.materials.items()
    ]
    spared = [f"{n} {procedure.items[n].title}" for n in plan.not_applicable]
    asks = [_field(path) for path in plan.asks]
    told: dict[str, Any] = {
        "acceptance": row.number,
        "on": day,
        "digest": acceptance_digest.digest(procedure),
    }
    texts = {
        "items_text": items,
        "materials_text": materials,
        "not_applicable_text": spared,
        "asks_text": asks,
    }
    return told | {name: lines(each) for name, each in texts.items() if each}


def lines(told: Sequence[str], limit: int = LONGEST) -> str:
    """One after the other. Of more than a document may have some before the last are left out, and it is said
    how many.

    >>> lines(["一", "二"]), lines(["甲" * 9] * 9, 50)
    ('一；二', '甲甲甲甲甲甲甲甲甲；甲甲甲甲甲甲甲甲甲；甲甲甲甲甲甲甲甲甲；（略去 5 条）；甲甲甲甲甲甲甲甲甲')
    """
    text = "；".join(told)
    for kept in range(len(told) - 1, 0, -1):
        if len(text) <= limit:
            break
        head = kept - kept // 4
        left = f"（略去 {len(told) - kept} 条）"
        text = "；".join([*told[:head], left, *told[len(told) - kept // 4 :]])
    return text[:limit]


def _field(path: str) -> str:
    """A field of the registration in words."""
    rest = path.removeprefix(f"/{acceptance.PROJECT}")
    return titles.of_kind("acceptance-project", SHIPPED).get(rest, rest)


def hand_in(hub: Hub, rules: Rules, found: Acceptance) -> Acceptance:
    """What the hub has got from who issued it; what the owner has handed in before stays."""
    new: dict[str, str] = {}
    for name, digest in lacking(found, _got(hub, found)).items():
        new |= _undecided(hub, rules, found, {name: digest})
    if not new:
        return found
    event = acceptance.hub_event(hub, rules, "submitted", materials=new)
    return acceptance_telling.tell(hub, found, Saying(event))


def lacking(found: Acceptance, offered: Mapping[str, str]) -> dict[str, str]:
    """Of materials that the hub could hand in, with their digests, those that it has to: neither what is
    there or was handed in by it before, nor what the owner has handed in and no unit has asked for anew.
    """
    by_hub = found.by_hub
    new = {name: digest for name, digest in offered.items() if (name, digest) not in by_hub}
    if not new:
        return new
    standing = found.standing
    asked = {name for part in standing.parts.values() for name in part.asked}
    there = standing.materials.items()
    owners = {name for name, digest in there if (name, digest) not in by_hub} - asked
    return {n: d for n, d in new.items() if n not in owners and (n, d) not in there}


def _got(hub: Hub, found: Acceptance) -> dict[str, str]:
    """Materials that came from who issued them, and hold today, with their digests."""
    with hub.store.read() as connection:
        names = case_rows.documents(connection, found.row.case)
    today, got = str(times.civil_day(hub.clock())), dict[str, str]()
    for name in found.plan.materials.keys() & names.keys():
        record = hub.archive.get(names[name]).record
        if holds(record, today):
            whole = canonical.dumps(dict(record))
            got[name] = str(record.get("digest") or hashlib.sha256(whole).hexdigest())
    return got


def _undecided(hub: Hub, rules: Rules, found: Acceptance, new: dict[str, str]) -> dict[str, str]:
    """What comes too late for what the lead has passed is not handed in any more."""
    event = acceptance.hub_event(hub, rules, "submitted", materials=new)
    again = standings.again(found.plan, found.standing, event)
    decided = again.intersection(standings.before_opinion(found.plan))
    return {} if decided and found.standing.verdict == standings.PASS else new


def holds(record: Record, today: str) -> bool:
    """Is it one that holds: not revoked, and not over? Of what does not say so: yes.

    >>> holds({"state": "revoked"}, "2026-03-02"), holds({"valid_until": "2026-03-01"}, "2026-03-02")
    (False, False)
    """
    is_valid = record.get("state", "valid") == "valid"
    return is_valid and str(record.get("valid_until", today)) >= today


def open_stages(hub: Hub, found: Acceptance) -> None:
    """A paper for each stage that has begun: who issues something of it can be asked from now on."""
    begun = found.plan.stages[1 : found.standing.opened]
    told = {"acceptance": found.row.number, "on": str(times.civil_day(hub.clock()))}
    for stage in begun:
        key = f"{STAGE}/{found.row.case}/{stage}"
        own_filing.file(
            hub, [Paper(found.row.case, f"stage-{stage}", STAGE, key, {**told, "stage": stage})]
        )
