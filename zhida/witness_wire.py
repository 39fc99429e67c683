"""A witness comes to the hub's own endpoint (``zhida serve``): it answers, and is given a letter."""

from __future__ import annotations

from connectors import http, tls
from exchange.errors import Retriable
from exchange.ports import Endpoint

PATH = "/v1/ledger/witness"
_SECONDS, _MAX_BYTES = 30.0, 5_000_000


def converse(endpoint: Endpoint, token: str) -> bytes:
    """The hub's next letter; empty while its ledger is. ``Retriable``: asking again does no harm."""
    bearer = {"Authorization": f"Bearer {endpoint.password}"} if endpoint.password else {}
    context = tls.of_endpoint(endpoint)
    line = http.line(None, seconds=_SECONDS, max_bytes=_MAX_BYTES, tls=context)
    try:
        with http.safe_to_repeat(True):
            url = endpoint.address + PATH
            found = line.exchange("POST", url, token.encode(), headers=bearer)
    finally:
        line.close()
    if found.status_code not in (200, 204):
        peer = http.peer_of(endpoint.address)
        raise Retriable("witness.not-let-in", peer=peer, status=found.status_code)
    return found.content
