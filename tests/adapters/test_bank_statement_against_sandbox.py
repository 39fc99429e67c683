"""A locked account read out of the front-end machine: pages, odd answers, a date that is not ours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters import bank
from exchange import times
from exchange.errors import Fatal, Invalid, Retriable, Unknown
from exchange.ports import utc_now
from mappings import shapes
from mappings.encoding import normal_form
from mappings.plain_text import is_plain

NUMBERS = count(10_000)
DAY = times.civil_day(utc_now()) - timedelta(days=1)
"""Over, and still so if the day changes while the tests run."""
OPTIONS = {"bank": "308", "statement": {"branch": "25"}, "settings": {"timeout_s": 1}}
ODD = {"-9": "bank.not-told", "CDCServer": "bank.front-end", "ErrMsg": "bank.front-end"}


@pytest.fixture
def machine(peer: Any) -> Iterator[tuple[Any, bank.Bank, str]]:
    """Its control, the adapter, and the number of an account that may be asked about."""
    handle, endpoint = peer("bank")
    adapter = bank.open_system(OPTIONS, replace(endpoint, login="hub"))
    account = f"12509999000{next(NUMBERS)}"
    handle.ask("POST", "/grant", {"account": account})
    yield handle, adapter, account
    handle.ask("POST", "/statement", {})
    adapter.close()


def _query(account: str) -> dict[str, Any]:
    return {"query": {"account": account, "since": DAY.isoformat(), "until": DAY.isoformat()}}


def _read(adapter: bank.Bank, inputs: dict[str, Any]) -> Any:
    return adapter.fetch(adapter.prepare("account_credits", inputs, "")).record


def _book(handle: Any, account: str, **told: Any) -> None:
    handle.ask("POST", "/entry", {"account": account, "day": f"{DAY:%Y%m%d}", **told})


def test_what_came_in_is_read_through_gbk_and_http(machine: Any) -> None:
    handle, adapter, account = machine
    _book(
        handle,
        account,
        amount=120000050,
        payer="示例核心企业有限公司",
        payer_account="3200000000000042",
    )
    _book(handle, account, amount=50, side="D", reversal="*")
    _book(handle, account, amount=700, side="D", payer="别家公司")
    inputs = _query(account)
    answer = adapter.fetch(adapter.prepare("account_credits", inputs, ""))
    record = answer.record
    assert record is not None
    shapes.validate("account-credits", record)
    assert (record["count"], record["total_fen"]) == (2, 120000000)
    assert {name: record[name] for name in inputs["query"]} == inputs["query"]
    assert record["credits"][0]["payer"]["account_tail"] == "0042"
    told = answer.raw.decode() + repr(record)
    assert "3200000000000042" not in told
    assert "别家公司" not in told


@pytest.mark.parametrize("entries", [0, 1, 29, 30, 31, 61])
def test_every_page_is_read(machine: Any, entries: int) -> None:
    handle, adapter, account = machine
    for number in range(entries):
        _book(handle, account, amount=number, side="D" if number % 3 == 2 else "C")
    expected = [number for number in range(entries) if number % 3 != 2]
    record = _read(adapter, _query(account))
    assert (record["count"], record["total_fen"]) == (len(expected), sum(expected))


def test_a_page_that_lost_an_entry_on_its_way_is_asked_again(machine: Any) -> None:
    handle, adapter, account = machine
    _book(handle, account, amount=1)
    _book(handle, account, amount=2)
    handle.ask("POST", "/statement", {"cut": 9})
    with pytest.raises(Retriable) as caught:
        _read(adapter, _query(account))
    assert caught.value.code == "bank.unreadable-statement"
    handle.ask("POST", "/statement", {})
    assert _read(adapter, _query(account))["total_fen"] == 3


def test_a_machine_that_begins_again_and_again_is_not_followed_for_ever(machine: Any) -> None:
    handle, adapter, account = machine
    for number in range(31):
        _book(handle, account, amount=number)
    handle.ask("POST", "/statement", {"stuck": 1000})
    with pytest.raises(Retriable) as caught:
        _read(adapter, _query(account))
    assert caught.value.facts["reason"] == "TRSSEQ"


@pytest.mark.parametrize("how", ODD)
def test_what_the_machine_does_not_tell_is_no_empty_account(machine: Any, how: str) -> None:
    handle, adapter, account = machine
    _book(handle, account, amount=5)
    handle.ask("POST", "/odd", {"answer": how})
    with pytest.raises(Unknown) as caught:
        _read(adapter, _query(account))
    assert caught.value.code == ODD[how]
    assert _read(adapter, _query(account))["total_fen"] == 5


@pytest.mark.parametrize("fault", ["reset", "slow", "html", "once503"])
def test_a_lost_answer_is_asked_for_again(machine: Any, fault: str) -> None:
    handle, adapter, account = machine
    _book(handle, account, amount=5)
    options = {"seconds": 2.0} if fault == "slow" else {}
    handle.fault(fault, operation="GetTransInfoEX", times=1, **options)
    with pytest.raises((Unknown, Retriable)):
        _read(adapter, _query(account))
    assert _read(adapter, _query(account))["total_fen"] == 5


def test_an_account_that_the_user_may_not_see_is_no_empty_account(machine: Any) -> None:
    _, adapter, account = machine
    with pytest.raises(Unknown) as caught:
        _read(adapter, _query(f"9{account[1:]}"))
    assert (caught.value.code, caught.value.facts["code"]) == ("bank.not-told", "-1")
    assert account[1:] not in repr(caught.value.facts)


def test_a_machine_whose_date_is_behind_tells_nothing_and_nothing_is_concluded(
    machine: Any,
) -> None:
    handle, adapter, account = machine
    handle.ask("POST", "/statement", {"behind": 9})
    with pytest.raises(Unknown) as caught:
        _read(adapter, _query(account))
    assert caught.value.code == "bank.not-told"


def test_a_hub_whose_date_is_ahead_does_not_ask_for_tomorrow_by_its_own(machine: Any) -> None:
    _, adapter, account = machine
    query = _query(account)["query"] | {"until": (DAY + timedelta(days=3)).isoformat()}
    with pytest.raises(Invalid) as caught:
        adapter.prepare("account_credits", {"query": query}, "")
    assert caught.value.code == "bank.day-ahead"


def test_a_cut_name_is_told_as_one(machine: Any) -> None:
    handle, adapter, account = machine
    name = "江苏省某某某某某某某某某某某某某某某某某某某某某某某有限责任公司"
    _book(handle, account, amount=1, payer=name)
    payer = _read(adapter, _query(account))["credits"][0]["payer"]
    assert payer["name_full"] is False
    assert name.startswith(payer["name"])
    assert len(payer["name"]) == 31


NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp", "Co"]),
    min_size=1,
    max_size=15,
).filter(is_plain)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(name=NAMES, amount=st.integers(0, 10**14))
def test_names_and_amounts_arrive_whole_or_not_at_all(machine: Any, name: str, amount: int) -> None:
    """Also characters that GBK has not: the machine sends GB 18030 under the same declaration."""
    handle, adapter, _ = machine
    account = f"12508888000{next(NUMBERS)}"
    handle.ask("POST", "/grant", {"account": account})
    _book(handle, account, amount=amount, payer=name)
    (found,) = _read(adapter, _query(account))["credits"]
    assert found["amount_fen"] == amount
    assert normal_form(found["payer"]["name"]) == normal_form(name)


@pytest.mark.parametrize("name", ["张三㛃", "𬀩𬀩", "䶮", "阿卜杜热西提·阿卜杜热合曼"])
def test_rare_characters_are_not_lost(machine: Any, name: str) -> None:
    handle, adapter, account = machine
    _book(handle, account, amount=1, payer=name)
    assert _read(adapter, _query(account))["credits"][0]["payer"]["name"] == name


def test_without_its_option_a_bank_tells_no_account(peer: Any) -> None:
    handle, endpoint = peer("bank")
    adapter = bank.open_system({"bank": "308"}, endpoint)
    assert list(adapter.operations) == list(bank.declared({"bank": "308"})) == ["open_card_account"]
    with pytest.raises(Fatal):
        adapter.prepare("account_credits", _query("1250000000012345"), "")
    adapter.close()
    assert handle


def test_the_options_are_declared_and_checked() -> None:
    assert list(bank.declared(OPTIONS)) == ["open_card_account", "account_credits"]
    assert bank.requests(OPTIONS)["account_credits"] == ()
    assert bank.mistakes(OPTIONS, None) == []
    wrong = OPTIONS | {"statement": {"branch": "25", "mapping": "bank_entry_acount_credit"}}
    ((place, problem),) = bank.mistakes(wrong, None)
    assert place == "/statement/mapping"
    assert problem.facts["nearest"] == "bank_entry_account_credit"
