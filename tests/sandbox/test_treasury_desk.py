"""The treasury's decisions: one for each order that was written, and nothing is de-duplicated unasked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.books import Books
from sandbox.treasury_desk import SCHEMA, Desk, Order, Outcome

ORDER = Order("ZF_SQ/1", "00ff" * 8, "A-1", "B-1", "甲公司", "4301", 100)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(Books(tmp_path / "books.sqlite", SCHEMA, effects="payments"))
    yield made
    made.books.close()


def pay(desk: Desk, order: Order = ORDER) -> Outcome:
    with desk.books.transaction() as db:
        return desk.pay(db, order, None)


def test_what_was_written_once_is_decided_once_whoever_asks_again(desk: Desk) -> None:
    assert pay(desk) == pay(desk)
    assert desk.sums()["by_status"] == {"2": 1}


def test_a_second_order_of_one_number_is_a_second_payment_and_is_seen(desk: Desk) -> None:
    pay(desk)
    pay(desk, replace(ORDER, source="ZF_SQ/2"))
    told = desk.sums()
    assert (told["awards"], told["fen"], told["doubled"]) == (1, 200, ["A-1"])


def test_a_treasury_that_looks_refuses_the_second(desk: Desk) -> None:
    desk.refuses_repeats = True
    assert pay(desk).status == "2"
    assert pay(desk, replace(ORDER, source="ZF_SQ/2")).code == "AM05"
    assert desk.sums()["doubled"] == []


def test_a_budget_is_spent_to_the_fen(desk: Desk) -> None:
    desk.budgets["B-1"] = 250
    told = [pay(desk, replace(ORDER, source=f"ZF_SQ/{n}", orderno=str(n))) for n in range(3)]
    assert [(each.status, each.code) for each in told] == [("2", ""), ("2", ""), ("4", "AM04")]
    assert desk.budgets["B-1"] == 50


@pytest.mark.parametrize(
    ("account", "code"), [({"state": "closed"}, "AC04"), ({"name": "乙公司"}, "BE01"), ({}, "")]
)
def test_an_account_decides_whether_the_money_stays(
    desk: Desk, account: dict[str, str], code: str
) -> None:
    desk.accounts["4301"] = account
    assert pay(desk).code == code


def test_what_came_back_late_is_paid_no_more(desk: Desk) -> None:
    pay(desk)
    assert desk.send_back(ORDER.orderno, "AC01").status == "3"
    assert desk.sums()["awards"] == 0
    with pytest.raises(ValueError):
        desk.send_back(ORDER.orderno, "AC01")


def test_what_was_paid_is_recovered_once_and_what_was_not_never(desk: Desk) -> None:
    back = replace(ORDER, source="ZF_SH/1", orderno="r1", ysqh=ORDER.orderno)
    with desk.books.transaction() as db:
        assert desk.recover(db, back, None).code == "MS03"
    pay(desk)
    with desk.books.transaction() as db:
        assert desk.recover(db, replace(back, source="ZF_SH/2"), None).status == "2"
        assert desk.recover(db, replace(back, source="ZF_SH/2"), None).status == "2"
        assert desk.recover(db, replace(back, source="ZF_SH/3"), None).code == "MS03"


def test_every_so_manyth_account_is_closed_and_a_told_one_is_as_it_was_told(desk: Desk) -> None:
    desk.closed_every = 13
    numbers = [replace(ORDER, source=f"ZF_SQ/{n}", orderno=str(n), skrzh=str(n)) for n in (26, 27)]
    assert [pay(desk, each).status for each in numbers] == ["3", "2"]
    desk.accounts["39"] = {"name": ORDER.skrmc, "state": "open"}
    assert pay(desk, replace(ORDER, source="ZF_SQ/3", skrzh="39")).status == "2"
