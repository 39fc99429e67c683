"""An award is in one state, and moves only as the table says."""

from __future__ import annotations

import doctest

from hypothesis import given
from hypothesis import strategies as st

from exchange import case
from exchange.store import award_tables
from matters import award_states
from matters.award_states import (
    FREE,
    NEXT,
    RESERVED,
    RETURNED,
    STATES,
    may_become,
    of_case,
)

ITEM_STATES = sorted(case.ENDED | {"waiting", "ready", "sent", "unknown", "stored", "parked"})
ITEM = st.tuples(st.sampled_from(ITEM_STATES), st.sampled_from(["", RETURNED, "treasury.refused"]))


def test_doctests() -> None:
    assert doctest.testmod(award_states).failed == 0


def test_every_state_that_may_come_next_is_one() -> None:
    assert set().union(*NEXT.values()) <= set(STATES)


def test_every_state_can_be_reached_from_matched() -> None:
    assert {
        each for each in STATES if each != "matched" and not may_become("matched", each)
    } == set()


def test_nothing_comes_after_what_is_over() -> None:
    assert {each for each in STATES if not NEXT[each]} == {"screened-out", "recovered", "released"}


def test_money_that_came_back_is_paid_only_by_another_order() -> None:
    assert NEXT["returned"] == {"ordered"}
    assert NEXT["paid"] == {"clawback", "returned"}  # late, by the treasury's own word
    assert not may_become("clawback", "ordered")
    assert not may_become("recovered", "paid")


def test_no_award_is_paid_that_nobody_approved() -> None:
    """Every way to ``ordered`` leads through ``approved``, or comes from there."""
    leads = {state for state, after in NEXT.items() if "ordered" in after}
    assert leads == {"approved", "returned", "not-paid"}
    assert {s for s, after in NEXT.items() if after & {"returned", "not-paid"}} == {
        "ordered",
        "paid",
    }
    assert {s for s, after in NEXT.items() if "paid" in after} == {"ordered"}


def test_a_claim_is_given_up_only_where_the_database_thinks_so_too() -> None:
    assert set(award_tables.FREE) == FREE
    assert RESERVED.isdisjoint(FREE)


def items(
    confirm: str = "applied", pay: str = "waiting", **more: str
) -> dict[str, tuple[str, str]]:
    told = {"confirm": confirm, "pay": pay} | more
    return {name: (state, "") for name, state in told.items()}


def test_silence_is_no_yes() -> None:
    for asked in ("waiting", "ready", "sent", "unknown", "stored", "parked"):
        assert of_case(items(asked), batch=False, approved=False) == "awaiting-confirmation"


def test_what_is_at_the_treasury_is_ordered_until_it_tells() -> None:
    for sent in ("sent", "unknown", "stored", "parked"):
        assert of_case(items(pay=sent), batch=True, approved=True) == "ordered"


def test_a_refusal_that_is_no_return_is_not_paid() -> None:
    told = {"confirm": ("applied", ""), "pay": ("refused", "treasury.no-budget")}
    assert of_case(told, batch=True, approved=True) == "not-paid"


def test_the_newest_row_of_the_recovery_counts() -> None:
    taken = {"pay": "applied"}
    found = {
        s: of_case(items(**taken, **{"pay#1": s}), batch=True, approved=True)
        for s in ("ready", "stored", "applied")
    }
    assert found == {"ready": "clawback", "stored": "clawback", "applied": "recovered"}


@given(ITEM, ITEM, st.booleans(), st.booleans())
def test_every_case_tells_exactly_one_state(
    confirm: tuple[str, str], pay: tuple[str, str], batch: bool, approved: bool
) -> None:
    state = of_case({"confirm": confirm, "pay": pay}, batch=batch, approved=approved)
    assert state in STATES
    if state in ("ordered", "paid", "returned", "not-paid"):
        assert confirm[0] in ("applied", "skipped")
