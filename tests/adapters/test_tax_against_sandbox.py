"""The premium front-end as a process: signed forms, GBK answers, one row a payment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from adapters import tax
from exchange.errors import Fatal, Rejected, Retriable, Unknown
from exchange.ports import Endpoint, Prepared
from sandbox import tax_form

PERSONS = count(1)


@pytest.fixture
def office(peer: Any) -> Iterator[Any]:
    handle, told = peer("tax")
    place = Endpoint(told.address, tax_form.APP_KEY, tax_form.SECRET, site=told.site)
    adapter = tax.open_system({"settings": {"timeout_s": 1}}, place)
    yield handle, adapter
    handle.ask("POST", "/slow", {"slow": False})
    adapter.close()


@pytest.fixture
def payment(office: Any, declaration: Any) -> Any:
    def made(amount_fen: int = 40000, key: str = "") -> Prepared:
        premium = {"year": 2026, "amount_fen": amount_fen}
        enrolment = {"person_number": f"P{next(PERSONS):010}", "premium": premium}
        inputs = {"enrolment": enrolment, "declaration": declaration}
        prepared: Prepared = office[1].prepare("pay_premium", inputs, key or uuid4().hex)
        return prepared

    return made


def _rows(handle: Any, prepared: Prepared) -> list[Any]:
    return [row for row in handle.books() if row["jylsh"] == prepared.effect_key]


def test_a_premium_is_paid_once_and_found_again(office: Any, payment: Any) -> None:
    handle, adapter = office
    prepared = payment(40001)
    assert adapter.probe(prepared) is None
    answer = adapter.submit(prepared)
    found = adapter.probe(prepared)
    assert (found.record, found.reference) == (answer.record, answer.reference)
    (row,) = _rows(handle, prepared)
    assert (row["jfje"], answer.record["amount_fen"]) == ("400.01", 40001)
    assert row["sspzh"] == answer.record["voucher"]


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("reset", {"stage": "after", "times": 1}),
        ("slow", {"stage": "after", "seconds": 2.0, "times": 1}),
    ],
)
def test_a_lost_answer_is_unknown_and_the_probe_finds_the_payment(
    office: Any, payment: Any, fault: str, told: Any
) -> None:
    handle, adapter = office
    prepared = payment()
    handle.fault(fault, operation="sbf/jf", **told)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).record["amount_fen"] == 40000
    assert len(_rows(handle, prepared)) == 1


def test_a_front_end_that_is_down_has_taken_nothing(office: Any, payment: Any) -> None:
    handle, adapter = office
    prepared = payment()
    handle.fault("down")
    with pytest.raises(Retriable):
        adapter.submit(prepared)
    handle.clear()
    handle.wait()
    assert adapter.probe(prepared) is None
    assert adapter.submit(prepared).reference


def test_a_serial_number_used_before_is_no_refusal_of_the_money_that_was_paid(
    office: Any, payment: Any
) -> None:
    handle, adapter = office
    prepared = payment()
    answer = adapter.submit(prepared)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).record == answer.record
    assert len(_rows(handle, prepared)) == 1


@pytest.mark.parametrize(("state", "leaf"), [("paid", None), ("failed", Rejected)])
def test_a_payment_in_process_ends_as_the_office_says(
    office: Any, payment: Any, state: str, leaf: Any
) -> None:
    handle, adapter = office
    handle.ask("POST", "/slow")
    prepared = payment()
    assert adapter.submit(prepared).waiting
    assert adapter.probe(prepared).waiting
    handle.ask("POST", "/finish", {"state": state, "reason": "账户余额不足"})
    if leaf is None:
        assert adapter.probe(prepared).record["amount_fen"] == 40000
        return
    with pytest.raises(leaf) as caught:
        adapter.probe(prepared)
    assert caught.value.reason == "账户余额不足"


@pytest.mark.parametrize(
    ("code", "leaf"), [("", Rejected), ("9001", Retriable), ("9902", Fatal), ("8888", Unknown)]
)
def test_a_code_is_told_apart(office: Any, payment: Any, code: str, leaf: Any) -> None:
    handle, adapter = office
    prepared = payment()
    handle.fault("refuse", operation="sbf/jf", code=code, reason="不予缴费", times=1)
    with pytest.raises(leaf):
        adapter.submit(prepared)
    assert _rows(handle, prepared) == []


def test_a_wrong_secret_is_the_installation_s_fault(peer: Any, payment: Any) -> None:
    _, told = peer("tax")
    place = Endpoint(told.address, tax_form.APP_KEY, "wrong", site=told.site)
    adapter = tax.open_system({}, place)
    with pytest.raises(Fatal):
        adapter.submit(payment())
    adapter.close()


def test_the_office_lists_payments_by_our_serial_number(office: Any, payment: Any) -> None:
    handle, adapter = office
    since = datetime.now(UTC) - timedelta(minutes=1)
    paid, waiting = payment(), payment()
    reference = adapter.submit(paid).reference
    handle.ask("POST", "/slow")
    adapter.submit(waiting)
    found = {e.effect_key: e for e in adapter.books("pay_premium", since, datetime.now(UTC))}
    assert found[paid.effect_key].state == "applied"
    assert found[paid.effect_key].reference == reference
    assert found[waiting.effect_key].state == "waiting"
    handle.ask("POST", "/finish", {"state": "paid"})
    assert list(adapter.books("pay_premium", since - timedelta(days=9), since)) == []
