"""A page of a bank's entries: believed if it adds up, and what went out is let go."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters import _bank_page
from adapters._bank_page import PageError
from mappings import compiler
from tests.adapters.bank_pages import entry, sections

ACCOUNT = "1250000000012345"
MAPPING = compiler.load("bank_entry_account_credit")


def _kept(*rows: dict[str, Any], **changed: str) -> list[Any]:
    return _bank_page.kept(_bank_page.read(sections(*rows, **changed)).rows, ACCOUNT)


def test_a_credit_is_kept_with_the_tail_of_its_payer_s_account() -> None:
    (row,) = _kept(entry(YURREF="DD1", NARYUR="货款"))
    assert (row["KIND"], row["AMT"], row["RPYTAL"], row["NAMFUL"]) == (
        "credit",
        "12.30",
        "0042",
        True,
    )
    assert (row["ACCNBR"], row["ACCTAL"]) == (ACCOUNT, "2345")
    assert "3200000000000042" not in repr(row)


def test_a_day_without_entries_is_a_page_of_none() -> None:
    assert _bank_page.read(sections()) == _bank_page.Page([], -1)
    empty = sections() | {"NTQTSINFZ": ""}
    assert _bank_page.read(empty).rows == []


def test_what_went_out_is_counted_and_goes_no_further() -> None:
    assert [row["AMT"] for row in _kept(entry("5", "D"), entry("7"))] == ["7"]


@pytest.mark.parametrize(
    ("side", "changed", "kind", "amount"),
    [
        ("C", {}, "credit", "12.30"),
        ("C", {"RSVFLG": "X"}, "credit", "12.30"),
        ("D", {"RSVFLG": "*"}, "credit-reversal", "-12.30"),
        ("C", {"RSVFLG": "*"}, "returned", "12.30"),
        ("C", {"INFFLG": "3"}, "returned", "12.30"),
    ],
)
def test_a_reversal_is_a_kind_of_its_own_and_never_dropped(
    side: str, changed: dict[str, str], kind: str, amount: str
) -> None:
    (row,) = _kept(entry(side=side, **changed))
    assert (row["KIND"], row["AMT"]) == (kind, amount)


def test_who_had_been_paid_before_is_no_payer() -> None:
    (row,) = _kept(entry(INFFLG="3"))
    assert "RPYNAM" not in row
    assert "RPYTAL" not in row


def test_a_name_that_fills_its_field_may_have_been_cut() -> None:
    whole, full = _kept(entry(RPYNAM="甲" * 30), entry(REFNBR="K2", RPYNAM="甲" * 31))
    assert (whole["NAMFUL"], full["NAMFUL"]) == (True, False)


def test_a_page_says_whether_more_follow() -> None:
    assert _bank_page.read(sections(entry(), COTFLG="Y", TRSSEQ="30")).after == 30
    assert _bank_page.read(sections(entry(), COTFLG="N", TRSSEQ="30")).after == -1


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"CRTNBR": "2"}, "CRTNBR"),
        ({"CRTAMT": "12.31"}, "CRTAMT"),
        ({"DBTNBR": "1"}, "DBTNBR"),
        ({"DBTAMT": "0.01"}, "DBTAMT"),
        ({"CRTNBR": ""}, "CRTNBR"),
        ({"CRTAMT": "12,30"}, "CRTAMT"),
        ({"COTFLG": ""}, "COTFLG"),
        ({"COTFLG": "Y", "TRSSEQ": ""}, "TRSSEQ"),
    ],
)
def test_a_page_that_does_not_add_up_is_not_believed(changed: dict[str, str], word: str) -> None:
    with pytest.raises(PageError, match=f"^{word}$"):
        _bank_page.read(sections(entry(), **changed))


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"AMTCDR": "X"}, "AMTCDR"),
        ({"TRSAMT": "12.31"}, "TRSAMT"),
        ({"TRSAMT": "", "TRSAMTC": ""}, "TRSAMT"),
        ({"TRSAMTC": "-12.30"}, "TRSAMTC"),
        ({"TRSAMTC": "1e3"}, "TRSAMTC"),
        ({"TRSAMTC": "12.305"}, "TRSAMTC"),
        ({"TRSAMTC": "１２.30"}, "TRSAMTC"),
        ({"RSVFLG": "?"}, "RSVFLG"),
        ({"CCYNBR": "32"}, "CCYNBR"),
        ({"RPYNAM": {"A": "b"}}, "RPYNAM"),
    ],
)
def test_an_entry_that_is_none_is_not_believed(changed: dict[str, Any], word: str) -> None:
    told = {"NTQTSINFZ": entry(**changed), "NTRBPTRSZ1": sections(entry())["NTRBPTRSZ1"]}
    with pytest.raises(PageError, match=f"^{word}$"):
        _bank_page.kept(_bank_page.read(told).rows, ACCOUNT)


def test_what_is_no_page_is_not_believed() -> None:
    for told in ({}, {"NTRBPTRSZ1": ""}, {"NTRBPTRSZ1": [{}, {}]}):
        with pytest.raises(PageError, match="^summary$"):
            _bank_page.read(told)
    with pytest.raises(PageError, match="^NTQTSINFZ$"):
        _bank_page.read(sections() | {"NTQTSINFZ": ["x"]})


@given(st.lists(st.integers(0, 10**14), max_size=30))
def test_every_fen_arrives(amounts: list[int]) -> None:
    rows = [entry(f"{a // 100}.{a % 100:02}", REFNBR=f"K{n}") for n, a in enumerate(amounts)]
    found = [MAPPING.apply(row)["amount_fen"] for row in _kept(*rows)]
    assert found == amounts
