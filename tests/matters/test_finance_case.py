"""What may be used of what is there: about this request, within the letter's period, and fresh."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from matters import finance_case
from tests.matters.finances import CHECKLIST, RIGHT, TODAY, case


def usable(name: str, *told: Any, **more: Any) -> bool:
    return finance_case.is_usable(CHECKLIST, case(*told, **more), name)


@pytest.mark.parametrize("name", sorted(RIGHT))
def test_a_paper_of_today_about_this_request_may_be_used(name: str) -> None:
    assert usable(name)
    assert not usable(name, without=[name])


def test_the_last_day_on_which_it_is_fresh() -> None:
    assert usable("pledge", old={"pledge": 3})
    assert not usable("pledge", old={"pledge": 4})
    assert not usable("pledge", old={"pledge": -1})
    assert not usable("pledge", old={"pledge": None})


def test_without_the_request_nobody_can_tell_what_a_paper_is_about() -> None:
    assert not usable("pledge", without=["request"])
    assert usable("letter", without=["request"])


def test_the_period_of_the_letter_holds_for_others_facts_only() -> None:
    yesterday = TODAY - timedelta(days=1)
    assert not usable("pledge", data_until=yesterday)
    assert usable("pledge", old={"pledge": 1}, data_until=yesterday, data_from=yesterday)
    assert not usable("pledge", old={"pledge": 2}, data_from=yesterday)
    assert usable("request", data_until=yesterday)


def test_a_view_has_only_what_was_asked_for_and_may_be_used() -> None:
    found = finance_case.view(CHECKLIST, case(old={"pledge": 9}), ["pledge", "opinion"])
    assert set(found.papers) == {"opinion"}
    assert {path.split("/")[1] for path in found.fields} == {"opinion"}
    assert found.parameters["limit_fen"] == 300_000_000


def test_amounts_and_flags_that_are_not_stated_are_none() -> None:
    told = {"/order/paid_fen": None, "/order/is_confirmed": None}
    found = finance_case.view(CHECKLIST, case("due", told), ["order"])
    assert (found.fen("/order/amount_fen"), found.fen("/order/paid_fen")) == (100_000_000, None)
    assert (found.truth("/order/may_be_assigned"), found.truth("/order/is_confirmed")) == (
        True,
        None,
    )


def test_the_stage_is_the_orders_word_while_it_may_be_used() -> None:
    assert finance_case.stage(CHECKLIST, case("delivered")) == "delivered"
    assert finance_case.stage(CHECKLIST, case("delivered", old={"order": 8})) is None
    assert finance_case.stage(CHECKLIST, case("delivered", {"/order/order": "PO-2"})) is None
    assert finance_case.stage(CHECKLIST, case("delivered", {"/order/stage": None})) is None
    assert finance_case.stage(CHECKLIST, case(without=["order"])) is None


@pytest.mark.parametrize("name", sorted(set(RIGHT) - {"request", "letter", "order"}))
def test_every_paper_of_another_says_of_which_day_it_is(name: str) -> None:
    assert finance_case.own_day(RIGHT[name]) == TODAY


def test_an_order_does_not_say_it() -> None:
    assert finance_case.own_day(RIGHT["order"]) is None
