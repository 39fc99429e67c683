"""The span that ``zhida reconcile`` is asked to compare: a day, or from and to, in China's time."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from exchange import times
from exchange.errors import Invalid
from zhida import reconcile as run
from zhida.reconcile import Window


def window(day: str, since: str, until: str) -> Window:
    """Of the command's words; none: yesterday. ``Invalid`` for what is no span."""
    try:
        if since or until:
            return _ordered(Window(_moment(since), _moment(until)))
        today = times.civil_day(datetime.now(times.CHINA))
        return run.day(date.fromisoformat(day) if day else today - timedelta(days=1))
    except ValueError:
        raise Invalid("reconcile.window", day=day, since=since, until=until) from None


def _ordered(window: Window) -> Window:
    """``ValueError`` if it ends before it begins: every book would agree on nothing."""
    if window.since >= window.until:
        raise ValueError(window)
    return window


def _moment(text: str) -> datetime:
    """A date or a time, in China time unless it says otherwise."""
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=times.CHINA)
