"""One caller's connection: requests read strictly (RFC 9112, by h11), each answered in its turn.

A request has so many bytes and so many seconds, from its first byte to its last: whoever sends one
byte a second holds nobody up for long. What can be read in two ways (two lengths, a length and a
transfer encoding) is no request, and ends the connection.
"""

from __future__ import annotations

import logging
import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import h11

from connectors.http_message import Door, Request, Response, Stream
from connectors.peer_certificate import common_name, dated
from exchange.errors import Rejected, Retriable, ZhidaError

_log = logging.getLogger(__name__)
_CHUNK = 8192
_HEAD = 16_384
"""Bytes of a request's line and headers together; looked at after each chunk, so a chunk more."""
_LINGER = 1.0
_PIECE = 65_536
"""Bytes of an answer that its reader has to take within the patience, to get the next ones."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one caller may take."""

    max_bytes: int = 262_144
    """Of a request's body."""
    patience: float = 10.0
    """Seconds for a handshake, for a request to be whole, and for an answer to be read."""
    idle: float = 30.0
    """Seconds for which a connection may wait for its next request."""


class Line:
    """Speaks with one caller until either side has had enough."""

    def __init__(self, connection: socket.socket, door: Door, limits: Limits) -> None:
        self._connection, self._door, self._limits = connection, door, limits
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=_HEAD)
        self._name, self._dated = common_name(connection), dated(connection)
        self._method = ""
        self._began, self._end = False, 0.0
        """Has the next request begun to come, and until when has it to be here?"""

    def serve(self, go_on: Callable[[], bool], answer: Callable[[Request], Response]) -> None:
        """Answer request after request; ``go_on()`` is asked between two."""
        while go_on():
            try:
                request = self._request()
            except ZhidaError as error:
                self._refuse(error)
                return
            if request is None:
                return
            self._send(answer(request))
            if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
                return
            self._http.start_next_cycle()

    def _request(self) -> Request | None:
        """The next one; None if the caller has hung up between two."""
        self._method, self._began = "", bool(self._http.trailing_data[0])
        wait = self._limits.patience if self._began else self._limits.idle
        self._end = time.monotonic() + wait
        head = self._event()
        if not isinstance(head, h11.Request):
            return None
        method, target = head.method.decode("ascii"), head.target.decode("ascii")
        self._method = method
        return Request(method, target, _once(head.headers), self._body(), self._name, *self._dated)

    def _body(self) -> bytes:
        if self._http.they_are_waiting_for_100_continue:
            told = h11.InformationalResponse(status_code=100, headers=[], reason=b"Continue")
            self._put(told)
        body = bytearray()
        while isinstance(part := self._event(), h11.Data):
            body += part.data
            if len(body) > self._limits.max_bytes:
                raise Rejected("http.too-big", limit=self._limits.max_bytes)
        return bytes(body)

    def _event(self) -> Any:
        while True:
            try:
                event = self._http.next_event()
            except h11.RemoteProtocolError as error:
                if error.error_status_hint == 431:
                    raise Rejected("http.too-big", limit=_HEAD) from None
                raise Rejected("http.malformed") from None
            if event is not h11.NEED_DATA:
                return event
            self._receive()

    def _receive(self) -> None:
        """More bytes, or the end if nobody has begun to ask in time."""
        data, left = b"", self._end - time.monotonic()
        try:
            if left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            data = self._connection.recv(_CHUNK)
        except TimeoutError:
            if self._began:
                raise Retriable("http.slow", seconds=round(self._limits.patience)) from None
        if not self._began:
            self._began, self._end = True, time.monotonic() + self._limits.patience
        self._http.receive_data(data)

    def _refuse(self, error: ZhidaError) -> None:
        if self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            self._send(self._door.refuse(error), close=True)
            self._linger()

    def _linger(self) -> None:
        """Read on for a moment: a reset would take our answer away unread (RFC 9112, 9.6)."""
        end = time.monotonic() + _LINGER
        try:
            if not isinstance(self._connection, ssl.SSLSocket):
                self._connection.shutdown(socket.SHUT_WR)
            while (left := end - time.monotonic()) > 0:
                self._connection.settimeout(left)
                if not self._connection.recv(_CHUNK):
                    return
        except OSError:
            return

    def _send(self, response: Response, *, close: bool = False) -> None:
        stream = response.stream
        headers = {
            "Content-Type": response.content_type,
            "Content-Length": str(stream.size if stream else len(response.body)),
            "Cache-Control": "no-store",
            **response.headers,
            **({"Connection": "close"} if close else {}),
        }
        head = h11.Response(status_code=response.status, headers=list(headers.items()))
        if stream is not None:
            self._stream(head, stream)
        else:
            body = [] if self._method == "HEAD" else [h11.Data(data=response.body)]
            self._put(head, *body, h11.EndOfMessage())

    def _stream(self, head: h11.Response, stream: Stream) -> None:
        """Piece by piece. Who takes none for as long as the patience is hung up on."""
        with closing(stream):
            self._put(head)
            if self._method != "HEAD":
                for data in _pieces(stream):
                    self._put(h11.Data(data=data))
            self._put(h11.EndOfMessage())

    def _put(self, *events: Any) -> None:
        data = b"".join(self._http.send(event) or b"" for event in events)
        self._connection.settimeout(self._limits.patience)
        self._connection.sendall(data)


def _pieces(stream: Stream) -> Iterator[bytes]:
    """Small enough for a slow reader. What goes wrong in the middle can only be seen as a cut."""
    try:
        for each in stream:
            for start in range(0, len(each), _PIECE):
                yield each[start : start + _PIECE]
    except ZhidaError as error:
        _log.error("answer cut code=%s", error.code)
        raise ConnectionAbortedError from None


def _once(headers: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """By name, those that came once.

    >>> _once([(b"a", b"1"), (b"b", b"2"), (b"a", b"3")])
    {'b': '2'}
    """
    told = [(name.decode("ascii"), value.decode("latin-1")) for name, value in headers]
    counts = Counter(name for name, _ in told)
    return {name: value for name, value in told if counts[name] == 1}
