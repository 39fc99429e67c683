"""The steps of a check over HTTP, for REST and SOAP alike: one GET that changes nothing.

Its status tells of the login (401, a login page) and of the right (403), its ``Date`` header of
the clock (RFC 9110, 6.6.1), its body of the encoding. A 404 or a 405 tells of neither login nor
right: that is said, and not taken for a yes.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from connectors import check_clock, check_text, rest, rest_options, soap_login, soap_options, tls
from connectors.check_steps import Open, Probe, Step, run
from connectors.check_tcp import SECONDS, Place, probes
from connectors.http import MAX_BYTES, Line, Received, open_session, peer_of, through
from connectors.prolog import is_login_page
from exchange.errors import Fatal
from exchange.ports import Endpoint


def check(options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]) -> Iterator[Step]:
    """REST: signed as the options say. Behind a proxy the network steps are about the proxy."""
    path = str(options.get("path", "/"))
    brief = {**rest_options.own(options), "timeout_s": SECONDS}
    return _steps(options, endpoint, lambda: _looked(brief, endpoint, path))


def check_soap(
    options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]
) -> Iterator[Step]:
    """SOAP: the port is asked for its WSDL, which does nothing. Logins within an envelope are not
    tried, for every envelope is a call.
    """
    known = soap_options.completed(options)
    return _steps(known, endpoint, lambda: _described(known, endpoint))


def _steps(
    options: Mapping[str, Any], endpoint: Endpoint, ask: Callable[[], Received]
) -> Iterator[Step]:
    asked, seen = _Question(endpoint, ask), ("tcp", "tls")
    return run(
        [
            *_network(options, endpoint),
            Probe("login", asked.login, seen),
            Probe("permission", asked.permission, (*seen, "login")),
            Probe("clock", asked.time, seen),
            Probe("encoding", asked.encoding, (*seen, "login")),
        ]
    )


def _network(options: Mapping[str, Any], endpoint: Endpoint) -> list[Probe]:
    proxy = options.get("proxy", "")
    secure = urlsplit(endpoint.address).scheme == "https" and not proxy
    named = options.get("check_hostname", True)
    context = tls.of_files(endpoint, check_hostname=named) if secure else None
    place = Place.of(peer_of(proxy or endpoint.address))
    return probes(place, context=context, clock=endpoint.clock)


def _looked(options: Mapping[str, Any], endpoint: Endpoint, path: str) -> Received:
    with contextlib.closing(rest.open_connector(options, endpoint)) as connector:
        return connector.look(path)


def _described(known: Mapping[str, Any], endpoint: Endpoint) -> Received:
    """Refused like a call, before anything is sent: a password does not go out in clear."""
    soap_login.of(known, endpoint)
    context = tls.of_endpoint(endpoint, check_hostname=known["check_hostname"])
    proxy = through(known["proxy"], endpoint)
    headers = soap_login.basic(known, endpoint)
    url = f"{endpoint.address.rstrip('/')}{known['path']}?wsdl"
    with open_session(tls=context, proxy=proxy) as session:
        line = Line(session, seconds=SECONDS, max_bytes=MAX_BYTES, own=False)
        return line.exchange("GET", url, None, headers=headers)


class _Question:
    """One GET, sent when the first step needs it; every later step reads the same answer."""

    def __init__(self, endpoint: Endpoint, ask: Callable[[], Received]) -> None:
        self._endpoint, self._ask = endpoint, ask
        self._peer = peer_of(endpoint.address)
        self._answer: Received | None = None
        self._at: datetime = endpoint.clock()

    def login(self) -> str | Open:
        """``Fatal`` for 401 and for an HTML page that asks for a password."""
        answer = self._received()
        if answer.status_code in (401, 407):
            raise Fatal("wire.login-refused", peer=self._peer, status=answer.status_code)
        if is_login_page(answer.content):
            raise Fatal("wire.login-page", peer=self._peer)
        return self._accepted("对方已接受")

    def permission(self) -> str | Open:
        """``Fatal`` for 403."""
        answer = self._received()
        if answer.status_code == 403:
            raise Fatal("wire.no-right", peer=self._peer)
        return self._accepted("可以访问")

    def time(self) -> str | Open:
        """``Fatal`` for a clock that is off by more than a minute."""
        told = self._received().headers.get("Date", "")
        try:
            theirs = parsedate_to_datetime(told)
        except (ValueError, TypeError):
            return Open("对方应答没有 Date 头")
        if theirs.tzinfo is None:  # "-0000": in UTC, of no known zone (RFC 5322, 3.3)
            return Open("对方应答的 Date 头没有时区")
        return check_clock.judge(theirs, self._at, self._peer)

    def encoding(self) -> str | Open:
        """``Fatal`` if the body is in another encoding than its label says."""
        answer = self._received()
        return check_text.judge(answer.content, answer.headers.get("Content-Type", ""), self._peer)

    def _accepted(self, note: str) -> str | Open:
        status = self._received().status_code
        return note if 200 <= status < 300 else Open(f"对方以 HTTP {status} 应答，看不出来")

    def _received(self) -> Received:
        if self._answer is None:
            self._answer = self._ask()
            self._at = self._endpoint.clock()
        return self._answer
