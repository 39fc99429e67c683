"""Another spelling is no other order; another order is another one; nobody can guess a fingerprint."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from exchange.errors import Invalid
from tests.zhida import finance_stores, finance_town
from tests.zhida.finance_town import BUYER, SELLER, Place
from zhida import finance_prints
from zhida.finance_prints import Deal

DEAL = Deal(SELLER, BUYER, "PO-2026/007", line="10", invoices=(("011002200111", "12345678"),))


place = finance_stores.place


@pytest.mark.parametrize(
    "spelt",
    [
        "po-2026/007",
        "ＰＯ－２０２６／００７",
        " PO-2026 / 007 ",
        "PO\u20132026/007",
        "PO\u2011\u200b2026/007\ufeff",
        "PO\u22122026/007",
    ],
)
def test_another_spelling_is_the_same(place: Place, spelt: str) -> None:
    assert finance_prints.of(place.hub, replace(DEAL, order=spelt)) == finance_prints.of(
        place.hub, DEAL
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"order": "PO2026/007"},
        {"order": "PO-2026/07"},
        {"order": "PO-2026/0007"},
        {"order": "PO-2026-007"},
        {"seller": BUYER},
        {"buyer": SELLER},
        {"seller": BUYER, "buyer": SELLER},
    ],
)
def test_another_order_is_another(place: Place, changed: dict[str, str]) -> None:
    mine, other = (finance_prints.of(place.hub, each) for each in (DEAL, replace(DEAL, **changed)))
    assert mine.order != other.order and mine.line != other.line
    assert (mine.invoices == other.invoices) is ("seller" not in changed)


def test_zeros_before_a_number_are_only_fill(place: Place) -> None:
    first, second = (
        finance_prints.of(place.hub, Deal(SELLER, BUYER, order, line=line))
        for order, line in (("0004500012", "00010"), ("4500012", "10"))
    )
    assert first == second
    assert first.order != finance_prints.of(place.hub, Deal(SELLER, BUYER, "000")).order


def test_a_contract_stands_for_an_order_that_has_no_number(place: Place) -> None:
    by_contract = finance_prints.of(place.hub, replace(DEAL, order="", contract="HT-1"))
    assert by_contract == finance_prints.of(place.hub, replace(DEAL, order="HT-1"))
    assert finance_prints.of(place.hub, replace(DEAL, contract="HT-1")) == finance_prints.of(
        place.hub, DEAL
    )
    with pytest.raises(Invalid, match=r"finance\.no-number"):
        finance_prints.of(place.hub, replace(DEAL, order=" \u200b", contract=""))


def test_an_invoice_is_the_same_whatever_order_it_is_said_to_be_of(place: Place) -> None:
    other = finance_prints.of(place.hub, Deal(DEAL.seller, SELLER, "X", invoices=DEAL.invoices * 2))
    assert other.invoices == finance_prints.of(place.hub, DEAL).invoices
    number = finance_prints.of(place.hub, replace(DEAL, invoices=(("", "12345678"),))).invoices
    assert number != other.invoices


def test_parts_are_not_run_together(place: Place) -> None:
    pairs = ((("1", "23"),), (("12", "3"),), (("", "123"),))
    found = {finance_prints.of(place.hub, replace(DEAL, invoices=each)).invoices for each in pairs}
    assert len(found) == 3


def test_it_says_nothing_and_is_the_hubs_own(place: Place, tmp_path: Path) -> None:
    found = finance_prints.of(place.hub, DEAL)
    assert all(len(each) == 32 for each in (*found.all, found.line))
    with finance_town.opened(tmp_path) as another:  # with a key of its own
        assert not set(finance_prints.of(another.hub, DEAL).all) & set(found.all)


def test_a_request_has_its_prints_without_its_amounts(place: Place) -> None:
    request = {
        "seller": {"uscc": SELLER}, "buyer": {"uscc": BUYER}, "order": "PO-2026/007", "line": "10", "amount_fen": 1,
        "invoices": [{"code": "011002200111", "number": "12345678", "total_fen": 5}],
    }  # fmt: skip
    assert finance_prints.of_request(place.hub, request) == finance_prints.of(place.hub, DEAL)
    bare = {name: request[name] for name in ("seller", "buyer", "order")}
    found = finance_prints.of_request(place.hub, bare)
    assert (found.line, found.invoices) == ("", ())
