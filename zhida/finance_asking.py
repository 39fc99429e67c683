"""Everybody whose word a request needs is asked now, side by side, for a bank that waits; sweeps do the rest."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

from zhida import at_once
from zhida.finance_requests import MATTER, Request
from zhida.hub import Hub

THREADS = 6
"""Systems that are asked at once for one bank."""


def ask(hub: Hub, request: Request, seconds: float) -> None:
    """Ask, and come back when all have answered or the time is over; what was begun goes on."""
    items = hub.site.matter(MATTER).items
    later = [name for name, item in items.items() if item.needs]
    first = [name for name in items if name not in later]
    pool = ThreadPoolExecutor(THREADS, thread_name_prefix="finance")
    working = [pool.submit(at_once.work_on, hub, request.case, name) for name in first]
    following = pool.submit(_follow, hub, request.case, later, working)
    wait([following], timeout=seconds)
    pool.shutdown(wait=False, cancel_futures=True)


def _follow(hub: Hub, case: str, names: Sequence[str], before: Sequence[Future[Any]]) -> None:
    """Those that wait for another's word, once it has been asked for."""
    wait(before)
    for name in names:
        at_once.work_on(hub, case, name)
