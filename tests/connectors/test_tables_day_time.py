"""A day and a time of day in two columns: moved as one moment, written as they were."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import tables_day_time, tables_mark

MOMENTS = st.datetimes(datetime(2000, 1, 2), datetime(2090, 1, 1)).map(
    lambda at: at.replace(microsecond=0)
)
FORMS = {
    "columns": (lambda at: at.date(), lambda at: at.time()),
    "mysql": (lambda at: at.date(), lambda at: timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)),
    "short": (lambda at: f"{at:%Y%m%d}", lambda at: f"{at:%H%M%S}"),
    "long": (lambda at: f"{at:%Y-%m-%d}", lambda at: f"{at:%H:%M:%S}"),
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
@given(at=MOMENTS, by=st.integers(0, 200_000))
def test_to_look_back_is_the_same_in_every_form(form: str, at: datetime, by: int) -> None:
    day, clock = FORMS[form]
    earlier = at - timedelta(seconds=by)
    assert tables_mark.before((day(at), clock(at)), by) == (day(earlier), clock(earlier))
    kept = (day(at), clock(at), 7)
    assert tables_mark.read(tables_mark.written(kept)) == kept


@pytest.mark.parametrize(
    "values",
    [
        ("20260105", 7),
        (date(2026, 1, 5), "8:0"),
        (7, time(8)),
        ("2026-01-05",),
        ("05.01.2026", "080000"),
        (datetime(2026, 1, 5, 8), time(8)),
    ],
)
def test_what_is_no_day_and_time_is_not_taken_for_one(values: tuple[object, ...]) -> None:
    assert tables_day_time.moved(values, lambda at: at) is None
