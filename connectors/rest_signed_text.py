"""The texts around a signature: time stamps, sorted parameters, bytes as text."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

CHINA = timezone(timedelta(hours=8))
"""Peers write local time without a zone; China has had no summer time since 1991."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TEXTS = {
    "yyyyMMddHHmmss": "%Y%m%d%H%M%S",
    "yyyyMMddHHmmssSSS": "%Y%m%d%H%M%S",
    "yyyy-MM-dd HH:mm:ss": "%Y-%m-%d %H:%M:%S",
}
_ENCODINGS: Mapping[str, Callable[[bytes], str]] = {
    "hex": bytes.hex,
    "HEX": lambda raw: raw.hex().upper(),
    "base64": lambda raw: base64.b64encode(raw).decode(),
}


def encoded(raw: bytes, form: str) -> str:
    """Bytes as a peer writes them.

    >>> [encoded(bytes([255, 10]), form) for form in ("hex", "HEX", "base64")]
    ['ff0a', 'FF0A', '/wo=']
    """
    return _ENCODINGS[form](raw)


def stamped(at: datetime, form: str) -> str:
    """An instant as a peer writes it; milliseconds are cut, not rounded.

    >>> at = datetime(2026, 1, 5, 1, 2, 3, 456789, tzinfo=UTC)
    >>> [stamped(at, form) for form in ("s", "ms", "yyyyMMddHHmmssSSS", "yyyy-MM-dd HH:mm:ss")]
    ['1767574923', '1767574923456', '20260105090203456', '2026-01-05 09:02:03']
    """
    if form in ("s", "ms"):
        unit = timedelta(seconds=1) if form == "s" else timedelta(milliseconds=1)
        return str((at - _EPOCH) // unit)
    text = at.astimezone(CHINA).strftime(_TEXTS[form])
    return text + f"{at.microsecond // 1000:03d}" if form.endswith("SSS") else text


def sorted_text(pairs: Iterable[tuple[str, str]], form: Mapping[str, Any], sign: str) -> str:
    """Parameters in the order of their names' code points, without the signature's own.

    >>> sorted_text([("b", "2"), ("a", "1"), ("B", ""), ("sign", "x")], {}, "sign")
    'a=1&b=2'
    """
    left_out = {sign, *form.get("exclude", ())}
    skip = form.get("skip_empty", True)
    kept = [(n, v) for n, v in pairs if n not in left_out and (v or not skip)]
    equals = form.get("equals", "=")
    told = [f"{name}{equals}{value}" for name, value in sorted(kept, key=lambda pair: pair[0])]
    return str(form.get("separator", "&")).join(told)
