"""One small public file over HTTP: nothing is sent but the request, and its login if there is one."""

from __future__ import annotations

from contextlib import closing

from connectors import tls
from connectors.http import line, peer_of, safe_to_repeat
from connectors.rest_login import basic
from exchange.errors import Retriable
from exchange.ports import Endpoint

SECONDS, MOST = 10.0, 8_000_000
"""The longest silence, and the most bytes, of a file that a whole country's authority publishes."""


def get(endpoint: Endpoint, path: str) -> bytes:
    """The body of a 200. ``Retriable`` for any other answer and for none; ``Fatal`` for an address
    that is none, or files of TLS that can't be used.
    """
    url = endpoint.address.rstrip("/") + path
    peer = peer_of(url)
    opening = {
        "tls": tls.of_endpoint(endpoint),
        "auth": basic(endpoint.login, endpoint.password) if endpoint.login else None,
    }
    opened = line(None, seconds=SECONDS, max_bytes=MOST, **opening)
    with closing(opened), safe_to_repeat(True):
        found = opened.exchange("GET", url, None)
    if found.status_code != 200:
        raise Retriable("wire.status-refused", peer=peer, status=found.status_code)
    return found.content
