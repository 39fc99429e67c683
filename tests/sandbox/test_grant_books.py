"""What the treasury and the portal know together of each payment."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from sandbox import grant_books
from sandbox.books import Books
from sandbox.grant_books import Payment
from sandbox.portal import SCHEMA as PORTAL
from sandbox.treasury_desk import SCHEMA as TREASURY
from sandbox.treasury_desk import Desk, Order

ASKED = {"awardNo": "A1", "uscc": "U1", "policyName": "企业上市奖补 股改"}
TOLD = {"noticeNo": "paid/A1", "uscc": "U1", "title": "企业上市奖补"}
ALONE = {"noticeNo": "paid/A2", "uscc": "U2", "title": "质量奖"}


def doing(kind: str, given: Mapping[str, str]) -> dict[str, object]:
    empty = dict.fromkeys(("at", "serialNo", "about", "uscc", "state"), "")
    text = json.dumps(given, ensure_ascii=False)
    return {**empty, "kind": kind, "days": 0, "given": text, "said": "{}"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    portal = Books(tmp_path / "portal" / "books.sqlite", PORTAL, effects="doings")
    for kind, given in (("question", ASKED), ("message", TOLD), ("message", ALONE)):
        portal.insert("doings", doing(kind, given))
    portal.close()
    desk = Desk(Books(tmp_path / "treasury" / "books.sqlite", TREASURY, effects="payments"))
    desk.accounts["closed"] = {"state": "closed"}
    for number, (award, account) in enumerate(
        [("A1", "closed"), ("A1", "9"), ("A2", "9"), ("A2", "9"), ("A3", "9")]
    ):
        order = Order(f"ZF_SQ/{number}", str(number), award, "B", "甲", account, 100 + number)
        with desk.books.transaction() as db:
            desk.pay(db, order, None)
    desk.books.close()
    return tmp_path


def test_each_payment_has_the_firm_and_the_policy_that_the_portal_knows(folder: Path) -> None:
    found = grant_books.payments(folder)
    assert found[0] == Payment("A1", "U1", "企业上市奖补", "股改", 100, "3")
    assert found[2] == Payment("A2", "U2", "质量奖", "", 102, "2")
    assert (found[4].uscc, found[4].title) == ("", "")


def test_what_is_paid_again_and_what_nobody_can_explain_is_seen(folder: Path) -> None:
    found = grant_books.payments(folder)
    assert grant_books.twice(found) == ["A2"]
    sums = {"企业上市奖补": (1, 101), "质量奖": (2, 205), "": (1, 104)}
    assert grant_books.by_title(found) == sums


@pytest.mark.parametrize(
    ("states", "rest"),
    [
        ({"A1": "paid", "A2": "declined"}, True),
        ({"A1": "ordered"}, False),
        ({"A1": "awaiting-confirmation"}, False),  # it has said yes, and the hub will see it
        ({"A9": "awaiting-confirmation"}, True),
        ({"A8": "returned"}, True),
        ({"A7": "returned"}, False),  # it will be asked for another account
    ],
)
def test_nothing_moves_where_all_that_is_open_waits_for_a_firm(
    tmp_path: Path, states: dict[str, str], rest: bool
) -> None:
    portal = Books(tmp_path / "portal" / "books.sqlite", PORTAL, effects="doings")
    for award, state in (("A1", "2"), ("A9", "1"), ("A8", "2"), ("A8", "1")):
        portal.insert("doings", doing("question", ASKED) | {"about": award, "state": state})
    portal.close()
    assert grant_books.is_at_rest(tmp_path, states) is rest
