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
def open_sink(hub: Hub, mobile: str = "") -> Iterator[Send]:
    """The site's sink; ``mobile``: of whom the robot calls by name. ``Fatal`` if its connection is not known."""
    told = hub.site.alerts
    if told is None:
        yield lambda line: _log.warning("%s", line)
        return
    where = hub.endpoint(told.webhook)
    line = http.line(None, seconds=SECONDS, max_bytes=_LIMIT, tls=tls.of_endpoint(where))
    try:
        yield lambda text: _post(line, where, told.style, body(told.style, text, mobile))
    finally:
        line.close()


def body(style: str, text: str, mobile: str = "") -> dict[str, Any]:
    """The message in the form that the robot accepts. DingTalk wants the number in the text as well.

    >>> body("wecom", "…", "13900000000")
    {'msgtype': 'text', 'text': {'content': '…', 'mentioned_mobile_list': ['13900000000']}}
    >>> body("dingtalk", "…", "13900000000")["text"]
    {'content': '… @13900000000'}
    """
    if style == "plain":
        return {"text": text}
    if style == "wecom":
        named = {"mentioned_mobile_list": [mobile]} if mobile else {}
        return {"msgtype": "text", "text": {"content": text, **named}}
    at = {"at": {"atMobiles": [mobile], "isAtAll": False}} if mobile else {}
    content = f"{text} @{mobile}" if mobile else text
    return {"msgtype": "text", "text": {"content": content}, **at}


def _post(line: Line, where: Endpoint, style: str, message: dict[str, Any]) -> None:
    answer = line.exchange(
        "POST",
        where.address.rstrip("/") + where.extra.get("path", ""),
        json_text.written(message),
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
