"""Where alerts go: to a robot's webhook if the site names one, else into the log.

A robot (DingTalk, WeCom) answers 200 whatever it thinks of a message and says in ``errcode``
whether it took it. Its address holds its secret (``access_token``), so the path stands in the
connection (``extra.path``) and never in an error's facts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from connectors import http, json_text, tls
from connectors.http import Line, Received
from exchange.errors import Rejected
from exchange.ports import Endpoint
from zhida.hub import Hub

Send = Callable[[str], None]
"""Gives one line away; an error means that nobody may have got it."""

SECONDS = 5.0
"""A robot that takes longer is told again after the next sweep."""
_LIMIT = 100_000

_log = logging.getLogger("zhida.alerts")


@contextmanager
def open_sink(hub: Hub) -> Iterator[Send]:
    """The site's sink. ``Fatal`` if its connection is not known."""
    told = hub.site.alerts
    if told is None:
        yield lambda line: _log.warning("%s", line)
        return
    where = hub.endpoint(told.webhook)
    line = http.line(None, seconds=SECONDS, max_bytes=_LIMIT, tls=tls.of_endpoint(where))
    try:
        yield lambda text: _post(line, where, told.style, text)
    finally:
        line.close()


def body(style: str, text: str) -> dict[str, Any]:
    """The message in the form that the robot accepts.

    >>> body("wecom", "…")
    {'msgtype': 'text', 'text': {'content': '…'}}
    """
    if style == "plain":
        return {"text": text}
    return {"msgtype": "text", "text": {"content": text}}


def _post(line: Line, where: Endpoint, style: str, text: str) -> None:
    answer = line.exchange(
        "POST",
        where.address.rstrip("/") + where.extra.get("path", ""),
        json_text.written(body(style, text)),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    if answer.status_code // 100 != 2 or not _is_taken(style, answer):
        peer = http.peer_of(where.address)
        raise Rejected("alert.refused", peer=peer, status=answer.status_code)


def _is_taken(style: str, answer: Received) -> bool:
    if style == "plain":
        return True
    try:
        told = json_text.read(answer.content)
    except (ValueError, LookupError, RecursionError):
        return False
    return isinstance(told, dict) and told.get("errcode") == 0
