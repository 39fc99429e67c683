"""Two policies by meaning: places as a person reads the file, comments don't count."""

from __future__ import annotations

from datetime import date

from tests.zhida.gifts import TEXT, gifts
from zhida.policy_compare import differences
from zhida.policy_renewal import renewed


def test_comments_order_and_examples_are_no_difference() -> None:
    other = TEXT.replace("# 题头\n", "").replace("恰为十人", "正好十人")
    other = other.replace("tier: 普惠\n", "").replace(
        "times: yearly\n", "times: yearly\ntier: 普惠\n"
    )
    assert differences(gifts(), gifts(other)) == []


def test_a_changed_parameter_criterion_and_head() -> None:
    other = TEXT.replace('ratio: "60%"', 'ratio: "50%"').replace("publicity: 0", "publicity: 5")
    other = other.replace("6000 元", "5000 元").replace("at_least: $least", "more_than: $least")
    other = other.replace("insured_now: 10,", "insured_now: 11,", 1)
    other = other.replace("insured_now: 9,", "insured_now: 10,", 1)
    found = {
        row["place"]: (row["before"], row["after"]) for row in differences(gifts(), gifts(other))
    }
    assert found["版本 2026 · 参数 比例（$rate）"] == ("60%", "50%")
    assert found["版本 2026 · 条件 且2"][1].endswith("insured_now, more_than: $least")
    assert ("0", "5") in found.values()
    assert len(found) == 3


def test_a_criterion_more() -> None:
    other = TEXT.replace(
        "        - {fact: insured_now, at",
        "        - {fact: tax_clean, is: true, clause: 一}\n        - {fact: insured_now, at",
    ).replace('district: "320114"', 'district: "320114", tax_clean: true')
    changes = [row["change"] for row in differences(gifts(), gifts(other))]
    assert changes == ["changed", "added"]


def test_a_new_version_is_told_by_what_is_otherwise_than_before() -> None:
    made = renewed(TEXT, "2027", date(2027, 1, 1))
    made = "money: 30 万元".join(made.rsplit("money: 20 万元", 1))
    places = [row["place"] for row in differences(gifts(), gifts(made))]
    assert places == [
        "版本 2026 · 截止日期",
        "版本 2027",
        "版本 2027 · 参数 每户上限（$cap）",
        "版本 2027 · 施行日期",
        "版本 2027 · 截止日期",
    ]


def test_a_version_that_is_gone() -> None:
    made = gifts(renewed(TEXT, "2027", date(2027, 1, 1)))
    found = differences(made, gifts())
    assert {row["change"] for row in found if row["place"].startswith("版本 2027")} == {"removed"}
