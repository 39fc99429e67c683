"""Instants and civil days: instants in UTC, days as they are counted in China."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
SKEW = timedelta(minutes=10)
"""How far the clocks of two machines, or of one before and after a correction, may differ."""
_LAST = datetime(9999, 12, 31, 15, 59, 59, tzinfo=UTC)
_STAMP = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")


def stamp(instant: datetime) -> str:
    """RFC 3339 in UTC with microseconds: texts sort as the instants do.

    ``ValueError`` for a time without a zone: the machine's own would be guessed.

    >>> stamp(datetime(2026, 1, 5, 1, 2, 3, tzinfo=UTC))
    '2026-01-05T01:02:03.000000Z'
    """
    if instant.tzinfo is None:
        raise ValueError("a time without a zone")
    return f"{instant.astimezone(UTC).isoformat(timespec='microseconds')[:26]}Z"


def instant(text: str) -> datetime:
    """The reverse of ``stamp``.

    >>> instant("2026-01-05T01:02:03.000000Z").minute
    2
    """
    if _STAMP.fullmatch(text):  # a tenth of strptime's time: audits and reports read many
        return datetime.fromisoformat(text)
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)


def in_china(moment: datetime) -> datetime:
    """The same instant on the clock of China; of what lies beyond the last year the last moment. A certificate
    without an end bears 9999-12-31 23:59:59 UTC (RFC 5280, 4.1.2.5), which is the year 10000 in China.

    >>> in_china(datetime(2026, 1, 4, 16, 30, tzinfo=UTC)).isoformat()
    '2026-01-05T00:30:00+08:00'
    """
    return min(moment, _LAST).astimezone(CHINA)


def civil_day(moment: datetime) -> date:
    """The day on which an instant falls in China.

    >>> civil_day(datetime(2026, 1, 4, 16, 30, tzinfo=UTC))
    datetime.date(2026, 1, 5)
    """
    return in_china(moment).date()


def seconds_left(moment: datetime) -> int:
    """Until the next day begins in China, rounded up.

    >>> seconds_left(datetime(2026, 1, 4, 15, 59, 58, 500_000, tzinfo=UTC))
    2
    """
    tomorrow = datetime.combine(civil_day(moment) + timedelta(days=1), time(), CHINA)
    return math.ceil((tomorrow - moment).total_seconds())
