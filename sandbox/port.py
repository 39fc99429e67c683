"""The real port of a stand-in: HTTP, captured byte for byte, with the faults of the day.

The order of things in one exchange: capture what came in; 503 or a login page (nothing applied);
stand still or wait before applying; apply; wait or stand still again; reset the connection, or
capture and send the answer.
"""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler
from typing import Any, Protocol

from sandbox.books import Books
from sandbox.faults import Faults
from sandbox.http_server import QuietHandler, Request, Response, Server

LOGIN_PAGE = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>统一身份认证</title></head>"
    "<body><form action='/login' method='post'>用户名 <input name='u'>"
    " 密码 <input type='password' name='p'></form></body></html>"
).encode()
"""What a gateway in front of a bureau's system answers with 200 when its session is gone."""


class Application(Protocol):
    """What a system does with a request; knows nothing of faults that lie in the wire."""

    def operation(self, request: Request) -> str:
        """Which operation is asked for; empty for something that is none (a WSDL)."""

    def answer(self, request: Request) -> Response:
        """Do it and answer."""


class Port:
    """A system's real port: can be opened, closed and opened again at the same number."""

    def __init__(
        self, application: Application, books: Books, faults: Faults, *, number: int
    ) -> None:
        self._application = application
        self._books = books
        self._faults = faults
        self.number = number
        self._server: Server | None = None

    def open(self) -> None:
        """Listen (again)."""
        if self._server is not None:
            return
        self._server = Server(("127.0.0.1", self.number), _handler(self))
        self.number = self._server.server_port
        self._server.begin()

    def close(self) -> None:
        """Refuse connections; what is open is hung up."""
        server, self._server = self._server, None
        if server is not None:
            server.hang_up()

    def exchange(self, request: Request) -> Response | None:
        """Answer one request, or None: reset the connection instead."""
        operation = self._application.operation(request)
        if not operation:
            return self._application.answer(request)
        self._books.capture("in", request.body, peer=request.peer, operation=operation)
        answer = self._gateway(operation) or self._apply(request, operation)
        if answer is not None:
            self._books.capture("out", answer.body, peer=request.peer, operation=operation)
        return answer

    def _gateway(self, operation: str) -> Response | None:
        if self._faults.take("once503", operation) is not None:
            return Response(b"Service Unavailable", 503, "text/plain")
        if self._faults.take("html", operation) is not None:
            return Response(LOGIN_PAGE, 200, "text/html; charset=utf-8")
        return None

    def _apply(self, request: Request, operation: str) -> Response | None:
        self._linger(operation, "before")
        if self._faults.take("reset", operation, stage="before") is not None:
            return None
        answer = self._application.answer(request)
        self._linger(operation, "after")
        gone = self._faults.take("reset", operation, stage="after") is not None
        return None if gone else answer

    def _linger(self, operation: str, stage: str) -> None:
        slow = self._faults.take("slow", operation, stage=stage)
        if slow is not None:
            time.sleep(float(slow["seconds"]))
        self._faults.wait_while_held(operation, stage)


def _handler(port: Port) -> type[BaseHTTPRequestHandler]:
    class Handler(QuietHandler):
        def respond(self, request: Request) -> None:
            answer = port.exchange(request)
            if answer is None:
                self.close_connection = True
                server: Any = self.server
                server.reset(self.connection)
            else:
                self.send(answer)

    return Handler
