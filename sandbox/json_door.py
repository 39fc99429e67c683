"""A small JSON interface of a stand-in: actions by method and path, one way to refuse."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.faults import Faults
from sandbox.http_server import Request, Response

Given = dict[str, Any]
Act = Callable[[Given, Request], Any]


class Turned(Exception):
    """The request is not let in or makes no sense; its value is the answer."""

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value


@dataclass(frozen=True)
class JsonDoor:
    """``acts``: ``"POST /path"`` → what is done; ``silent`` ones are neither captured nor faulty."""

    faults: Faults
    acts: Mapping[str, Act]
    refusal: Callable[[str], Any]
    """The system's own no, with the reason that the fault gives."""
    silent: frozenset[str] = frozenset()

    def operation(self, request: Request) -> str:
        """The path without its slash; empty for what is silent."""
        path = urlsplit(request.path).path
        return "" if f"{request.method} {path}" in self.silent else path.lstrip("/")

    def answer(self, request: Request) -> Response:
        """Do it; unreadable bodies are the system's no."""
        url = urlsplit(request.path)
        act = self.acts.get(f"{request.method} {url.path}")
        if act is None:
            return Response(b"Not Found", 404, "text/plain")
        refused = self.faults.take("refuse", self.operation(request))
        if refused is not None:
            return _json(self.refusal(str(refused["reason"])))
        try:
            given = dict(parse_qsl(url.query))
            given |= json.loads(request.body) if request.body else {}
            return _json(act(given, request))
        except Turned as turned:
            return _json(turned.value)
        except (KeyError, TypeError, ValueError):
            return _json(self.refusal("请求不符合要求"))


def _json(value: Any) -> Response:
    body = json.dumps(value, ensure_ascii=False).encode()
    return Response(body, 200, "application/json;charset=UTF-8")
