"""Requests that the hub sends and signs: the mirror image of ``zhida.serve_body``, so that one verifier does for both.

The receiver takes the hub's public key from the certificate of that ``kid`` (the hub's key may have changed) and compares method, path
and time with what it got.
"""

from __future__ import annotations

from datetime import datetime

from crypto import jws
from crypto.signer import Signer
from zhida.serve_body import TYPE

HEADER = "Zhida-Signature"


def signature(key: Signer, request: tuple[str, str], body: bytes, now: datetime) -> str:
    """Compact JWS without its payload, which is ``body``; ``request``: method, and path and query as sent."""
    method, target = request
    header = {"typ": TYPE, "htm": method, "htu": target, "iat": int(now.timestamp())}
    first, _, last = jws.sign(body, key, header).split(".")
    return f"{first}..{last}"
