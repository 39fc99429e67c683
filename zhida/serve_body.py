"""Requests that their unit has signed: the body cannot be another one, nor go to another place, nor come late.

``Zhida-Signature`` holds a compact JWS whose payload is left out (RFC 7515, appendix F): it is the request's body.
Its header says what is signed besides: ``typ`` ``zhida-request+jws``, ``htm`` the method, ``htu`` path and query as
sent, ``iat`` seconds since 1970, ``kid`` the key. The key is one of the certificates of the client's unit at the
site. TLS proves who is connected; this proves, also later and to others, what was asked.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.http_message import Request
from crypto import base64url, jws
from crypto.errors import CryptoError
from exchange.errors import Forbidden
from exchange.keyring import Keys
from zhida.serve_file import Client

HEADER, TYPE = "zhida-signature", "zhida-request+jws"
TOLERANCE = timedelta(minutes=5)
"""How far the sender's clock may be from ours."""


def require(known: Keys, client: Client, request: Request, now: datetime) -> str:
    """The id of the key by which the client's unit has signed exactly this request just now; else ``Forbidden``.

    Codes: ``serve.unsigned``, ``serve.signature`` (with the reason), ``serve.signed-for-another``,
    ``serve.signed-when``. ``NotYet`` while it is not known whether the certificate was revoked.
    """
    told = request.headers.get(HEADER, "")
    if not told:
        raise Forbidden("serve.unsigned", client=client.name)
    header = _verified(known, client, _attached(client, told, request.body), now)
    if (header.get("typ"), header.get("htm")) != (TYPE, request.method):
        raise Forbidden("serve.signed-for-another", client=client.name, name="typ, htm")
    if header.get("htu") != request.target:
        raise Forbidden("serve.signed-for-another", client=client.name, name="htu")
    at = header.get("iat")
    if not isinstance(at, int) or isinstance(at, bool) or not _is_near(at, now):
        minutes = int(TOLERANCE.total_seconds()) // 60
        raise Forbidden("serve.signed-when", client=client.name, minutes=minutes)
    return str(header["kid"])


def _attached(client: Client, told: str, body: bytes) -> str:
    """The token with its payload."""
    parts = told.split(".")
    if len(parts) != 3 or parts[1]:
        raise Forbidden("serve.signature", client=client.name, reason="crypto.malformed-jws")
    return f"{parts[0]}.{base64url.encode(body)}.{parts[2]}"


def _verified(known: Keys, client: Client, token: str, now: datetime) -> dict[str, object]:
    try:
        header, *_ = jws.decode(token)
        key = known.find(client.unit, str(header.get("kid", "")), now)
        return jws.verify(token, key)[0]
    except (CryptoError, Forbidden) as error:  # what can't be told now is no wrong signature
        raise Forbidden("serve.signature", client=client.name, reason=error.code) from None


def _is_near(at: int, now: datetime) -> bool:
    try:
        return abs(datetime.fromtimestamp(at, UTC) - now) <= TOLERANCE
    except (OverflowError, OSError, ValueError):
        return False
