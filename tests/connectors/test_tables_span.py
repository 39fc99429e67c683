"""What a person may say of a span, by the kind of the cursor's column."""

from datetime import date, datetime

import pytest
from sqlalchemy import Column
from sqlalchemy import types as sql

from connectors.tables_span import span
from exchange.errors import Invalid

TEXT, TIME, DAY, WHOLE = (
    Column("c", kind) for kind in (sql.String(30), sql.DateTime(), sql.Date(), sql.BigInteger())
)


@pytest.mark.parametrize(
    ("column", "dialect", "ends", "wanted"),
    [
        (TEXT, "postgresql", ("2026-01-04", "2026-01-05"), ("2026-01-04", "2026-01-05z")),
        (TEXT, "mysql", ("20260104", "20260105"), ("20260104", "20260105z")),
        (TEXT, "mysql", ("20261399", "20261400"), ("20261399", "20261400z")),
        (TIME, "sqlite", ("2026-01-04", "2026-01-04 08:00"), ("2026-01-04", "2026-01-04 08:00")),
        (WHOLE, "sqlite", ("7", "12"), (7, 12)),
        (DAY, "postgresql", ("2024-02-29", "2024-02-29"), (date(2024, 2, 29),) * 2),
        (
            TIME,
            "postgresql",
            ("20260104", "2026/01/04"),
            (datetime(2026, 1, 4), datetime(2026, 1, 4, 23, 59, 59, 999999)),
        ),
    ],
)
def test_both_ends_are_in_it(column, dialect, ends, wanted):
    found = span(column, *ends, dialect=dialect)
    assert (found.low, found.high) == ((wanted[0],), (wanted[1],))


@pytest.mark.parametrize(
    ("column", "dialect", "ends"),
    [
        (TEXT, "postgresql", ("2026-01-05", "2026-01-04")),
        (TEXT, "mysql", ("2026-02-29", "2026-03-01")),
        (TIME, "sqlite", ("2026/02/30 08:00:00", "2026/03/01")),
        (TIME, "postgresql", ("2026-02-29", "2026-03-01")),
        (DAY, "postgresql", ("2026-01-05", "2026-01-04")),
        (WHOLE, "postgresql", ("12", "7")),
        (WHOLE, "postgresql", ("2026-01-04", "2026-01-05")),
    ],
)
def test_what_is_no_span_is_refused(column, dialect, ends):
    with pytest.raises(Invalid, match=r"sync\.no-span|tables\.does-not-fit"):
        span(column, *ends, dialect=dialect)
