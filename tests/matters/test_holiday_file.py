"""A year's file: what no notice can have said is told with its line."""

from __future__ import annotations

import pytest

from exchange.errors import Invalid
from matters import holiday_file

TEXT = """\
year: "2027"
notice: 测试用
rest:
  元旦: ["2027-01-01"]
  春节: ["2027-02-05", "2027-02-11"]
work: ["2027-01-30", "2027-02-20"]
"""


def refused(old: str, new: str, name: str = "2027.yaml") -> list[tuple[str, object]]:
    assert old in TEXT
    with pytest.raises(Invalid) as error:
        holiday_file.parse(TEXT.replace(old, new, 1).encode(), name)
    return [(each.code, each.facts.get("line")) for each in error.value.problems]


def test_a_rest_is_written_by_its_ends() -> None:
    found = holiday_file.parse(TEXT.encode(), "2027.yaml")
    assert (found.year, len(found.rest), len(found.work)) == (2027, 8, 2)


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('"2027-02-11"', '"2027-02-04"', "calendar.day", 5),
        ('"2027-02-11"', '"2027-03-11"', "calendar.day", 5),
        ('"2027-02-11"', '"2027-02-31"', "calendar.day", 5),
        ('"2027-02-11"', '"2028-02-11"', "calendar.day", 5),
        ('"2027-02-11"', '"2026-12-11"', "calendar.day", 5),
        ('"2027-02-20"', '"2027-02-19"', "calendar.day", 6),
        ('"2027-02-20"', '"2027-02-06"', "calendar.day", 6),
        ('"2027-02-20"', '"2026-02-21"', "calendar.day", 6),
        ("notice: 测试用\n", "", "file.schema", 1),
        ("notice:", "notic:", "file.schema", 1),
    ],
)  # fmt: skip
def test_what_no_notice_says_is_told_with_its_line(
    old: str, new: str, code: str, line: int
) -> None:
    assert (code, line) in refused(old, new)


def test_the_file_is_named_after_its_year() -> None:
    assert refused("测试用", "测试", "2028.yaml") == [("calendar.day", 1)]


def test_a_file_saved_as_gbk_is_named_as_such() -> None:
    with pytest.raises(Invalid) as error:
        holiday_file.parse(TEXT.encode("gbk"), "2027.yaml")
    assert error.value.code == "file.not-utf8"
