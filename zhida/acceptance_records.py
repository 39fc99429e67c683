"""One inspection record, for all who have delegated it; and what a building went through, when it has ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exchange import times
from exchange.store.acceptance_rows import EventRow
from matters import acceptance_words
from matters.acceptance_events import RESULTS, SAYS, Event
from matters.acceptance_parts import Item
from zhida import acceptance, own_filing, own_opening
from zhida.acceptance import Acceptance
from zhida.acceptance_intake import lines
from zhida.acceptance_rules import RECORD
from zhida.hub import Hub
from zhida.own_filing import Paper
from zhida.own_opening import Own

ENDING, ENDING_KIND = "ending", "acceptance-ending"


def give(hub: Hub, found: Acceptance) -> int:
    """What a unit has found on others' behalf goes to all of them; how many records are new."""
    records = list(_records(hub, found))
    if not records:
        return 0
    into = own_opening.stream(hub, RECORD, RECORD)
    told = own_opening.take_all(into, [Own(_key(str(each["id"])), each) for each in records])
    return told["opened"]


def _records(hub: Hub, found: Acceptance) -> Iterator[dict[str, Any]]:
    """Those that nobody has got: one that was given stays as it is, however its words read since."""
    for row in found.told:
        event = acceptance.event(row)
        item = found.plan.procedure.items.get(event.item)
        if event.name not in RESULTS or item is None or not item.on_behalf_of:
            continue
        if not own_opening.is_known(hub, _key(_number(found, row, event))):
            yield _record(found, row, event, item)


def _key(number: str) -> str:
    return f"{RECORD}/{number}"


def _number(found: Acceptance, row: EventRow, event: Event) -> str:
    return f"{found.row.number}/{event.item}/{row.seq}"


def _record(found: Acceptance, row: EventRow, event: Event, item: Item) -> dict[str, Any]:
    procedure, at = found.plan.procedure, event.at.astimezone(times.CHINA)
    checks = [acceptance_words.clause(procedure, each) for each in event.checks]
    delegations = [
        f"{procedure.roles[each.of]}委托{procedure.roles[each.to]}（{each.article}）"
        for each in procedure.delegations
        if each.of in item.on_behalf_of
    ]
    told = {"checks_text": lines(checks), "delegation_text": lines(delegations, 1000)}
    told["until"] = str(event.until or "")
    return {
        "id": _number(found, row, event),
        "acceptance": found.row.number,
        "item": item.name,
        "title": item.title,
        "result": event.name,
        "at": f"{at:%Y-%m-%dT%H:%M:%S}",
        "unit": event.unit,
        "on_behalf_of": dict.fromkeys(item.on_behalf_of, True),
        **{name: text for name, text in told.items() if text},
    }


def end(hub: Hub, found: Acceptance) -> int:
    """The paper of its end, once; 0: it has not ended, or the paper is there."""
    if not found.standing.ended:
        return 0
    day = times.civil_day(times.instant(found.told[-1].told_at))
    steps = [
        f"{times.civil_day(times.instant(each.at))} {SAYS[each.name].title}"
        f"{_what(found, acceptance.event(each))}（{each.unit}）"
        for each in found.told
        if each.name in SAYS
    ]
    record = {"acceptance": found.row.number, "on": str(day), "steps": lines(steps)}
    key = f"{ENDING_KIND}/{found.row.case}"
    return own_filing.file(hub, [Paper(found.row.case, ENDING, ENDING_KIND, key, record)])


def _what(found: Acceptance, event: Event) -> str:
    items = found.plan.procedure.items
    titles = [acceptance_words.title(items, name) for name in event.items]
    return f"：{'、'.join(titles)}" if titles else ""
