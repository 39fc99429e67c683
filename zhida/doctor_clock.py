"""The doctor on clocks: ours against the store's and against the ``Date`` of whom we speak with.

Two that agree may both be wrong; so each is told by itself, and the more peers the better.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from connectors import rest
from exchange.errors import ZhidaError
from exchange.ports import Clock, Endpoint
from exchange.store import health
from exchange.store.engine import Store
from zhida.doctor_line import Line, Part

_PART = Part("clock")
NEAR, FAR = 5.0, 60.0
"""Seconds. Signed requests and tokens are refused from one minute on; NTP keeps far below a second."""
PATIENCE = 2.0
"""Seconds that a peer has: this is no check of the peer."""
_AT_ONCE = 8


def judge(title: str, theirs: datetime, ours: datetime) -> Line:
    """Ours against another."""
    seconds = (ours - theirs).total_seconds()
    told = f"{seconds:+.1f}"
    if abs(seconds) > FAR:
        return _PART.bad(title, "doctor.clock", peer=title, seconds=told)
    if abs(seconds) > NEAR:
        return _PART.note(title, "doctor.clock-drifts", peer=title, seconds=told)
    return _PART.good(title, f"本机相差 {told} 秒")


def of_store(store: Store, clock: Clock) -> Line:
    """The server's against ours in the middle of asking."""
    before = clock()
    found = health.look(store).now
    ours = before + (clock() - before) / 2
    if found is None:
        return _PART.open("数据库的时钟", "SQLite 用本机的时钟")
    return judge("数据库的时钟", found, ours)


def peers(endpoints: Mapping[str, Endpoint], clock: Clock) -> Iterator[Line]:
    """Title → a peer over HTTP. All are asked at once; who does not answer is told as not looked at:
    whether a system answers is ``zhida system check``'s business.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda each: _peer(each[0], each[1], clock), endpoints.items())


def _peer(title: str, endpoint: Endpoint, clock: Clock) -> Line:
    try:
        with contextlib.closing(rest.open_connector({"timeout_s": PATIENCE}, endpoint)) as wire:
            told = wire.look("/").headers.get("Date", "")
        theirs = parsedate_to_datetime(told)
    except ZhidaError as error:
        return _PART.open(title, f"对方没有应答（{error.code}）")
    except (ValueError, TypeError):
        return _PART.open(title, "对方应答没有 Date 头")
    if theirs.tzinfo is None:  # "-0000": in UTC, of no known zone (RFC 5322, 3.3)
        theirs = theirs.replace(tzinfo=UTC)
    return judge(title, theirs, clock())
