"""Two policies of one shape are one policy with two tables of numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from matters.policy import Policy
from tests.matters import policy_shapes


@pytest.mark.parametrize(
    ("changes", "alike"),
    [
        (("count: 12}", "count: 11}", "ui_full_months: 12, insured_end_y2: 1000, insured_end_y1: 944", "ui_full_months: 12, insured_end_y2: 1000, insured_end_y1: 944"), True),
        (('is: "320114", clause: 一}', 'is_not: "320105", clause: 一}'), False),
        (("at_least: $months", "more_than: 11"), False),
    ],
)  # fmt: skip
def test_numbers_and_names_make_no_shape(
    policy_with: Callable[..., Policy], changes: tuple[str, ...], alike: bool
) -> None:
    unused = (
        ("      months:   {title: 足额缴费月数, count: 12}\n", "")
        if "more_than" in changes[1]
        else ()
    )
    one, other = policy_with(), replace(policy_with(*changes, *unused), name="other")
    found = list(policy_shapes.alike([one, other]))
    assert found == ([("other", "stable-jobs")] if alike else [])


def test_the_order_of_parts_makes_no_shape(policy_with: Callable[..., Policy]) -> None:
    first = '        - {fact: district, is: "320114", clause: 一}\n'
    second = "        - {fact: ui_full_months, at_least: $months, clause: 一}\n"
    moved = replace(policy_with(first + second, second + first), name="other")
    assert list(policy_shapes.alike([policy_with(), moved])) == [("other", "stable-jobs")]


def test_a_policy_is_not_alike_itself(policy_with: Callable[..., Policy]) -> None:
    policy = policy_with()
    twice = replace(policy, versions=policy.versions * 2)
    assert list(policy_shapes.alike([twice])) == []
