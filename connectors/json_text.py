"""JSON without losing a digit, on the way out and on the way in.

Long numbers are common among the peers (19-digit ids, 20-digit invoice numbers) and so are
amounts with a fraction; both are damaged by readers that turn them into floats.

- out: whole numbers of any length and ``Decimal`` exactly; a float is refused, for it no longer
  is what its maker meant; so are texts that are no Unicode (lone surrogates);
- in: whole numbers exactly, numbers with a fraction or exponent as ``Decimal``; a key that occurs
  twice is refused, because one of its values would be dropped silently.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NoReturn

import orjson

from connectors import charsets
from exchange.errors import Invalid, Problem

_PLAIN = {str, int, bool, type(None)}
_SMALL = range(-(2**63), 2**64)


def written(value: Any) -> bytes:
    """UTF-8 JSON. Raises ``Invalid`` with every place that cannot be written.

    >>> written({"id": 2**70, "amount": Decimal("12.50")})
    b'{"id":1180591620717411303424,"amount":12.50}'
    """
    if value.__class__ is dict and _PLAIN.issuperset(map(type, value.values())):
        try:
            return _trimmed(orjson.dumps(value))
        except orjson.JSONEncodeError:  # half a surrogate, or a number of more than 64 bits
            pass
    problems = list(_problems(value, ""))
    if problems:
        raise Invalid.of(problems)
    return _trimmed(orjson.dumps(_exact(value)))


def _trimmed(written: bytes) -> bytes:
    """In no more memory than it needs: what orjson gives keeps the 8 KiB it was written in."""
    return bytes(memoryview(written))


def read(raw: bytes, charset: str = "utf-8") -> Any:
    """The value. Raises ValueError (UnicodeError, JSONDecodeError) for what is no JSON, and
    LookupError for an encoding that is not in ``connectors.charsets``.

    >>> read('{"id": 9007199254740993, "amount": 0.10}'.encode())
    {'id': 9007199254740993, 'amount': Decimal('0.10')}
    """
    return json.loads(
        raw.decode(charsets.known(charset)).removeprefix("\ufeff"),
        parse_float=Decimal,
        parse_constant=_refused,
        object_pairs_hook=_once,
    )


def _problems(value: Any, path: str) -> Iterator[Problem]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            kind = _wrong(key) if isinstance(key, str) else "key"
            place = f"{path}/{key}".encode("utf-8", "replace").decode()
            yield from _told(kind, place)
            yield from _problems(inner, place)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _problems(inner, f"{path}/{index}")
    else:
        yield from _told(_wrong(value), path)


def _told(kind: str, path: str) -> Iterator[Problem]:
    if kind:
        yield Problem("rest.not-json-able", {"path": path, "type": kind})


def _wrong(value: Any) -> str:
    """What is wrong with a scalar; empty if nothing."""
    if isinstance(value, str):
        return "surrogate" if any("\ud800" <= char <= "\udfff" for char in value) else ""
    exact = value.is_finite() if isinstance(value, Decimal) else isinstance(value, int)
    return "" if exact or value is None else type(value).__name__


def _exact(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _exact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(inner) for inner in value]
    long = isinstance(value, int) and not isinstance(value, bool) and value not in _SMALL
    return orjson.Fragment(str(value)) if long or isinstance(value, Decimal) else value


def _refused(constant: str) -> NoReturn:
    raise ValueError(constant)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key occurs twice")
    return found
