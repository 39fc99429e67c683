"""JSON over HTTP (requests).

Error map, beside that of ``http.py`` and the statuses of ``reading.py``::

    before sending
        operation is not "METHOD /path"         Fatal     rest.operation
        body holds a float, no Unicode, …       Invalid   rest.not-json-able
    after a good status came
        HTML page that asks for a password      Unknown   rest.login-page
        other media type                        Unknown   rest.content-type
        no body (and not 201, 202, 204)         Unknown   rest.empty
        body is no JSON                         Unknown   rest.unreadable

A login page mostly means that the session or the network's own gate (802.1X portal, single
sign-on) stopped the request before the peer saw it. Mostly: a gateway may also send one after it
passed the request on, so an effect is probed before it is asked for again.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Mapping
from email.message import Message
from typing import Any

import requests

from connectors import json_text
from connectors.http import MAX_BYTES, Received, line, peer_of, safe_to_repeat
from connectors.prolog import is_login_page, plain_name
from connectors.reading import Reading
from exchange.errors import Fatal, Unknown, ZhidaError
from exchange.ports import Reply

Auth = Callable[[requests.PreparedRequest], requests.PreparedRequest]

_OPERATION = re.compile(r"(GET|POST|PUT|PATCH|DELETE) (/(?!/)[!-~]*)")
_SAFE = ("GET",)
_BODYLESS = (201, 202, 204)


class Rest:
    """One base URL; ``operation`` is ``"POST /path"``, ``body`` any JSON value.

    With GET the body is a flat mapping of query parameters. ``auth`` signs each prepared request
    (requests' own protocol); ``timeout`` in seconds; ``max_bytes`` limits request and answer. A
    given ``session`` stays the caller's, and brings its own TLS.
    """

    def __init__(
        self,
        base: str,
        *,
        reading: Reading = Reading(),
        timeout: float = 30.0,
        max_bytes: int = MAX_BYTES,
        tls: ssl.SSLContext | None = None,
        auth: Auth | None = None,
        headers: Mapping[str, str] | None = None,
        session: requests.Session | None = None,
    ) -> None:
        self._base, self._peer = base.rstrip("/"), peer_of(base)
        self._reading, self._auth = reading, auth
        self._headers = {"Accept": "application/json", **(headers or {})}
        self._line = line(session, seconds=timeout, max_bytes=max_bytes, tls=tls)

    def call(self, operation: str, body: Any = None) -> Reply:
        """Send and read. ``Reply.value``: whole numbers exact, fractions as ``Decimal``."""
        matched = _OPERATION.fullmatch(operation)
        if matched is None:
            raise Fatal("rest.operation", operation=operation[:80])
        method, path = matched.groups()
        with safe_to_repeat(method in _SAFE or operation in self._reading.reads):
            answer = self._send(method, path, body)
            facts = {"peer": self._peer, "operation": operation.partition("?")[0]}
            return Reply(answer.content, self._value(answer, facts))

    def close(self) -> None:
        """Close the session if it was opened here."""
        self._line.close()

    def _send(self, method: str, path: str, body: Any) -> Received:
        url, headers = self._base + path, dict(self._headers)
        if method == "GET":
            return self._line.exchange(
                method, url, None, params=body, headers=headers, auth=self._auth
            )
        content = None if body is None else json_text.written(body)
        if content is not None:
            headers.setdefault("Content-Type", "application/json; charset=utf-8")
        return self._line.exchange(method, url, content, headers=headers, auth=self._auth)

    def _value(self, answer: Received, facts: dict[str, str]) -> Any:
        error = self._reading.error(answer, **facts)
        if error is not None:
            raise error
        if not answer.content.strip():
            if answer.status_code in _BODYLESS:
                return None
            raise Unknown("rest.empty", status=answer.status_code, **facts)
        media, charset = _media(answer.headers.get("Content-Type", ""))
        if media not in self._reading.json_types and not media.endswith("+json"):
            raise _other_media(answer, media, facts)
        try:
            return json_text.read(answer.content, charset)
        except (ValueError, LookupError, RecursionError):
            raise Unknown("rest.unreadable", status=answer.status_code, **facts) from None


def _other_media(answer: Received, media: str, facts: dict[str, str]) -> ZhidaError:
    if is_login_page(answer.content):
        return Unknown("rest.login-page", status=answer.status_code, **facts)
    return Unknown("rest.content-type", status=answer.status_code, media=plain_name(media), **facts)


def _media(content_type: str) -> tuple[str, str]:
    """Media type in lower case and charset.

    >>> _media('Application/JSON;charset="GBK"')
    ('application/json', 'GBK')
    """
    header = Message()
    header["Content-Type"] = content_type or "application/octet-stream"
    return header.get_content_type(), str(header.get_param("charset") or "utf-8")
