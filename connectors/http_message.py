"""What a called side of HTTP gets and gives: one request, one response."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from exchange.errors import ZhidaError


@dataclass(frozen=True, slots=True)
class Request:
    """One request, whole and within its limits."""

    method: str
    target: str
    """Path and query as they came."""
    headers: Mapping[str, str]
    """By lower-case name; a name that came several times is left out: which one would count?"""
    body: bytes = b""
    common_name: str = ""
    """Of the caller's certificate, which its authority vouches for; empty without TLS, or if the
    certificate names several."""
    serial: str = ""
    """Of that certificate, in lower-case hexadecimal."""
    not_after: str = ""
    """The end of its validity, RFC 3339 in UTC."""


class Stream(Protocol):
    """A body too big to be held: sent as it comes, and closed whatever becomes of its reader.

    An error of ours out of it ends the connection: the reader sees that its answer was cut.
    """

    @property
    def size(self) -> int:
        """Bytes in all."""

    def __iter__(self) -> Iterator[bytes]:
        """Its pieces; their number and sizes are its own."""

    def close(self) -> None:
        """Give back what it holds, read or not."""


@dataclass(frozen=True, slots=True)
class Response:
    """What is answered."""

    status: int
    body: bytes = b""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Stream | None = None
    """Instead of ``body``."""


class Door(Protocol):
    """Who answers. Called from several threads; a defect of ``answer`` costs its caller a 500."""

    @property
    def answer(self) -> Callable[[Request], Response]:
        """Answer a request."""

    @property
    def refuse(self) -> Callable[[ZhidaError], Response]:
        """Answer what is no request: ``http.malformed``, ``http.too-big``, ``http.slow``,
        ``http.busy``, ``http.defect``."""
