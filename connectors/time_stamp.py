"""A time-stamp authority over HTTP (RFC 3161, section 3.4): one request, one answer, both DER."""

from __future__ import annotations

import base64

from connectors import http, tls
from exchange.errors import Retriable
from exchange.ports import Endpoint

QUERY, REPLY = "application/timestamp-query", "application/timestamp-reply"
_SECONDS, _MAX_BYTES = 20.0, 100_000


def ask(endpoint: Endpoint, body: bytes) -> bytes:
    """The authority's answer. Whatever goes wrong is ``Retriable``: asking changes nothing there.

    The connection's ``extra`` may hold ``path`` (``/tsr``); ``login`` and ``password`` are sent as
    Basic authentication if there are any.
    """
    url = endpoint.address + endpoint.extra.get("path", "")
    headers = {"Content-Type": QUERY, "Accept": REPLY, **_login(endpoint)}
    context = tls.of_endpoint(endpoint)
    line = http.line(None, seconds=_SECONDS, max_bytes=_MAX_BYTES, tls=context)
    try:
        with http.safe_to_repeat(True):
            found = line.exchange("POST", url, body, headers=headers)
    finally:
        line.close()
    if found.status_code != 200:
        peer = http.peer_of(url)
        raise Retriable("wire.time-stamp-status", peer=peer, status=found.status_code)
    return found.content


def _login(endpoint: Endpoint) -> dict[str, str]:
    if not endpoint.login:
        return {}
    word = f"{endpoint.login}:{endpoint.password}".encode()
    return {"Authorization": f"Basic {base64.b64encode(word).decode()}"}
