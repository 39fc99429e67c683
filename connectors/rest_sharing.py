"""The national sharing platform (国家数据共享交换平台): ``gjgxjhpt_*`` headers, a secret that rotates.

As its users' samples do it: ``sign = base64(HMAC-SHA256(secret, sid + rid + rtime))``, with rtime in
milliseconds; the secret comes from a call that is signed with the appKey, encrypted under the appKey,
with the instant at which it ends. None of the headers covers the body (see ``body_signature``).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.utils import requote_uri

from connectors.rest_answer import at, value_of
from connectors.rest_body import Writing
from connectors.rest_desk import Desk, expired_by
from connectors.rest_keys import demanded, header_value
from connectors.rest_lease import Auth, Grant, Renewed
from connectors.rest_named import named
from connectors.rest_signed_text import encoded, stamped
from crypto.digests import mac
from crypto.errors import CryptoError
from crypto.wrapped_secret import opened, sha1prng_key
from exchange.errors import Fatal
from exchange.ports import Clock, Endpoint

_MARGIN = timedelta(minutes=1)
"""A secret is renewed so long before its end: clocks differ, and requests take time."""
_DONE = "0"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the platform's number for us (sid), and our clock."""

    sid: str
    clock: Clock

    def headers(self, rid: str, secret: str) -> dict[str, str]:
        """The four headers for the resource ``rid``, signed now."""
        rtime = stamped(self.clock(), "ms")
        signed = mac("hmac-sha256", secret.encode(), f"{self.sid}{rid}{rtime}".encode())
        return {
            "gjgxjhpt_rid": rid,
            "gjgxjhpt_sid": self.sid,
            "gjgxjhpt_rtime": rtime,
            "gjgxjhpt_sign": encoded(signed, "base64"),
        }


def by_secret(
    rule: Mapping[str, Any], endpoint: Endpoint, desk: Desk, *, base_path: str = ""
) -> Renewed:
    """``rule`` is the options' ``auth`` of kind ``sharing-platform``."""
    sid = header_value(demanded(endpoint.login, "login"), "gjgxjhpt_sid")
    caller, app_key = Caller(sid, endpoint.clock), demanded(endpoint.password, "password")

    def obtain() -> Grant:
        # Some platforms read the four from the headers and others from the body: they get both.
        headers = caller.headers(rule["rid"], app_key)
        post = rule["operation"].startswith("POST ")
        content = Writing().content("json", headers if post else None)
        answer = desk.ask(rule["operation"], content, headers=headers)
        if at(value_of(answer), "/code") != _DONE:
            raise desk.failed(rule["operation"], answer)
        wrapped = desk.token(answer, rule.get("token", "/data/secret"))
        secret = _opened(wrapped, app_key, rule.get("cipher", "sha1prng"))
        told = at(value_of(answer), rule.get("expires_at", "/data/secretEndTime"))
        return Grant(secret, _end(told))

    def sign(secret: str) -> Auth:
        return _Signer(caller, secret, rule, base_path)

    return Renewed(obtain, sign, expired=expired_by(rule.get("expired")), clock=endpoint.clock)


class _Signer:
    def __init__(
        self, caller: Caller, secret: str, rule: Mapping[str, Any], base_path: str
    ) -> None:
        self._caller, self._secret, self._base_path = caller, secret, base_path
        self._rid, self._rids = rule["rid"], rule.get("rids", {})

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        path = urlsplit(request.url or "").path.removeprefix(requote_uri(self._base_path))
        rid = self._rids.get(named(f"{request.method} {path}", self._rids), self._rid)
        request.headers.update(self._caller.headers(rid, self._secret))
        return request


def _opened(wrapped: str, app_key: str, cipher: str) -> str:
    if cipher == "none":
        return wrapped
    key = sha1prng_key(app_key.encode()) if cipher == "sha1prng" else app_key.encode()
    try:
        return opened(key, base64.b64decode(wrapped, validate=True)).decode()
    except (CryptoError, binascii.Error, UnicodeDecodeError):
        raise Fatal("rest.wrapped-secret", cipher=cipher) from None


def _end(told: str) -> datetime | None:
    """When a secret that ends at that millisecond is no longer used; None if that is not told.

    >>> _end("1767574860000"), _end("2026-01-05"), _end("9" * 30)
    (datetime.datetime(2026, 1, 5, 1, 0, tzinfo=datetime.timezone.utc), None, None)
    """
    if not (told.isascii() and told.isdigit() and len(told) <= 14):
        return None
    return datetime.fromtimestamp(int(told) / 1000, UTC) - _MARGIN
