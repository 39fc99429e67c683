"""A refusal leaves an entry that names who was refused what, and nothing of what was asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from exchange import limits
from exchange.errors import Forbidden, Rejected, Retriable
from exchange.store import ledger_rows
from tests.zhida import finance_town
from tests.zhida.finance_town import Place
from zhida import finance_refusals
from zhida.serve_file import Client
from zhida.serve_route import Call, Route, Told

CALL = Call(
    "r1",
    Client("bank-a", "甲", "bank-a", frozenset(), limits.rate("1 per second")),
    {"number": "SQ1"},
)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with finance_town.opened(tmp_path) as found:
        yield found


def entries(place: Place) -> list[dict[str, Any]]:
    with place.hub.store.read() as connection:
        rows = ledger_rows.entries_of(connection, "finance-refused")
    return [json.loads(row.body) for row in rows]


def route(place: Place, outcome: Told | Exception) -> Route:
    def answer(_: Call) -> Told:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    found = Route("GET", "/finance/requests/{number}", "finance", answer)
    return finance_refusals.recorded(place.hub, found)


@pytest.mark.parametrize(
    "error", [Rejected("finance.no-request"), Forbidden("finance.letter-unknown")]
)
def test_a_refusal_is_an_entry_and_is_told_all_the_same(place: Place, error: Exception) -> None:
    with pytest.raises(type(error)):
        route(place, error).answer(CALL)
    (told,) = entries(place)
    assert (told["unit"], told["route"]) == ("bank-a", "/finance/requests/{number}")
    assert told["code"] == error.code  # type: ignore[attr-defined]
    assert "SQ1" not in json.dumps(told)


def test_an_answer_and_a_pause_are_none(place: Place) -> None:
    assert route(place, Told({})).answer(CALL) == Told({})
    with pytest.raises(Retriable):
        route(place, Retriable("serve.too-many")).answer(CALL)
    assert entries(place) == []
