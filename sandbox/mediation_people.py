"""Everybody in a district who has to do with labour disputes: they register, take over, and tell.

Who has taken a dispute over tells of it step by step, each time after the answer to the step before has
come: by the OA's form 626, or by the unit's own platform. What nobody has answered yet waits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.clerk import Person
from sandbox.disputes import Dispute
from sandbox.district import District
from sandbox.layout import DISPUTES
from sandbox.moments import china_time
from sandbox.oa_mediation_forms import (
    ARCHIVE,
    CENTRE,
    EVENT,
    MEDIATION_DEPARTMENTS,
    MEDIATION_PEOPLE,
    REGISTRATION,
    STOP,
    TAKE,
)
from sandbox.oa_paper_forms import PAPER_FORMS, PAPER_PEOPLE

_MEDIATES = ("accepted", "mediation-applied", "agreed", "performed")
COURSES: Mapping[str, tuple[str, ...]] = {
    "街道（园区）调解中心": _MEDIATES,
    "人民调解委员会": _MEDIATES,
    "劳动保障监察大队": ("accepted", "inspection-filed", "corrected", "performed"),
    "法律援助中心": ("aid-granted", "aid-assigned", "aid-ended"),
    "应急处置小组": ("response-arrived", "response-ended"),
    "union_platform": _MEDIATES,
    "arbitration_platform": (
        "accepted",
        "arbitration-applied",
        "arbitration-accepted",
        "awarded",
        "performed",
    ),
    "court_platform": _MEDIATES,
}
"""Department or platform → what it tells of a dispute that it has taken over, unless told otherwise."""
CODES: Mapping[str, str] = {
    "advised": "01",
    "diverted": "02",
    "handed-over": "03",
    "declined": "04",
    "accepted": "05",
    "mediation-applied": "06",
    "agreed": "07",
    "failed": "08",
    "withdrawn": "09",
    "performed": "10",
    "not-performed": "11",
    "closed": "12",
    "reopened": "13",
    "inspection-filed": "21",
    "inspection-extended": "22",
    "corrected": "23",
    "inspection-dropped": "24",
    "aid-applied": "31",
    "aid-granted": "32",
    "aid-refused": "33",
    "aid-assigned": "34",
    "aid-ended": "35",
    "response-called": "41",
    "response-arrived": "42",
    "response-ended": "43",
    "consent-changed": "61",
}
"""Event of the ladder → the value that form 626 keeps for it."""
YES, NO = "已登记", "未登记"
_TASKS = (TAKE, ARCHIVE, STOP, *(flow.id for flow in PAPER_FORMS))
_TERMS = "三月底前一次付清"
_IN_THE_FORM: Mapping[str, Mapping[str, Any]] = {"agreed": {"xynr": _TERMS}}
_ON_THE_WIRE: Mapping[str, Mapping[str, Any]] = {
    "agreed": {"agreement": {"text": _TERMS}},
    "arbitration-accepted": {"docNo": "（2026）示例 1 号"},
}
"""What else is told, so that a paper can be made of it."""
Who = int | str
"""A user of the OA, or the name of a platform."""


@dataclass(slots=True)
class Course:
    """One who has taken a dispute over, and what is still to be told of it."""

    who: Who
    dispute: str
    left: list[str]
    told: int | str = ""
    """The form, or the platform's number, of what was told last and is not answered yet."""
    last: str = ""
    """The event that was told last."""


class MediationPeople:
    """Of one district (``mediation=True``) that runs. One must live as long as its district."""

    def __init__(self, district: District) -> None:
        address = district.system("oa").address
        everybody = (*MEDIATION_PEOPLE, *PAPER_PEOPLE)
        self._people = {user: Person(address, user) for user in everybody}
        self._seals = district.system("seals")
        self._platforms = {name: district.system(name) for name in DISPUTES}
        self._seen: set[str] = set()
        self.courses: list[Course] = []
        self.steps: dict[str, tuple[str, ...]] = dict(COURSES)
        """What a test may change: who tells what of the disputes that it takes from now on."""
        self.declines: dict[str, str] = {}
        """Department → why it does not take what comes to its desk."""
        self.refused: list[tuple[str, str]] = []
        """Of what was told and not taken: the dispute, and why."""

    # --- registering and telling -----------------------------------------------------------------

    def register(self, dispute: Dispute, where: str = "") -> int | str:
        """At the centre's window (the form's number), or at a platform (its own number)."""
        if where:
            return str(self._platforms[where].ask("POST", "/register", dispute.wire)["regNo"])
        name = f"劳动争议登记-{dispute.number}"
        return self._people[CENTRE].create(REGISTRATION, name, dispute.form)

    def tell(self, who: Who, dispute: str, event: str, **more: Any) -> int | str:
        """Something has happened just now: the form's number, or the platform's. ``more``: its other fields."""
        if isinstance(who, str):
            told: dict[str, Any] = {"disputeNo": dispute, "eventCode": event, **more}
            return str(self._platforms[who].ask("POST", "/event", told)["eventNo"])
        now = {"fsrq": china_time("%Y-%m-%d"), "fssj": china_time("%H:%M:%S")}
        form = {"ltah": dispute, "sx": CODES[event], **now, **more}
        return self._people[who].create(EVENT, f"办理情况-{dispute}", form)

    def read(self, request: int, user: int = CENTRE) -> dict[str, str]:
        """A form as whoever filled it in sees it."""
        return self._people[user].read(request)

    def answer(self, who: Who, told: int | str) -> tuple[str, str] | None:
        """Whether it was taken, and why not; None: there is no answer yet."""
        if isinstance(who, int):
            form = self._people[who].read(int(told))
            return (form["jgdj"], form.get("jgsm", "")) if form.get("jgdj") else None
        rows = [row["given"] for row in self.received(who, "verdict")]
        found = next((row for row in rows if row["eventNo"] == told), None)
        words = {"1": YES, "0": NO}
        return (words[found["accepted"]], found.get("reason", "")) if found else None

    def received(self, platform: str, kind: str) -> list[dict[str, Any]]:
        """What has come to a platform, of one kind, the oldest first."""
        rows: list[dict[str, Any]] = self._platforms[platform].ask("GET", "/received")
        return [row for row in rows if row["kind"] == kind]

    # --- what they do by themselves ----------------------------------------------------------------

    def work(self) -> int:
        """Everybody does what waits; how much it was."""
        return self._desks() + self._take_over() + sum(map(self._go_on, list(self.courses)))

    def _desks(self) -> int:
        done = 0
        for user, person in self._people.items():
            for request, flow in person.tasks().items():
                done += self._do(user, request) if flow in _TASKS else 0
        return done + int(self._seals.ask("POST", "/seal")["decided"])

    def _do(self, user: int, request: int) -> bool:
        person, department = self._people[user], MEDIATION_DEPARTMENTS.get(user, "")
        form = person.read(request)
        if why := self.declines.get(department, "") if form.get("fcl") else "":
            return person.submit(request, {"bljg": "0", "blyj": why}, remark=why)
        done = person.submit(request, {"bljg": "1", "blyj": "已接收"}, remark="已接收")
        if done and form.get("fcl"):  # a dispute to take over, not a paper to file
            self._begin(user, form["ltah"], department)
        return done

    def _take_over(self) -> int:
        """What has come to the platforms since."""
        found = 0
        for name in self._platforms:
            for row in self.received(name, "dispute"):
                if row["serialNo"] not in self._seen:
                    self._seen.add(row["serialNo"])
                    self._begin(name, row["given"]["disputeNo"], name)
                    found += 1
        return found

    def _begin(self, who: Who, dispute: str, whose: str) -> None:
        self.courses.append(Course(who, dispute, list(self.steps.get(whose, ()))))

    def _go_on(self, course: Course) -> bool:
        """Tell the next step, once the one before has been answered."""
        if course.told:
            answer = self.answer(course.who, course.told)
            if answer is None:
                return False
            course.told = ""
            if answer[0] == NO:
                self.refused.append((course.dispute, answer[1]))
                course.left, course.last = [], ""
        if not course.left:
            self.courses.remove(course)
            if course.last == "performed":  # the centre has called both and closes it
                self.courses.append(Course(CENTRE, course.dispute, ["closed"]))
            return False
        course.last = course.left.pop(0)
        wire = isinstance(course.who, str)
        more = (_ON_THE_WIRE if wire else _IN_THE_FORM).get(course.last, {})
        course.told = self.tell(course.who, course.dispute, course.last, **more)
        return True
