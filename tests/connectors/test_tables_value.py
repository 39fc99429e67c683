"""A value as a column holds it: exactly, or told why not."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column
from sqlalchemy import types as sql
from sqlalchemy.dialects import mysql

from connectors.tables_value import fitted, same
from exchange.errors import Invalid


def fit(value, kind):
    return fitted({"c": value}, {"c": Column("c", kind)})["c"]


@pytest.mark.parametrize(
    ("value", "kind", "made"),
    [
        ("张小直", sql.String(3), "张小直"),
        (2**70, sql.String(40), str(2**70)),
        ("007", sql.String(3), "007"),
        ("42", sql.Integer(), 42),
        (Decimal("42.00"), sql.Integer(), 42),
        (True, mysql.TINYINT(1), 1),
        (True, sql.Boolean(), True),
        ("0.10", sql.Numeric(12, 2), Decimal("0.10")),
        ("1.500", sql.Numeric(12, 2), Decimal("1.5")),
        (10**9, sql.Numeric(12, 2), Decimal(10**9)),
        ("2026-01-05", sql.Date(), date(2026, 1, 5)),
        ("2026-01-05T08:00:00+08:00", sql.DateTime(), datetime(2026, 1, 5, 8)),
        ("2026-01-05T00:00:00Z", sql.DateTime(), datetime(2026, 1, 5, 8)),
        ("2026-01-05T08:00:00", sql.DateTime(), datetime(2026, 1, 5, 8)),
        ("08:00", sql.Time(), time(8)),
        (None, sql.Date(), None),
    ],
)
def test_what_fits(value, kind, made):
    assert fit(value, kind) == made


def test_a_time_without_a_zone_is_chinas_in_a_column_with_one():
    found = fit("2026-01-05T08:00:00", sql.DateTime(timezone=True))
    assert found == datetime(2026, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "kind", "reason"),
    [
        ("张小直", sql.String(2), "too long"),
        ("a\0", sql.String(9), "character"),
        ("\ud800", sql.String(9), "character"),
        (True, sql.String(9), "form"),
        ("0042", sql.Integer(), "leading zeros"),
        ("-007", sql.BigInteger(), "leading zeros"),
        ("00.50", sql.Numeric(12, 2), "leading zeros"),
        (" 42", sql.Integer(), "form"),
        ("1_0", sql.Numeric(12, 2), "form"),
        ("0.001", sql.Numeric(12, 2), "decimals"),
        ("12345678901", sql.Numeric(12, 2), "digits"),
        ("1e3", sql.Numeric(12, 2), "form"),
        ("NaN", sql.Numeric(12, 2), "form"),
        ("１", sql.Numeric(12, 2), "form"),
        (True, sql.Numeric(12, 2), "form"),
        ("1.5", sql.Integer(), "form"),
        (Decimal("1.5"), sql.Integer(), "form"),
        (" 1", sql.Integer(), "form"),
        ("1_0", sql.Integer(), "form"),
        ("0000-00-00", sql.Date(), "zero date"),
        ("0000-00-00 00:00:00", sql.DateTime(), "zero date"),
        ("2026-02-30", sql.Date(), "form"),
        ("20260105", sql.Date(), "form"),
        ("2026-01-05", sql.DateTime(), "form"),
        ("是", sql.Boolean(), "form"),
        ("1", sql.Float(), "form"),
        ("x", sql.LargeBinary(), "form"),
        ("x", sql.Uuid(), "form"),
        (7, sql.Uuid(), "form"),
    ],
)
def test_what_does_not_fit_is_told_without_its_value(value, kind, reason):
    with pytest.raises(Invalid) as raised:
        fit(value, kind)
    assert raised.value.code == "tables.does-not-fit"
    assert raised.value.facts["reason"] == reason
    assert set(raised.value.facts) == {"column", "type", "reason"}


def test_all_columns_are_told_at_once():
    columns = {name: Column(name, sql.Numeric(4, 2)) for name in "abc"}
    with pytest.raises(Invalid) as raised:
        fitted({"a": "0.001", "b": "1", "c": "100"}, columns)
    told = [(problem.facts["column"], problem.facts["reason"]) for problem in raised.value.problems]
    assert told == [("a", "decimals"), ("c", "digits")]


@given(st.decimals(allow_nan=False, allow_infinity=False, places=3))
def test_a_number_is_exact_or_refused(number):
    try:
        made = fit(format(number, "f"), sql.Numeric(12, 2))
    except Invalid:
        assert number.as_tuple().digits[-1] != 0 or abs(number) >= 10**10
    else:
        assert made == number


def test_times_of_mysql_are_compared_as_they_are():
    assert same(time(1, 0, 2), timedelta(seconds=3602), sql.Time())
    assert not same(time(1), timedelta(seconds=3602), sql.Time())
