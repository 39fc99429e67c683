"""Until when a buyer has to say whether it owes: only whom the law asks, from a day that somebody has told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from matters import finance_confirmation, working_days
from matters.finance_confirmation import ASKED, BUYER
from tests.matters.finances import BUYER as CODE
from tests.matters.finances import firm, listed

HOLIDAYS = working_days.of(None)


def last(asked: str, kind: str = "large-firm", path: str = ASKED[1], **more: Any) -> date | None:
    fields = {path: asked, BUYER: CODE, **more}
    found = finance_confirmation.period(fields, listed(firm(kind=kind)), HOLIDAYS, 30)
    return found.last if found else None


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("2026-01-05", date(2026, 2, 4)),
        ("2026-01-29", date(2026, 2, 28)),  # a Saturday on which offices work
        ("2026-04-02", date(2026, 5, 6)),  # the second of May is in the holiday
        ("2026-06-04", date(2026, 7, 6)),  # a Saturday
    ],
)
def test_a_last_day_of_rest_moves_on(asked: str, wanted: date) -> None:
    assert last(asked) == wanted


@pytest.mark.parametrize(("kind", "is_due"), [("public-body", True), ("large-firm", True), ("other", False), ("", False)])  # fmt: skip
def test_only_whom_the_law_asks(kind: str, is_due: bool) -> None:
    assert (last("2026-01-05", kind) is not None) is is_due


def test_the_buyer_s_own_word_comes_before_the_bank_s() -> None:
    assert ASKED[0] == "/order/confirmation_asked_on"
    assert last("2026-01-05", **{ASKED[0]: "2026-01-06"}) == date(2026, 2, 5)


def test_what_is_not_known_starts_nothing() -> None:
    fields, core = {ASKED[0]: "2026-01-05", BUYER: CODE}, listed(firm(kind="large-firm"))
    period = finance_confirmation.period
    assert period(fields, core, HOLIDAYS, 30) is not None
    assert period({BUYER: CODE}, core, HOLIDAYS, 30) is None
    assert period(fields, None, HOLIDAYS, 30) is None
    assert period(fields, core, None, 30) is None
    assert period(fields, listed(firm(kind="large-firm", term=None)), HOLIDAYS, 30) is None
    assert last("2050-01-05") is None  # nobody knows its holidays yet


def test_silence_is_told_with_its_days_whose_word_they_are_and_the_law() -> None:
    fields = {ASKED[1]: "2026-01-05", BUYER: CODE}
    found = finance_confirmation.period(fields, listed(firm(kind="public-body")), HOLIDAYS, 30)
    assert found is not None
    text = found.text("条例第十六条")
    assert all(each in text for each in ("2026-01-05", "2026-02-04", "银行告知", "条例第十六条"))
