"""Which days offices work on: as the notices say, and for no year that nobody has announced."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from exchange.errors import Invalid
from matters import working_days

MONTHS = {
    2024: [22, 18, 21, 22, 21, 19, 23, 22, 21, 19, 21, 22],
    2025: [19, 19, 21, 22, 19, 20, 23, 21, 23, 18, 20, 23],
    2026: [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23],
}
"""Working days of each month, counted by PyPI's chinesecalendar 1.11.0, another hand's work."""

NEXT = """\
year: "2027"
notice: 测试用
rest: {元旦: ["2026-12-31", "2027-01-02"]}
work: ["2026-12-26"]
"""


def own(site: Path, text: str = NEXT, name: str = "2027.yaml") -> Path:
    (site / "holidays").mkdir(exist_ok=True)
    (site / "holidays" / name).write_text(text, "utf-8")
    return site


@pytest.mark.parametrize("year", MONTHS)
def test_the_shipped_years_agree_with_another_table(year: int) -> None:
    known = working_days.of(None)
    counted = [0] * 12
    day = date(year, 1, 1)
    while day.year == year:
        counted[day.month - 1] += known.is_working(day)
        day += timedelta(days=1)
    assert counted == MONTHS[year]


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-15", False),
        ("2026-02-23", False),
        ("2026-02-24", True),
        ("2026-02-28", True),
        ("2026-05-09", True),
        ("2026-06-19", False),
        ("2026-09-20", True),
        ("2026-09-25", False),
        ("2026-10-07", False),
        ("2026-10-10", True),
        ("2026-10-11", False),
        ("2026-11-27", True),
    ],
)
def test_days_of_2026(day: str, working: bool) -> None:
    assert working_days.of(None).is_working(date.fromisoformat(day)) is working


def test_every_shipped_year_names_its_notice() -> None:
    for year, found in working_days.of(None).years.items():
        assert f"关于{year}年部分节假日安排的通知（国办发明电〔{year - 1}〕" in found.notice


def test_a_year_that_nobody_announced_is_not_guessed() -> None:
    for day in (date(2027, 1, 4), date(2023, 12, 29)):
        with pytest.raises(Invalid) as refused:
            working_days.of(None).is_working(day)
        assert refused.value.code == "calendar.no-year"
        assert refused.value.facts == {"year": day.year, "last": 2026}


def test_a_site_adds_a_year_and_its_rest_may_begin_in_the_december_before(tmp_path: Path) -> None:
    known = working_days.of(own(tmp_path))
    assert known.last == 2027
    assert known.is_working(date(2027, 1, 4))
    assert not known.is_working(date(2027, 1, 1))
    assert not known.is_working(date(2026, 12, 31)), (
        "it lies in our 2026, and their notice is newer"
    )
    assert known.is_working(date(2026, 12, 26)), "a Saturday worked for it"
    assert not working_days.of(None).is_working(date(2026, 12, 26))


def test_a_site_replaces_a_shipped_year(tmp_path: Path) -> None:
    text = 'year: "2026"\nnotice: 改期\nrest: {元旦: ["2026-01-01"]}\nwork: []\n'
    known = working_days.of(own(tmp_path, text, "2026.yaml"))
    assert known.is_working(date(2026, 1, 2))
    assert not known.is_working(date(2026, 1, 4))


def test_all_mistakes_of_a_sites_years_are_told(tmp_path: Path) -> None:
    own(tmp_path, NEXT.replace("2026-12-26", "2026-12-25"))
    own(tmp_path, NEXT, "2028.yaml")
    told = [(each.code, each.facts["file"]) for each in working_days.problems(tmp_path)]
    assert told == [("calendar.day", "2027.yaml"), ("calendar.day", "2028.yaml")]
