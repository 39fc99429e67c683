"""Every state of an award is in one class: so what was matched is the sum of the classes."""

from __future__ import annotations

from collections import Counter

from matters.award_classes import CLASSES, ELIGIBLE, TITLES, states
from matters.award_states import NEXT, RESERVED, STATES


def test_each_state_is_in_one_class() -> None:
    assert Counter(state for each in CLASSES.values() for state in each) == Counter(STATES)
    assert set(TITLES) == set(CLASSES)


def test_paid_is_what_the_treasury_has_paid_and_nothing_else() -> None:
    """What comes back days later (``returned``) is paid no more, and goes on from there."""
    after = {"paid"}
    while more := {b for a in after for b in NEXT[a]} - after - {"returned"}:
        after |= more
    assert set(CLASSES["paid"]) == after


def test_what_waits_is_given_or_on_its_way() -> None:
    assert set(CLASSES["waiting"]) < RESERVED
    assert all(NEXT[state] for state in CLASSES["waiting"])


def test_who_has_no_amount_or_is_matched_anew_is_not_counted_as_unserved() -> None:
    assert set(STATES) - set(states(ELIGIBLE)) == {"released", "screened-out"}
