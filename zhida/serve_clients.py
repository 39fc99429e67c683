"""Who calls: known by the certificate, on loopback by a token; and not more often than agreed."""

from __future__ import annotations

import hmac
import math
from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from connectors.http_message import Request
from exchange import limits
from exchange.errors import Fatal, Forbidden, Retriable
from exchange.keyring import Keyring
from exchange.ports import Clock
from zhida import serve_body
from zhida.hub import Hub
from zhida.serve_file import Client, Settings

_BODILESS = frozenset({"GET", "HEAD"})
_SHORTEST = 32
"""Characters of a token: what is shorter can be guessed."""


class Clients:
    """The clients of one endpoint. Thread-safe; the rate counts in this process."""

    def __init__(
        self,
        settings: Settings,
        tokens: Mapping[str, str],
        clock: Clock,
        keyring: Keyring | None = None,
    ) -> None:
        self._by_name = {each.common_name: each for each in settings.clients.values()}
        self._clients, self._tokens = settings.clients, tokens
        self._without_tls, self._clock = settings.without_tls, clock
        self._keyring = keyring or Keyring(())
        self._next: dict[str, datetime] = {}
        self._lock = Lock()

    def known(self, request: Request) -> Client:
        """Who it is. ``Forbidden`` for a stranger."""
        return self._of_token(request) if self._without_tls else self._of_name(request)

    def take(self, client: Client) -> None:
        """One permit of the client's rate. ``Retriable`` if it calls too often."""
        with self._lock:
            now = self._clock()
            free_from = self._next.get(client.name, now - client.rate.per)
            granted, after = limits.take(client.rate, free_from, now, 1)
            if not granted:
                wait = math.ceil((after - now).total_seconds())
                raise Retriable("serve.too-many", client=client.name, retry_after=max(1, wait))
            self._next[client.name] = after

    def require_signed(self, client: Client, request: Request) -> None:
        """``Forbidden`` if it should be signed and is not, or not by the client's unit."""
        if client.signs and request.method not in _BODILESS:
            serve_body.require(self._keyring, client, request, self._clock())

    def _of_name(self, request: Request) -> Client:
        found = self._by_name.get(request.common_name) if request.common_name else None
        if found is None:
            raise Forbidden("serve.unknown-client")
        return found

    def _of_token(self, request: Request) -> Client:
        """All tokens are compared, in the same time whichever it is."""
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        given = told.strip().encode("latin-1", "replace")
        same = [
            name
            for name, token in self._tokens.items()
            if hmac.compare_digest(token.encode(), given)
        ]
        if scheme.lower() != "bearer" or len(same) != 1:
            raise Forbidden("serve.no-token")
        return self._clients[same[0]]


def tokens(hub: Hub, settings: Settings) -> dict[str, str]:
    """Client → its token, without TLS; ``Fatal`` for one that can be guessed, or is another's too."""
    if not settings.without_tls:
        return {}
    found = {
        name: hub.endpoint(client.connection).password for name, client in settings.clients.items()
    }
    for name, token in found.items():
        if len(token) < _SHORTEST or list(found.values()).count(token) > 1:
            raise Fatal("serve.weak-token", client=name, least=_SHORTEST)
    return found
