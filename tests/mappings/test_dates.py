"""Civil dates: exact, in China, in every shape that the wires of the slice use."""

import weakref
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.dates import civil_day, converter, is_pattern
from mappings.faults import Fault

SHAPES = [
    "yyyyMMddHHmmss",
    "yyyy-MM-dd HH:mm:ss",
    "yyyy/MM/dd HH:mm:ss",
    "yyyy年MM月dd日HH时mm分ss秒",
]


@given(
    st.datetimes(min_value=datetime(1000, 1, 1)), st.sampled_from(SHAPES), st.sampled_from(SHAPES)
)
def test_every_shape_and_back_is_the_same_instant(moment: datetime, one: str, other: str) -> None:
    written = converter(["yyyyMMddHHmmss"], one)(f"{moment:%Y%m%d%H%M%S}")
    assert converter([other], one)(converter([one], other)(written)) == written


@pytest.mark.parametrize(
    ("text", "source", "target", "expected"),
    [
        ("20260105", "yyyyMMdd", "yyyy-MM-dd", "2026-01-05"),
        ("202601050130", "yyyyMMddHHmm", "yyyy-MM-dd", "2026-01-05"),
        ("202601050130", "yyyyMMddHHmm", "HH:mm", "01:30"),
        ("202601052359", "yyyyMMddHHmm", "HH:mm", "23:59"),
        ("01:30", "HH:mm", "HHmm", "0130"),
        ("2019 - 04 - 08", "yyyy-MM-dd", "yyyyMMdd", "20190408"),
        ("20000229", "yyyyMMdd", "yyyy-MM-dd", "2000-02-29"),
        ("20260105013059123", "yyyyMMddHHmmssSSS", "yyyy-MM-dd HH:mm:ss", "2026-01-05 01:30:59"),
        ("19880701", "yyyyMMdd", "yyyy-MM-dd", "1988-07-01"),
    ],
)
def test_shapes_of_the_slice(text: str, source: str, target: str, expected: str) -> None:
    assert converter([source], target)(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "19000229",
        "20260230",
        "20261301",
        "2026010",
        "202601055",
        "２０２６０１０５",
        "0000-00-00",
        "00000000",
        "",
        "2026-01-05",
    ],
)
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(Fault) as caught:
        converter(["yyyyMMdd"], "yyyy-MM-dd")(text)
    assert caught.value.code == "mapping.not-a-date"


def test_twenty_four_oclock_is_not_moved_to_another_day() -> None:
    with pytest.raises(Fault):
        converter(["HH:mm"], "HHmm")("24:00")


def test_a_day_without_its_minute_is_not_filled_with_zeros() -> None:
    with pytest.raises(Fault) as caught:
        converter(["yyyyMMddHHmm", "yyyyMMdd"], "HH:mm")("20260105")
    assert caught.value.code == "mapping.date-too-coarse"


def test_a_date_as_a_number_is_refused() -> None:
    with pytest.raises(Fault) as caught:
        converter(["yyyyMMdd"], "yyyy-MM-dd")(20260105)  # type: ignore[arg-type]
    assert caught.value.code == "mapping.not-text"


def test_patterns_are_checked() -> None:
    assert all(is_pattern(p) for p in (*SHAPES, "yyyyMMdd", "yyyy-MM-ddTHH:mm:ss+0800"))
    assert not any(
        is_pattern(p) for p in ("", "YYYY-MM-DD", "yyyy-yyyy", "dd.mm.yy", "{yyyy}", "yyyy {0}")
    )


def test_the_day_of_another_field_is_found_in_the_usual_shapes() -> None:
    shapes = ("2026-01-05", "20260105", "202601050130", "20260105013000", "2026-01-05 01:30:00")
    assert {civil_day(text) for text in shapes} == {datetime(2026, 1, 5).date()}
    assert civil_day("2026-02-30") is civil_day("soon") is None


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("2020/1/5", "2020-01-05"), ("2020/01/05", "2020-01-05"), ("2020 / 12 / 31", "2020-12-31")],
)
def test_a_month_and_a_day_may_lack_their_zeros(text: str, wanted: str) -> None:
    assert converter(["yyyy/M/d"], "yyyy-MM-dd")(text) == wanted


@pytest.mark.parametrize("text", ["2020/13/1", "2020/2/30", "2020/001/5", "2020-1-5", "20/1/5"])
def test_what_is_no_day_without_zeros_either(text: str) -> None:
    with pytest.raises(Fault, match="not-a-date"):
        converter(["yyyy/M/d"], "yyyy-MM-dd")(text)


@pytest.mark.parametrize("pattern", ["yyyyMd", "yyyy/Mdd", "MMd", "yyyy/M/MM", "yyyy/MM/dHH"])
def test_a_short_part_beside_other_digits_is_no_pattern(pattern: str) -> None:
    assert not is_pattern(pattern)


def test_one_day_again_and_again_is_the_same_and_so_is_what_is_none() -> None:
    convert = converter(["yyyy/M/d"], "yyyy-MM-dd")
    assert [convert("2026/1/5") for _ in range(3)] == ["2026-01-05"] * 3
    for _ in range(3):
        with pytest.raises(Fault):
            convert("2026/2/30")


def test_what_a_day_was_cut_from_is_not_kept() -> None:
    class Cut(str):
        """As lxml gives it: with the whole tree behind it."""

    day = Cut("2031-11-23")
    left = weakref.ref(day)
    assert converter(["yyyy-MM-dd"], "yyyyMMdd")(day) == "20311123"
    del day
    assert left() is None
