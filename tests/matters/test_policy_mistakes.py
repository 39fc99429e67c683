"""Versions of a policy: they don't overlap, are chosen by one day, and gaps are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from matters import policy_mistakes as mistakes_of
from matters.policy import Policy

SECOND = """\
  "2027":
    since: {since}
    clauses: {{一: 限本区。, 二: 给一万元。, 八: 同年就高。}}
    criteria: {{fact: district, is: "320114", clause: 一}}
    award: {{pay: 1 万元, clause: 二}}
{more}examples:
"""


def second(since: str, more: str = "") -> tuple[str, str]:
    text = SECOND.format(since=since, more=f"    {more}\n" if more else "")
    return "examples:  ", f"{text}  #"


def test_versions_that_touch_have_no_gap(policy_with: Callable[..., Policy]) -> None:
    policy = policy_with(*second("2027-01-01"))
    assert [version.name for version in policy.versions] == ["2026", "2027"]
    assert mistakes_of.gaps(policy) == []


def test_days_between_versions_are_told(policy_with: Callable[..., Policy]) -> None:
    policy = policy_with(*second("2027-03-01"))
    assert mistakes_of.gaps(policy) == [(date(2027, 1, 1), date(2027, 2, 28))]


@pytest.mark.parametrize("since", ["2026-12-31", "2025-06-01"])
def test_versions_do_not_overlap(
    policy_mistakes: Callable[..., list[tuple[str, object]]], since: str
) -> None:
    assert [code for code, _ in policy_mistakes(*second(since))] == ["policy.overlap"]


def test_a_version_without_end_is_the_last(
    policy_mistakes: Callable[..., list[tuple[str, object]]],
) -> None:
    ended = "    until: 2026-12-31                  # may be left out\n"
    found = policy_mistakes(ended, "", *second("2027-01-01"))
    assert [code for code, _ in found] == ["policy.overlap"]


def test_all_versions_are_chosen_by_the_same_day(
    policy_mistakes: Callable[..., list[tuple[str, object]]],
) -> None:
    found = policy_mistakes(*second("2027-01-01", "by: listed_on"))
    assert [code for code, _ in found] == ["policy.by"]
