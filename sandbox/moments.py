"""What time a stand-in system writes: UTC in its books, China's civil time on its wires."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

CHINA = timezone(timedelta(hours=8))
"""One offset all year since 1992; the stand-ins never write older instants."""


def instant() -> str:
    """Now, RFC 3339 in UTC with milliseconds, for a row of the books."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def china_time(pattern: str) -> str:
    """Now in China, written with ``strftime``: vendors each have their own form."""
    return datetime.now(CHINA).strftime(pattern)


def is_date(text: str, pattern: str) -> bool:
    """Whether ``text`` is a real day (or instant) written exactly in that form.

    >>> is_date("20260229", "%Y%m%d"), is_date("20260105", "%Y%m%d"), is_date("202615", "%Y%m%d")
    (False, True, False)
    """
    try:
        return datetime.strptime(text, pattern).strftime(pattern) == text  # noqa: DTZ007 - civil
    except ValueError:
        return False


def in_utc(text: str, pattern: str) -> str:
    """China's civil time as ``pattern`` writes it, in the form of the books. ``ValueError``.

    >>> in_utc("20260105090000", "%Y%m%d%H%M%S")
    '2026-01-05T01:00:00.000Z'
    """
    told = datetime.strptime(text, pattern).replace(tzinfo=CHINA)
    return told.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def in_china(stamp: str, pattern: str) -> str:
    """The reverse: an instant of the books as a wire writes it.

    >>> in_china("2026-01-05T01:00:00.000Z", "%Y%m%d%H%M%S")
    '20260105090000'
    """
    return datetime.fromisoformat(stamp).astimezone(CHINA).strftime(pattern)
