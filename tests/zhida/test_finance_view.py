"""Every state and purpose that a letter can have has its words."""

from __future__ import annotations

from mappings import shapes
from zhida import finance_letters, finance_view


def test_every_state_and_every_purpose_has_its_words() -> None:
    states = {finance_letters.VALID, finance_letters.NOT_YET, finance_letters.EXPIRED}
    states |= {finance_letters.REVOKED, finance_letters.USED_UP}
    assert set(finance_view.STATES) == states
    told = shapes.shape("finance-letter")["properties"]["purpose"]["enum"]
    assert set(finance_view.PURPOSES) == set(told)
