"""The same request many times: what does not change from one to the next is prepared once.

requests builds URL, headers and cookies anew for each request, which costs as much as sending.
Where a wire posts to one address with few sets of headers (SOAP: one a operation), only the body
differs. Signing and logins see the whole request, so with ``session.auth`` nothing is reused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import requests

_Key = tuple[str, tuple[tuple[str, str], ...]]


class Again:
    """POSTs through a session of ours, whose headers do not change. Thread-safe.

    Keeps one pattern for each URL with its headers.
    """

    def __init__(self, session: requests.Session) -> None:
        self._session = session
        self._patterns: dict[_Key, requests.PreparedRequest] = {}

    def post(
        self, url: str, data: bytes, headers: Mapping[str, str], **sending: Any
    ) -> requests.Response:
        """As ``session.post``; ``sending`` are the arguments of ``session.send``."""
        session = self._session
        if session.auth:
            return session.post(url, data=data, headers=headers, **sending)
        key = url, tuple(headers.items())
        pattern = self._patterns.get(key)
        if pattern is None:
            plain = requests.Request("POST", url, headers=dict(headers))
            pattern = self._patterns[key] = session.prepare_request(plain)
        told = pattern.copy()
        told.body = data
        told.headers["Content-Length"] = str(len(data))
        ways: dict[str, Any] = {
            "proxies": session.proxies,
            "verify": session.verify,
            "cert": session.cert,
        }
        return session.send(told, **ways, **sending)
