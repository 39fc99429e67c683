"""What did not answer is asked again beside the sweeps: its time-outs are nobody else's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from exchange import circuit, times
from exchange.store import delivery_rows, document_rows
from zhida import recovery, sweep
from zhida.watch import Watch

NUMBERS = iter(range(1, 200))


@pytest.fixture
def watch(town: Any) -> Iterator[Watch]:
    yield Watch(town.hub.site, town.hub.store, town.clock)
    for system in ("police", "oa", "insurance"):
        town.district.system(system).clear()
        with town.hub.store.write() as connection:
            delivery_rows.close_circuit(connection, system)
            delivery_rows.forget_slow(connection, system)


def well_sweep(town: Any) -> dict[str, sweep.Report]:
    """As Airflow's tasks do it."""
    hub, matter = town.hub, town.matter
    reports = [sweep.take_in(hub, matter, well=True)]
    reports += [sweep.sweep_item(hub, matter, i, well=True) for i in sweep.in_order(matter)]
    return {report.item: report for report in reports}


def failures(town: Any) -> int:
    with town.hub.store.read() as connection:
        row = delivery_rows.get_circuit(connection, "police")
    return row.failures if row else 0


@pytest.mark.guarantee("G4")
def test_after_one_failure_no_sweep_asks_the_system_and_its_task_stays_red(
    town: Any, watch: Watch
) -> None:
    certificate = town.bear_ready(next(NUMBERS))
    town.police.fault("down")
    assert well_sweep(town)["household"].sick is not None
    assert failures(town) == 1
    town.clock.skip(600)
    for _ in range(3):
        report = well_sweep(town)["household"]
        assert (report.worked, report.sick is not None) == (0, True)
    assert failures(town) == 1
    assert not watch.has_work("newborn")
    assert watch.has_aside()
    town.police.clear()
    assert recovery.ask_again(town.hub) == {"answering": 1}
    assert town.registered(certificate), "the question was the case's own call"
    town.finish(certificate)


def test_the_recovery_asks_once_and_each_time_later(town: Any, watch: Watch) -> None:
    certificates = [town.bear_ready(next(NUMBERS)) for _ in range(6)]
    town.police.fault("down")
    town.sweep("household")
    before = failures(town)
    town.clock.skip(600)
    for number in range(1, 4):
        assert recovery.ask_again(town.hub) == {"silent": 1}
        assert failures(town) == before + number
        assert recovery.ask_again(town.hub) == {}, "its pause is not over"
        assert not watch.has_aside()
        town.clock.skip(600)
    town.police.clear()
    assert recovery.ask_again(town.hub) == {"answering": 1}
    assert [bool(town.registered(each)) for each in certificates] == [True] + [False] * 5
    assert watch.has_work("newborn"), "the sweeps take the backlog"
    town.finish(*certificates)


def test_two_silent_systems_are_asked_side_by_side(town: Any, watch: Watch) -> None:
    first, second = town.bear_ready(next(NUMBERS)), town.bear_ready(next(NUMBERS))
    town.sweep("household")
    third = town.bear_ready(next(NUMBERS))
    for system in ("police", "insurance"):
        town.district.system(system).fault("down")
    well_sweep(town)
    town.clock.skip(600)
    assert sorted(item.name for _, item in watch.silent_items()) == ["household", "insurance"]
    assert recovery.ask_again(town.hub) == {"silent": 2}
    town.clock.skip(600)
    town.district.system("insurance").clear()
    assert recovery.ask_again(town.hub) == {"silent": 1, "answering": 1}
    town.police.clear()
    town.clock.skip(600)
    town.finish(first, second, third)


def test_a_source_that_does_not_answer_is_left_to_the_recovery(town: Any, watch: Watch) -> None:
    oa = town.district.system("oa")
    town.take_in()
    town.clock.skip(600)
    oa.fault("down")
    assert well_sweep(town)["intake"].sick is not None
    town.clock.skip(600)
    for _ in range(2):
        report = well_sweep(town)["intake"]
        assert report.sick is not None
        assert report.sick.code == "sweep.silent-source"
    assert not watch.has_work("newborn")
    assert recovery.ask_again(town.hub) == {"silent": 1}
    oa.clear()
    certificate = town.bear(next(NUMBERS))
    town.clock.skip(600)
    assert recovery.ask_again(town.hub) == {"answering": 1}
    assert well_sweep(town)["intake"].sick is None
    town.finish(certificate)


def test_a_source_that_another_worker_is_at_is_not_looked_at_without_a_pause(
    town: Any, watch: Watch
) -> None:
    town.take_in()
    town.clock.skip(600)
    opening = town.matter.sources[0]
    other = town.open_hub()
    with other.locks.hold("listen/oa/form:615") as held:
        assert held
        assert watch.opening_due(opening)
        town.sweep("intake")
        assert not watch.opening_due(opening)
        with town.hub.store.read() as connection:
            assert document_rows.get_cursor(connection, "oa", "form:615")[2] == 0
    other.close()
    town.clock.skip(16)
    assert watch.opening_due(opening)


@pytest.mark.guarantee("G4")
def test_a_slow_system_is_worked_with_beside_the_sweeps_until_it_is_quick(
    town: Any, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuit, "SLOW", timedelta(seconds=0.5))
    first, second, third = (town.bear_ready(next(NUMBERS)) for _ in range(3))
    town.police.fault("slow", seconds=0.6)
    report = well_sweep(town)["household"]
    assert (report.worked, report.sick) == (3, None), "nobody can know before"
    more = [town.bear_ready(next(NUMBERS)) for _ in range(2)]
    report = well_sweep(town)["household"]
    assert (report.worked, report.sick) == (0, None), "it answers: its task is not red"
    assert not watch.has_work("newborn")
    assert watch.has_aside()
    assert recovery.ask_again(town.hub) == {"answering": 1}
    assert all(town.registered(each) for each in more), "a whole turn, not one call"
    town.police.clear()
    last = town.bear_ready(next(NUMBERS))
    assert recovery.ask_again(town.hub) == {"answering": 1}
    assert failures(town) == 0
    well_sweep(town)
    assert not watch.has_aside()
    quick = town.bear_ready(next(NUMBERS))
    assert well_sweep(town)["household"].worked == 1
    town.finish(first, second, third, *more, last, quick)


@pytest.mark.guarantee("G4")
def test_that_our_own_store_is_slow_is_nobody_else_s_slowness(
    town: Any, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuit, "SLOW", timedelta(seconds=0.5))
    certificate, commit = town.bear_ready(next(NUMBERS)), town.hub.ledger.commit

    def slowly(write: Any) -> None:
        time.sleep(0.6)
        commit(write)

    monkeypatch.setattr(town.hub.ledger, "commit", slowly)
    assert well_sweep(town)["household"].worked == 1
    assert not watch.has_aside()
    monkeypatch.undo()
    town.finish(certificate)


def test_a_slow_system_that_fails_is_silent_and_its_incident_begins_with_the_failure(
    town: Any, watch: Watch
) -> None:
    at = town.clock()
    with town.hub.store.write() as connection:
        circuit.slowed(connection, "police", at)
    town.clock.skip(60)
    certificate = town.bear_ready(next(NUMBERS))
    town.police.fault("down")
    assert recovery.ask_again(town.hub) == {"silent": 1}
    with town.hub.store.read() as connection:
        row = delivery_rows.get_circuit(connection, "police")
    assert row is not None
    assert (row.failures, row.slow, row.since > times.stamp(at)) == (1, 1, True)
    town.police.clear()
    town.clock.skip(60)
    assert recovery.ask_again(town.hub) == {"answering": 1}
    town.finish(certificate)


def _asked(town: Any) -> int:
    """Requests that have come to the police; late answers to them aren't counted."""
    return sum(row["direction"] == "in" for row in town.police.wire())


@pytest.mark.guarantee("G4")
def test_a_system_that_answers_questions_while_its_acts_time_out_stays_out_of_the_sweeps(
    town: Any, watch: Watch, monkeypatch: pytest.MonkeyPatch, until: Callable[..., None]
) -> None:
    """Each lost call is asked after, and answered: that alone ends no slowness."""
    monkeypatch.setattr(circuit, "SLOW", timedelta(seconds=2))
    certificates = [town.bear_ready(next(NUMBERS))]
    town.police.fault("slow", seconds=4, operation="csdj")  # the hub waits for three
    assert well_sweep(town)["household"].worked == 1, "nobody can know before"
    for _ in range(2):
        until(lambda: bool(town.registered(certificates[-1])))
        certificates.append(town.bear_ready(next(NUMBERS)))
        town.clock.skip(600)
        before = _asked(town)
        assert recovery.ask_again(town.hub).total() == 1
        assert town.states(certificates[-2])["household"] == "applied", "it answers what is asked"
        after = _asked(town)
        assert after > before
        assert well_sweep(town)["household"].worked == 0
        assert _asked(town) == after
        recovery.ask_again(town.hub)
    town.police.clear()
    until(lambda: bool(town.registered(certificates[-1])))
    town.clock.skip(600)
    recovery.ask_again(town.hub)
    certificates.append(town.bear_ready(next(NUMBERS)))
    assert well_sweep(town)["household"].worked == 0, "an answered question is no quick act"
    assert recovery.ask_again(town.hub) == {"answering": 1}
    certificates.append(town.bear_ready(next(NUMBERS)))
    assert well_sweep(town)["household"].worked == 1, "one was quick: so is the system"
    town.finish(*certificates)
    assert [len(town.registered(each)) for each in certificates] == [1] * 5


@pytest.mark.guarantee("G4")
def test_a_whole_turn_of_answered_questions_is_not_quick_either(
    town: Any, watch: Watch, monkeypatch: pytest.MonkeyPatch, until: Callable[..., None]
) -> None:
    """Two calls were lost: the question about the second is asked of a system that answers."""
    monkeypatch.setattr(circuit, "SLOW", timedelta(seconds=2))
    lost = [town.bear_ready(next(NUMBERS)) for _ in range(2)]
    town.police.fault("slow", seconds=4, operation="csdj")
    assert well_sweep(town)["household"].worked == 2
    until(lambda: all(town.registered(each) for each in lost))
    town.clock.skip(600)
    for expected in (1, 2):
        assert recovery.ask_again(town.hub) == {"answering": 1}
        states = [town.states(each)["household"] for each in lost]
        assert states.count("applied") == expected
    other = town.bear_ready(next(NUMBERS))
    assert well_sweep(town)["household"].worked == 0
    town.police.clear()
    assert recovery.ask_again(town.hub) == {"answering": 1}
    assert town.states(other)["household"] == "applied"
    assert failures(town) == 0
    town.finish(*lost, other)
    assert [len(town.registered(each)) for each in (*lost, other)] == [1] * 3
