"""Everybody whose word a request needs is asked now, side by side, for a bank that waits; sweeps do the rest.

The threads are the hub's (``Hub.beside``): all callers of a process share them, and what has found none free when
the time is over is left to the sweeps.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from concurrent.futures import Future, wait

from exchange.errors import ZhidaError
from matters.matter import Item
from zhida import at_once
from zhida.finance_requests import MATTER, Request
from zhida.hub import Hub

_log = logging.getLogger(__name__)
Asked = dict[str, "Future[bool]"]


def ask(hub: Hub, request: Request, seconds: float) -> frozenset[str]:
    """Ask, and come back when all have answered or the time is over; what was begun goes on.

    The items whose asking broke off: of them nothing is known, whatever was known before.
    """
    end, asked = time.monotonic() + seconds, Asked()
    for item in _in_order(hub.site.matter(MATTER).items.values()):
        wait([asked[name] for name in item.needs if name in asked], timeout=_left(end))
        asked[item.name] = hub.beside.submit(_work, hub, request.case, item.name)
    wait(asked.values(), timeout=_left(end))
    return frozenset(name for name, each in asked.items() if _broke_off(each))


def _in_order(items: Iterable[Item]) -> list[Item]:
    """First those that need nobody else's word."""
    return sorted(items, key=lambda each: bool(each.needs))


def _left(end: float) -> float:
    return max(0.0, end - time.monotonic())


def _broke_off(asked: Future[bool]) -> bool:
    """What has not begun does not begin any more."""
    return not asked.cancel() and asked.done() and asked.result()


def _work(hub: Hub, case: str, item: str) -> bool:
    """Did it break off? By its kind only: the text of an error may quote what was asked."""
    try:
        at_once.work_on(hub, case, item)
    except Exception as error:  # noqa: BLE001 - one holder must not cost the bank what the others say
        code = error.code if isinstance(error, ZhidaError) else type(error).__name__
        _log.error("broke off case=%s item=%s code=%s", case, item, code)
        return True
    return False
