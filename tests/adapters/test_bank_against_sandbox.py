"""The bank as a process: reached is not done, unknown is asked after, one account a card."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import uuid4

import pytest

from adapters import bank
from exchange.errors import Invalid, Rejected, Retriable, Unknown
from exchange.ports import Prepared

NUMBERS = count(1)


@pytest.fixture
def branch(peer: Any) -> Iterator[Any]:
    handle, endpoint = peer("bank")
    options = {"bank": "102", "settings": {"timeout_s": 1}}
    adapter = bank.open_system(options, replace(endpoint, login="hub"))
    yield handle, adapter
    handle.ask("POST", "/review", {"on": False})
    adapter.close()


@pytest.fixture
def inputs(citizen: Any, declaration: Any) -> dict[str, Any]:
    card = {"citizen_id": citizen["citizen_id"], "card_number": f"A17{next(NUMBERS):06}"}
    card |= {"bank": "102", "ordered_on": "2026-01-08"}
    declaration["card"] = {"bank": "102"}
    return {"card": card, "citizen": citizen, "declaration": declaration}


def _prepared(adapter: Any, inputs: Any) -> Prepared:
    prepared: Prepared = adapter.prepare("open_card_account", inputs, uuid4().hex)
    return prepared


def _rows(handle: Any, inputs: Any) -> list[Any]:
    return [row for row in handle.books() if row["crdnbr"] == inputs["card"]["card_number"]]


def test_an_account_is_opened_and_told_by_its_last_four_digits(branch: Any, inputs: Any) -> None:
    handle, adapter = branch
    prepared = _prepared(adapter, inputs)
    assert adapter.probe(prepared) is None
    answer = adapter.submit(prepared)
    (row,) = _rows(handle, inputs)
    assert answer.record["account_tail"] == row["accnbr"][-4:]
    assert answer.record["card_number"] == row["crdnbr"]
    assert answer.reference == answer.record["reference"] == row["reqnbr"]
    assert row["accnbr"] not in repr(answer.record)
    assert adapter.probe(prepared).record == answer.record
    assert len(row["yurref"]) <= 30


def test_the_bank_hears_nothing_of_the_birth(branch: Any, inputs: Any) -> None:
    handle, adapter = branch
    adapter.submit(_prepared(adapter, inputs))
    (sent,) = [row["body"] for row in handle.wire() if row["direction"] == "in"][-1:]
    text = sent.decode("gbk")
    assert inputs["citizen"]["name"] in text
    for hidden in ("X320117001", "2026-01-05", "<CSRQ>", inputs["citizen"]["serial"]):
        assert hidden not in text
    assert 'encoding="GBK"' in text


@pytest.mark.parametrize("how", ["-9", "CDCServer", "ErrMsg"])
def test_what_the_machine_does_not_tell_is_asked_after_and_not_sent_again(
    branch: Any, inputs: Any, how: str
) -> None:
    handle, adapter = branch
    prepared = _prepared(adapter, inputs)
    handle.ask("POST", "/odd", {"answer": how})
    with pytest.raises(Unknown) as caught:
        adapter.submit(prepared)
    assert caught.value.code == ("bank.not-told" if how == "-9" else "bank.front-end")
    handle.ask("POST", "/odd", {"answer": how})
    with pytest.raises(Unknown):
        adapter.probe(prepared)
    assert adapter.probe(prepared).record["card_number"] == inputs["card"]["card_number"]
    assert len(_rows(handle, inputs)) == 1


@pytest.mark.parametrize("fault", ["reset", "slow"])
def test_a_lost_answer_is_unknown_and_the_reference_finds_the_account(
    branch: Any, inputs: Any, fault: str
) -> None:
    handle, adapter = branch
    options = {"seconds": 2.0} if fault == "slow" else {}
    handle.fault(fault, operation="SCOPNACT", stage="after", times=1, **options)
    prepared = _prepared(adapter, inputs)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    assert adapter.probe(prepared).record["account_tail"] == _rows(handle, inputs)[0]["accnbr"][-4:]


def test_a_machine_that_is_down_has_done_nothing(branch: Any, inputs: Any) -> None:
    handle, adapter = branch
    prepared = _prepared(adapter, inputs)
    handle.fault("down")
    with pytest.raises(Retriable):
        adapter.submit(prepared)
    handle.clear()
    handle.wait()
    assert _rows(handle, inputs) == []


def test_a_known_reference_is_no_refusal_for_the_account_may_be_open(
    branch: Any, inputs: Any
) -> None:
    handle, adapter = branch
    prepared = _prepared(adapter, inputs)
    done = adapter.submit(prepared)
    with pytest.raises(Unknown) as caught:
        adapter.submit(prepared)
    assert caught.value.code == "generic.told-unknown"
    assert adapter.probe(prepared).record == done.record
    assert len(_rows(handle, inputs)) == 1


def test_what_waits_for_an_officer_is_stored_until_it_is_approved(branch: Any, inputs: Any) -> None:
    handle, adapter = branch
    handle.ask("POST", "/review", {"on": True})
    prepared = _prepared(adapter, inputs)
    stored = adapter.submit(prepared)
    assert stored.waiting
    assert stored.record is None
    assert adapter.probe(prepared).waiting
    handle.ask("POST", "/approve")
    found = adapter.probe(prepared)
    assert not found.waiting
    assert found.reference == stored.reference
    assert found.record["account_tail"]


def test_what_an_officer_declines_is_refused_with_the_reason(branch: Any, inputs: Any) -> None:
    handle, adapter = branch
    handle.ask("POST", "/review", {"on": True})
    prepared = _prepared(adapter, inputs)
    adapter.submit(prepared)
    handle.ask("POST", "/decline", {"reason": "代理人身份核验未通过"})
    with pytest.raises(Rejected) as caught:
        adapter.probe(prepared)
    assert (caught.value.reason, caught.value.facts["code"]) == ("代理人身份核验未通过", "SCB0001")


def test_a_refusal_is_found_again_by_the_question(branch: Any, inputs: Any) -> None:
    handle, adapter = branch
    handle.fault("refuse", operation="SCOPNACT", reason="客户已有同类账户", times=1)
    prepared = _prepared(adapter, inputs)
    for ask in (adapter.submit, adapter.probe):
        with pytest.raises(Rejected) as caught:
            ask(prepared)
        assert caught.value.reason == "客户已有同类账户"
    assert _rows(handle, inputs) == []


def test_another_bank_s_card_is_not_sent(branch: Any, inputs: Any) -> None:
    _, adapter = branch
    inputs["card"]["bank"] = "105"
    with pytest.raises(Invalid) as caught:
        _prepared(adapter, inputs)
    told = {(problem.code, problem.facts["path"]) for problem in caught.value.problems}
    assert told == {("plan.disagree", "/card/bank"), ("bank.another-bank", "/card/bank")}


def test_a_card_of_another_child_is_not_sent(branch: Any, inputs: Any) -> None:
    _, adapter = branch
    inputs["card"]["citizen_id"] = "320117202601050031"
    with pytest.raises(Invalid) as caught:
        _prepared(adapter, inputs)
    assert caught.value.code == "plan.disagree"


def test_the_bank_lists_what_it_opened_refused_and_has_not_decided(
    branch: Any, inputs: Any
) -> None:
    handle, adapter = branch
    since = datetime.now(UTC) - timedelta(minutes=1)
    told = {}
    for state in ("applied", "refused", "waiting"):
        inputs["card"]["card_number"] = f"A17{next(NUMBERS):06}"
        prepared = _prepared(adapter, inputs)
        handle.ask("POST", "/review", {"on": state == "waiting"})
        if state == "refused":
            handle.fault("refuse", operation="SCOPNACT", reason="不予开户", times=1)
            with pytest.raises(Rejected):
                adapter.submit(prepared)
        else:
            adapter.submit(prepared)
        told[prepared.effect_key] = state
    found = adapter.books("open_card_account", since, datetime.now(UTC))
    states = {entry.effect_key: entry.state for entry in found}
    assert {key: states[key] for key in told} == told
    handle.ask("POST", "/approve")
    assert list(adapter.books("open_card_account", since - timedelta(days=9), since)) == []


def test_without_a_choice_of_settings_it_posts_gbk_texts() -> None:
    alias, settings = bank.wire({"bank": "102"})
    assert (alias, settings["body"], settings["charset"]) == ("rest", "text", "gbk")
    assert bank.mistakes({"settings": {"bodi": "x"}}, None)[0][0] == "/settings/bodi"  # type: ignore[arg-type]
