"""A row as bytes: what a value says is all there."""

import json
from datetime import timedelta

import pytest

from connectors.tables_row import written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (timedelta(), "00:00:00"),
        (timedelta(seconds=1, microseconds=500_000), "00:00:01.500000"),
        (-timedelta(hours=1, minutes=1, seconds=1), "-01:01:01"),
        (-timedelta(microseconds=1), "-00:00:00.000001"),
        (timedelta(hours=838, minutes=59, seconds=59), "838:59:59"),
    ],
)
def test_a_time_of_mysql_keeps_its_sign_and_its_fraction(value, text):
    assert json.loads(written({"a": value})) == {"a": text}
