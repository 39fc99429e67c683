"""Everybody in a district who has to do with finished buildings: owners, inspectors, the lead.

Inspectors take what lies on their desks and tell what they found by the OA's form 628, each step after
the answer to the one before. What they asked for or did not pass the owner mends, at the platform. What
nobody has answered yet waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sandbox import acceptance_papers
from sandbox.acceptance_findings import Dice, Finds, Slip, Step
from sandbox.acceptance_owner import Owner
from sandbox.buildings import Building
from sandbox.clerk import Person
from sandbox.district import District
from sandbox.moments import china_time
from sandbox.oa_acceptance_forms import (
    ACCEPTANCE_DEPARTMENTS,
    ACCEPTANCE_PEOPLE,
    ARCHIVE,
    ASK,
    LEAD,
    PAPER,
    RECORD,
    REVIEW,
    TELL,
)

CODES: Mapping[str, str] = {
    "correction-asked": "01",
    "paused": "02",
    "resumed": "03",
    "visited": "04",
    "passed": "05",
    "remedy": "06",
    "failed": "07",
    "not-applicable": "08",
    "extended": "09",
    "opinion": "10",
    "opinion-revoked": "11",
}
"""Event → the value that form 628 keeps for it."""
YES, NO = "已登记", "未登记"
_FILED = (RECORD, ARCHIVE, PAPER)
_WHY = {"test": "1", "expert": "2"}
_VERDICT = {"pass": "1", "fail": "0"}


@dataclass(slots=True)
class Inspection:
    """One slip that somebody has taken, and what is still to be told of it."""

    user: int
    slip: Slip
    left: list[Step] = field(default_factory=list)
    told: int = 0
    """The form of what was told last and is not answered yet."""
    last: Step | None = None
    waits: bool = False
    """The owner has been asked for something."""


class AcceptancePeople:
    """Of one district (``acceptance=True``) that runs. One must live as long as its district."""

    def __init__(self, district: District, finds: Finds | None = None) -> None:
        address = district.system("oa").address
        self._people = {user: Person(address, user) for user in ACCEPTANCE_PEOPLE}
        self._seals, self._register = district.system("seals"), district.system("licences")
        self.owner = Owner(district.system("acceptance_platform"))
        self.finds: Finds = finds or Dice()
        """What a test may change: what comes of the slips that are taken from now on."""
        self.inspections: list[Inspection] = []
        self.passed: set[tuple[str, str]] = set()
        """Acceptance and item (``opinion``: the whole) that somebody has passed, and the hub has taken."""
        self.refused: list[tuple[str, str, str]] = []
        """Of what inspectors told and was not taken: acceptance, event, why."""

    def register(self, building: Building) -> str:
        """Its permits are in the register, and its owner registers it: the platform's number."""
        for certificate in building.certificates:
            self._register.ask("POST", "/issue", certificate)
        return self.owner.register(building)

    def tell(self, user: int, acceptance: str, item: str, step: Step) -> int:
        """Somebody tells something by form 628: its number."""
        now = {"fsrq": china_time("%Y-%m-%d"), "fssj": china_time("%H:%M:%S")}
        form = {"ysbh": acceptance, "sx": CODES[step.event], "ysx": item, **now, **_written(step)}
        told = {name: text for name, text in form.items() if text}
        return self._people[user].create(TELL, f"办理情况-{acceptance}", told)

    def decide(self, acceptance: str, verdict: str) -> int:
        """The lead's opinion on the whole."""
        return self.tell(LEAD, acceptance, "", Step("opinion", verdict=verdict))

    def read(self, request: int, user: int) -> dict[str, str]:
        """A form as whoever filled it in sees it."""
        return self._people[user].read(request)

    def work(self) -> int:
        """Everybody does what waits; how much it was."""
        done = self.owner.work() + sum(map(self._desk, self._people))
        done += sum(map(self._go_on, list(self.inspections)))
        return done + int(self._seals.ask("POST", "/seal")["decided"])

    def _desk(self, user: int) -> int:
        tasks = self._people[user].tasks().items()
        return sum(self._do(user, request, flow) for request, flow in tasks)

    def _do(self, user: int, request: int, flow: int) -> bool:
        person = self._people[user]
        if flow == ASK:
            return self._hand_out(user, request)
        if flow not in (REVIEW, *_FILED):
            return False
        done = person.submit(request, {"bljg": "1", "blyj": "已接收"}, remark="已接收")
        if done and flow == REVIEW:
            slip = Slip.of(person.read(request))
            self.inspections.append(Inspection(user, slip, self.finds(slip)))
        return done

    def _hand_out(self, user: int, request: int) -> bool:
        """A paper that a unit has, once there is one."""
        form = self._people[user].read(request)
        name, acceptance = acceptance_papers.asked(form["sxmc"]), form["ysbh"]
        after = acceptance_papers.AFTER.get(name)
        if after and (acceptance, after) not in self.passed:
            return False
        told = acceptance_papers.answer(name, acceptance, ACCEPTANCE_DEPARTMENTS[user])
        return self._people[user].submit(request, told, remark="已提供")

    def _go_on(self, one: Inspection) -> bool:
        """The next step, if the one before was answered, and what was asked for is there."""
        if one.told and not self._is_answered(one):
            return False
        if one.waits:
            one.waits = self.owner.owes(one.slip.acceptance, one.slip.item)
            return False
        if not one.left:
            self.inspections.remove(one)
            return False
        one.last = one.left.pop(0)
        one.told = self.tell(one.user, one.slip.acceptance, _item(one.slip), one.last)
        return True

    def _is_answered(self, one: Inspection) -> bool:
        form = self._people[one.user].read(one.told)
        if not form.get("jgdj"):
            return False
        one.told = 0
        assert one.last is not None
        if form["jgdj"] == NO:
            self.refused.append((one.slip.acceptance, one.last.event, form.get("jgsm", "")))
            one.left = []
        else:
            self._taken(one, one.last)
        return True

    def _taken(self, one: Inspection, step: Step) -> None:
        """What follows from what was told: it is passed, or the owner hears what is to be done."""
        slip = one.slip
        if step.event in ("passed", "not-applicable") or step.verdict == "pass":
            self.passed.add((slip.acceptance, slip.item))
        if step.event == "correction-asked":
            self.owner.correct(slip.acceptance, slip.item, step.materials)
            one.waits = True
        if step.event in ("remedy", "failed"):
            self.owner.mend(slip, step.checks)


def _item(slip: Slip) -> str:
    return "" if slip.item == "opinion" else slip.item


def _written(step: Step) -> dict[str, Any]:
    """Its fields in form 628; a form has no lists."""
    until = date.fromisoformat(china_time("%Y-%m-%d")) + timedelta(step.days)
    return {
        "bzcl": "、".join(step.materials),
        "bhtk": "、".join(step.checks),
        "zgqx": until.isoformat() if step.days else "",
        "ysyj": _VERDICT.get(step.verdict, ""),
        "ztyy": _WHY.get(step.why, ""),
        "ccbh": "、".join(map(str, step.visited)),
    }
