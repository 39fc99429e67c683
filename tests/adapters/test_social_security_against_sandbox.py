"""The card system as a process: GBK in a string, the parents' bank, lost answers found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from lxml import etree

from adapters import social_security
from exchange.errors import Invalid, Rejected, Unknown
from exchange.ports import Prepared
from sandbox import soap


@pytest.fixture
def cards(peer: Any) -> Iterator[Any]:
    handle, endpoint = peer("social_security")
    adapter = social_security.open_system({"timeout_s": 1}, endpoint)
    yield handle, adapter
    adapter.close()


@pytest.fixture
def inputs(citizen: Any, declaration: Any) -> dict[str, Any]:
    declaration["card"] = {"bank": "102"}
    return {"citizen": citizen, "declaration": declaration}


def _prepared(adapter: Any, inputs: Any) -> Prepared:
    prepared: Prepared = adapter.prepare("order_card", inputs, uuid4().hex)
    return prepared


def _rows(handle: Any, prepared: Prepared) -> list[Any]:
    return [row for row in handle.books() if row["ywlsh"] == prepared.effect_key]


def test_a_card_is_ordered_and_found_again(cards: Any, inputs: Any) -> None:
    handle, adapter = cards
    prepared = _prepared(adapter, inputs)
    assert adapter.probe(prepared) is None
    answer = adapter.submit(prepared)
    (row,) = _rows(handle, prepared)
    assert answer.record["card_number"] == answer.reference == row["aaz500"]
    assert answer.record["bank"] == row["aae008"] == "102"
    assert adapter.probe(prepared).record == answer.record


def test_the_string_is_an_input_that_declares_gbk(cards: Any, inputs: Any) -> None:
    handle, adapter = cards
    inputs["citizen"]["name"] = "买买提·小直"
    prepared = _prepared(adapter, inputs)
    adapter.submit(prepared)
    (row,) = _rows(handle, prepared)
    assert row["aac003"] == "买买提·小直"
    sent = [each["body"] for each in handle.wire() if each["direction"] == "in"][-1]
    text = soap.payload(sent).findtext("arg0") or ""
    assert text.startswith('<?xml version="1.0" encoding="GBK"?><input>')
    fields = etree.fromstring(text.partition("?>")[2])
    assert fields.findtext("prm_aac002") == inputs["citizen"]["citizen_id"]


def test_parents_who_chose_no_bank_are_told_so_with_the_place(cards: Any, inputs: Any) -> None:
    _, adapter = cards
    del inputs["declaration"]["card"]
    with pytest.raises(Invalid) as caught:
        _prepared(adapter, inputs)
    (problem,) = caught.value.problems
    assert (problem.code, problem.facts["path"]) == ("mapping.missing", "/declaration/card/bank")


def test_a_name_that_gbk_cannot_hold_is_named_and_never_replaced(cards: Any, inputs: Any) -> None:
    _, adapter = cards
    inputs["citizen"]["name"] = "李\U0002c029"
    with pytest.raises(Invalid) as caught:
        _prepared(adapter, inputs)
    assert caught.value.code == "mapping.cannot-encode"


def test_a_bank_that_issues_no_cards_here_is_refused_with_words(cards: Any, inputs: Any) -> None:
    handle, adapter = cards
    inputs["declaration"]["card"]["bank"] = "999"
    prepared = _prepared(adapter, inputs)
    with pytest.raises(Rejected) as caught:
        adapter.submit(prepared)
    assert caught.value.reason == "该银行不是本地社会保障卡合作银行"
    assert _rows(handle, prepared) == []


@pytest.mark.parametrize("fault", ["reset", "slow"])
def test_a_lost_answer_is_unknown_and_the_order_is_found(
    cards: Any, inputs: Any, fault: str
) -> None:
    handle, adapter = cards
    options = {"seconds": 2.0} if fault == "slow" else {}
    handle.fault(fault, operation="applyCard", stage="after", times=1, **options)
    prepared = _prepared(adapter, inputs)
    with pytest.raises(Unknown):
        adapter.submit(prepared)
    (row,) = _rows(handle, prepared)
    assert adapter.probe(prepared).record["card_number"] == row["aaz500"]


def test_the_system_lists_every_page_of_its_orders(cards: Any, inputs: Any) -> None:
    _, adapter = cards
    since = datetime.now(UTC) - timedelta(minutes=1)
    told = {}
    for _ in range(101):
        prepared = _prepared(adapter, inputs)
        told[prepared.effect_key] = adapter.submit(prepared).reference
    found = list(adapter.books("order_card", since, datetime.now(UTC)))
    known = {entry.effect_key: entry.reference for entry in found}
    assert {key: known[key] for key in told} == told
    assert {entry.state for entry in found} == {"applied"}
    assert list(adapter.books("order_card", since - timedelta(days=9), since)) == []
