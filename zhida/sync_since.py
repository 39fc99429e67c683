"""How an API is asked for what is new: a parameter that says since when, written as its peer reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import tables_mark
from connectors.tables_keyset import Span
from connectors.tables_span import DAY
from exchange import times
from exchange.errors import Invalid

_EPOCHS = {"epoch": 1, "epoch_ms": 1000}
_USUAL = "%Y-%m-%d %H:%M:%S"
_DIGITS = 19


@dataclass(frozen=True, slots=True)
class Since:
    """Of one sync."""

    parameter: str
    form: str = ""
    first: str = ""
    """What is asked at the first run; empty: the parameter is left away."""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Since:
        """Out of a sync's ``cursor``."""
        return cls(told["parameter"], told.get("format", ""), told.get("first", ""))

    def mark(self, value: Any) -> int | datetime | None:
        """A cursor's value as it is compared: an instant or a number; None: neither.

        >>> Since("s").mark("2026-01-05 08:00:00").isoformat(), Since("s").mark("2026-01-05T00:00:00Z").isoformat()
        ('2026-01-05T08:00:00+08:00', '2026-01-05T08:00:00+08:00')
        >>> Since("s").mark(7), Since("s", "epoch_ms").mark(1767571200000).isoformat(), Since("s").mark("soon")
        (7, '2026-01-05T08:00:00+08:00', None)
        """
        if self.form in _EPOCHS:
            return self._of_epoch(value)
        if type(value) is int:
            return value
        found = tables_mark.moment(value) if isinstance(value, str) else None
        return found and found.astimezone(times.CHINA)

    def span(self, begin: str, end: str) -> Span:
        """What a person names; both ends are in it, and of a day for an end, all of it. ``Invalid`` for what is no span.

        >>> Since("s").span("2026-01-05", "2026-01-05").high.isoformat(), Since("n").span("7", "12345678901").high
        ('2026-01-05T23:59:59.999999+08:00', 12345678901)
        """
        low, high = self._end(begin), self._end(end)
        if DAY.fullmatch(end) and isinstance(high, datetime):
            high += timedelta(days=1, microseconds=-1)
        if low is None or high is None or type(low) is not type(high) or low > high:  # type: ignore[operator]
            raise Invalid("sync.no-span", begin=begin[:40], end=end[:40])
        return Span(low=low, high=high)

    def _end(self, text: str) -> int | datetime | None:
        """A moment where the text is one; else a number."""
        if self.form in _EPOCHS and text.isdecimal():
            return self._of_epoch(text)
        told = tables_mark.moment(text)
        if told is not None:
            return told.astimezone(times.CHINA)
        return int(text) if text.isdecimal() and len(text) <= _DIGITS else None

    def asked(self, low: int | datetime | None) -> dict[str, str | int]:
        """The parameter for what is not before ``low``; None: for everything.

        >>> noon = datetime(2026, 1, 5, 4, tzinfo=UTC)
        >>> Since("since").asked(noon), Since("t", "gte.%Y-%m-%dT%H:%M:%SZ").asked(noon), Since("t", "epoch").asked(noon)
        ({'since': '2026-01-05 12:00:00'}, {'t': 'gte.2026-01-05T04:00:00Z'}, {'t': 1767585600})
        >>> Since("since").asked(None), Since("after", first="0").asked(None), Since("after").asked(7)
        ({}, {'after': '0'}, {'after': 7})
        >>> Since("id", "gte.%d").asked(7)
        {'id': 'gte.7'}
        """
        if low is None:
            return {self.parameter: self.first} if self.first else {}
        return {self.parameter: self._written(low)}

    def _written(self, low: int | datetime) -> str | int:
        if isinstance(low, int):
            return self.form.replace("%d", str(low)) or low
        if self.form in _EPOCHS:
            return int(low.timestamp()) * _EPOCHS[self.form]
        form = self.form or _USUAL
        return low.astimezone(UTC if form.endswith("Z") else times.CHINA).strftime(form)

    def _of_epoch(self, value: Any) -> datetime | None:
        if type(value) is not int and not (isinstance(value, str) and value.isdecimal()):
            return None
        try:
            return datetime.fromtimestamp(int(value) / _EPOCHS[self.form], times.CHINA)
        except (OverflowError, ValueError, OSError):
            return None
