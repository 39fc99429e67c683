"""Who signs the requests, chosen by the options' ``auth`` and ``body_signature``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import requests

from connectors.loopback import is_loopback
from connectors.rest_body import Writing
from connectors.rest_desk import Desk
from connectors.rest_keys import demanded, of_endpoint
from connectors.rest_lease import Auth, Fixed, Lease, Leasing
from connectors.rest_login import basic, by_client, by_login, placed
from connectors.rest_sharing import by_secret
from connectors.rest_signature import Signature, Surroundings
from connectors.rest_weaver import by_e9
from exchange.errors import Fatal
from exchange.ports import Endpoint

_CLEAR = ("basic", "bearer", "login", "oauth2", "weaver-e9")
"""Kinds that send a password or token as it is; the others send only what was made with one."""


@dataclass(frozen=True, slots=True)
class Counter:
    """What signing needs of the wire beside the rule: who and where, how bodies are written."""

    endpoint: Endpoint
    desk: Desk
    writing: Writing

    @property
    def base_path(self) -> str:
        """The part of the address before the operations' own paths."""
        return urlsplit(self.endpoint.address).path.rstrip("/")

    @property
    def around(self) -> Surroundings:
        """For signatures."""
        return Surroundings(self.writing, self.base_path, self.endpoint.clock)


def signing(known: Mapping[str, Any], at: Counter) -> Leasing:
    """Out of completed options. Raises ``Fatal`` for secrets that are missing or can't be used."""
    kind, url = known["auth"]["kind"], urlsplit(at.endpoint.address)
    clear = kind in _CLEAR and url.scheme == "http" and not is_loopback(url.hostname or "")
    if clear and not known["plain_login"]:
        raise Fatal("rest.plain", peer=at.desk.peer, kind=kind)
    first = _by_kind(known["auth"], at)
    rule = known.get("body_signature")
    if rule is None:
        return first
    secrets = of_endpoint(at.endpoint, rule, "body_secret")
    return Beside(first, Signature(rule, secrets, at.around))


class Beside:
    """A second signature over what the first has made of the request."""

    def __init__(self, first: Leasing, second: Auth) -> None:
        self._first, self._second = first, second

    def lease(self) -> Lease:
        """The first's lease, signing twice."""
        lease = self._first.lease()
        return replace(lease, sign=self._both(lease.sign))

    def _both(self, sign: Auth | None) -> Auth:
        def signed(request: requests.PreparedRequest) -> requests.PreparedRequest:
            return self._second(sign(request) if sign else request)

        return signed


def _by_kind(rule: Mapping[str, Any], at: Counter) -> Leasing:
    kind: str = rule["kind"]
    return Fixed() if kind == "none" else _KINDS[kind](rule, at)


def _basic(_: Mapping[str, Any], at: Counter) -> Leasing:
    password = demanded(at.endpoint.password, "password")
    return Fixed(basic(demanded(at.endpoint.login, "login"), password))


def _bearer(rule: Mapping[str, Any], at: Counter) -> Leasing:
    token = demanded(at.endpoint.password, "password")
    return Fixed(placed(rule)(token))


def _signature(rule: Mapping[str, Any], at: Counter) -> Leasing:
    return Fixed(Signature(rule, of_endpoint(at.endpoint, rule, "password"), at.around))


_KINDS: Mapping[str, Callable[[Mapping[str, Any], Counter], Leasing]] = {
    "basic": _basic,
    "bearer": _bearer,
    "login": lambda rule, at: by_login(rule, at.endpoint, at.desk),
    "oauth2": lambda rule, at: by_client(rule, at.endpoint, at.desk),
    "signature": _signature,
    "sharing-platform": lambda rule, at: by_secret(
        rule, at.endpoint, at.desk, base_path=at.base_path
    ),
    "weaver-e9": lambda rule, at: by_e9(rule, at.endpoint, at.desk),
}
