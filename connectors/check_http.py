"""The steps of a check over HTTP, for REST and SOAP alike: one GET that changes nothing.

Its status tells of the login (401, a login page) and of the right (403), its ``Date`` header of
the clock (RFC 9110, 6.6.1), its body of the encoding. A 404 or a 405 tells of neither login nor
right: that is said, and not taken for a yes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests.auth

from connectors import check_clock, check_text
from connectors.check_steps import Open, Probe, Step, run
from connectors.check_tcp import SECONDS, Place, client_context, probes
from connectors.http import MAX_BYTES, Line, Received, open_session, peer_of
from connectors.prolog import is_login_page
from exchange.errors import Fatal
from exchange.ports import Endpoint


def check(options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]) -> Iterator[Step]:
    """The steps against the endpoint's address, and the ``path`` of the options if they have one."""
    place = Place.of(peer_of(endpoint.address))
    asked = _Question(endpoint, _url(options, endpoint))
    secure = urlsplit(endpoint.address).scheme == "https"
    context = client_context(endpoint) if secure else None
    clock, seen = endpoint.clock, ("tcp", "tls")
    steps = [
        *probes(place, context=context, clock=clock),
        Probe("login", asked.login, seen),
        Probe("permission", asked.permission, (*seen, "login")),
        Probe("clock", asked.time, seen),
        Probe("encoding", asked.encoding, (*seen, "login")),
    ]
    return run(steps)


def _url(options: Mapping[str, Any], endpoint: Endpoint) -> str:
    """A SOAP port shows its WSDL to who asks so, and does nothing."""
    question = "?wsdl" if "wsdl" in options else ""
    return endpoint.address.rstrip("/") + str(options.get("path", "/")) + question


class _Question:
    """One GET, sent when the first step needs it; every later step reads the same answer."""

    def __init__(self, endpoint: Endpoint, url: str) -> None:
        self._endpoint, self._url = endpoint, url
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
        if not self._endpoint.password:
            return Open("连接中没有口令，对方也没有要求")
        return self._accepted("账号口令已接受")

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
            secure = self._url.startswith("https:")
            context = client_context(self._endpoint) if secure else None
            with open_session(tls=context, auth=self._auth()) as session:
                line = Line(session, seconds=SECONDS, max_bytes=MAX_BYTES, own=False)
                self._answer = line.exchange("GET", self._url, None)
                self._at = self._endpoint.clock()
        return self._answer

    def _auth(self) -> requests.auth.HTTPBasicAuth | None:
        """Basic, where the connection has a password: in UTF-8, as RFC 7617 advises."""
        login, password = self._endpoint.login, self._endpoint.password
        return requests.auth.HTTPBasicAuth(login.encode(), password.encode()) if password else None
