"""A new version from a day on: the old one stays to the letter and ends on the day before."""

from __future__ import annotations

from datetime import date

import pytest

from exchange.errors import Fatal
from tests.zhida.gifts import TEXT, gifts
from zhida.policy_renewal import renewed

DAY = date(2027, 1, 1)


def test_both_versions_hold_each_in_its_time() -> None:
    old, new = gifts(renewed(TEXT, "2027", DAY)).versions
    assert (old.since, old.until) == (date(2026, 1, 1), date(2026, 12, 31))
    assert (new.name, new.since, new.until) == ("2027", DAY, None)
    assert new.criteria == old.criteria and new.award == old.award


def test_nothing_else_of_the_file_changes() -> None:
    made = renewed(TEXT, "2027", DAY)
    lines = iter(made.splitlines())
    assert all(line in lines for line in TEXT.splitlines())  # in this order, comments too
    assert made.count("# 最多") == 2 and made.count("examples:") == 1


def test_an_end_that_was_told_moves_and_is_not_copied() -> None:
    text = TEXT.replace("    since: 2026-01-01\n", "    since: 2026-01-01\n    until: 2028-12-31\n")
    old, new = gifts(renewed(text, "x", DAY)).versions
    assert (old.until, new.until) == (date(2026, 12, 31), None)


def test_a_third_version_follows_the_second() -> None:
    found = gifts(renewed(renewed(TEXT, "2027", DAY), "2028", date(2028, 1, 1))).versions
    assert [v.name for v in found] == ["2026", "2027", "2028"]
    assert found[1].until == date(2027, 12, 31)


@pytest.mark.parametrize(
    ("text", "name", "day", "code"),
    [
        (TEXT, "2026", DAY, "policy.renew"),
        (TEXT, "2025", date(2026, 1, 1), "policy.renew-earlier"),
        ("policy: x\nversions: {a: {since: 2026-01-01}}\n", "b", DAY, "policy.renew"),
        ("policy: x\n", "b", DAY, "policy.renew"),
    ],
)
def test_what_can_t_be_renewed(text: str, name: str, day: date, code: str) -> None:
    with pytest.raises(Fatal) as caught:
        renewed(text, name, day)
    assert caught.value.code == code
