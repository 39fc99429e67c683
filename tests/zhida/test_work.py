"""One item of one case: only one worker is at it, and what another has just done is seen."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from exchange import times
from exchange.errors import Forbidden
from exchange.outcome import BUSY, Outcome
from exchange.store import case_rows, delivery_rows
from zhida import legs, query, shadow, work

NUMBERS = count(11)


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


LATE = {
    "question": (query, "of_acting", Outcome("ready", "wire.refused")),
    "shadow": (shadow, "of_preparing", Outcome("invalid", "a.b", {"problems": "[]"})),
    "no agreement": (work, "transfers", Forbidden("agreement.none")),
}
"""What a worker has in hand when it wakes up again, and where it was stopped."""


@pytest.mark.guarantee("G2")
@pytest.mark.parametrize("what", LATE)
def test_who_has_lost_its_lock_tells_the_item_nothing(
    town: Any, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    certificate = town.bear(next(NUMBERS))
    town.take_in()
    name = "birth" if what == "question" else "household"
    if name == "household":
        town.sweep("birth")
    case = town.case(certificate).id
    module, call, told = LATE[what]

    def meanwhile(*_: Any, **__: Any) -> Any:
        values = {"state": "applied", "updated_at": times.stamp(town.clock())}
        with town.hub.store.write() as connection:
            case_rows.set_item(connection, case, name, values)
        if isinstance(told, Exception):
            raise told
        return told

    monkeypatch.setattr(module, call, meanwhile)
    monkeypatch.setattr(legs, "mode_of", lambda *_: "shadow" if what == "shadow" else "live")
    assert work.work(town.hub, name, case) is BUSY
    assert town.item(certificate, name).state == "applied"


def test_an_item_that_waits_for_another_is_not_worked_on(town: Any) -> None:
    certificate = town.bear(3)
    town.take_in()
    case = town.case(certificate).id
    assert work.work(town.hub, "household", case) is BUSY
    assert town.registered(certificate) == []
