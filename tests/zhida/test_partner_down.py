"""A unit is off for days, then slow and flaky: nothing is lost, nobody else notices, one alarm."""

from __future__ import annotations

import os
import time
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from exchange.incident import RELAPSE
from exchange.store import ledger_rows
from sandbox.births import birth
from sandbox.process import ROOT
from zhida import alerts

OA = ROOT / "sandbox" / "site" / "systems" / "oa.yaml"
DAYS = 24
SHORT, LONG = 3 * DAYS, 14 * DAYS
ROUNDS = {
    "": [("police", SHORT), ("insurance", LONG), ("oa", SHORT), ("his", LONG)],
    "full": [(unit, off) for unit in ("police", "insurance", "oa", "his") for off in (SHORT, LONG)],
}[os.environ.get("ZHIDA_ROUNDS", "")]


@pytest.fixture(scope="module")
def site_files() -> dict[str, str]:
    """The OA is spoken to one after another: of its five, four at once would be in no order."""
    text = OA.read_text("utf-8")
    assert "concurrency: 4" in text
    return {"systems/oa.yaml": text.replace("concurrency: 4", "concurrency: 1")}


@dataclass
class Partner:
    """One unit's system: its leg, how it is switched off, and its own books of what was done."""

    town: Any
    system: str
    item: str
    operation: str
    contact: str

    def off(self) -> None:
        if self.system == "his":
            self.town.district.signer.kill()
        else:
            self.handle.fault("down")

    def on(self) -> None:
        if self.system == "his":
            self.town.district.signer.start()
            self.town.district.wait()
            self._until_acknowledged()
        else:
            self.handle.clear()

    def flaky(self) -> None:
        """Slow, three answers lost, one 503 (the hospital's signer has no such switch)."""
        if self.system != "his":
            self.handle.fault("slow", seconds=0.05)
            self.handle.fault("reset", operation=self.operation, stage="after", times=3)
            self.handle.fault("once503", operation=self.operation)

    @property
    def handle(self) -> Any:
        return self.town.district.system(self.system)

    def order(self, certificates: list[str]) -> list[str]:
        """These births in the order in which their effects stand in the unit's own books."""
        books = {
            "police": lambda: [row["cszmbh"] for row in self.town.police.books()],
            "insurance": self._enrolled,
            "oa": self._replied,
            "his": lambda: certificates,  # a question leaves no effect
        }[self.system]()
        return [certificate for certificate in books if certificate in certificates]

    def _enrolled(self) -> list[str]:
        whose = {row["gmsfhm"]: row["cszmbh"] for row in self.town.police.books()}
        return [whose[row["certno"]] for row in self.town.district.system("insurance").books()]

    def _replied(self) -> list[str]:
        whose = {form: c for c, forms in self.town.forms.items() for form in forms}
        acts = [row for row in self.handle.books() if (row["act"], row["user"]) == ("submit", 900)]
        return [whose[row["request"]] for row in acts]

    def _until_acknowledged(self) -> None:
        end = time.monotonic() + 30
        while any(row["ack"] != "AA" for row in self.town.district.system("hospital").books()):
            assert time.monotonic() < end, "the hospital does not send again"
            time.sleep(0.02)


LEGS = {
    "police": ("household", "csdj", "户政科技员 025-00000003"),
    "insurance": ("insurance", "9101", "医保信息员 025-00000004"),
    "oa": ("reply", "submitWorkflowRequest", "办公系统管理员 025-00000006"),
    "his": ("birth", "", "医院信息科 025-00000002"),
}


@pytest.fixture
def numbers(request: pytest.FixtureRequest) -> Iterator[int]:
    """Other births in each round."""
    return iter(range(1 + 60 * request.node.callspec.indices["system"], 999))


@pytest.mark.guarantee("G4")
@pytest.mark.parametrize(("system", "hours"), ROUNDS)
def test_a_unit_is_off_for_days(
    town: Any,
    numbers: Iterator[int],
    record_property: Any,
    system: str,
    hours: int,
) -> None:
    record_property("rounds", 1)
    partner = Partner(town, system, *LEGS[system])
    first = arrive(town, partner, numbers, 5)
    partner.off()
    lines, backlog = away(town, partner, numbers, hours=hours, first=first)
    [line] = lines
    assert partner.contact in line
    assert LEGS[system][0] in {
        name for name, state in town.states(backlog[0]).items() if state != "applied"
    }

    partner.on()
    town.clock.skip(600)
    for _ in range(2):
        town.sweep()
        town.clock.skip(61)
    assert_in_order(partner.order(backlog), backlog)
    partner.flaky()
    late = arrive(town, partner, numbers, 4)
    town.finish(*backlog, *late, skip=120, sweeps=40)
    partner.on() if system != "his" else None

    assert {town.effects(each) for each in backlog + late} == {(1, 1, 1)}
    assert {town.case(each).state for each in backlog + late} == {"done"}
    town.clock.skip(RELAPSE.total_seconds() + 1)
    [line] = [*lines[1:], *alerts.tell(town.hub)]
    assert line.startswith(f"【直达】已恢复 {system}-")
    assert operator_acts(town) == [], "it healed by itself"
    town.audit()


def arrive(town: Any, partner: Partner, numbers: Iterator[int], count: int) -> list[str]:
    """New births; the hospital records them even while its signer is off."""
    found = []
    for number in (next(numbers) for _ in range(count)):
        if partner.system == "his" and not town.district.signer.is_alive():
            town.district.birth(birth(number).facts)
            found.append(town.declare(number))
        else:
            found.append(town.bear(number))
        town.take_in()
    return found


def away(
    town: Any, partner: Partner, numbers: Iterator[int], *, hours: int, first: list[str]
) -> tuple[list[str], list[str]]:
    """Time goes by in ten steps, new cases come (not through an OA that is off); what was told."""
    lines, backlog = [], list(first)
    for _ in range(10):
        if partner.system != "oa":
            backlog += arrive(town, partner, numbers, 1)
        for _ in range(3):
            reports = town.sweep()
            lines += alerts.tell(town.hub)
            sick = {name for name, report in reports.items() if report.sick is not None}
            polled = {"intake"} if partner.system in ("oa", "his") else set()
            assert sick <= {partner.item} | polled
            town.clock.skip(301)
        for certificate in backlog:
            assert_others_went_on(town, partner, certificate)
        town.clock.skip(hours / 10 * 3600)
    return lines, backlog


def assert_others_went_on(town: Any, partner: Partner, certificate: str) -> None:
    """All that does not need the sick unit is done at once, and its own item merely waits."""
    states = town.states(certificate)
    legs = list(states)
    before = legs[: legs.index(partner.item)]
    assert {states[name] for name in before} <= {"applied"}
    assert states[partner.item] in ("ready", "unknown")


def assert_in_order(found: list[str], wanted: list[str]) -> None:
    """Oldest first; calls that were made at the same time change places, and one that the machine lets
    wait falls back: so most of them are in order, as few would be by chance.
    """
    assert sorted(found) == sorted(wanted)
    ends: list[int] = []  # of the longest rising parts of each length
    for place in (wanted.index(each) for each in found):
        ends[bisect_left(ends, place) : bisect_left(ends, place) + 1] = [place]
    assert len(ends) * 3 >= len(wanted) * 2, found


def operator_acts(town: Any) -> list[str]:
    with town.hub.store.read() as connection:
        rows = ledger_rows.entries(connection, 0, 100_000)
    return [row.kind for row in rows if row.kind in ("operator", "replay")]
