"""How far a line has read its source: kept sealed, for it holds keys.

A run reads what lies between ``low`` and ``until``, in order; ``at`` is the last row that is done. Only
when it is through does ``high`` move, so whoever goes on after a death looks back as far as the one
who died would have.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connectors import tables_mark
from connectors.tables_keyset import Span
from exchange import canonical

Mark = Any


@dataclass(frozen=True, slots=True)
class Progress:
    """Of a line; everything empty at the start."""

    high: Mark = None
    """The cursor up to which all was read; None: nothing was."""
    low: Mark = None
    until: Mark = None
    at: tuple[Mark, ...] = ()
    """The last row that was done in a run that has not ended."""
    by: tuple[str, ...] = ()
    """The columns of the cursor."""

    @classmethod
    def read(cls, told: bytes) -> Progress:
        """The reverse of ``written``; empty is the start."""
        if not told:
            return cls()
        found = canonical.loads(told)
        ends = {name: tables_mark.read(found[name]) for name in _ENDS if name in found}
        at = tuple(tables_mark.read(each) for each in found["at"])
        return cls(**ends, at=at, by=tuple(found.get("by", ())))

    def written(self) -> bytes:
        """For the store.

        >>> Progress.read(Progress(high=7, at=(8, "a")).written())
        Progress(high=7, low=None, until=None, at=(8, 'a'), by=())
        """
        ends = {n: value for n in _ENDS if (value := getattr(self, n)) is not None}
        told = {name: tables_mark.written(value) for name, value in ends.items()}
        at = [tables_mark.written(each) for each in self.at]
        return canonical.dumps({**told, "at": at, "by": list(self.by)})

    @property
    def span(self) -> Span:
        """What is to be read."""
        return Span(self.at, self.low, self.until)

    def along(self, cursor: tuple[str, ...]) -> Progress:
        """By this cursor; along another one nothing was read.

        >>> Progress(high=7, by=("N",)).along(("N",)).high, Progress(high=7, by=("N",)).along(("M", "N")).high
        (7, None)
        """
        return replace(self, by=cursor) if self.by in ((), cursor) else Progress(by=cursor)

    def begun(self, newest: Mark, look_back: int) -> Progress:
        """At the start of a run; one that has not ended goes on. ``newest``: the cursor's, None without one."""
        if self.at:
            return self
        low = None if self.high is None else tables_mark.before(self.high, look_back)
        return replace(self, low=low, until=newest)

    def after(self, marks: tuple[Mark, ...]) -> Progress:
        """With one more batch done."""
        return replace(self, at=marks)

    def ended(self, now: datetime) -> Progress:
        """At the end of a run: a cursor in the future moves it to the present only.

        >>> Progress(high=3, low=1, until=9, at=(9, 1)).ended(datetime(2026, 1, 5))
        Progress(high=9, low=None, until=None, at=(), by=())
        """
        if self.until is None:
            return Progress(self.high, by=self.by)
        top = tables_mark.not_after(self.until, now)
        return Progress(top if self.high is None else max(self.high, top), by=self.by)


_ENDS = ("high", "low", "until")
