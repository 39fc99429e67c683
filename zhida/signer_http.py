"""The signer's door for the hub: questions only, over mutual TLS."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from exchange import canonical
from exchange.errors import Fatal, Invalid, Rejected
from zhida.signer_changes import births, changes
from zhida.signer_desk import IDENTITY, KIND, SignerDesk

MOST = 65_536
"""Bytes of a question."""
_STATUS = {"no-such-document": 404, "revoked": 410, "not-announced": 403, "beyond": 409}
_LISTS = {"/changes": changes, "/births": births}
_PATHS = ("/query", *_LISTS)
"""The closed list of what the hub can send. None of it makes the unit sign anything."""
_REFUSED = ("question", "not-announced", "beyond")
"""What is written down: asking for what is not there (yet) is how the hub works."""


class QueryServer(ThreadingHTTPServer):
    """``POST /query``, ``/changes`` and ``/births``, nothing else. Serves in a thread while the context is open."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], desk: SignerDesk, context: ssl.SSLContext) -> None:
        super().__init__(address, _Door)
        self.desk = desk
        self._context = context
        self._thread = threading.Thread(target=self.serve_forever, daemon=True)

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The TLS handshake happens here, in the connection's own thread and with a limit."""
        request.settimeout(10)
        with self._context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A broken connection or handshake is the caller's matter."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Door(BaseHTTPRequestHandler):
    server: QueryServer
    protocol_version = "HTTP/1.1"
    timeout = 60
    disable_nagle_algorithm = True  # a body must not wait until the head is acknowledged: 40 ms

    def do_POST(self) -> None:
        """Answer one question."""
        try:
            self._answer(200, self._told(self._question()))
        except Rejected as error:
            code = error.code.removeprefix("signer.")
            if code in _REFUSED:
                self._note(code)
            self._answer(_STATUS.get(code, 400), {"code": code})
        except Fatal as error:  # its log is not its own any more: who asks is told so, not cut off
            self._answer(503, {"code": error.code.removeprefix("signer.")})

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no request of ours, or none at all: another method, a head that is too long."""
        self._note(f"http-{int(code)}")
        super().send_error(code, message, explain)

    def _note(self, code: str) -> None:
        """The path only if it is one of ours: another one may say anything."""
        path = getattr(self, "path", "")
        self.server.desk.refused(self._asker(), code, path if path in _PATHS else "other")

    def _told(self, question: Any) -> dict[str, Any]:
        desk = self.server.desk
        if self.path == "/query":
            return {"document": desk.answer(asked_for(question), self._asker())}
        found, after = _LISTS[self.path](desk, asked_after(question), self._asker())
        told = [{"document": each.token, "kind": each.origin.kind} for each in found]
        return {"documents": told, "next": str(after)}

    def _question(self) -> Any:
        size = self._size()
        if self.path not in _PATHS or size is None:
            self.close_connection = True  # where the body ends is not known: nothing follows it
            raise Rejected("signer.question")
        try:
            return canonical.loads(self.rfile.read(size))
        except Invalid:
            raise Rejected("signer.question") from None

    def _size(self) -> int | None:
        """Bytes of the body; None if it is too long or its length may be read in two ways.

        A transfer encoding or a second length is how one request is smuggled inside another
        (RFC 9112, 11.2), so neither is taken.
        """
        lengths = self.headers.get_all("Content-Length", [])
        if len(lengths) != 1 or "Transfer-Encoding" in self.headers:
            return None
        length = lengths[0]
        plain = length.isascii() and length.isdecimal() and len(length) <= len(str(MOST))
        return int(length) if plain and int(length) <= MOST else None

    def _asker(self) -> str:
        """Common name in the caller's certificate."""
        shown = self.connection.getpeercert() or {}
        names = [
            value for part in shown.get("subject", ()) for key, value in part if key == "commonName"
        ]
        return names[0] if names else ""

    def _answer(self, status: int, told: dict[str, Any]) -> None:
        body = canonical.dumps(told)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: the ledger is the log."""


def asked_for(question: Any) -> str:
    """The certificate's number in a question of exactly the form that is agreed."""
    if not isinstance(question, Mapping) or set(question) != {"kind", "identity"}:
        raise Rejected("signer.question")
    kind, identity = question["kind"], question["identity"]
    if kind != KIND or not isinstance(identity, Mapping) or set(identity) != {IDENTITY}:
        raise Rejected("signer.question")
    number = identity[IDENTITY]
    if not isinstance(number, str) or not number:
        raise Rejected("signer.question")
    return number


def asked_after(question: Any) -> int:
    """The place in a question after changes: ``{"after": "17"}`` and nothing else."""
    after = question.get("after") if isinstance(question, Mapping) else None
    if not isinstance(after, str) or set(question) != {"after"}:
        raise Rejected("signer.question")
    if not (after.isascii() and after.isdecimal() and len(after) < 16):
        raise Rejected("signer.question")
    return int(after)
