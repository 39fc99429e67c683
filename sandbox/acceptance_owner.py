"""The owners of buildings: they hand in what the hub's list asks of them, and mend what was not passed.

What has to be mended they hear from the inspector on the spot; that it was mended they tell at the
platform, one thing after another, and wait for the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from sandbox.acceptance_findings import Slip, names
from sandbox.acceptance_papers import FROM_OTHERS
from sandbox.buildings import Building
from sandbox.handle import Handle

SIZE = 2048
"""Bytes of a file."""


@dataclass(slots=True)
class Duty:
    """What an owner has to tell: handed in, or mended."""

    acceptance: str
    event: str
    items: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    answers: str = ""
    """The item whose inspector waits for it."""
    told: str = ""


def _nothing_new(slip: Slip, checks: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    del slip, checks
    return (), ()


Mends = Callable[[Slip, tuple[str, ...]], tuple[tuple[str, ...], tuple[str, ...]]]
"""Of what was not passed: materials of which there is a new version, parts that were worked on."""


@dataclass(slots=True)
class Owner:
    """All owners at once: who may speak for which building the platform knows."""

    platform: Handle
    mends: Mends = _nothing_new
    """What a test may change."""
    holds_back: set[str] = field(default_factory=set)
    """Materials that are not handed in of the buildings whose list comes from now on."""
    duties: list[Duty] = field(default_factory=list)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    """Of what was told and not taken: acceptance, event, why."""
    _seen: set[int] = field(default_factory=set)
    _versions: dict[tuple[str, str], int] = field(default_factory=dict)

    def register(self, building: Building) -> str:
        """The platform's number of it."""
        return str(self.platform.ask("POST", "/project", building.wire)["registerNo"])

    def hand_in(self, acceptance: str, materials: Iterable[str], event: str = "submitted") -> Duty:
        """These materials; of what is there already, a new version."""
        duty = Duty(acceptance, event, materials=tuple(materials))
        self.duties.append(duty)
        return duty

    def correct(self, acceptance: str, item: str, materials: tuple[str, ...]) -> None:
        """What an inspector asked for."""
        self.hand_in(acceptance, materials).answers = item

    def mend(self, slip: Slip, checks: tuple[str, ...]) -> None:
        """What an inspector did not pass."""
        materials, parts = self.mends(slip, checks)
        told = Duty(slip.acceptance, "fixed", (slip.item,), materials, parts)
        self.duties.append(told)

    def owes(self, acceptance: str, item: str) -> bool:
        """What the inspector of this item asked for is not there yet."""
        return any((d.acceptance, d.answers) == (acceptance, item) for d in self.duties)

    def received(self, kind: str) -> list[dict[str, Any]]:
        """What has come from the hub, of one kind, the oldest first."""
        rows: list[dict[str, Any]] = self.platform.ask("GET", "/received")
        return [row for row in rows if row["kind"] == kind]

    def work(self) -> int:
        """New lists are answered with materials, and what is to be told is told; how much it was."""
        done = self._read_plans()
        verdicts = {row["given"]["eventNo"]: row["given"] for row in self.received("verdict")}
        for duty in list(self.duties):
            if not duty.told:
                duty.told, done = self._tell(duty), done + 1
            elif duty.told in verdicts:
                self._answered(duty, verdicts[duty.told])
        return done

    def _read_plans(self) -> int:
        new = [row for row in self.received("plan") if row["id"] not in self._seen]
        for row in new:
            self._seen.add(row["id"])
            asked = names(row["given"]["materials"])
            own = [each for each in asked if each not in FROM_OTHERS | self.holds_back]
            self.hand_in(row["given"]["acceptanceNo"], own)
        return len(new)

    def _answered(self, duty: Duty, verdict: dict[str, Any]) -> None:
        self.duties.remove(duty)
        if verdict["accepted"] == "0":
            why = str(verdict.get("reason", ""))
            self.refused.append((duty.acceptance, duty.event, why))

    def _tell(self, duty: Duty) -> str:
        told: dict[str, Any] = {"acceptanceNo": duty.acceptance, "eventCode": duty.event}
        told |= {n: ",".join(v) for n, v in (("items", duty.items), ("parts", duty.parts)) if v}
        files = [self._file(duty.acceptance, each) for each in duty.materials]
        told |= {"materials": files} if files else {}
        return str(self.platform.ask("POST", "/event", told)["eventNo"])

    def _file(self, acceptance: str, material: str) -> dict[str, str]:
        """A file of this material: the first, or a new version."""
        version = self._versions.get((acceptance, material), 0) + 1
        self._versions[acceptance, material] = version
        about = {"name": f"{acceptance}/{material}/{version}", "size": SIZE}
        told = self.platform.ask("POST", "/file", about)
        return {"code": material, "sm3": told["sm3"], "size": str(SIZE), "version": str(version)}
