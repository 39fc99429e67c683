"""One order is financed once, and never above its value, however many banks ask at the same moment."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest

from exchange.errors import Rejected
from exchange.store import finance_claim_rows
from tests.zhida import finance_stores
from tests.zhida.finance_town import BUYER, SELLER, Place
from zhida import finance_claims, finance_prints
from zhida.finance_claims import FINANCED, RELEASED, RESERVED, Held
from zhida.finance_prints import Deal, Prints
from zhida.hub import Hub

place, either = finance_stores.place, finance_stores.either


def prints(hub: Hub, order: str = "PO-1", line: str = "", *invoices: str) -> Prints:
    deal = Deal(SELLER, BUYER, order, line=line, invoices=tuple(("", each) for each in invoices))
    return finance_prints.of(hub, deal)


def reserve(
    hub: Hub, case: str, bank: str, what: Prints, *, amount: int = 100, value: int | None = 1000
) -> Held:
    told: dict[str, Any] = {"amount_fen": amount, "order_value_fen": value}
    return finance_claims.reserve(hub, case=case, bank=bank, prints=what, **told)


def refused(act: Any, *given: Any, **told: Any) -> str:
    with pytest.raises(Rejected) as caught:
        act(*given, **told)
    return caught.value.code


# --- the same order ---------------------------------------------------------------------------


def test_another_bank_is_told_that_it_is_taken_and_since_when(place: Place) -> None:
    hub = place.hub
    assert reserve(hub, "c1", "bank-a", prints(hub)) == Held(RESERVED, value_known=True)
    place.clock.skip(days=3)
    assert reserve(hub, "c2", "bank-b", prints(hub)) == Held("", taken_since="2026-05-06")


def test_who_says_nothing_for_long_holds_nothing_any_more(place: Place) -> None:
    hub = place.hub
    for case, order in (("c1", "PO-1"), ("c2", "PO-2")):
        reserve(hub, case, "bank-a", prints(hub, order))
    finance_claims.financed(hub, case="c2", bank="bank-a", amount_fen=100)
    place.clock.skip(days=29)
    assert finance_claims.lapse(hub, 30) == 0
    place.clock.skip(days=2)
    assert (finance_claims.lapse(hub, 30), finance_claims.lapse(hub, 30)) == (1, 0)
    assert reserve(hub, "c3", "bank-b", prints(hub, "PO-1")).state == RESERVED
    assert reserve(hub, "c4", "bank-b", prints(hub, "PO-2")).taken_since


def test_it_is_never_told_who_or_how_much(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub), amount=77_777)
    found = reserve(hub, "c2", "bank-b", prints(hub))
    told = json.dumps([e for e in place.entries("finance-claim") if e["case"] == "c2"])
    assert "bank-a" not in told + repr(found) and "77777" not in told + repr(found)


def test_the_amount_makes_no_other_order(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub), amount=100)
    assert reserve(hub, "c2", "bank-b", prints(hub), amount=101).taken_since


def test_a_line_and_the_whole_are_the_same_and_two_lines_are_not(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub, "PO-1", "10"))
    assert reserve(hub, "c2", "bank-b", prints(hub, "PO-1")).taken_since
    assert reserve(hub, "c3", "bank-b", prints(hub, "PO-1", "0010")).taken_since
    assert reserve(hub, "c4", "bank-b", prints(hub, "PO-1", "20")).state == RESERVED
    reserve(hub, "c5", "bank-a", prints(hub, "PO-2"))
    assert reserve(hub, "c6", "bank-b", prints(hub, "PO-2", "10")).taken_since


def test_an_invoice_is_taken_whatever_order_it_is_said_to_be_of(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub, "PO-1", "", "11", "12"))
    assert reserve(hub, "c2", "bank-b", prints(hub, "PO-2", "", "13", "12")).taken_since
    assert reserve(hub, "c3", "bank-b", prints(hub, "PO-3", "", "13")).state == RESERVED


def test_a_bank_s_own_claims_are_no_duplicates_of_each_other(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub))
    assert reserve(hub, "c2", "bank-a", prints(hub)).state == RESERVED


# --- its way ----------------------------------------------------------------------------------


def test_from_reserved_to_financed_to_released(place: Place) -> None:
    hub, mine = place.hub, {"case": "c1", "bank": "bank-a"}
    reserve(hub, "c1", "bank-a", prints(hub))
    assert finance_claims.financed(hub, **mine, amount_fen=90).state == FINANCED
    assert finance_claims.standing(hub, **mine).state == FINANCED
    assert reserve(hub, "c2", "bank-b", prints(hub)).taken_since
    assert finance_claims.release(hub, **mine).state == RELEASED
    assert reserve(hub, "c2", "bank-b", prints(hub)).state == RESERVED
    assert refused(finance_claims.financed, hub, **mine, amount_fen=90) == "finance.claim-released"


def test_the_same_again_changes_nothing(place: Place) -> None:
    hub, mine = place.hub, {"case": "c1", "bank": "bank-a"}
    for _ in range(2):
        assert reserve(hub, "c1", "bank-a", prints(hub)).state == RESERVED
    for _ in range(2):
        finance_claims.financed(hub, **mine, amount_fen=100)
    assert reserve(hub, "c1", "bank-a", prints(hub)).state == FINANCED
    for _ in range(2):
        finance_claims.release(hub, **mine)
    assert reserve(hub, "c1", "bank-a", prints(hub)).state == RELEASED
    assert [each["state"] for each in place.entries("finance-claim")] == [
        RESERVED,
        FINANCED,
        RELEASED,
    ]


def test_a_case_holds_one_thing_for_one_bank(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub, "PO-1", "10", "11"))
    for bank, what, amount in (
        ("bank-b", prints(hub, "PO-1", "10", "11"), 100),
        ("bank-a", prints(hub, "PO-2", "10", "11"), 100),
        ("bank-a", prints(hub, "PO-1", "20", "11"), 100),
        ("bank-a", prints(hub, "PO-1", "10", "12"), 100),
        ("bank-a", prints(hub, "PO-1", "10", "11"), 99),
    ):
        assert refused(reserve, hub, "c1", bank, what, amount=amount) == "finance.claim-conflict"


def test_another_bank_s_claim_is_none(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub))
    for case in ("c1", "c9"):
        mine = {"case": case, "bank": "bank-b"}
        assert refused(finance_claims.release, hub, **mine) == "finance.no-claim"
        assert refused(finance_claims.financed, hub, **mine, amount_fen=1) == "finance.no-claim"
        assert refused(finance_claims.standing, hub, **mine) == "finance.no-claim"


def test_no_more_is_paid_out_than_was_reserved(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub))
    for amount in (101, 0, -1):
        given = {"case": "c1", "bank": "bank-a", "amount_fen": amount}
        assert refused(finance_claims.financed, hub, **given) == "finance.more-than-reserved"
    for amount, value in ((0, 1000), (-5, 1000), (5, -1)):
        assert (
            refused(reserve, hub, "c2", "bank-a", prints(hub), amount=amount, value=value)
            == "finance.amount"
        )


# --- the order's value ------------------------------------------------------------------------


def test_open_claims_stay_within_the_order_s_value(place: Place) -> None:
    hub = place.hub
    lines = [prints(hub, "PO-1", str(n)) for n in range(3)]
    assert reserve(hub, "c0", "bank-a", lines[0], amount=600).state == RESERVED
    assert reserve(hub, "c1", "bank-b", lines[1], amount=401) == Held(
        "", value_known=True, is_over=True
    )
    assert reserve(hub, "c1", "bank-b", lines[1], amount=400).state == RESERVED
    assert reserve(hub, "c2", "bank-a", lines[2], amount=1).is_over
    finance_claims.financed(
        hub, case="c0", bank="bank-a", amount_fen=599
    )  # a fen less was paid out
    assert reserve(hub, "c2", "bank-a", lines[2], amount=1).state == RESERVED


def test_an_unknown_value_is_held_and_said_to_be_unknown(place: Place) -> None:
    hub = place.hub
    assert reserve(hub, "c1", "bank-a", prints(hub), value=None) == Held(
        RESERVED, value_known=False
    )
    assert reserve(hub, "c1", "bank-a", prints(hub), value=100) == Held(RESERVED, value_known=True)
    assert reserve(hub, "c1", "bank-a", prints(hub), value=None) == Held(RESERVED, value_known=True)


def test_a_value_that_is_too_small_releases_what_was_held_without_it(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub), value=None)
    over = Held(RELEASED, is_over=True)
    assert reserve(hub, "c1", "bank-a", prints(hub), value=99) == over
    assert reserve(hub, "c1", "bank-a", prints(hub), value=99) == over
    assert reserve(hub, "c2", "bank-b", prints(hub), amount=99, value=99).state == RESERVED


def test_who_came_first_goes_first_when_the_value_is_told(place: Place) -> None:
    hub = place.hub
    first, second = prints(hub, "PO-1", "1"), prints(hub, "PO-1", "2")
    reserve(hub, "c1", "bank-a", first, value=None)
    reserve(hub, "c2", "bank-b", second, value=None)
    assert reserve(hub, "c1", "bank-a", first, value=150) == Held(RESERVED, value_known=True)
    assert reserve(hub, "c2", "bank-b", second, value=150) == Held(RELEASED, is_over=True)


def test_a_loan_that_was_paid_out_stays_what_it_is(place: Place) -> None:
    hub = place.hub
    reserve(hub, "c1", "bank-a", prints(hub), value=None)
    finance_claims.financed(hub, case="c1", bank="bank-a", amount_fen=100)
    assert reserve(hub, "c1", "bank-a", prints(hub), value=99) == Held(FINANCED, is_over=True)
    assert reserve(hub, "c2", "bank-b", prints(hub), value=99).taken_since


# --- at the same moment -----------------------------------------------------------------------


def test_of_many_banks_that_ask_at_once_one_gets_it(either: Place) -> None:
    hubs = either.hubs(4)
    what = prints(either.hub, "PO-1", "", "11")

    def ask(n: int) -> Any:
        return lambda: reserve(hubs[n % 4], f"c{n}", f"bank-{n}", what)

    found = finance_stores.at_once([ask(n) for n in range(20)])
    assert sorted(each.state for each in found) == [""] * 19 + [RESERVED]
    assert sum(bool(each.taken_since) for each in found) == 19


def test_lines_that_are_asked_for_at_once_stay_within_the_value(either: Place) -> None:
    hubs = either.hubs(4)

    def ask(n: int) -> Any:
        what = prints(either.hub, "PO-1", str(n + 1))
        return lambda: reserve(hubs[n % 4], f"c{n}", f"bank-{n % 3}", what, amount=300)

    found = finance_stores.at_once([ask(n) for n in range(20)])
    assert sorted(each.state for each in found) == [""] * 17 + [RESERVED] * 3
    assert sum(each.is_over for each in found) == 17


def test_an_invoice_of_two_orders_that_are_asked_for_at_once_is_taken_once(either: Place) -> None:
    hubs = either.hubs(4)

    def ask(n: int) -> Any:
        what = prints(either.hub, f"PO-{n}", "", "11", "12")
        return lambda: reserve(hubs[n % 4], f"c{n}", f"bank-{n}", what)

    found = finance_stores.at_once([ask(n) for n in range(12)])
    assert sorted(each.state for each in found) == [""] * 11 + [RESERVED]


def test_what_broke_in_the_middle_holds_nothing(
    either: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, add = either.hub, finance_claim_rows.add

    def breaks(*given: Any) -> None:
        add(*given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(finance_claim_rows, "add", breaks)
        with pytest.raises(KeyboardInterrupt):
            reserve(hub, "c1", "bank-a", prints(hub, "PO-1", "", "11"))
    assert either.entries("finance-claim") == []
    assert reserve(hub, "c2", "bank-b", prints(hub, "PO-1", "", "11")).state == RESERVED


# --- against a model --------------------------------------------------------------------------


@dataclass
class Told:
    """A claim as the model knows it."""

    bank: str
    order: str
    line: str
    invoices: frozenset[str]
    amount: int
    state: str = RESERVED
    known: bool = False


@dataclass
class Model:
    """What is promised, in plain sentences over a list."""

    claims: dict[str, Told] = field(default_factory=dict)

    def open(self) -> list[Told]:
        return [each for each in self.claims.values() if each.state in (RESERVED, FINANCED)]

    def reserve(self, case: str, told: Told, value: int | None) -> tuple[str, bool, bool]:
        """State, taken by another bank, over."""
        if case in self.claims:
            return self._again(case, value)
        for other in self.open():
            same = other.order == told.order and not (
                other.line and told.line and other.line != told.line
            )
            if other.bank != told.bank and (same or other.invoices & told.invoices):
                return "", True, False
        held = sum(other.amount for other in self.open() if other.order == told.order)
        if value is not None and held + told.amount > value:
            return "", False, True
        told.known = value is not None
        self.claims[case] = told
        return RESERVED, False, False

    def _again(self, case: str, value: int | None) -> tuple[str, bool, bool]:
        mine, before = self.claims[case], list(self.claims)
        if mine.state == "over":
            return RELEASED, False, True
        if mine.state == RELEASED or mine.known or value is None:
            return mine.state, False, False
        held = 0
        for name, other in self.claims.items():
            earlier = before.index(name) < before.index(case)
            if name != case and other in self.open() and other.order == mine.order:
                held += other.amount if other.known or earlier else 0
        if held + mine.amount <= value:
            mine.known = True
            return mine.state, False, False
        if mine.state == FINANCED:
            return FINANCED, False, True
        mine.state = "over"
        return RELEASED, False, True

    def financed(self, case: str, bank: str, amount: int) -> str:
        mine = self.claims.get(case)
        if mine is None or mine.bank != bank:
            return "finance.no-claim"
        if mine.state not in (RESERVED, FINANCED):
            return "finance.claim-released"
        if amount > mine.amount:
            return "finance.more-than-reserved"
        mine.state, mine.amount = FINANCED, amount
        return FINANCED

    def release(self, case: str, bank: str) -> str:
        mine = self.claims.get(case)
        if mine is None or mine.bank != bank:
            return "finance.no-claim"
        if mine.state != "over":
            mine.state = RELEASED
        return RELEASED


VALUES = {"PO-1": 300, "PO-2": 500}
BANKS = ("bank-a", "bank-b", "bank-c")


def step(place: Place, model: Model, drawn: Random) -> tuple[Any, Any]:
    """One act of one bank: what came of it, and what the model says."""
    hub, case = place.hub, f"c{drawn.randrange(14)}"
    bank = drawn.choice(BANKS)
    act = drawn.choice(["reserve"] * 4 + ["financed", "release"])
    if act == "reserve":
        return _reserve(hub, model, case, drawn)
    amount = drawn.choice([50, 100, 200])
    try:
        if act == "financed":
            found = finance_claims.financed(hub, case=case, bank=bank, amount_fen=amount).state
        else:
            found = finance_claims.release(hub, case=case, bank=bank).state
    except Rejected as error:
        found = error.code
    return found, model.financed(case, bank, amount) if act == "financed" else model.release(
        case, bank
    )


def _reserve(hub: Hub, model: Model, case: str, drawn: Random) -> tuple[Any, Any]:
    """A case's wish is always the same; its value is known at some moments and not at others."""
    own = Random(case)
    order, line = own.choice(list(VALUES)), own.choice(["", "1", "2", "3"])
    invoices = own.sample(["11", "12", "13", "14", "15", "16"], own.choice([0, 0, 1]))
    bank, amount = own.choice(BANKS), own.choice([50, 100, 200])
    value = drawn.choice([None, VALUES[order]])
    what = prints(hub, order, line, *invoices)
    held = reserve(hub, case, bank, what, amount=amount, value=value)
    told = Told(bank, order, line, frozenset(invoices), amount)
    found = (held.state, bool(held.taken_since), held.is_over)
    return found, model.reserve(case, told, value)


@pytest.mark.parametrize("start", range(6))
def test_any_interleaving_of_banks_comes_to_what_is_promised(place: Place, start: int) -> None:
    model, drawn, seen = Model(), Random(start), set()
    for number in range(150):
        found, wanted = step(place, model, drawn)
        assert found == wanted, (start, number)
        seen.add(found)
        for order, value in VALUES.items():
            known = [each.amount for each in model.open() if each.order == order and each.known]
            assert sum(known) <= value
    assert {(RESERVED, False, False), ("", True, False), RELEASED, "finance.no-claim"} <= seen
