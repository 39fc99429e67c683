"""What is written about a call: the system's health, and what people are told of an item."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.bookkeeping import note_health, remark
from exchange.errors import Invalid, Problem, Rejected
from exchange.outcome import BUSY, Outcome, of_invalid
from exchange.ports import Answer
from exchange.store import delivery_rows
from exchange.store.engine import Store


def failures(store: Store, clock: Any, *outcomes: Outcome) -> int:
    with store.write() as connection:
        for outcome in outcomes:
            note_health(connection, "police", outcome, clock())
        row = delivery_rows.get_circuit(connection, "police")
    return row.failures if row else 0


SICK = Outcome("unknown", "wire.lost", sick=True)


@pytest.mark.parametrize(
    ("outcome", "count"),
    [
        (Outcome("applied", answer=Answer(b"")), 0),
        (Outcome("refused", refusal=Rejected("a.b")), 0),  # it said no: it is well
        (Outcome("invalid", "a.b"), 2),  # nothing was asked: nothing is known
        (Outcome("parked", "a.b"), 2),
        (BUSY, 2),
        (SICK, 3),
    ],
)
def test_only_an_answer_makes_a_sick_system_well(
    store: Store, clock: Any, outcome: Outcome, count: int
) -> None:
    assert failures(store, clock, SICK, SICK, outcome) == count


def test_people_are_told_what_they_must_decide(desk: Any, peer: Any) -> None:
    order = desk.order(peer)
    parked = Outcome("parked", "delivery.unknowable", {"effect": "e"})
    (entry,) = remark(order, "e1", parked)
    assert (entry.kind, entry.ref, entry.case) == ("parked", "e1", "c1")
    assert entry.details["code"] == "delivery.unknowable"
    invalid = of_invalid(Invalid.of([Problem("a.b", {"path": "/x"}), Problem("c.d")]))
    (entry,) = remark(order, "register", invalid)
    assert entry.details["problems"] == [{"code": "a.b", "path": "/x"}, {"code": "c.d"}]
    for state in ("applied", "refused", "unknown", "ready", "stored"):
        assert remark(order, "e1", Outcome(state)) == []


def test_the_adapter_gets_only_what_was_disclosed(desk: Any, peer: Any) -> None:
    order = desk.order(peer)
    assert order.inputs == {"birth": {"number": "X320117001", "name": "张小直"}}
