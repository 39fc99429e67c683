"""Nothing is looked at again before that can be of use, and nothing waits for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange import due, times
from exchange.circuit import LONGEST
from exchange.outcome import Outcome
from exchange.ports import Operation
from exchange.store.delivery_rows import DeliveryRow

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
OPERATION = Operation("x", "x", settle=timedelta(seconds=30))


def row(attempts: int = 1, ago: float = 0) -> DeliveryRow:
    sent = times.stamp(NOW - timedelta(seconds=ago))
    return DeliveryRow("e", "c", "i", "s", "x", "d", "sent", attempts, sent, "", "")


def wait(state: str, before: DeliveryRow | None = None, **more: Any) -> float:
    told = Outcome(state, facts=more.pop("facts", {}))
    until = more.pop("open_until", None)
    found = due.due_again(told, NOW, operation=OPERATION, row=before, open_until=until)
    return (found - NOW).total_seconds()


@pytest.mark.parametrize("state", ["applied", "refused", "invalid", "parked", "blocked"])
def test_what_is_over_has_no_pause(state: str) -> None:
    assert wait(state, row(9), facts={"retry_after": 60}) == 0


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 1), (2, 2), (5, 16), (50, 300)])
def test_each_attempt_waits_longer(attempts: int, seconds: float) -> None:
    assert wait("ready", row(attempts, ago=1000)) == seconds
    assert wait("unknown", row(attempts, ago=1000)) == seconds


def test_the_first_attempt_that_never_left_waits_a_second() -> None:
    assert wait("ready") == 1


def test_an_unknown_effect_has_to_settle_first() -> None:
    assert wait("unknown", row(ago=0)) == 30
    assert wait("unknown", row(ago=29)) == 1
    assert wait("ready", row(ago=0)) == 1


@pytest.mark.parametrize("state", ["ready", "unknown", "stored"])
def test_nothing_is_asked_while_the_circuit_is_open(state: str) -> None:
    assert wait(state, row(), open_until=NOW + timedelta(seconds=120)) == 120


@pytest.mark.parametrize(
    ("asked", "seconds"), [(60, 60), (0, 1), (-1, 1), (10**12, 86_400), ("60", 1)]
)
def test_the_peers_own_pause_is_kept_within_reason(asked: Any, seconds: float) -> None:
    assert wait("ready", row(), facts={"retry_after": asked}) == seconds


@pytest.mark.parametrize(("ago", "seconds"), [(0, 10), (100, 10), (600, 60), (10**6, 300)])
def test_a_person_is_looked_for_less_and_less_often(ago: float, seconds: float) -> None:
    assert wait("stored", row(ago=ago)) == seconds
    assert timedelta(seconds=seconds) <= LONGEST


@pytest.mark.parametrize("ago", [0, 60, 86_400 * 30])
def test_silence_that_its_target_would_tell_the_end_of_is_looked_at_once_a_day(ago: float) -> None:
    told = Operation("x", "x", settle=timedelta(seconds=30), tells=True)
    for state, seconds in (("stored", 86_400), ("unknown", max(30 - ago, 1))):
        found = due.due_again(
            Outcome(state), NOW, operation=told, row=row(ago=ago), open_until=None
        )
        assert (found - NOW).total_seconds() == seconds
