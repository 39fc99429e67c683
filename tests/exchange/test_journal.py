"""Each transaction writes one true state or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from exchange.errors import Retriable
from exchange.journal import Attempt, Journal
from exchange.outcome import Outcome
from exchange.ports import Answer

STORES = ("sqlite", "postgresql")


@pytest.fixture
def journal(desk: Any) -> Journal:
    parts = {"store": desk.store, "ledger": desk.ledger, "vault": desk.vault, "clock": desk.clock}
    return Journal(**parts, owner=desk.locks.owner)


@pytest.fixture
def attempt(desk: Any, peer: Any) -> Attempt:
    key = desk.key(peer)
    return Attempt(desk.order(peer), peer, desk.follow("c1"), key, "content", key)


def test_looking_changes_nothing(desk: Any, journal: Journal, attempt: Attempt) -> None:
    row, item = journal.look(attempt.order, attempt.effect)
    assert (row, item) == (None, desk.item())
    assert desk.entries() == []


def test_beginning_again_counts_the_attempts(journal: Journal, attempt: Attempt) -> None:
    first = journal.begin(attempt, None)
    assert (first.state, first.attempts) == ("sent", 1)
    assert journal.begin(attempt, first).attempts == 2


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome("ready", "wire.refused", sick=True), "pending"),
        (Outcome("unknown", "wire.lost", sick=True), "unknown"),
        (Outcome("parked", "delivery.unknowable"), "parked"),
        (Outcome("invalid", "a.b"), "invalid"),
        (Outcome("applied", answer=Answer(b"x")), "applied"),
        (Outcome("stored", answer=Answer(b"x", waiting=True)), "stored"),
    ],
)
def test_row_item_and_end_are_written_together(
    desk: Any, peer: Any, journal: Journal, attempt: Attempt, outcome: Outcome, state: str
) -> None:
    assert journal.finish(attempt, journal.begin(attempt, None), outcome) is outcome
    row = desk.row(peer)
    assert (row.state, desk.item().state) == (state, outcome.state)
    assert bool(row.settled_at) == (state == "applied")
    assert bool(row.receipt) == (outcome.answer is not None)


def test_a_store_that_is_away_is_the_callers_to_know(
    desk: Any, peer: Any, journal: Journal, attempt: Attempt
) -> None:
    row = journal.begin(attempt, None)
    desk.follow_error = Retriable("store.unavailable", reason="SQLITE_FULL")
    with pytest.raises(Retriable):
        journal.finish(attempt, row, Outcome("applied", answer=Answer(b"x")))
    assert (desk.row(peer).state, desk.item().state) == ("sent", "sent")


@pytest.mark.parametrize("write", ["finish", "unsent", "again"])
def test_whatever_fails_afterwards_never_loses_the_item(
    desk: Any, journal: Journal, attempt: Attempt, write: str
) -> None:
    row, seen = journal.begin(attempt, None), desk.item()
    desk.follow_error = ZeroDivisionError("a defect")
    outcome = Outcome("applied", answer=Answer(b"x"))
    calls: dict[str, Callable[[], Outcome]] = {
        "finish": lambda: journal.finish(attempt, row, outcome),
        "unsent": lambda: journal.unsent(
            attempt.order, attempt.follow, Outcome("invalid", "a.b"), seen=seen
        ),
        "again": lambda: journal.again(replace(attempt, seen=seen), row, outcome),
    }
    assert calls[write]().facts == {"because": "ZeroDivisionError"}
    assert (desk.item().state, desk.item().code) == ("parked", "delivery.follow-failed")
    assert len(desk.entries("parked")) == 1


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("write", ["unsent", "again"])
def test_an_item_that_has_changed_since_it_was_looked_at_is_told_nothing(
    desk: Any, journal: Journal, attempt: Attempt, write: str
) -> None:
    seen = desk.item()
    row = journal.begin(attempt, None)
    journal.finish(attempt, row, Outcome("applied", answer=Answer(b"x")))
    late = Outcome("ready", "wire.refused", sick=True)
    calls: dict[str, Callable[[], Outcome]] = {
        "unsent": lambda: journal.unsent(attempt.order, attempt.follow, late, seen=seen),
        "again": lambda: journal.again(replace(attempt, seen=seen), row, late),
    }
    with pytest.raises(Retriable) as caught:
        calls[write]()
    assert caught.value.code == "delivery.overtaken"
    assert desk.item().state == "applied"


def test_that_it_was_put_off_is_no_change(desk: Any, journal: Journal, attempt: Attempt) -> None:
    seen = desk.item()
    journal.busy(attempt.order, desk.clock() + timedelta(seconds=7))
    late = Outcome("ready", "wire.refused", sick=True)
    assert journal.unsent(attempt.order, attempt.follow, late, seen=seen) is late


def test_who_is_busy_is_looked_at_later(desk: Any, journal: Journal, attempt: Attempt) -> None:
    journal.busy(attempt.order, desk.clock() + timedelta(seconds=7))
    assert (desk.wait(), desk.item().state) == (7, "ready")
