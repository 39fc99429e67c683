"""A dispute is handed over: who gets it, the slip that routes it, and the papers that may go with it.

The slip (移送单) has nothing of a person in it. The substance goes with it only if the worker agreed, and
what the parties offered only to arbitration and court, and only if both agreed; the agreements ask
for that once more each time (``Agreement.requires``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exchange import times
from exchange.ports import Record
from exchange.store.dispute_rows import EventRow
from matters import ladder_clocks, money
from matters.ladder_duty import Duty
from matters.ladder_parts import Event
from zhida.dispute import Dispute, event
from zhida.dispute_consent import Consent
from zhida.mediation_rules import Rules

WITH_OFFERS = frozenset({"arbitration", "court"})
"""Roles to which what was offered in a mediation may matter."""
ROUTING = ("kind", "workers", "risk", "severity", "place")
_PARTIES = ("worker", "employer", "user")
_SAID = ("kind", "claims", "claims_text", "facts", "evidence", "evidence_text", "earlier")
_DAYS = ("dates", "interruptions")
_HOLDERS = {"worker": "劳动者", "employer": "用人单位", "other": "其他人"}


@dataclass(frozen=True, slots=True)
class Handing:
    """What the papers of one handing-over are made of."""

    dispute: Dispute
    registration: Record
    consent: Consent
    row: EventRow
    """The event by which it is handed over."""
    loads: Mapping[str, int]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """One handing-over to one desk, with its papers."""

    record: Record
    substance: Record | None
    offers: Record | None


def slips(rules: Rules, handing: Handing, duties: Sequence[Duty]) -> list[Slip]:
    """One for each desk that gets it."""
    found = list(_desks(rules, handing, duties))
    return [_slip(rules, handing, n, *who) for n, who in enumerate(found, 1)]


def _desks(
    rules: Rules, handing: Handing, duties: Sequence[Duty]
) -> Iterator[tuple[str, str, str]]:
    """Role, unit and desk."""
    row, place = handing.row, str(handing.registration.get("place", ""))
    unit, desk = (row.to, row.desk) if row.to else handing.dispute.desk
    for duty in duties:
        role = _role(rules, row, duty)
        seat = rules.roles.seat(role)
        known = duty.unit == unit and desk and not seat.duty
        for each in (desk,) if known else seat.who(place, handing.loads):
            yield role, duty.unit, each


def _role(rules: Rules, row: EventRow, duty: Duty) -> str:
    """In which of its roles the unit gets it: that of the state's owner, if it is one of the unit's."""
    track = rules.ladder.tracks[duty.track]
    roles = rules.roles.of_unit(duty.unit)
    owners = {state.owner for state in track.states.values()}
    edge = next((e for e in track.edges if e.event == row.name), None)
    owner = track.states[edge.ends].owner if edge else ""
    return owner if owner in roles else min(roles & owners or roles)


def _slip(rules: Rules, handing: Handing, n: int, role: str, unit: str, desk: str) -> Slip:
    row, number = handing.row, handing.dispute.row.number
    registration, consent = handing.registration, handing.consent
    said = rules.ladder.says[row.name].title
    record = {
        "id": slip_id(number, row.seq, n),
        "dispute": number,
        "at": _local(row.at),
        "role": role,
        "unit": unit,
        "from": row.unit,
        "event": row.name,
        "reason": (handing.reason or said)[:400],
        "with_substance": consent.share,
        **{name: registration[name] for name in ROUTING if name in registration},
        **({"desk": desk} if desk else {}),
    }
    periods = periods_told(rules, [*handing.dispute.events, event(row)])
    record |= {"periods": periods} if periods else {}
    offers = _offers(number, consent) if role in WITH_OFFERS else None
    return Slip(record, substance(number, registration, consent, role), offers)


def slip_id(number: str, seq: int, n: int) -> str:
    """The ``n``-th desk that got it by the event ``seq``."""
    return f"{number}/{seq}/{n}"


def substance(number: str, registration: Record, consent: Consent, role: str = "") -> Record | None:
    """What the worker agreed to hand on; None: nothing.

    What was done about it before may tell an offer: arbitration and court get it only with the offers.
    """
    if not consent.share:
        return None
    left_out = {"earlier"} if role in WITH_OFFERS and not consent.offers else set[str]()
    names = [name for name in (*_PARTIES, *_SAID, *_DAYS) if name not in left_out]
    told = {name: registration[name] for name in names if name in registration}
    return {"dispute": number, **_texts(registration), **told, "consent": {"share": True}}


def _texts(registration: Record) -> dict[str, str]:
    """The lists in words, for a desk whose forms have none."""
    claims = "；".join(_claim(each) for each in registration.get("claims", ()))
    evidence = "；".join(
        f"{each['title']}（{_HOLDERS[each['holder']]}）" if "holder" in each else each["title"]
        for each in registration.get("evidence", ())
    )
    told = {"claims_text": claims[:4000], "evidence_text": evidence[:4000]}
    return {name: text for name, text in told.items() if text}


def _claim(claim: Mapping[str, Any]) -> str:
    """支付工资 24,000.50 元（2025-12-01 至 2026-02-28）."""
    words = [claim["title"]]
    if "amount_fen" in claim:
        words.append(f" {money.write(claim['amount_fen'])}")
    if "from" in claim or "until" in claim:
        words.append(f"（{claim.get('from', '')} 至 {claim.get('until', '')}）")
    return "".join(words)


def _offers(number: str, consent: Consent) -> Record | None:
    if not consent.offers or not consent.offered:
        return None
    offered = [dict(each) for each in consent.offered[-50:]]
    return {"dispute": number, "offers": offered, "consent": {"offers": True}}


def periods_told(rules: Rules, events: Sequence[Event]) -> str:
    """What runs, a line each: title, last day, article. Empty: nothing."""
    told = ladder_clocks.in_order(rules.ladder, events)
    found = ladder_clocks.reckon_all(rules.ladder.clocks.values(), told, rules.holidays)
    lines = []
    for running in found.values():
        day = running.due(rules.holidays).day
        if running.stopped is None and day is not None:
            lines.append(f"{running.clock.title}：{day}（{running.clock.article}）")
    return "；".join(lines)[:2000]


def _local(stamp: str) -> str:
    return times.instant(stamp).astimezone(times.CHINA).strftime("%Y-%m-%dT%H:%M:%S")
