"""A list that is asked for by days, hours or minutes holds the whole span."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters._generic_books import Books
from adapters._generic_plan import Message
from exchange import times

PATTERNS = ["yyyy-MM-dd", "yyyy-MM-dd HH", "yyyy-MM-dd HH:mm", "yyyy-MM-dd HH:mm:ss"]
MIDNIGHT = datetime(2026, 1, 5, tzinfo=times.CHINA)


def lines(at: datetime, since: datetime, until: datetime, pattern: str) -> list[str]:
    """The keys that a peer with one line gives out; it takes the end itself as outside."""
    length = len("2026-01-05 09:00:00"[: len(pattern)])
    row = {"key": "K", "time": f"{at:%Y-%m-%d %H:%M:%S}"}

    def peer(sent: Any) -> Any:
        inside = sent.body["begin"] <= row["time"][:length] < sent.body["end"]
        return {"code": "0", "rows": [row] if inside else []}

    told = {
        "since": {"at": "/begin", "format": pattern},
        "until": {"at": "/end", "format": pattern},
        "success": [{"at": "/code", "equals": "0"}],
        "rows": "/rows",
        "effect_key": "/key",
        "at": {"at": "/time"},
    }
    books = Books(Message(call="POST /list"), told, "{key}", "act")
    return [entry.effect_key for entry in books.read(peer, since, until)]


@pytest.mark.guarantee("G1")
@given(
    pattern=st.sampled_from(PATTERNS),
    start=st.integers(0, 200_000),
    length=st.integers(1, 200_000),
    at=st.integers(0, 400_000),
)
def test_a_line_is_told_if_it_is_in_the_span_and_only_then(
    pattern: str, start: int, length: int, at: int
) -> None:
    since = MIDNIGHT + timedelta(seconds=start)
    until, when = since + timedelta(seconds=length), MIDNIGHT + timedelta(seconds=at)
    found = lines(when, since, until, pattern)
    assert found == (["K"] if since <= when < until else [])


def test_the_end_of_a_day_asks_for_no_further_day() -> None:
    until = MIDNIGHT + timedelta(days=1)
    assert lines(until, MIDNIGHT, until, "yyyy-MM-dd") == []
    assert lines(until - timedelta(seconds=1), MIDNIGHT, until, "yyyy-MM-dd") == ["K"]
