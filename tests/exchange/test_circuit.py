"""A system that does not answer is left alone for longer each time, and asked again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from exchange import circuit, times
from exchange.store import delivery_rows
from exchange.store.engine import Store


def test_two_failures_are_tolerated_and_the_third_opens(store: Store, clock: Any) -> None:
    with store.write() as connection:
        for expected in (None, None, timedelta(seconds=4), timedelta(seconds=8)):
            circuit.failed(connection, "police", "wire.refused", clock())
            until = circuit.open_until(connection, "police", clock())
            assert (until and until - clock()) == expected


def test_it_closes_by_itself_after_the_pause(store: Store, clock: Any) -> None:
    with store.write() as connection:
        for _ in range(3):
            circuit.failed(connection, "police", "wire.refused", clock())
        clock.forward(3.9)
        assert circuit.open_until(connection, "police", clock()) is not None
        clock.forward(0.1)
        assert circuit.open_until(connection, "police", clock()) is None


def test_an_incident_keeps_its_beginning_and_its_last_reason(store: Store, clock: Any) -> None:
    began = times.stamp(clock())
    with store.write() as connection:
        for code in ("wire.refused", "wire.no-answer"):
            circuit.failed(connection, "police", code, clock())
            clock.forward(60)
        row = delivery_rows.get_circuit(connection, "police")
    assert row is not None
    assert (row.since, row.code, row.failures) == (began, "wire.no-answer", 2)


def test_an_answer_ends_the_incident(store: Store, clock: Any) -> None:
    with store.write() as connection:
        for _ in range(9):
            circuit.failed(connection, "police", "wire.refused", clock())
        circuit.answered(connection, "police", clock())
        assert circuit.open_until(connection, "police", clock()) is None
        circuit.failed(connection, "police", "wire.refused", clock())
        assert circuit.open_until(connection, "police", clock()) is None


def test_systems_do_not_notice_one_another(store: Store, clock: Any) -> None:
    with store.write() as connection:
        for _ in range(5):
            circuit.failed(connection, "police", "wire.refused", clock())
        assert circuit.open_until(connection, "insurance", clock()) is None


def test_days_of_failure_never_wait_longer_than_five_minutes(store: Store, clock: Any) -> None:
    assert circuit.pause(10**6) == circuit.LONGEST == timedelta(minutes=5)
    waits = [circuit.pause(n) for n in range(1, 40)]
    assert waits == sorted(waits)
