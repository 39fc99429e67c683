"""How an API is asked for what is new: a parameter that says since when, written as its peer reads it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from connectors import tables_mark
from exchange import times

_EPOCHS = {"epoch": 1, "epoch_ms": 1000}
_USUAL = "%Y-%m-%d %H:%M:%S"


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

    def until(self, value: str) -> int | datetime | None:
        """The last mark that a person's end of a span takes in: of a day, all of it.

        >>> Since("s").until("2026-01-05").isoformat()
        '2026-01-05T23:59:59.999999+08:00'
        """
        found = self.mark(
            int(value) if value.isdecimal() and len(value) < len("20260105") else value
        )
        is_day = len(value) == len("2026-01-05") and isinstance(found, datetime)
        return found + timedelta(days=1, microseconds=-1) if is_day and found else found  # type: ignore[operator]

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
