"""A draft against what holds: who gains, who loses, how much; counts only."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from matters import grants
from tests.zhida.gifts import TEXT, firms, gifts
from zhida import policy_dry_run, policy_plot
from zhida.policy_dry_run import Effect, Tally

ON = date(2026, 5, 1)
HERE, YUAN = "320114", 100
FIRMS = firms(
    [
        (HERE, 10, 10_000 * YUAN),  # 6,000
        (HERE, 12, 1_000_000 * YUAN),  # at the cap
        (HERE, 9, 10_000 * YUAN),  # one too few
        (HERE, None, 10_000 * YUAN),  # unknown
        ("320115", 50, 10_000 * YUAN),  # elsewhere
        (HERE, 30, None),  # amount unknown
    ]
)


def run(after: str, frames: list[pl.DataFrame] | None = None) -> Effect:
    made = gifts(after)
    return policy_dry_run.run(gifts(), made, frames or [FIRMS], ON)


def test_a_draft_that_is_the_same_changes_nothing() -> None:
    found = run(TEXT)
    assert found.before == found.after == Tally(2, 2, 206_000 * YUAN)
    assert found.changes == {"same": [2, 0]}


def test_a_higher_cap_and_a_lower_threshold() -> None:
    text = TEXT.replace("money: 20 万元", "money: 30 万元").replace(
        "gives: 20 万元", "gives: 30 万元"
    )
    text = text.replace("count: 10", "count: 9").replace("insured_now: 10,", "insured_now: 9,", 1)
    text = text.replace("{title: 九人, on: 2026-05-01, facts: {district: \"320114\", insured_now: 9,",
                        "{title: 八人, on: 2026-05-01, facts: {district: \"320114\", insured_now: 8,")  # fmt: skip
    found = run(text)
    assert found.changes["gained"] == [1, 6_000 * YUAN]
    assert found.changes["more"] == [1, 100_000 * YUAN]
    assert "lost" not in found.changes and "less" not in found.changes


def test_who_loses_is_told_too() -> None:
    text = TEXT.replace("count: 10", "count: 12").replace("insured_now: 10,", "insured_now: 12,", 1)
    found = run(text)
    assert found.changes["lost"] == [1, -6_000 * YUAN]


def test_chunks_add_up() -> None:
    whole, parts = run(TEXT), run(TEXT, [FIRMS.head(2), FIRMS.tail(4)])
    assert (whole.firms, whole.before, whole.changes) == (parts.firms, parts.before, parts.changes)


def test_a_policy_that_there_was_not() -> None:
    found = policy_dry_run.run(None, gifts(), [FIRMS], ON)
    assert found.before == Tally() and found.changes == {"gained": [2, 206_000 * YUAN]}


def test_near_misses_are_told_from_five_on() -> None:
    few = [(HERE, 9, 10_000 * YUAN)] * 4
    many = [("320115", 50, 10_000 * YUAN)] * 5
    found = run(TEXT, [firms([*few, *many])])
    told = policy_dry_run.told(found, gifts(), grants.vocabulary().facts)
    assert [row["firms"] for row in told["near"]] == ["5", "<5"]


def test_overlaps_are_policies_that_exclude_each_other() -> None:
    catalogue = grants.load().policies
    one, two = catalogue["loan-interest"], catalogue["guarantee-fee"]
    assert two in policy_dry_run.related(one, catalogue.values())
    excludes = "times: yearly\nnot_with: [stable-jobs]\nexclusion_clause: 一"
    other = gifts(TEXT.replace("times: yearly", excludes))
    assert catalogue["stable-jobs"] in policy_dry_run.related(other, catalogue.values())
    found = policy_dry_run.run(gifts(), other, [FIRMS], ON, related=[gifts().__class__(**{
        **{name: getattr(gifts(), name) for name in gifts().__dataclass_fields__}, "name": "twin"
    })])  # fmt: skip
    assert found.overlaps == {"twin": 2}


def test_the_budget_is_that_of_the_version_in_force() -> None:
    told = policy_dry_run.told(Effect(ON), gifts(), {})
    assert told["budget_fen"] == 1_000_000 * YUAN
    assert policy_dry_run.told(Effect(date(2020, 1, 1)), gifts(), {})["budget_fen"] == 0


def test_the_picture_is_whole_without_any_firm() -> None:
    made = policy_plot.plot(Effect(ON), gifts(), 0)
    assert made.startswith("<svg") and made.rstrip().endswith("</svg>")


@pytest.mark.parametrize("budget", [0, 10**13])
def test_no_bar_leaves_the_picture(budget: int) -> None:
    from lxml import etree

    made = policy_plot.plot(run(TEXT), gifts(), budget)
    root = etree.fromstring(made.encode())
    bars = [e for e in root.iter("{*}rect") if e.get("class")]
    assert len(bars) == 6
    assert all(float(e.get("x")) + float(e.get("width")) <= policy_plot._WIDTH for e in bars)
