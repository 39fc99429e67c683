"""What units say of disputes: checked against the ladder, taken or refused, and answered either way.

In this order, each once: the event is appended under its document's id; what the parties have agreed to
since is brought about; the answer is filed in the event's own case. One that dies is followed by another,
which finds what is there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from exchange import times
from exchange.document import Document
from exchange.errors import Fact, Fatal, Forbidden, Invalid, Rejected, ZhidaError
from exchange.ports import Record
from exchange.problems import describe
from exchange.store import application_rows, case_rows, dispute_rows
from exchange.store.engine import Connection
from matters import ladder
from matters.ladder_parts import Event
from zhida import (
    dispute,
    dispute_again,
    dispute_consent,
    dispute_ending,
    mediation_paper_stop,
    mediation_papers,
    mediation_say,
    own_filing,
    paged,
)
from zhida.dispute import Dispute
from zhida.dispute_telling import Saying, Teller
from zhida.hub import Hub
from zhida.mediation_rules import EVENT, Rules
from zhida.own_filing import Paper

VERDICT, KIND = "verdict", "mediation-verdict"


@dataclass(frozen=True, slots=True)
class Said:
    """One event as a unit has told it."""

    case: str
    document: Document

    @property
    def record(self) -> Record:
        """Its content."""
        return self.document.record

    @property
    def event(self) -> Event:
        """The same as the ladder reads it."""
        told = self.record
        at = datetime.fromisoformat(told["at"]).replace(tzinfo=times.CHINA)
        return Event(told["event"], at, told["role"], unit=told["unit"], to=told.get("to", ""))


def answer(hub: Hub, rules: Rules, loads: Counter[str]) -> dict[str, int]:
    """All that wait for an answer, as they happened: how many were ``taken``, and how many ``refused``.

    They come from several systems, each asked at its own time: what happened first is told first. What is
    told of a dispute that the ladder can't read any more goes on waiting (``dispute_periods.STUCK``).
    """
    found = {"taken": 0, "refused": 0, "waiting": 0}
    waiting = [_said(hub, case) for case in paged.cases(hub, _waiting)]
    for said in sorted(waiting, key=lambda each: (each.event.at, each.document.origin.as_of)):
        found[_answer(hub, rules, said, loads)] += 1
    return found


def _waiting(connection: Connection, after: str) -> list[str]:
    return application_rows.without(connection, EVENT, VERDICT, after=after)


def _said(hub: Hub, case: str) -> Said:
    with hub.store.read() as connection:
        name = case_rows.documents(connection, case)["event"]
    return Said(case, hub.archive.get(name))


def _answer(hub: Hub, rules: Rules, said: Said, loads: Counter[str]) -> str:
    try:
        found = _take(hub, rules, said, loads)
    except (Rejected, Forbidden, Invalid) as error:
        _file(hub, said, _refused(hub, rules, said, error))
        return "refused"
    except Fatal as error:
        if error.code != "mediation.unreadable":
            raise
        return "waiting"
    _file(hub, said, _verdict(rules, said, found))
    return "taken"


def _take(hub: Hub, rules: Rules, said: Said, loads: Counter[str]) -> Dispute:
    """The dispute as it stands with the event; refuses what can't be, or is not theirs to say."""
    number = str(said.record["dispute"])
    found = dispute.find(hub, number)
    with hub.store.read() as connection:
        known = dispute_rows.LOG.by_document(connection, said.document.id)
    if known is None:
        provider = said.document.origin.provider
        mediation_say.require(rules, said.event, provider, hub.clock())
        found = _tell(hub, rules, found, said, loads)
    elif known.case != found.row.case:
        raise Rejected("mediation.no-dispute", dispute=number)
    dispute_ending.file(hub, rules, found)
    return found


def _tell(hub: Hub, rules: Rules, found: Dispute, said: Said, loads: Counter[str]) -> Dispute:
    record = dispute.registration(hub, found.row.case)
    before = dispute_consent.of_dispute(hub, found, record)
    consent = dispute_consent.after(before, said.record)
    standing = found.standing(rules.ladder)
    ladder.step(rules.ladder, standing, said.event)
    agreed = said.record.get("consent", {})
    mediation_say.require_theirs(rules, standing, said.event, agreed)
    withdrawn = [name for name, yes in sorted(agreed.items()) if yes is False]
    # before the event: one that dies between the two has stopped the papers, and tells it the next time
    dispute_again.take_back(hub, found, said.document.id, withdrawn)
    if "share" in withdrawn:
        papers = mediation_papers.of_site(hub.site, rules.ladder)
        mediation_paper_stop.stop(hub, papers, found, said.document.id)
    changed = (before.share, before.offers) != (consent.share, consent.offers)
    desk = said.record.get("desk", "")
    saying = Saying(
        [said.event],
        documents={0: said.document.id},
        desks={0: desk} if desk else {},
        renews=frozenset({0} if changed else ()),
    )
    Teller(hub, rules, found, record, consent, loads).tell(saying)
    return dispute.find(hub, found.row.number)


def _verdict(rules: Rules, said: Said, found: Dispute) -> Record:
    told = {"dispute": said.record["dispute"], "number": said.record["number"], "accepted": True}
    return {**told, "state": state_told(rules, found)}


def state_told(rules: Rules, found: Dispute) -> str:
    """Where it stands, in Chinese: 争议处理：调解中；法律援助：已申请."""
    tracks = rules.ladder.tracks
    states = found.standing(rules.ladder).states.items()
    return "；".join(f"{tracks[t].title}：{tracks[t].states[s].title}" for t, s in states)


def _refused(hub: Hub, rules: Rules, said: Said, error: ZhidaError) -> Record:
    told = {"dispute": said.record["dispute"], "number": said.record["number"], "accepted": False}
    try:
        state = state_told(rules, dispute.find(hub, str(told["dispute"])))
    except Rejected:
        state = "-"
    what, remedy = describe(error.code, in_words(rules, error.facts, state), "zh")
    reason = f"{what}。{remedy}"[:1000]
    return {**told, "code": error.code, "reason": reason, "state": state}


def in_words(rules: Rules, facts: Mapping[str, Fact], state: str) -> dict[str, Fact]:
    """Facts of a refusal for whoever fills in a form, which has no names of the ladder's."""
    titles = {name: f"“{say.title}”" for name, say in rules.ladder.says.items()}
    known = {"event": titles, "needs": titles} | dict.fromkeys(
        ("role", "by", "roles"), rules.ladder.roles
    )
    told = dict(facts) | ({"state": state} if "state" in facts else {})
    for name in told.keys() & known.keys():
        words = str(told[name]).split(", ")
        told[name] = "、".join(known[name].get(each, each) for each in words)
    return told


def _file(hub: Hub, said: Said, record: Record) -> None:
    own_filing.file(hub, [Paper(said.case, VERDICT, KIND, f"{KIND}/{said.case}", record)])
