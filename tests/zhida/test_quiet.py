"""Quiet ends when its time is over, or when it is worse than it was; then people are told again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange import incident, times
from exchange.incident import Trouble, Weight
from exchange.store import case_rows, incident_rows
from exchange.store.case_rows import CaseRow, ItemRow
from tests.zhida.quiet_house import House
from zhida import alert_sinks, alerts, incidents, quiet

HOURS = timedelta(hours=1)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    found = House(tmp_path)
    yield found
    found.hub.close()


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What people were told."""
    told: list[str] = []

    @contextmanager
    def sink(*_: Any) -> Iterator[Callable[[str], None]]:
        yield told.append

    monkeypatch.setattr(alert_sinks, "open_sink", sink)
    return told


def wait(house: House, count: int, due_at: str = "") -> None:
    """So many newborns wait for the police."""
    at = times.stamp(house.clock())
    with house.hub.store.write() as connection:
        for number in range(count):
            case = f"{house.clock.now.timestamp()}-{number}"
            row = CaseRow(case, "newborn", case, at, "", "open", "d")
            items = [ItemRow(case, "household", "newborn", "ready", "", "{}", "", due_at, at, at)]
            case_rows.open_case(connection, row, items)


def silenced(house: House, hours: int = 8) -> str:
    name = house.trouble()
    alerts.tell(house.hub)
    until = house.clock() + hours * HOURS
    quiet.silence(house.hub, house.operator("wang"), name, until, reason="明早修")
    house.clock.skip(hours=1)
    return name


def test_when_its_time_is_over_people_are_told_again_once(house: House, lines: list[str]) -> None:
    silenced(house)
    alerts.tell(house.hub)
    assert len(lines) == 1 and "静默" not in lines[0]
    house.clock.skip(hours=8)
    for _ in range(3):
        alerts.tell(house.hub)
        house.clock.skip(seconds=1)
    assert len(lines) == 2 and "系统故障（静默已结束）" in lines[1]


def test_what_is_over_by_then_is_told_as_over(house: House, lines: list[str]) -> None:
    silenced(house)
    with house.hub.store.write() as connection:
        incident.end(connection, "police", "system", house.clock())
    house.clock.skip(hours=9)
    alerts.tell(house.hub)
    assert [line.split()[0] for line in lines] == ["【直达】系统故障", "【直达】已恢复"]


def test_who_takes_care_meanwhile_ends_it_for_the_others(house: House, lines: list[str]) -> None:
    name = silenced(house)
    incidents.acknowledge(house.hub, house.operator("li"), name, "已联系厂商")
    house.clock.skip(hours=9)
    alerts.tell(house.hub)
    assert len(lines) == 1
    with house.hub.store.read() as connection:
        waiting = incident_rows.untold(connection, times.stamp(house.clock()))
    assert waiting == [], "the robot is not called at each sweep for nothing"


@pytest.mark.parametrize(
    ("count", "due", "told"), [(3, "", 1), (10, "", 2), (1, "today", 2)], ids=str
)
def test_it_ends_sooner_if_it_is_worse(
    house: House, lines: list[str], count: int, due: str, told: int
) -> None:
    name = silenced(house)
    wait(house, count, str(times.civil_day(house.clock())) if due else "")
    alerts.tell(house.hub)
    assert len(lines) == told
    assert (house.row(name).silenced_until > times.stamp(house.clock())) == (told == 1)


def test_another_cause_is_worse_and_another_face_of_the_same_is_not(
    house: House, lines: list[str]
) -> None:
    silenced(house)
    for code, told in (("wire.no-answer", 1), ("rest.login", 2)):
        with house.hub.store.write() as connection:
            incident.begin(connection, Trouble("police", "system", code, {}), house.clock())
        alerts.tell(house.hub)
        assert len(lines) == told
    assert "[rest.login]" in lines[1]


def test_twice_as_many_of_few_are_no_worse() -> None:
    few = Weight("a.b", urgent=False, waiting=4)
    assert not replace(few, waiting=13).is_worse(few)
    assert replace(few, waiting=14).is_worse(few)
    assert not replace(few, waiting=0).is_worse(few)
    assert replace(few, urgent=True).is_worse(few)
    assert incident.weight(few.text()) == few and incident.weight("") is None


def test_a_silence_of_an_older_release_ends_with_its_time_only(
    house: House, lines: list[str]
) -> None:
    name = silenced(house)
    with house.hub.store.write() as connection:
        incident_rows.change(connection, name, silenced_as="")
    wait(house, 50)
    alerts.tell(house.hub)
    assert len(lines) == 1
