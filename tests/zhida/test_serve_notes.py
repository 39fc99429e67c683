"""Each certificate once a civil day, each refusal once a day and code, whoever writes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from connectors.http_message import Request
from exchange import limits
from exchange.errors import Retriable
from exchange.store import ledger_rows
from tests.zhida import finance_town
from tests.zhida.finance_town import Place
from zhida.serve_file import Client
from zhida.serve_notes import REFUSED, USED, Notes

BANK = Client("bank-a", "甲", "bank-a", frozenset(), limits.rate("1 per second"))
CALL = Request("GET", "/finance/events", {}, serial="0a", not_after="2027-01-01T00:00:00.000000Z")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with finance_town.opened(tmp_path) as found:
        yield found


def entries(place: Place, kind: str) -> list[dict[str, Any]]:
    with place.hub.store.read() as connection:
        return [json.loads(row.body) for row in ledger_rows.entries_of(connection, kind)]


def test_a_use_is_written_once_a_day_by_all_processes_together(place: Place) -> None:
    one, other = Notes(place.hub), Notes(place.hub)
    for notes in (one, one, other):
        notes.used(BANK, CALL, "kid-1")
    found = [(each["ref"], each["day"]) for each in entries(place, USED)]
    assert found == [("tls:0a", "2026-05-06"), ("signature:kid-1", "2026-05-06")]
    place.clock.skip(hours=24)
    one.used(BANK, CALL, "")
    assert [each["day"] for each in entries(place, USED)][-1] == "2026-05-07"
    assert len(entries(place, USED)) == 3


def test_what_could_not_be_written_is_written_with_the_next_call(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = Notes(place.hub)

    def fail(_: object) -> None:
        raise Retriable("store.unavailable", reason="x")

    monkeypatch.setattr(place.hub.ledger, "commit", fail)
    with pytest.raises(Retriable):
        notes.used(BANK, CALL, "")
    monkeypatch.undo()
    notes.used(BANK, CALL, "")
    assert [each["ref"] for each in entries(place, USED)] == ["tls:0a"]


def test_without_tls_and_signature_there_is_nothing_to_note(place: Place) -> None:
    Notes(place.hub).used(BANK, Request("GET", "/", {}), "")
    assert entries(place, USED) == []


def test_a_refusal_names_who_and_why_and_not_what_was_asked(place: Place) -> None:
    notes = Notes(place.hub)
    for _ in range(3):
        notes.refused(BANK, "GET /finance/requests/{number}", "serve.unsigned")
        notes.unknown(Request("GET", "/", {}, common_name="nobody.example", serial="0c"))
        notes.handshake("certificate has expired")
    told = entries(place, REFUSED)
    assert [(each["client"], each["code"]) for each in told] == [
        ("bank-a", "serve.unsigned"),
        ("nobody.example", "serve.unknown-client"),
        ("", ""),
    ]
    assert told[2]["reason"] == "certificate has expired"


@pytest.mark.parametrize(
    "name", ["张三", "051@zhangsan@2320123199001010000@1", "320123199001010000"]
)
def test_a_person_s_name_or_number_stands_nowhere(place: Place, name: str) -> None:
    Notes(place.hub).unknown(Request("GET", "/", {}, common_name=name, serial="0c"))
    [told] = entries(place, REFUSED)
    assert (told["client"], told["serial"]) == ("", "0c")
    assert name not in json.dumps(told, ensure_ascii=False)
