"""What a hospital's signer answers, read: signed documents in its order, and its own word for a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from exchange import document
from exchange.errors import Rejected, Retriable
from exchange.ports import Arrival

_TOLD = ("document", "kind")


def arrivals(told: Any) -> tuple[Sequence[Arrival], str]:
    """The documents of one answer about births or changes, and the place after them."""
    known = told if isinstance(told, Mapping) else {}
    found, after = known.get("documents"), known.get("next")
    if not isinstance(found, list) or not isinstance(after, str):
        raise Retriable("hospital.unreadable-answer")
    return [_arrival(each) for each in found], after


def _arrival(each: Any) -> Arrival:
    signed, kind = (each.get(name) if isinstance(each, Mapping) else None for name in _TOLD)
    if not isinstance(signed, str) or not isinstance(kind, str):
        raise Retriable("hospital.unreadable-answer")
    key = document.digest(signed)
    raw = signed.encode()
    return Arrival(key, raw, kind, signed=signed, revoked=kind == "revocation")


def says(error: Rejected, status: int, code: str) -> bool:
    """The signer's own word; a 404 of a wrong path or of a proxy says something else."""
    if error.facts.get("status") != status:
        return False
    try:
        told = orjson.loads(error.raw)
    except orjson.JSONDecodeError:
        return False
    return isinstance(told, Mapping) and told.get("code") == code
