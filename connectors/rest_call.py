"""JSON, or what a peer says is a text, over HTTP (requests).

Error map, beside that of ``http.py`` and the statuses of ``reading.py``::

    before sending
        operation is not "METHOD /path"         Fatal     rest.operation
        body cannot be written                  Invalid   see ``rest_body.py``
        no token to be had                      see ``rest_login.py``
    the peer refused a token
        kept from before (and no harmless read)  Retriable rest.token-expired
        just obtained                           Fatal     wire.login-refused, rest.token-refused
    after a good status came
        HTML page that asks for a password      Unknown   rest.login-page
        other media type                        Unknown   rest.content-type
        no body (and not 201, 202, 204)         Unknown   rest.empty
        body is no JSON, or no text             Unknown   rest.unreadable

A login page mostly means that the session or the network's own gate (802.1X portal, single
sign-on) stopped the request before the peer saw it. Mostly: a gateway may also send one after it
passed the request on, so an effect is probed before it is asked for again.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import requests

from connectors import json_text
from connectors.http import MAX_BYTES, Line, Received, line, peer_of, safe_to_repeat
from connectors.prolog import is_login_page, plain_name
from connectors.reading import Reading
from connectors.rest_answer import media_of, text_of
from connectors.rest_body import Writing
from connectors.rest_lease import Auth, Fixed, Lease, Leasing
from connectors.rest_named import named
from exchange.errors import Fatal, Retriable, Unknown, ZhidaError
from exchange.ports import Reply

_OPERATION = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/(?!/)[!-~]*)")
_SAFE = ("GET",)
_BODYLESS = (201, 202, 204)


@dataclass(frozen=True, slots=True)
class Request:
    """One call, encoded, before anybody signed it."""

    operation: str
    """For facts: without parameters."""
    method: str
    path: str
    content: bytes | None
    headers: Mapping[str, str]


class Rest:
    """One base URL; ``operation`` is ``"POST /path"``, ``body`` any JSON value.

    With GET the body is a flat mapping of query parameters. ``auth`` signs each prepared request
    (requests' own protocol), or gives leases of a token that must be renewed; ``timeout`` in
    seconds; ``max_bytes`` limits request and answer. A given ``over`` brings its own limits and TLS.
    """

    def __init__(
        self,
        base: str,
        *,
        reading: Reading = Reading(),
        writing: Writing = Writing(),
        auth: Auth | Leasing | None = None,
        timeout: float = 30.0,
        max_bytes: int = MAX_BYTES,
        tls: ssl.SSLContext | None = None,
        over: Line | None = None,
    ) -> None:
        self._base, self._peer = base.rstrip("/"), peer_of(base)
        self._reading, self._writing = reading, writing
        self._leases = auth if isinstance(auth, Leasing) else Fixed(auth)
        self._line = over or line(None, seconds=timeout, max_bytes=max_bytes, tls=tls)

    def call(self, operation: str, body: Any = None) -> Reply:
        """Send and read. ``Reply.value``: whole numbers exact, fractions as ``Decimal``; or a text."""
        request = self._request(operation, body)
        safe = request.method in _SAFE or bool(named(operation, self._reading.reads))
        with safe_to_repeat(safe):
            answer = self._answer(request, safe)
            facts = {"peer": self._peer, "operation": request.operation}
            return Reply(answer.content, self._value(answer, facts))

    def look(self, path: str) -> Received:
        """One GET, signed like a call, with its answer of any status: for the wire's check."""
        headers = {"Accept": "*/*", **self._writing.headers}
        sign = self._leases.lease().sign
        return self._line.exchange("GET", self._base + path, None, headers=headers, auth=sign)

    def deliver(self, path: str, content: bytes, headers: Mapping[str, str]) -> Received:
        """POST exactly these bytes with these headers beside the site's; the status is the caller's to judge."""
        told = {**self._writing.headers, **headers}
        request = Request(f"POST {path}".partition("?")[0], "POST", path, content, told)
        lease = self._leases.lease()
        answer = self._send(request, lease)
        self._judge(lease, answer, request)
        return answer

    def signed(self, operation: str, body: Any = None) -> Mapping[str, str]:
        """The headers of such a call as they would go out, and nothing does: for a rehearsal.

        Empty where a token must be had first: that would be a call.
        """
        if not isinstance(self._leases, Fixed):
            return {}
        told = self._request(operation, body)
        plain = requests.Request(
            told.method, self._base + told.path, dict(told.headers), data=told.content
        ).prepare()
        sign = self._leases.lease().sign
        return dict((sign(plain) if sign else plain).headers)

    def close(self) -> None:
        """Close the session if it was opened here."""
        self._line.close()

    def _request(self, operation: str, body: Any) -> Request:
        matched = _OPERATION.fullmatch(operation)
        if matched is None:
            raise Fatal("rest.operation", operation=operation[:80])
        method, path = matched.groups()
        content = self._writing.content(self._writing.style(method, operation), body)
        if content.query:
            path += ("&" if "?" in path else "?") + content.query
        headers = {"Accept": "application/json", **self._writing.headers}
        if content.media:
            headers.setdefault("Content-Type", content.media)
        return Request(operation.partition("?")[0], method, path, content.raw, headers)

    def _answer(self, request: Request, safe: bool) -> Received:
        """The answer, asked a second time if a kept token has run out and asking is harmless."""
        lease = self._leases.lease()
        answer = self._send(request, lease)
        if safe and not lease.fresh and lease.verdict(answer):
            lease.drop()
            lease = self._leases.lease()
            answer = self._send(request, lease)
        self._judge(lease, answer, request)
        return answer

    def _judge(self, lease: Lease, answer: Received, request: Request) -> None:
        """A token that ran out is the core's to try again, after it has looked at the effect."""
        verdict, status = lease.verdict(answer), answer.status_code
        if not verdict:
            return
        lease.drop()
        facts = {"peer": self._peer, "operation": request.operation}
        if verdict == "refused" and not lease.fresh:
            raise Retriable("rest.token-expired", status=status, **facts)
        if verdict == "refused" and status != 401:
            raise Fatal("rest.token-refused", status=status, **facts)

    def _send(self, request: Request, lease: Lease) -> Received:
        return self._line.exchange(
            request.method,
            self._base + request.path,
            request.content,
            headers=dict(request.headers),
            auth=lease.sign,
        )

    def _value(self, answer: Received, facts: dict[str, str]) -> Any:
        error = self._reading.error(answer, **facts)
        if error is not None:
            raise error
        if not answer.content.strip():
            if answer.status_code in _BODYLESS:
                return None
            raise Unknown("rest.empty", status=answer.status_code, **facts)
        media, charset = media_of(answer.headers.get("Content-Type", ""))
        is_text = media in self._reading.text_types and not is_login_page(answer.content)
        if not is_text and media not in self._reading.json_types and not media.endswith("+json"):
            raise _othermedia_of(answer, media, facts)
        try:
            if is_text:
                return text_of(answer, self._writing.charset)
            return json_text.read(answer.content, charset)
        except (ValueError, LookupError, RecursionError):
            raise Unknown("rest.unreadable", status=answer.status_code, **facts) from None


def _othermedia_of(answer: Received, media: str, facts: dict[str, str]) -> ZhidaError:
    if is_login_page(answer.content):
        return Unknown("rest.login-page", status=answer.status_code, **facts)
    return Unknown("rest.content-type", status=answer.status_code, media=plain_name(media), **facts)
