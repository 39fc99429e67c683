"""The control port of a stand-in: JSON over HTTP on loopback, apart from the real port.

``GET /health /books /wire /faults /held``; ``POST /fault {"name": …, …} /clear /release``, and
what a system adds of its own (the hospital's ``POST /births``).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from typing import Any

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import QuietHandler, Request, Response, Server

Action = Callable[[dict[str, Any]], Any]
Routes = Mapping[tuple[str, str], Action]


def routes(name: str, books: Books, faults: Faults, *, gate: Gate) -> dict[tuple[str, str], Action]:
    """The actions that every system has."""
    return {
        ("GET", "/health"): lambda _: {"system": name, "open": gate.is_open()},
        ("GET", "/books"): lambda _: books.effects(),
        ("GET", "/wire"): lambda _: [_in_json(row) for row in books.wire()],
        ("GET", "/faults"): lambda _: faults.armed(),
        ("GET", "/held"): lambda _: faults.held(),
        ("POST", "/fault"): lambda given: _arm(faults, gate, given),
        ("POST", "/clear"): lambda _: _clear(faults, gate),
        ("POST", "/release"): lambda _: {"released": faults.release()},
    }


class Gate:
    """What ``down`` closes and ``clear`` opens."""

    def __init__(self, open_: Callable[[], None], close: Callable[[], None]) -> None:
        self._open = open_
        self._close = close
        self._is_open = False

    def open(self) -> None:
        """Be reachable."""
        self._open()
        self._is_open = True

    def close(self) -> None:
        """Refuse connections."""
        self._close()
        self._is_open = False

    def is_open(self) -> bool:
        """Whether it is reachable."""
        return self._is_open


def _arm(faults: Faults, gate: Gate, given: dict[str, Any]) -> dict[str, Any]:
    name = str(given.pop("name", ""))
    faults.arm(name, **given)
    if name == "down":
        gate.close()
    return {"armed": name}


def _clear(faults: Faults, gate: Gate) -> dict[str, Any]:
    faults.clear()
    gate.open()
    return {"armed": []}


def _in_json(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"body": base64.b64encode(row["body"]).decode()}


def serve(actions: Routes, *, port: int) -> Server:
    """Listen on loopback, in a thread."""
    server = Server(("127.0.0.1", port), _handler(actions))
    server.begin()
    return server


def _handler(actions: Routes) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        def respond(self, request: Request) -> None:
            status, value = _act(actions, request)
            body = json.dumps(value, ensure_ascii=False).encode()
            self.send(Response(body, status, "application/json"))

    return Handler


def _act(actions: Routes, request: Request) -> tuple[int, Any]:
    action = actions.get((request.method, request.path))
    if action is None:
        return 404, {"error": "no such action", "actions": [" ".join(key) for key in actions]}
    try:
        return 200, action(json.loads(request.body or b"{}"))
    except (ValueError, KeyError, TypeError) as error:
        return 400, {"error": f"{type(error).__name__}: {error}"}
