"""The front-end machine's statements with a foreign client: pages, sums, refusals, odd answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
import requests
from lxml import etree

from sandbox.handle import Handle
from sandbox.moments import CHINA, china_time

NUMBERS = count(10_000)
DAY = (datetime.now(CHINA) - timedelta(days=9)).strftime("%Y%m%d")
"""Over, and not too long ago for the bank, whenever this runs."""


@pytest.fixture
def account(bank_door: Handle) -> Iterator[str]:
    number = f"12507777000{next(NUMBERS)}"
    bank_door.ask("POST", "/grant", {"account": number})
    yield number
    bank_door.ask("POST", "/statement", {})


def _ask(handle: Handle, account: str, day: str = DAY, after: str = "0") -> Any:
    inner = {"BBKNBR": "25", "ACCNBR": account, "TRSDAT": day, "TRSSEQ": after}
    fields = "".join(f"<{name}>{value}</{name}>" for name, value in inner.items())
    head = "<INFO><FUNNAM>GetTransInfoEX</FUNNAM><DATTYP>2</DATTYP><LGNNAM>hub</LGNNAM></INFO>"
    text = f"<CMBSDKPGK>{head}<SDKRBPTRSX>{fields}</SDKRBPTRSX></CMBSDKPGK>"
    sent = f'<?xml version="1.0" encoding="GBK"?>{text}'.encode("gbk")
    told = requests.post(handle.address, data=sent, timeout=10).content
    return etree.fromstring(told.replace(b'encoding="GBK"', b'encoding="GB18030"'))


def _book(handle: Handle, account: str, **told: Any) -> None:
    handle.ask("POST", "/entry", {"account": account, "day": DAY, "amount": 1, **told})


def _texts(root: Any, name: str) -> list[str]:
    return [each.text or "" for each in root.iter(name)]


def test_a_page_has_thirty_entries_and_says_whether_more_follow(
    bank_door: Handle, account: str
) -> None:
    for number in range(31):
        _book(bank_door, account, amount=number)
    first = _ask(bank_door, account)
    assert len(_texts(first, "NTQTSINFZ")) == 30
    assert (_texts(first, "COTFLG"), _texts(first, "TRSSEQ")) == (["Y"], ["30"])
    assert (_texts(first, "CRTNBR"), _texts(first, "CRTAMT")) == (["30"], ["4.35"])
    last = _ask(bank_door, account, after="31")
    assert _texts(last, "TRSAMTC") == ["0.30"]
    assert (_texts(last, "COTFLG"), _texts(last, "TRSSEQ")) == (["N"], ["31"])


def test_a_day_without_entries_is_told_as_one(bank_door: Handle, account: str) -> None:
    told = _ask(bank_door, account)
    assert _texts(told, "NTQTSINFZ") == []
    assert (_texts(told, "CRTNBR"), _texts(told, "CRTAMT")) == (["0"], ["0.00"])


def test_debits_and_reversals_are_told_as_they_were_booked(bank_door: Handle, account: str) -> None:
    _book(bank_door, account, side="D", amount=7, reversal="*")
    told = _ask(bank_door, account)
    assert (_texts(told, "AMTCDR"), _texts(told, "RSVFLG")) == (["D"], ["*"])
    assert _texts(told, "TRSAMTD") == _texts(told, "DBTAMT") == ["0.07"]


@pytest.mark.parametrize("day", ["", "20260230", "20990101", "20200101"])
def test_a_day_that_is_none_for_it_is_refused(bank_door: Handle, account: str, day: str) -> None:
    told = _ask(bank_door, account, day)
    assert _texts(told, "RETCOD") == ["-1"]
    assert _texts(told, "NTRBPTRSZ1") == []


def test_an_account_that_was_not_granted_is_refused(bank_door: Handle) -> None:
    assert _texts(_ask(bank_door, "1"), "ERRMSG") == ["账户不存在或没有查询权限"]


def test_its_date_may_be_behind(bank_door: Handle, account: str) -> None:
    today = china_time("%Y%m%d")
    assert _texts(_ask(bank_door, account, today), "RETCOD") == ["0"]
    bank_door.ask("POST", "/statement", {"behind": 2})
    assert _texts(_ask(bank_door, account, today), "RETCOD") == ["-1"]


def test_a_page_may_lose_an_entry_or_begin_again(bank_door: Handle, account: str) -> None:
    for number in range(31):
        _book(bank_door, account, amount=number)
    bank_door.ask("POST", "/statement", {"cut": 1, "stuck": 1})
    told = _ask(bank_door, account, after="31")
    assert (len(_texts(told, "NTQTSINFZ")), _texts(told, "CRTNBR")) == (29, ["30"])
    assert len(_texts(_ask(bank_door, account, after="31"), "NTQTSINFZ")) == 1


def test_a_name_is_cut_at_62_bytes_and_a_rare_one_goes_out_in_gb18030(
    bank_door: Handle, account: str
) -> None:
    _book(bank_door, account, payer="甲" * 40)
    _book(bank_door, account, payer="张三㛃")
    assert _texts(_ask(bank_door, account), "RPYNAM") == ["甲" * 31, "张三㛃"]
