"""Since when something is waited for, remembered in a feed's cursor, so that it outlives us."""

from __future__ import annotations

from datetime import datetime, timedelta

import orjson

from exchange import times


class Patience:
    """Marks that are waited for; one that is not asked for any more is forgotten.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 5, 12, tzinfo=UTC)
    >>> first = Patience("", noon, 60)
    >>> first.is_over("gap"), Patience(first.written(), noon + timedelta(60), 60).is_over("gap")
    (False, True)
    """

    def __init__(self, cursor: str, now: datetime, seconds: float) -> None:
        self._before = _read(cursor)
        self._now, self._wait = now, timedelta(seconds=seconds)
        self._seen: dict[str, str] = {}

    def is_over(self, mark: str) -> bool:
        """Has ``mark`` been waited for long enough?"""
        since = self._seen[mark] = self._before.get(mark, times.stamp(self._now))
        return self._now - times.instant(since) >= self._wait

    def written(self) -> str:
        """The cursor: marks and instants, nothing of a message."""
        return orjson.dumps(self._seen, option=orjson.OPT_SORT_KEYS).decode() if self._seen else ""


def _read(cursor: str) -> dict[str, str]:
    """What was remembered; of a damaged cursor nothing, which costs one more wait."""
    try:
        found: dict[str, str] = orjson.loads(cursor) if cursor else {}
        for since in found.values():
            times.instant(since)
    except (ValueError, AttributeError, TypeError):
        return {}
    return found
