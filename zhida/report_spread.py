"""Best, median and worst of what was measured, and the time between two stamps of the store."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from statistics import median_low
from typing import Any


def spread(values: Iterable[int]) -> dict[str, Any]:
    """Of none: None. The median of an even number is the lower of the two: a value that there is.

    >>> spread([4, 1, 9, 2])
    {'count': 4, 'best': 1, 'median': 2, 'worst': 9}
    >>> spread([])
    {'count': 0, 'best': None, 'median': None, 'worst': None}
    """
    found = sorted(values)
    if not found:
        return {"count": 0, "best": None, "median": None, "worst": None}
    told = {"count": len(found), "best": found[0]}
    return {**told, "median": median_low(found), "worst": found[-1]}


def seconds(since: str, until: str) -> int:
    """Whole seconds between two stamps; below zero where the later one comes first.

    >>> seconds("2026-01-05T01:02:03.400000Z", "2026-01-05T01:03:03.300000Z")
    59
    """
    # times.instant takes ten times as long, and a year has some hundred thousands of these.
    lasted = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    return lasted.days * 86400 + lasted.seconds


def lasted(found: int | None) -> str:
    """A time for a person, in its two largest units.

    >>> [lasted(each) for each in (38, 75 * 60, 75 * 3600, -3, None)]
    ['38 秒', '1 小时 15 分', '3 天 3 小时', '-3 秒', '—']
    """
    if found is None:
        return "—"
    if found < 0:
        return f"-{lasted(-found)}"
    if found < 60:
        return f"{found} 秒"
    minutes = found // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return f"{days} 天 {hours} 小时"
    return f"{hours} 小时 {rest} 分" if hours else f"{rest} 分"
