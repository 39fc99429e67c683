"""The platform's lists by span of time: whole or an error, in China time, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters import _insurance_books
from exchange.errors import Retriable

SINCE = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
UNTIL = SINCE + timedelta(hours=1)
ROW = {"evtsn": "k1", "psn_no": "P1", "opt_time": "2026-01-05 09:05:00"}


def _read(
    *outputs: Mapping[str, Any], entry: _insurance_books.Entry = _insurance_books.enrolment
) -> list[Any]:
    def ask(data: Mapping[str, Any]) -> Mapping[str, Any]:
        assert (data["begntime"], data["endtime"]) == ("2026-01-05 09:00:00", "2026-01-05 10:00:00")
        return outputs[int(data["page_num"]) - 1]

    return list(_insurance_books.read(ask, entry, SINCE, UNTIL))


def test_pages_are_turned_until_the_total_is_there() -> None:
    pages = {"total": 2, "detail": [ROW]}, {"total": 2, "detail": [{**ROW, "evtsn": None}]}
    first, second = _read(*pages)
    assert (first.effect_key, first.reference, first.state) == ("k1", "P1", "applied")
    assert first.at == datetime(2026, 1, 5, 1, 5, tzinfo=UTC)
    assert second.effect_key == ""


def test_an_empty_day_is_an_empty_list() -> None:
    assert _read({"total": 0, "detail": []}) == []


@pytest.mark.parametrize(
    "output",
    [
        {},
        {"total": 1, "detail": []},
        {"total": "many", "detail": [ROW]},
        {"total": 1, "detail": [{**ROW, "opt_time": "09:05"}]},
        {"total": 1, "detail": ["P1"]},
    ],
)
def test_a_list_that_is_not_whole_is_no_list(output: Mapping[str, Any]) -> None:
    with pytest.raises(Retriable) as caught:
        _read(output)
    assert caught.value.code == "insurance.unreadable-books"


@pytest.mark.parametrize(("told", "state"), [("1", "applied"), (0, "waiting"), ("2", "refused")])
def test_a_settlement_is_listed_in_each_of_its_states(told: Any, state: str) -> None:
    row = {"evtsn": "k1", "setl_id": "S1", "stt": told, "opt_time": "2026-01-05 09:05:00"}
    (found,) = _read({"total": 1, "detail": [row]}, entry=_insurance_books.settlement)
    assert (found.effect_key, found.reference, found.state) == ("k1", "S1", state)


@pytest.mark.parametrize("row", ["S1", {**ROW, "setl_id": "S1"}, {**ROW, "stt": "1"}])
def test_a_settlement_in_no_known_state_is_no_line(row: Any) -> None:
    with pytest.raises(Retriable):
        _read({"total": 1, "detail": [row]}, entry=_insurance_books.settlement)
