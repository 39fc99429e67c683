"""The issuer's own arithmetic of GB 11643, apart from the hub's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.resident_id import check_digit, compose, is_valid

SEQUENCES = st.integers(1, 999)
DATES = st.dates().filter(lambda d: d.year >= 1900).map(lambda d: d.strftime("%Y%m%d"))


@pytest.mark.parametrize("number", ["11010519491231002X", "440524188001010014"])
def test_numbers_of_the_standard_are_valid(number: str) -> None:
    assert is_valid(number)


def test_the_check_digit_equals_the_standard_s_weighted_sum() -> None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    for first17 in ("32011720260105001", "32011719960214002", "11010519491231002"):
        total = sum(int(d) * w for d, w in zip(first17, weights, strict=True))
        assert check_digit(first17) == "10X98765432"[total % 11]


@given(DATES, SEQUENCES)
def test_what_is_issued_is_valid_and_tells_the_sex(date: str, sequence: int) -> None:
    number = compose("320117", date, sequence)
    assert is_valid(number)
    assert int(number[16]) % 2 == sequence % 2


@given(DATES, SEQUENCES, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(date: str, sequence: int, at: int, by: int) -> None:
    number = compose("320117", date, sequence)
    wrong = number[:at] + str((int(number[at]) + by) % 10) + number[at + 1 :]
    assert not is_valid(wrong)


@pytest.mark.parametrize(
    "number", ["", "320117", "32011720261305001X", "３２０１１７２０２６０１０５００１５"]
)
def test_other_shapes_are_not(number: str) -> None:
    assert not is_valid(number)
