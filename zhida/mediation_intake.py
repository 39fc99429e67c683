"""A dispute that was taken down: it gets its number, the rules say where it goes, and it is handed over.

Each step takes up what the one before has left, so a step that died is done again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import partial
from typing import Any

from exchange import canonical, times
from exchange.errors import Fatal, Forbidden, Invalid, Rejected, ZhidaError
from exchange.ledger import Entry
from exchange.ports import Record
from exchange.store import case_rows, dispute_rows
from exchange.store.dispute_rows import DisputeRow, EventRow
from exchange.store.engine import Connection
from mappings import titles
from mappings.shapes import SHIPPED
from matters import triage, triage_fields
from matters.ladder_parts import Event
from matters.triage import Decision
from zhida import dispute, dispute_consent, own_filing, paged
from zhida.dispute import Dispute
from zhida.dispute_telling import Saying, Teller, entry
from zhida.hub import Hub
from zhida.mediation_rules import MATTER, Rules
from zhida.own_filing import Paper

TRIAGE = "triage"
"""The case's name for where the rules lead it."""
KIND = "mediation-triage"
HUB = "hub"


def register(hub: Hub, rules: Rules) -> int:
    """A number, and what its registration says has happened, for each case that has none: how many."""
    found = 0
    for case in list(paged.cases(hub, _new)):
        record = dispute.registration(hub, case)
        found += hub.ledger.decide(partial(_register, hub, rules, case, record))
    return found


def _new(connection: Connection, after: str) -> list[str]:
    return dispute_rows.LOG.unregistered(connection, MATTER, after=after)


def _register(
    hub: Hub, rules: Rules, case: str, record: Record, connection: Connection
) -> tuple[int, list[Entry]]:
    opened = case_rows.get_case(connection, case)
    if opened is None:
        return 0, []
    number = dispute.number(case, times.instant(opened.opened_at))
    same = dispute.parties(hub, record)
    if not dispute_rows.LOG.add(connection, DisputeRow(case, number, opened.opened_at, "", same)):
        return 0, []
    unit, now = rules.roles.seat(HUB).unit, times.stamp(hub.clock())
    told = [*triage_fields.marks(record), Event("registered", times.instant(opened.opened_at), HUB)]
    rows = [
        EventRow(case, n, each.name, times.stamp(each.at), HUB, unit, "", "", "", now)
        for n, each in enumerate(told)
    ]
    dispute_rows.LOG.append(connection, rows)
    return 1, [entry(number, row) for row in rows]


def lead(
    hub: Hub, rules: Rules, known: Iterable[Dispute], loads: Counter[str]
) -> dict[str, ZhidaError | None]:
    """Each that stands registered and was never led anywhere goes where the rules say.

    Its case → what has stopped it, None if nothing has: one that can't go on holds up no other.
    """
    found: dict[str, ZhidaError | None] = {}
    for each in known:
        try:
            if _waits(rules, each):
                _lead(hub, rules, each, loads)
                found[each.row.case] = None
        except (Rejected, Forbidden, Invalid, Fatal) as error:
            found[each.row.case] = error
    return found


def _waits(rules: Rules, found: Dispute) -> bool:
    """What was once led somewhere and comes back is for a person of the centre."""
    was_led = any(each.name == "diverted" for each in found.told)
    return not was_led and found.standing(rules.ladder).state("dispute") == "registered"


def _lead(hub: Hub, rules: Rules, found: Dispute, loads: Counter[str]) -> None:
    record, now = dispute.registration(hub, found.row.case), hub.clock()
    decision = decide(rules, record, on=times.civil_day(times.instant(found.row.opened_at)))
    paper = paper_of(rules, decision, str(times.civil_day(now)))
    paper |= {"dispute": found.row.number, "number": record["number"]}
    paper |= _asks(hub, found.row, paper.get("asks_text", ""))
    own_filing.file(hub, [Paper(found.row.case, TRIAGE, KIND, f"{KIND}/{found.row.case}", paper)])
    unit = rules.roles.seat(HUB).unit
    beside = [Event(name, now, HUB, unit) for name in decision.beside]
    seat = rules.roles.seat(decision.to)
    diverted = Event("diverted", now, HUB, unit, to=seat.unit)
    desk = seat.who(str(record.get("place", "")), loads)[0]
    consent = dispute_consent.of(record, ())
    reasons, desks = dict(enumerate(_reasons(rules, decision))), {len(beside): desk}
    teller = Teller(hub, rules, found, record, consent, loads)
    teller.tell(Saying([*beside, diverted], desks=desks if desk else {}, reasons=reasons))


def _asks(hub: Hub, row: DisputeRow, asks: str) -> dict[str, str]:
    """What the desk is to ask, and of which other disputes it should know: nobody is asked twice."""
    with hub.store.read() as connection:
        others = dispute_rows.alike(connection, row)
    known = f"同一劳动者和单位已有 {'、'.join(others)}，请核对是否同一件" if others else ""
    text = "；".join(filter(None, (known, asks)))[:1000]
    return {"asks_text": text} if text else {}


def decide(rules: Rules, record: Record, *, on: date) -> Decision:
    """What the rules say of a registration, as of this civil day."""
    days = triage_fields.last_days(rules.ladder, record, rules.holidays)
    return triage.decide(rules.triage, triage_fields.fields(record, days, on))


def _reasons(rules: Rules, decision: Decision) -> list[str]:
    """Of each event that the decision brings: the title and article of its rule."""
    titles = {rule.name: f"{rule.title}（{rule.article}）" for rule in rules.triage.rules}
    beside = {
        each.rule.beside: titles[each.rule.name]
        for each in reversed(decision.findings)
        if each.word == "yes" and each.rule.beside
    }
    return [*(beside[name] for name in decision.beside), titles[decision.rule]]


def paper_of(rules: Rules, decision: Decision, day: str) -> dict[str, Any]:
    """The decision as a document, without the numbers that it is about."""
    findings = [
        {"rule": each.rule.name, "word": each.word}
        | ({"missing": list(each.missing)} if each.missing else {})
        for each in decision.findings
    ]
    told: dict[str, Any] = {"on": day, "to": decision.to, "rule": decision.rule}
    told |= {"beside": list(decision.beside), "findings": findings, "digest": digest(rules)}
    asks = "；".join(asked(rules, path) for path in decision.asks)[:1000]
    return told | {"asks": list(decision.asks)} | ({"asks_text": asks} if asks else {})


def asked(rules: Rules, path: str) -> str:
    """A field that triage looks at, in words."""
    root, _, rest = path.removeprefix("/").partition("/")
    if root == "left":
        return f"{rules.ladder.clocks[rest].title}从哪天起算"
    return titles.of_kind("mediation-registration", SHIPPED).get(f"/{rest}", rest)


def digest(rules: Rules) -> str:
    """SHA-256 of the rules of triage, as canonical JSON."""
    told = [
        {"name": r.name, "when": r.when or {}, "to": r.to, "beside": r.beside}
        for r in rules.triage.rules
    ]
    return hashlib.sha256(canonical.dumps({"rules": told})).hexdigest()
