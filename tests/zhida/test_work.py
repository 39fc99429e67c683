"""One item of one case: only one worker is at it, and what another has just done is seen."""

from __future__ import annotations

from typing import Any

from exchange.outcome import BUSY
from exchange.store import delivery_rows
from zhida import work


def _questions(town: Any, certificate: str) -> int:
    with town.hub.store.read() as connection:
        rows = delivery_rows.transfers(connection, town.case(certificate).id)
    return sum(row.item == "birth" for row in rows)


def test_an_item_that_another_worker_owns_is_left_alone_for_a_while(town: Any) -> None:
    certificate = town.bear(1)
    town.take_in()
    with town.hub.locks.hold(f"item/{town.case(certificate).id}/birth") as owned:
        assert owned
        assert dict(town.sweep("birth")["birth"].states) == {"busy": 1}
        assert town.sweep("birth")["birth"].worked == 0
    assert _questions(town, certificate) == 0
    town.finish(certificate)
    assert town.effects(certificate) == (1, 1, 1)


def test_an_item_that_another_worker_has_just_ended_is_not_worked_on_again(town: Any) -> None:
    certificate = town.bear(2)
    town.take_in()
    town.sweep("birth")
    case = town.case(certificate).id
    outcome = work.work(town.hub, "birth", case)
    assert outcome is BUSY
    assert _questions(town, certificate) == 1


def test_an_item_that_waits_for_another_is_not_worked_on(town: Any) -> None:
    certificate = town.bear(3)
    town.take_in()
    case = town.case(certificate).id
    assert work.work(town.hub, "household", case) is BUSY
    assert town.registered(certificate) == []
