"""First identity cards at the register as a process: one application, also where the answer was lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from adapters import public_security
from exchange.errors import Rejected, Unknown
from exchange.ports import Prepared


@pytest.fixture
def police(peer: Any) -> Iterator[Any]:
    handle, endpoint = peer("police")
    adapter = public_security.open_system({"timeout_s": 1}, endpoint)
    yield handle, adapter
    adapter.close()


def _prepared(adapter: Any, citizen: Any, declaration: Any) -> Prepared:
    inputs = {"citizen": citizen, "declaration": declaration}
    prepared: Prepared = adapter.prepare("apply_identity_card", inputs, uuid4().hex)
    return prepared


def _rows(handle: Any, prepared: Prepared) -> list[Any]:
    return [row for row in handle.ask("GET", "/cards") if row["postid"] == prepared.effect_key]


def test_an_application_is_taken_and_found_and_registers_nobody(
    police: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = police
    births = len(handle.books())
    prepared = _prepared(adapter, citizen, declaration)
    assert adapter.probe(prepared) is None
    answer = adapter.submit(prepared)
    (row,) = _rows(handle, prepared)
    assert answer.record["number"] == answer.reference == row["sid"]
    assert adapter.probe(prepared).record == answer.record
    assert len(handle.books()) == births


def test_a_lost_answer_is_unknown_and_the_application_is_found(
    police: Any, citizen: Any, declaration: Any
) -> None:
    handle, adapter = police
    handle.fault("reset", operation="sfzsl", stage="after", times=1)
    prepared = _prepared(adapter, citizen, declaration)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).reference == _rows(handle, prepared)[0]["sid"]


def test_an_officer_s_no_comes_with_the_reason(police: Any, citizen: Any, declaration: Any) -> None:
    handle, adapter = police
    handle.fault("refuse", operation="sfzsl", reason="须先采集人像", times=1)
    prepared = _prepared(adapter, citizen, declaration)
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert caught.value.reason == "须先采集人像"
    assert _rows(handle, prepared) == []


def test_the_register_lists_the_applications_and_no_births(
    police: Any, citizen: Any, declaration: Any
) -> None:
    _, adapter = police
    since = datetime.now(UTC) - timedelta(minutes=1)
    prepared = [_prepared(adapter, citizen, declaration) for _ in range(101)]
    told = {each.effect_key: adapter.submit(each).reference for each in prepared}
    found = list(adapter.books("apply_identity_card", since, datetime.now(UTC)))
    known = {entry.effect_key: entry.reference for entry in found}
    assert {key: known[key] for key in told} == told
    assert {entry.state for entry in found} == {"applied"}
    births = adapter.books("register_birth", since, datetime.now(UTC))
    assert not {entry.effect_key for entry in births} & set(told)
    assert adapter.booked == {"register_birth", "apply_identity_card"}
