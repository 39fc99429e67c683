"""A loan's settled facts stay: parts and the last payment are what was paid out, and after the end nothing follows."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import permutations

import pytest

from matters import finance_loan
from matters.finance_loan import Loan, Word

PAID_OUT, TODAY = date(2026, 5, 6), date(2026, 6, 30)
LOAN = Loan(PAID_OUT, 100)
PART, LAST = Word("repaid-in-part", date(2026, 5, 20), 30), Word("repaid", date(2026, 6, 1), 70)
CREDIT = Word("credit", date(2026, 5, 30), 45, "buyer")


def refused(words: list[Word], new: Word) -> str:
    found = finance_loan.refusal(LOAN, words, new, TODAY)
    return found.code if found else ""


def test_parts_and_the_last_payment_are_what_was_paid_out() -> None:
    assert [refused([], PART), refused([PART], LAST)] == ["", ""]
    standing = finance_loan.stand([PART, LAST])
    assert (standing.state, standing.repaid_fen, standing.end) == ("repaid", 100, LAST)


@pytest.mark.parametrize(
    ("words", "new"),
    [
        ([], Word("repaid", LAST.day, 99)),
        ([], Word("repaid", LAST.day, 101)),
        ([PART], Word("repaid-in-part", LAST.day, 71)),
    ],
)
def test_neither_more_nor_less_is_repaid(words: list[Word], new: Word) -> None:
    assert refused(words, new) == "finance.loan-sum"


@pytest.mark.parametrize("end", [LAST, Word("called-off", date(2026, 5, 21))])
def test_after_an_end_only_the_same_end_is_taken(end: Word) -> None:
    words = [PART, end]
    assert refused(words, end) == ""
    assert finance_loan.stand([*words, end]) == finance_loan.stand(words)
    others = [PART, CREDIT, Word("account-checked", end.day), Word("called-off", end.day, 1)]
    others += [Word(end.name, end.day + timedelta(1), end.amount_fen), Word("repaid", end.day, 1)]
    assert {refused(words, each) for each in others} == {"finance.loan-settled"}


@pytest.mark.parametrize("day", [PAID_OUT - timedelta(1), TODAY + timedelta(1)])
def test_nothing_lies_before_the_paying_out_or_in_the_days_to_come(day: date) -> None:
    for name in finance_loan.WORDS:
        assert refused([], Word(name, day, 1)) == "finance.loan-day"


@pytest.mark.parametrize(
    ("name", "amount"),
    [
        ("repaid-in-part", 0),
        ("credit", 0),
        ("called-off", 1),
        ("account-checked", 1),
        ("repaid", -1),
    ],
)
def test_what_has_an_amount_says_it(name: str, amount: int) -> None:
    assert refused([], Word(name, TODAY, amount)) == "finance.loan-amount"


def test_an_end_does_not_lie_before_a_part() -> None:
    assert refused([PART], Word("repaid", PART.day - timedelta(1), 70)) == "finance.loan-order"
    assert refused([PART], Word("called-off", PART.day - timedelta(1))) == "finance.loan-order"
    assert refused([PART], Word("repaid", PART.day, 70)) == ""


def test_in_which_order_parts_and_credits_come_does_not_matter() -> None:
    words = [PART, CREDIT, Word("account-checked", CREDIT.day), Word("credit", PART.day, 5, "x")]
    found = [finance_loan.stand(each) for each in permutations(words)]
    assert {each.repaid_fen for each in found} == {30}
    assert {each.credited_fen("buyer") for each in found} == {45}
    assert {each.checked_until for each in found} == {CREDIT.day}
    assert all(refused(list(each[:-1]), each[-1]) == "" for each in permutations(words))
