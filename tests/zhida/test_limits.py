"""Rate, slots and hours of a system: kept by all workers together, and nobody wakes for nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from exchange import times
from exchange.store import document_rows
from sandbox.books import read_wire
from zhida import sweep
from zhida.watch import Watch


@pytest.fixture(scope="module")
def police_options() -> dict[str, int]:
    return {"timeout_s": 20, "settle_s": 5}


@pytest.fixture
def limit(town: Any) -> Iterator[Callable[..., None]]:
    """Write limits into a system's file, for new workers and for this one; gone after the test."""
    folder = town.district.directory / "site" / "systems"
    before = {file: file.read_text("utf-8") for file in folder.glob("*.yaml")}

    def write(system: str, **told: Any) -> None:
        file = folder / f"{system}.yaml"
        text = file.read_text("utf-8")
        for name, value in told.items():
            text = re.sub(rf"(?m)^{name}:.*\n", "", text) + f"{name}: {value}\n"
        file.write_text(text, "utf-8")
        reopen(town)

    yield write
    town.police.clear()
    for file, text in before.items():
        file.write_text(text, "utf-8")
    reopen(town)


def reopen(town: Any) -> None:
    town.hub.close()
    town.hub = town.open_hub()


def begun(town: Any, numbers: range) -> list[str]:
    """Births up to the police's turn."""
    certificates = [town.bear(number) for number in numbers]
    town.take_in()
    town.sweep("birth")
    return certificates


def states(worker: Any) -> dict[str, dict[str, int]]:
    text, _ = worker.communicate(timeout=60)
    assert worker.returncode == 0
    return {item: found for item, found, _ in json.loads(text)}


def has_work(town: Any) -> bool:
    """Would an item wake a sweep? (The sources are not due for a week.)"""
    at = times.stamp(town.clock() + timedelta(days=7))
    with town.hub.store.write() as connection:
        for source in (("oa", "form:615"), ("his", "changes")):
            value = document_rows.get_cursor(connection, *source)[0]
            document_rows.put_cursor(connection, *source, value=value, next_at=at, failures=0)
    return Watch(town.hub.site, town.hub.store, town.clock).has_work("newborn")


def skip_to(town: Any, clock: str) -> None:
    """Put the clock forward to the next such time of day in China."""
    now = town.clock().astimezone(times.CHINA)
    then = datetime.combine(now.date(), datetime.strptime(clock, "%H:%M").time(), times.CHINA)
    then += timedelta(days=then <= now)
    town.clock.skip((then - now).total_seconds())


# --- slots ---------------------------------------------------------------------------------------


def test_two_processes_share_the_slots_and_who_gets_none_leaves_the_cases_for_later(
    town: Any, limit: Callable[..., None], until: Callable[..., None]
) -> None:
    certificates = begun(town, range(100, 108))
    limit("police", concurrency=2)
    town.police.fault("hold", operation="csdj", stage="after")
    with town.sweeper() as first:
        until(lambda: len(town.police.held()) == 2)
        with town.sweeper() as second:
            found = states(second)
        assert set(found["household"]) == {"busy"}
        assert len(town.police.held()) == 2
        town.police.clear()
        states(first)
    town.finish(*certificates)
    assert [town.effects(each) for each in certificates] == [(1, 1, 1)] * 8
    assert {town.calls(each) for each in certificates} == {1}


def test_never_more_calls_at_once_than_the_file_says(town: Any, limit: Callable[..., None]) -> None:
    certificates = begun(town, range(110, 122))
    limit("police", concurrency=3)
    town.police.fault("slow", operation="csdj", seconds=0.2)
    before = len(wire(town))
    workers = [town.sweeper(turns=2) for _ in range(2)]
    for worker in workers:
        states(worker)
    open_calls, most = 0, 0
    for row in wire(town)[before:]:
        open_calls += 1 if row["direction"] == "in" else -1
        most = max(most, open_calls)
    assert 2 <= most <= 3
    town.police.clear()
    town.finish(*certificates)


def wire(town: Any) -> list[dict[str, Any]]:
    return read_wire(town.district.directory / "police" / "books.sqlite")


def test_the_slot_of_a_killed_worker_is_free_at_once(
    town: Any, limit: Callable[..., None], until: Callable[..., None]
) -> None:
    certificates = begun(town, range(125, 127))
    limit("police", concurrency=1)
    town.police.fault("hold", operation="csdj", stage="before", times=1)
    with town.sweeper() as worker:
        until(town.police.held)
        assert dict(town.sweep("household")["household"].states) == {"busy": 1}
        worker.kill()
        worker.wait()
    town.police.release()
    assert town.sweep("household")["household"].states["applied"] >= 1
    town.finish(*certificates)
    assert [town.effects(each) for each in certificates] == [(1, 1, 1)] * 2


# --- the rate ------------------------------------------------------------------------------------


def test_two_processes_share_one_rate(town: Any, limit: Callable[..., None]) -> None:
    certificates = begun(town, range(130, 142))
    limit("police", rate="4 per second")
    before = len(wire(town))
    workers = [town.sweeper(turns=4) for _ in range(2)]  # a turn ends where no slot comes free
    for worker in workers:
        states(worker)
    heard = [
        r["at"] for r in wire(town)[before:] if (r["direction"], r["operation"]) == ("in", "csdj")
    ]
    assert len(heard) == 12, "what no worker had a permit for at once was waited for"
    seconds = (times.instant(stamp(heard[-1])) - times.instant(stamp(heard[0]))).total_seconds()
    assert seconds > (12 - 4) / 4, "two workers took more than one may"
    town.finish(*certificates)


def stamp(at: str) -> str:
    return times.stamp(datetime.fromisoformat(at))


def test_without_a_permit_cases_stay_due_the_oldest_go_first_and_nobody_wakes(
    town: Any, limit: Callable[..., None]
) -> None:
    limit("police", rate="1 per hour")
    town.clock.skip(3600)
    certificates = []
    for number in range(145, 148):
        certificates += begun(town, range(number, number + 1))
        town.clock.skip(1)
    for gone, certificate in enumerate(certificates):
        assert has_work(town)
        report = town.sweep("household")["household"]
        assert report.states == {"applied": 1}
        assert report.sick is None
        assert town.registered(certificate)
        town.sweep("insurance reply")
        assert not has_work(town), gone
        assert town.sweep("household")["household"].worked == 0
        town.clock.skip(3500)  # a busy machine may itself take some of the rest
        assert not has_work(town)
        town.clock.skip(101)
    assert not has_work(town)
    town.finish(*certificates)


def test_permits_of_one_chunk_are_one_transaction(
    town: Any, limit: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from exchange.store import pace_rows

    certificates = begun(town, range(150, 158))
    limit("police", rate="6000 per minute", concurrency=4)
    moves: list[str] = []
    move = pace_rows.move

    def counted(*args: Any, **told: str) -> bool:
        moves.append(told["after"])
        return move(*args, **told)

    monkeypatch.setattr(pace_rows, "move", counted)
    assert town.sweep("household")["household"].states == {"applied": 8}
    assert len(moves) <= 4
    town.finish(*certificates)


# --- hours ---------------------------------------------------------------------------------------


def test_outside_its_hours_a_system_is_left_alone_and_work_begins_when_they_do(
    town: Any, limit: Callable[..., None]
) -> None:
    limit("police", window='"08:00-18:00"')
    skip_to(town, "18:00")
    certificates = begun(town, range(160, 163))
    report = town.sweep("household")["household"]
    assert (report.worked, report.sick) == (0, None)
    assert not has_work(town), "an Airflow run would spin all night"
    assert sum(town.calls(each) for each in certificates) == 0
    skip_to(town, "07:59")
    assert not has_work(town)
    skip_to(town, "08:00")
    assert has_work(town)
    town.finish(*certificates)
    assert [town.effects(each) for each in certificates] == [(1, 1, 1)] * 3


def test_a_source_is_not_looked_at_outside_its_hours(town: Any, limit: Callable[..., None]) -> None:
    limit("oa", window='"22:00-06:00"')
    skip_to(town, "12:00")
    certificate = town.bear(165)
    asked = len(town.district.system("oa").wire())
    assert town.take_in().worked == 0
    assert len(town.district.system("oa").wire()) == asked
    skip_to(town, "22:00")
    assert town.take_in().states == {"opened": 1}
    town.finish(certificate)


# --- the budget ----------------------------------------------------------------------------------


def test_after_its_budget_an_item_waits_only_for_the_calls_in_flight(
    town: Any,
    limit: Callable[..., None],
    until: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from zhida import turn

    certificates = begun(town, range(170, 182))
    town.police.fault("hold", operation="csdj", stage="after")
    spent: list[bool] = []
    monkeypatch.setattr(turn.Turn, "_is_over", lambda _: bool(spent))
    household = town.matter.items["household"]
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(sweep.sweep_item, town.hub, town.matter, household)
        until(lambda: len(town.police.held()) == 4)
        spent.append(True)
        town.police.clear()
        assert running.result(20).states == {"applied": 4}
    monkeypatch.undo()
    assert sum(town.calls(each) for each in certificates) == 4
    town.finish(*certificates)


def test_a_leg_that_times_out_does_not_delay_the_others(
    town: Any, until: Callable[..., None]
) -> None:
    early = begun(town, range(185, 187))
    town.sweep("household")
    late = begun(town, range(187, 193))
    town.police.fault("hold", operation="csdj", stage="before")
    with town.item_worker("household") as stuck:
        until(lambda: len(town.police.held()) == 4)
        new = begun(town, range(193, 196))
        for item in ("insurance", "reply"):
            with town.item_worker(item) as other:
                assert states(other) == {item: {"applied": 2}}
        assert [town.effects(each) for each in early] == [(1, 1, 1)] * 2
        assert {town.states(each)["birth"] for each in new} == {"applied"}
        assert stuck.poll() is None, "the others were done while it was still waiting"
        assert len(town.police.held()) == 4
        town.police.clear()
        states(stuck)
    town.finish(*late, *new)
    assert {town.effects(each) for each in late + new} == {(1, 1, 1)}
