"""Who calls: known by the certificate, on loopback by a token; and not more often than agreed."""

from __future__ import annotations

import hmac
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from connectors.http_message import Request
from exchange import limits
from exchange.errors import Fatal, Forbidden, Retriable
from exchange.keyring import Keyring, Keys
from exchange.ports import Clock
from zhida import serve_body
from zhida.hub import Hub
from zhida.serve_file import Client, Settings

_BODILESS = frozenset({"GET", "HEAD"})
_SHORTEST = 32
"""Characters of a token: what is shorter can be guessed."""


@dataclass(frozen=True, slots=True)
class Roll:
    """Who may call, and whose keys are known."""

    settings: Settings
    keyring: Keys


class Clients:
    """The clients of one endpoint. Thread-safe; the rate counts in this process.

    ``live`` gives the roll of the moment, where it follows the site's files.
    """

    def __init__(
        self,
        settings: Settings,
        tokens: Mapping[str, str],
        clock: Clock,
        keyring: Keys | None = None,
        *,
        live: Callable[[], Roll] | None = None,
    ) -> None:
        first = Roll(settings, keyring or Keyring(()))
        self._roll = live or (lambda: first)
        self._tokens, self._without_tls, self._clock = tokens, settings.without_tls, clock
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

    def require_signed(self, client: Client, request: Request) -> str:
        """The key's id; empty where nothing has to be signed. ``Forbidden`` if it should be and is not, or not by
        the client's unit.
        """
        if client.signs and request.method not in _BODILESS:
            return serve_body.require(self._roll().keyring, client, request, self._clock())
        return ""

    def _of_name(self, request: Request) -> Client:
        name = request.common_name
        known = self._roll().settings.clients.values()
        for client in known:
            if name and client.common_name == name:
                return client
        raise Forbidden("serve.unknown-client")

    def _of_token(self, request: Request) -> Client:
        """All tokens are compared, in the same time whichever it is."""
        scheme, _, told = request.headers.get("authorization", "").partition(" ")
        given = told.strip().encode("latin-1", "replace")
        same = [
            name
            for name, token in self._tokens.items()
            if hmac.compare_digest(token.encode(), given)
        ]
        clients = self._roll().settings.clients
        if scheme.lower() != "bearer" or len(same) != 1 or same[0] not in clients:
            raise Forbidden("serve.no-token")
        return clients[same[0]]


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
