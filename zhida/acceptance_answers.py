"""What owners and units say of buildings: checked against the procedure, taken or refused, answered either way.

Like ``mediation_answers``: the event is appended under its document's id, the answer is filed in the event's
own case; one that dies is followed by another, which finds what is there.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from exchange import times
from exchange.document import Document
from exchange.errors import Forbidden, Invalid, Rejected, ZhidaError
from exchange.ports import Record
from exchange.problems import describe
from exchange.store import application_rows, case_rows
from exchange.store.acceptance_rows import LOG
from exchange.store.engine import Connection
from matters import acceptance_clocks
from matters import acceptance_rules as rules_of
from matters import acceptance_standing as standings
from matters.acceptance_events import Event
from matters.acceptance_parts import Procedure
from zhida import (
    acceptance,
    acceptance_names,
    acceptance_refusals,
    acceptance_telling,
    own_filing,
    paged,
)
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import EVENT, Rules
from zhida.acceptance_telling import Saying
from zhida.hub import Hub
from zhida.own_filing import Paper

VERDICT, KIND = "verdict", "acceptance-verdict"
AHEAD = timedelta(minutes=10)
"""So far may a unit's clock be before ours."""


@dataclass(frozen=True, slots=True)
class Said:
    """One event as somebody has told it."""

    case: str
    document: Document

    @property
    def record(self) -> Record:
        """Its content."""
        return self.document.record

    def event_of(self, procedure: Procedure) -> Event:
        """The same as the procedure reads it."""
        told = self.record
        at = datetime.fromisoformat(told["at"]).replace(tzinfo=times.CHINA)
        named = {
            name: list(told.get(name, ())) or _names(procedure, told, name)
            for name in ("items", "parts", "checks")
        }
        papers = {each["name"]: each.get("digest", "") for each in told.get("materials", ())}
        more = {key: told[key] for key in ("until", "verdict", "why") if key in told}
        papers = papers or dict.fromkeys(_names(procedure, told, "materials"), "")
        found = {**named, "materials": papers, "visited": _visited(told), **more}
        who = {"role": told["role"], "unit": told["unit"]}
        return acceptance.of_told(found, name=told["event"], at=times.stamp(at), **who)


def _visited(told: Record) -> list[int]:
    """Numbers of what was looked at; a form without lists has them in a text."""
    text = str(told.get("named", {}).get("visited", ""))
    return list(told.get("visited", ())) or [int(each) for each in re.findall(r"\d{1,7}", text)]


def _names(procedure: Procedure, told: Record, name: str) -> list[str]:
    """Of a form without lists: titles or ids with anything between them."""
    text = str(told.get("named", {}).get(name, ""))
    return acceptance_names.read(text, acceptance_names.titles(procedure, name)) if text else []


def answer(hub: Hub, rules: Rules) -> dict[str, int]:
    """All that wait for an answer, as they happened: how many were ``taken``, and how many ``refused``."""
    found = {"taken": 0, "refused": 0}
    waiting = [_said(hub, case) for case in paged.cases(hub, _waiting)]
    for said in sorted(waiting, key=lambda each: (each.record["at"], each.document.origin.as_of)):
        found[_answer(hub, rules, said)] += 1
    return found


def _waiting(connection: Connection, after: str) -> list[str]:
    return application_rows.without(connection, EVENT, VERDICT, after=after)


def _said(hub: Hub, case: str) -> Said:
    with hub.store.read() as connection:
        name = case_rows.documents(connection, case)["event"]
    return Said(case, hub.archive.get(name))


def _answer(hub: Hub, rules: Rules, said: Said) -> str:
    try:
        found = _take(hub, rules, said)
    except (Rejected, Forbidden, Invalid) as error:
        _file(hub, said, _refused(hub, rules, said, error))
        return "refused"
    _file(hub, said, _told(said) | {"accepted": True, "state": state_told(found)})
    return "taken"


def _take(hub: Hub, rules: Rules, said: Said) -> Acceptance:
    """The building as it stands with the event; refuses what can't be, or is not theirs to say."""
    found = acceptance.find(hub, rules, str(said.record["acceptance"]))
    event = said.event_of(rules.procedure)
    with hub.store.read() as connection:
        known = LOG.by_document(connection, said.document.id)
    if known is not None:
        return found
    _require_theirs(rules, event, said.document.origin.provider)
    if event.at > hub.clock() + AHEAD:
        raise Invalid("acceptance.future", at=event.at.strftime("%Y-%m-%dT%H:%M:%S"))
    at = acceptance.counts_from(event.at, hub.clock())
    rules_of.require(found.plan, found.standing, replace(event, at=at))
    asks, may = event.name == "correction-asked", acceptance_clocks.may_ask
    if asks and not may(found.plan, found.events, event.item, at, rules.holidays):
        raise Rejected("acceptance.asked-late", item=event.item)
    return acceptance_telling.tell(hub, found, Saying(event, said.document.id))


def _require_theirs(rules: Rules, event: Event, provider: str) -> None:
    """Is it this unit's to say, in this role?

    ``provider``: whose system has brought it. Who has no system of its own says it through the lead's OA,
    which writes the department into the form.
    """
    if provider not in (event.unit, rules.unit_of("lead")):
        raise Forbidden("acceptance.not-its-word", unit=event.unit)
    roles = rules.roles.of_unit(event.unit)
    if event.role not in roles:
        told = "、".join(sorted(rules.procedure.roles.get(each, each) for each in roles))
        role = rules.procedure.roles.get(event.role, event.role)
        told = told or "没有"
        raise Forbidden("acceptance.not-its-role", unit=event.unit, role=role, roles=told)


def state_told(found: Acceptance) -> str:
    """Where it stands, in Chinese: 联合验收：通过 7，办理中 2."""
    plan, standing = found.plan, found.standing
    if standing.ended:
        return "已撤回" if found.told[-1].name == "withdrawn" else "已交付"
    stage = plan.procedure.stages[plan.stages[max(standing.opened, 1) - 1]].title
    parts = [standing.part(name) for name in plan.items]
    states = Counter("暂停" if each.paused else standings.STATES[each.state] for each in parts)
    order = [*standings.STATES.values(), "暂停"]
    counts = [f"{title} {states[title]}" for title in order if title in states]
    return f"{stage}：{'，'.join(counts)}"


def _told(said: Said) -> dict[str, Any]:
    return {name: said.record[name] for name in ("acceptance", "number")}


def _refused(hub: Hub, rules: Rules, said: Said, error: ZhidaError) -> Record:
    try:
        found = acceptance.find(hub, rules, str(said.record["acceptance"]))
        state = state_told(found)
        facts = acceptance_refusals.facts(found, hub.site, str(said.record["event"]), error)
    except Rejected:
        state, facts = "查无此件", acceptance_refusals.unit_told(hub.site, error.facts)
    what, remedy = describe(error.code, facts, "zh")
    told: dict[str, Any] = {
        "accepted": False,
        "code": error.code,
        "reason": f"{what}。{remedy}"[:1000],
    }
    return _told(said) | told | {"state": state}


def _file(hub: Hub, said: Said, record: Record) -> None:
    own_filing.file(hub, [Paper(said.case, VERDICT, KIND, f"{KIND}/{said.case}", record)])
