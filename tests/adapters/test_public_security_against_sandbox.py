"""The birth register as a process: one row a birth, also where the answer was lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from adapters import public_security
from exchange.errors import Rejected, Retriable, Unknown
from exchange.ports import Prepared


@pytest.fixture
def police(peer: Any) -> Iterator[Any]:
    handle, endpoint = peer("police")
    adapter = public_security.open_system({"timeout_s": 1}, endpoint)
    yield handle, adapter
    adapter.close()


def _prepared(adapter: Any, birth: Any, declaration: Any) -> Prepared:
    inputs = {"birth": birth, "declaration": declaration}
    prepared: Prepared = adapter.prepare("register_birth", inputs, uuid4().hex)
    return prepared


def _rows(handle: Any, prepared: Prepared) -> list[Any]:
    return [row for row in handle.books() if row["postid"] == prepared.effect_key]


def test_a_birth_is_registered_and_found_again(police: Any, birth: Any, declaration: Any) -> None:
    handle, adapter = police
    declaration["child"]["name"] = "买买提·小直"
    prepared = _prepared(adapter, birth, declaration)
    assert adapter.probe(prepared) is None
    answer = adapter.submit(prepared)
    found = adapter.probe(prepared)
    (row,) = _rows(handle, prepared)
    assert row["xm"] == answer.record["name"] == "买买提·小直"
    assert row["gmsfhm"] == answer.record["citizen_id"]
    assert row["mz"] == answer.record["ethnicity"] == "01"
    assert found.record == answer.record
    assert found.reference == answer.reference == row["sid"]


def test_an_officer_s_no_comes_with_the_reason(police: Any, birth: Any, declaration: Any) -> None:
    handle, adapter = police
    handle.fault("refuse", reason="父母信息不一致", times=1)
    prepared = _prepared(adapter, birth, declaration)
    for ask in (adapter.submit, adapter.probe):
        with pytest.raises(Rejected) as caught:
            ask(prepared)
        assert (caught.value.code, caught.value.reason) == ("police.refused", "父母信息不一致")
    assert _rows(handle, prepared) == []


@pytest.mark.parametrize("fault", ["reset", "slow"])
def test_a_lost_answer_is_unknown_and_the_probe_finds_the_row(
    police: Any, birth: Any, declaration: Any, fault: str
) -> None:
    handle, adapter = police
    options = {"seconds": 2.0} if fault == "slow" else {}
    handle.fault(fault, operation="csdj", stage="after", times=1, **options)
    prepared = _prepared(adapter, birth, declaration)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    found = adapter.probe(prepared)
    (row,) = _rows(handle, prepared)
    assert found.record["citizen_id"] == row["gmsfhm"]


def test_a_request_that_never_arrived_is_retriable(
    police: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = police
    prepared = _prepared(adapter, birth, declaration)
    handle.fault("down")
    with pytest.raises(Retriable):
        adapter.submit(prepared)
    handle.clear()
    handle.wait()
    handle.fault("once503")
    with pytest.raises(Retriable):
        adapter.submit(prepared)
    assert _rows(handle, prepared) == []
    adapter.submit(prepared)
    assert len(_rows(handle, prepared)) == 1


def test_a_login_page_is_no_registration(police: Any, birth: Any, declaration: Any) -> None:
    handle, adapter = police
    handle.fault("html", times=1)
    prepared = _prepared(adapter, birth, declaration)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared) is None


def test_a_single_mother_s_child_is_registered_in_her_household(
    police: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = police
    del birth["father"]
    declaration["household"]["follows"] = "mother"
    prepared = _prepared(adapter, birth, declaration)
    adapter.submit(prepared)
    assert len(_rows(handle, prepared)) == 1


def test_the_register_lists_what_it_decided(police: Any, birth: Any, declaration: Any) -> None:
    handle, adapter = police
    since = datetime.now(UTC) - timedelta(minutes=1)
    done, refused = (_prepared(adapter, birth, declaration) for _ in range(2))
    reference = adapter.submit(done).reference
    handle.fault("refuse", reason="父母信息不一致", times=1)
    with pytest.raises(Rejected):
        adapter.submit(refused)
    found = list(adapter.books("register_birth", since, datetime.now(UTC)))
    told = {entry.effect_key: (entry.state, entry.reference) for entry in found}
    assert told[done.effect_key] == ("applied", reference)
    assert told[refused.effect_key] == ("refused", "")
    assert list(adapter.books("register_birth", since - timedelta(days=9), since)) == []


def test_the_register_s_list_has_every_page(police: Any, birth: Any, declaration: Any) -> None:
    _, adapter = police
    since = datetime.now(UTC)
    keys = {adapter.submit(_prepared(adapter, birth, declaration)).reference for _ in range(101)}
    found = adapter.books("register_birth", since - timedelta(minutes=1), datetime.now(UTC))
    assert keys <= {entry.reference for entry in found}


def test_a_correction_names_the_registration_and_is_found_by_a_key_of_its_own(
    police: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = police
    first = _prepared(adapter, birth, declaration)
    registered = adapter.submit(first)
    birth["mother"]["name"] = "李小知"
    inputs = {"birth": birth, "declaration": declaration, "root": {"effect": first.effect_key}}
    amended = adapter.prepare("amend_birth", inputs, uuid4().hex)
    assert adapter.probe(amended) is None, "the registration is not the correction"
    answer = adapter.submit(amended)
    assert answer.record["citizen_id"] == registered.record["citizen_id"]
    assert adapter.probe(amended).record == answer.record
    (row,) = _rows(handle, first)
    assert "李小知" in row["record"]


def test_a_cancellation_tells_nothing_of_the_child(
    police: Any, birth: Any, declaration: Any
) -> None:
    handle, adapter = police
    first = _prepared(adapter, birth, declaration)
    adapter.submit(first)
    only = {"certificate": {"number": birth["certificate"]["number"]}}
    inputs = {"birth": only, "root": {"effect": first.effect_key}}
    cancelled = adapter.prepare("revoke_birth", inputs, uuid4().hex)
    adapter.submit(cancelled)
    assert adapter.probe(cancelled) is not None
    assert [row["state"] for row in _rows(handle, first)] == ["cancelled"]
    assert birth["mother"]["name"] not in cancelled.body["arg0"]


def test_what_was_never_registered_cannot_be_corrected(
    police: Any, birth: Any, declaration: Any
) -> None:
    _, adapter = police
    inputs = {"birth": birth, "declaration": declaration, "root": {"effect": "0" * 32}}
    with pytest.raises(Rejected) as caught:
        adapter.submit(adapter.prepare("amend_birth", inputs, uuid4().hex))
    assert caught.value.code == "police.bad-data"
