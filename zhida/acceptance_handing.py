"""Items that may begin are handed to the units that decide them, each with everything that it needs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import count
from typing import Any

from exchange import times
from exchange.ports import Record
from matters import acceptance_sampling, acceptance_spans, acceptance_words, terms
from matters import acceptance_standing as standings
from matters.acceptance_events import LEAD, RESULTS, Event
from matters.acceptance_parts import Item
from matters.acceptance_standing import OPINION
from zhida import acceptance, acceptance_files, acceptance_telling, grant_lists, own_opening
from zhida.acceptance import Acceptance
from zhida.acceptance_intake import lines
from zhida.acceptance_rules import REVIEW, Rules
from zhida.acceptance_telling import SLIP, Saying
from zhida.hub import Hub
from zhida.own_opening import Own


def hand_out(hub: Hub, rules: Rules, found: Acceptance) -> tuple[Acceptance, int]:
    """All items that may begin now; and how many."""
    count = 0
    while names := standings.beginning(found.plan, found.standing):
        for name in names:
            event = acceptance.hub_event(hub, rules, "assigned", name)
            slip = slip_of(hub, rules, found, event)
            found = acceptance_telling.tell(hub, found, Saying(event, slip=slip))
            count += 1
    return found, count


def slip_of(hub: Hub, rules: Rules, found: Acceptance, event: Event) -> Record:
    """The ``acceptance-slip``: what is looked at, by when, and nothing of a person."""
    item, procedure = found.plan.items[event.item], found.plan.procedure
    rounds = found.standing.part(item.name).rounds + 1
    due = terms.last_day(item.within, times.civil_day(event.at), rules.holidays).day
    texts = {
        "materials_text": list(_materials(hub, found, item)),
        "checks_text": [
            f"{name} {check.title}（{check.clause}）"
            for name, check in procedure.checks.items()
            if item.name in check.items
        ],
        "again_text": list(_again(found, item)),
        "on_behalf_text": list(_delegated(found, item)),
        "sampling_text": list(_sampling(hub, found, item, rounds)),
    }
    stage = procedure.stages[item.stage].title
    head = _head(rules, found, event.at.astimezone(times.CHINA), item.by)
    what = {"item": item.name, "title": item.title, "stage": stage, "round": rounds}
    told = {"id": f"{found.row.number}/{item.name}/{rounds}", **head, **what, **_due(due)}
    told["article"] = item.article
    return told | {name: _cut(name, each) for name, each in texts.items() if each}


def _head(rules: Rules, found: Acceptance, at: Any, role: str) -> dict[str, Any]:
    seat = rules.roles.seat(role)
    desk = {"desk": seat.desk} if seat.desk else {}
    return building(found) | {
        "at": f"{at:%Y-%m-%dT%H:%M:%S}",
        "role": role,
        "unit": seat.unit,
        **desk,
    }


def building(found: Acceptance) -> dict[str, Any]:
    """Which one it is, for whoever gets something of it."""
    named = {name: found.project[name] for name in ("code", "building", "name")}
    return {"acceptance": found.row.number, **named}


def _due(day: date | None) -> dict[str, str]:
    return {} if day is None else {"due": str(day)}


def _cut(name: str, told: list[str]) -> str:
    limits = {"again_text": 4000, "sampling_text": 4000, "on_behalf_text": 1000}
    return lines(told, limits.get(name, 8000))


def _materials(hub: Hub, found: Acceptance, item: Item) -> Iterator[str]:
    """Of a large one the claim, by which the unit fetches it."""
    digests, claims = found.standing.materials, acceptance_files.claim(hub, found)
    for name, material in found.plan.materials.items():
        if item.name in material.consumers:
            file = f"文件凭据 {claims[name]}，" if name in claims else ""
            yield f"{name} {material.title}（{file}摘要 {digests.get(name, '-')[:16]}…）"


def _again(found: Acceptance, item: Item) -> Iterator[str]:
    """After a fix: what was not met by the last finding, and what was worked on since."""
    checks, procedure = found.plan.procedure.checks, found.plan.procedure
    last = next(
        (e for e in reversed(found.events) if e.item == item.name and e.name in RESULTS), None
    )
    for name in last.checks if last else ():
        yield f"{name} {checks[name].title}" if name in checks else name
    since = found.events[_last_handed(found, item) :]
    known = found.plan.of_item[item.name]
    for name in dict.fromkeys(n for e in since for n in e.handed_in if n in known):
        yield f"换了新版本：{acceptance_words.title(procedure.materials, name)}"
    if any(e.name == "lapsed" and e.item == item.name for e in since):
        yield "上次结论的有效期已满"
    for part in sorted({part for event in since for part in event.parts}):
        yield f"动过的部位：{procedure.parts.get(part, part)}"


def _last_handed(found: Acceptance, item: Item) -> int:
    """The place of the event by which it was last handed to its unit; none: after all."""
    told = [n for n, e in enumerate(found.events) if e.name == "assigned" and e.item == item.name]
    return told[-1] if told else len(found.events)


def _delegated(found: Acceptance, item: Item) -> Iterator[str]:
    procedure = found.plan.procedure
    for each in procedure.delegations:
        if each.of in item.on_behalf_of:
            yield f"{procedure.roles[each.of]}（{each.article}）"


def _sampling(hub: Hub, found: Acceptance, item: Item, rounds: int) -> Sequence[str]:
    """Drawn from the hub's key, so that nobody knows it before."""
    if item.sampling is None:
        return ()
    seed = hub.vault.tag("sampling", found.row.case, f"{item.name}/{rounds}")
    draw = acceptance_sampling.draw(item.sampling, found.plan.fields.get(item.sampling.of), seed)
    if draw is None:
        return (f"{item.sampling.title}：总数没有写明，由查验单位按 {item.sampling.percent}% 抽取",)
    return (f"{draw.title}共 {draw.of}，查：{'、'.join(map(str, draw.numbers))}",)


def ask_lead(hub: Hub, rules: Rules, found: Acceptance) -> int:
    """The lead is told once for each time that everybody is in, known by the event that made it so; words
    that read otherwise since are no other time.
    """
    if not standings.is_for_lead(found.plan, found.standing):
        return 0
    seq = _all_in(found)
    key = f"{SLIP}/{found.row.number}/{OPINION}@{seq}"
    if own_opening.is_known(hub, key):
        return 0
    slip = _lead_slip(rules, found, seq, _asked(hub, found) + 1)
    into = own_opening.stream(hub, REVIEW, SLIP)
    return own_opening.take_all(into, [Own(key, slip)])["opened"]


def _all_in(found: Acceptance) -> int:
    """The place of the event by which it came to be for the lead, as it is now."""
    plan = found.plan
    walk = enumerate(acceptance_spans.walk(plan, found.events))
    return max(
        seq
        for seq, (_, before, after) in walk
        if standings.is_for_lead(plan, after) and not standings.is_for_lead(plan, before)
    )


def _asked(hub: Hub, found: Acceptance) -> int:
    """How often the lead was asked. It is counted in what it got: events may add up otherwise by other lists."""
    with hub.store.read() as connection:
        return next(
            n
            for n in count()
            if not grant_lists.case_of(hub, connection, REVIEW, _lead_number(found, n + 1))
        )


def _lead_number(found: Acceptance, rounds: int) -> str:
    return f"{found.row.number}/{OPINION}/{rounds}"


def _lead_slip(rules: Rules, found: Acceptance, seq: int, rounds: int) -> Record:
    plan, standing = found.plan, found.standing
    states = [
        f"{plan.items[name].title}：{standings.STATES[standing.state(name)]}"
        for name in standings.before_opinion(plan)
    ]
    passes, whole = standings.can_pass(plan, standing), plan.procedure.whole
    return {
        "id": _lead_number(found, rounds),
        **_head(rules, found, found.events[seq].at.astimezone(times.CHINA), LEAD),
        "item": OPINION,
        "title": "出具联合验收意见" if passes else "各单位已有结论，有未通过的",
        "stage": plan.procedure.stages[whole.stage].title if whole else "-",
        "round": rounds,
        "again_text": _cut("again_text", states),
    }
