"""One HTTP peer, as the SOAP and the REST wire both need it: session, limits, error map.

Error map (theirs → ours). Whatever fails before the request's first byte leaves is Retriable::

    name not resolved                          Retriable  wire.name
    connection refused, no route               Retriable  wire.refused
    connect time-out                           Retriable  wire.connect-timeout
    TLS handshake, or our certificate refused  Retriable  wire.tls
    forward proxy not reached                  Retriable  wire.proxy
    read time-out                              Unknown    wire.no-answer
    reset, closed without an answer            Unknown    wire.lost
    answer cut, or not decodable               Unknown    wire.cut-answer
    answer too slow as a whole, or too big     Unknown    wire.slow-answer, wire.answer-too-big
    request too big for the peer's limit       Invalid    wire.request-too-big
    address is no URL                          Fatal      wire.address
    a header that HTTP cannot hold             Fatal      wire.header
    the request cannot be signed               Fatal      wire.unsigned

The environment's proxies and ``.netrc`` are never read (``trust_env``), cookies never kept,
redirects never followed: what a call does depends on its arguments alone. Foreign exceptions are
not chained to ours, because their text may hold the URL's parameters.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import quote, urlsplit

import requests
from urllib3.exceptions import HTTPError

from connectors.http_again import Again
from connectors.http_errors import Auth, before_sending, ours
from connectors.http_session import TrackedAdapter
from exchange.addresses import without_login
from exchange.errors import Fatal, Invalid, Retriable, Unknown
from exchange.ports import Endpoint

MAX_BYTES = 10_000_000
CONNECT_SECONDS = 10.0
_CHUNK = 65_536

Monotonic = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Received:
    """A whole HTTP answer (shaped like a ``requests.Response``, which zeep expects)."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes
    encoding: str = "utf-8"


def open_session(
    *,
    tls: ssl.SSLContext | None = None,
    proxy: str = "",
    auth: Auth | None = None,
    headers: Mapping[str, str] | None = None,
) -> requests.Session:
    """A session that does what it is told and nothing else; the caller closes it."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.proxies = {"http": proxy, "https": proxy} if proxy else {}
    session.auth = auth
    session.headers.update(headers or {})
    for scheme in ("http://", "https://"):
        session.mount(scheme, TrackedAdapter(tls))
    return session


def through(proxy: str, endpoint: Endpoint) -> str:
    """The forward proxy of the options with the login of the connection: secret, never told.

    Raises ``Fatal`` for a proxy that is no address.

    >>> through("http://proxy.example:3128", Endpoint("http://h", extra={"proxy_login": "a"}))
    'http://a:@proxy.example:3128'
    """
    login = endpoint.extra.get("proxy_login", "")
    if proxy:
        peer_of(proxy)
    if not proxy or not login:
        return proxy
    scheme, _, place = proxy.partition("://")
    password = endpoint.extra.get("proxy_password", "")
    return f"{scheme}://{quote(login, safe='')}:{quote(password, safe='')}@{place}"


def peer_of(address: str) -> str:
    """``host:port`` of a URL, the only part of it that may stand in a fact.

    >>> peer_of("https://his.example/services?id=320117")
    'his.example:443'
    """
    try:
        parts = urlsplit(address)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    except (ValueError, KeyError):
        raise Fatal("wire.address", address=without_login(address).partition("?")[0]) from None
    if not parts.hostname:
        raise Fatal("wire.address", address=without_login(address).partition("?")[0])
    return f"{parts.hostname}:{port}"


class Line:
    """Sends one request and reads one whole answer within ``seconds`` and ``max_bytes``.

    ``seconds`` is the longest silence and, beside connecting, the longest time to the body's last
    byte. The head is http.client's, which minds the silence only. Thread-safe.
    """

    def __init__(
        self, session: requests.Session, *, seconds: float, max_bytes: int, own: bool
    ) -> None:
        self._session, self._own = session, own
        self._posted = Again(session).post if own else session.post
        self._seconds, self._max_bytes = seconds, max_bytes
        self._monotonic: Monotonic = time.monotonic

    def exchange(self, method: str, url: str, body: bytes | None, **more: Any) -> Received:
        """One request, one answer of any status. ``more``: ``headers``, ``params``, ``auth``."""
        if more.get("auth"):
            more["auth"] = before_sending(more["auth"], peer_of(url))
        return self._whole(url, body, partial(self._session.request, method, data=body, **more))

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Received:
        """The same as a POST, cheaper where only the body differs from one to the next."""
        return self._whole(url, body, partial(self._posted, data=body, headers=headers))

    def _whole(self, url: str, body: bytes | None, send: Callable[..., Any]) -> Received:
        peer, until = peer_of(url), self._monotonic() + CONNECT_SECONDS + self._seconds
        if body is not None and len(body) > self._max_bytes:
            raise Invalid("wire.request-too-big", peer=peer, bytes=len(body), limit=self._max_bytes)
        timeout = (min(CONNECT_SECONDS, self._seconds), self._seconds)
        with _translated(peer):
            response = send(url=url, timeout=timeout, allow_redirects=False, stream=True)
            with response:
                content = self._read(response, peer, until)
        return Received(response.status_code, response.headers, content)

    def _read(self, response: requests.Response, peer: str, until: float) -> bytes:
        content = bytearray()
        while chunk := response.raw.read1(_CHUNK, decode_content=True):
            content += chunk
            if len(content) > self._max_bytes:
                raise Unknown("wire.answer-too-big", peer=peer, limit=self._max_bytes)
            if self._monotonic() > until:
                raise Unknown("wire.slow-answer", peer=peer, bytes=len(content))
        return bytes(content)

    def close(self) -> None:
        """Close the session if it was opened here."""
        if self._own:
            self._session.close()


def line(
    session: requests.Session | None,
    *,
    seconds: float,
    max_bytes: int,
    **opening: Any,
) -> Line:
    """A line over the given session, or over an own one opened with ``opening``."""
    return Line(
        session or open_session(**opening),
        seconds=seconds,
        max_bytes=max_bytes,
        own=session is None,
    )


@contextmanager
def safe_to_repeat(safe: bool) -> Iterator[None]:
    """For a call that changes nothing, *unknown* means only: ask again (RFC 9110, 9.2.1)."""
    try:
        yield
    except Unknown as error:
        if not safe:
            raise
        raise Retriable(error.code, **error.facts) from None


@contextmanager
def _translated(peer: str) -> Iterator[None]:
    try:
        yield
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        raise ours(error, peer) from None
