"""The steps of a check over HTTP, for REST and SOAP alike: a GET that changes nothing.

Its status tells of the login (401, a login page) and of the right (403), its ``Date`` header of
the clock (RFC 9110, 6.6.1), its body of the encoding. A 404 or a 405 tells of neither login nor
right: that is said, and not taken for a yes. Nor is a 200: many peers answer so whoever asks, and
say in the body that the login is wrong. What proves a login is a token that was given for it, or
that the same GET without it is refused.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from connectors import check_clock, check_text, rest, rest_options, soap_login, soap_options, tls
from connectors.check_steps import Open, Probe, Step, run
from connectors.check_tcp import SECONDS, Place, probes
from connectors.http import MAX_BYTES, Line, Received, open_session, peer_of, through
from connectors.prolog import is_login_page
from exchange.errors import Fatal, ZhidaError
from exchange.ports import Endpoint

_TOKENS = ("login", "oauth2", "sharing-platform", "weaver-e9")
"""Kinds of login by which the peer gives a token before anything else is asked."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The same GET with the login and without it, and what there is of a login."""

    ask: Callable[[], Received]
    bare: Callable[[], Received]
    has_login: bool = False
    """In the request itself: of what stands in an envelope or a message a GET tells nothing."""
    has_token: bool = False


def check(options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]) -> Iterator[Step]:
    """REST: signed as the options say. Behind a proxy the network steps are about the proxy."""
    path = str(options.get("path", "/"))
    brief = {**rest_options.own(options), "timeout_s": SECONDS}
    bare = {k: v for k, v in brief.items() if k not in ("auth", "body_signature")}
    kind = options.get("auth", {}).get("kind", "none")
    asked = Asking(
        lambda: _looked(brief, endpoint, path),
        lambda: _looked(bare, endpoint, path),
        has_login=kind != "none",
        has_token=kind in _TOKENS,
    )
    return _steps(options, endpoint, asked)


def check_soap(
    options: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str]
) -> Iterator[Step]:
    """SOAP: the port is asked for its WSDL, which does nothing. Logins within an envelope are not
    tried, for every envelope is a call.
    """
    known = soap_options.completed(options)
    asked = Asking(
        lambda: _described(known, endpoint),
        lambda: _described({**known, "login": "none"}, endpoint),
        has_login=known["login"] == "basic",
    )
    return _steps(known, endpoint, asked)


def _steps(options: Mapping[str, Any], endpoint: Endpoint, asking: Asking) -> Iterator[Step]:
    asked, seen = _Question(endpoint, asking), ("tcp", "tls")
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
    """One GET (and the same without login), sent when the first step needs it; every later step reads the same answer."""

    def __init__(self, endpoint: Endpoint, asking: Asking) -> None:
        self._endpoint, self._asking = endpoint, asking
        self._peer = peer_of(endpoint.address)
        self._answer: Received | None = None
        self._at: datetime = endpoint.clock()
        self._is_told_apart: bool | None = None

    def login(self) -> str | Open:
        """``Fatal`` for 401 and for an HTML page that asks for a password."""
        answer = self._received()
        if answer.status_code in (401, 407):
            raise Fatal("wire.login-refused", peer=self._peer, status=answer.status_code)
        if is_login_page(answer.content):
            raise Fatal("wire.login-page", peer=self._peer)
        if self._asking.has_token:
            return "对方已发给令牌"
        return self._accepted("对方已接受（不带登录时拒绝）")

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
        if not 200 <= status < 300:
            return Open(f"对方以 HTTP {status} 应答，看不出来")
        if not self._asking.has_login:
            return Open("不能判断：检查用的请求不带登录，要到办理时才知道")
        if not self._tells_apart():
            return Open(
                f"不能判断：不带登录，对方也以 HTTP {status} 应答。登录对不对写在正文里，要到办理时才知道"
            )
        return note

    def _tells_apart(self) -> bool:
        """Is the same question refused without the login?"""
        if self._is_told_apart is None:
            try:
                bare = self._asking.bare()
                refused = bare.status_code in (401, 403, 407) or is_login_page(bare.content)
            except ZhidaError:  # a network that fails just now proves nothing
                refused = False
            self._is_told_apart = refused
        return self._is_told_apart

    def _received(self) -> Received:
        if self._answer is None:
            self._answer = self._asking.ask()
            self._at = self._endpoint.clock()
        return self._answer
