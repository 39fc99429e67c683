"""Signed tree heads as whoever holds one reads them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crypto import jws
from crypto.errors import CryptoError
from crypto.keys import PublicKey
from exchange import canonical, times
from exchange.errors import Invalid
from exchange.ledger import HEAD_TYPE


@dataclass(frozen=True, slots=True)
class Head:
    """Whose ledger, how many entries, their root (hex), when; and the token that says so."""

    origin: str
    size: int
    root: str
    at: str
    token: str


HubKeys = PublicKey | Sequence[PublicKey]
"""The hub's key; or its keys in the order in which they have signed heads, the present one last."""


def keys(given: HubKeys) -> Sequence[PublicKey]:
    """All of them."""
    return [given] if isinstance(given, PublicKey) else given


def told(token: str, given: HubKeys) -> dict[str, Any] | None:
    """What a head says and its key's ``kid``, if one of the keys signed it as a head."""
    for key in keys(given):
        try:
            header, payload = jws.verify(token, key)
            found = canonical.loads(payload)
        except (CryptoError, Invalid):
            continue
        if header.get("typ") == HEAD_TYPE and isinstance(found, dict):
            is_whole = {"origin", "size", "root", "at"} <= set(found)
            return found | {"kid": key.kid} if is_whole else None
    return None


def read(token: str, given: HubKeys) -> Head | None:
    """The same as a value; None for what is no head of these keys, or is malformed."""
    found = told(token, given)
    if found is None:
        return None
    try:
        times.instant(found["at"])
        root = bytes.fromhex(found["root"])
        head = Head(str(found["origin"]), int(found["size"]), root.hex(), found["at"], token)
    except (TypeError, ValueError):
        return None
    return head if head.size > 0 else None
