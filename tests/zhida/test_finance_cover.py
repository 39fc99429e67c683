"""Of several reasons the first is told: whether the letter stands, then whether it covers what is asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from exchange.store.finance_rows import LetterRow, RevocationRow
from zhida.finance_cover import BOTH, Asked, refusal
from zhida.finance_letters import Letter

ROW = LetterRow(
    "id", "L1", "bank-a", "uscc", "print", "order-finance", "invoice tax", "", "",
    "2026-05-01", "2026-05-31", 3, 2, "content", "document", "2026-05-01T00:00:00.000000Z",
)  # fmt: skip
ASKED, DAY = Asked("order-finance", ["invoice"], "print"), date(2026, 5, 6)
BACK = RevocationRow("id", "2026-05-05T16:00:00.000000Z", "firm", "d")


def code(letter: Letter, asked: Asked = ASKED, day: date = DAY, *, counted: bool = False) -> str:
    found = refusal(letter, asked, day, counted=counted)
    return found.code.removeprefix("finance.letter-") if found else ""


def test_what_it_covers_is_not_refused() -> None:
    assert code(Letter(ROW)) == ""
    assert code(Letter(replace(ROW, purpose=BOTH)), replace(ASKED, purpose="after-loan")) == ""
    assert code(Letter(ROW), replace(ASKED, order_print="")) == ""


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2026, 4, 30), "not-yet"),
        (date(2026, 5, 1), ""),
        (date(2026, 5, 31), ""),
        (date(2026, 6, 1), "expired"),
    ],
)
def test_both_its_days_count(day: date, told: str) -> None:
    assert code(Letter(ROW), day=day) == told


def test_the_day_on_which_it_was_taken_back_is_told_as_in_china() -> None:
    found = refusal(Letter(ROW, BACK), ASKED, DAY, counted=False)
    assert found is not None
    assert found.facts == {"on": "2026-05-06"}


def test_the_first_reason_is_told() -> None:
    empty = Letter(replace(ROW, uses=3))
    assert code(Letter(replace(ROW, uses=3), BACK), day=date(2026, 6, 1)) == "revoked"
    assert code(empty, day=date(2026, 6, 1)) == "expired"
    assert code(empty, Asked("after-loan", ["court"])) == "used-up"
    assert code(empty, Asked("after-loan", ["court"]), counted=True) == "purpose"
    assert code(Letter(ROW), Asked("order-finance", ["court"], "other")) == "dataset"
    assert code(Letter(ROW), replace(ASKED, order_print="other")) == "order"
