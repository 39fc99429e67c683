"""How far a peer's clock is from ours: signatures and tokens with a time are refused beyond it."""

from __future__ import annotations

from datetime import datetime

from exchange.errors import Fatal

MOST_SECONDS = 60
"""Peers of the field refuse a time stamp that is off by one to five minutes."""


def judge(theirs: datetime, ours: datetime, peer: str) -> str:
    """A note in seconds. ``Fatal wire.clock-skew`` beyond a minute, ours subtracted from theirs.

    >>> from datetime import UTC
    >>> now = datetime(2026, 1, 5, tzinfo=UTC)
    >>> judge(now, now, "his:80")
    '相差 0 秒'
    """
    seconds = round((theirs - ours).total_seconds())
    if abs(seconds) > MOST_SECONDS:
        raise Fatal("wire.clock-skew", peer=peer, seconds=f"{seconds:+d}")
    return f"相差 {abs(seconds)} 秒"
