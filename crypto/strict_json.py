"""JSON as signed data needs it: every text has one meaning, whoever parses it.

Refused: duplicate names (RFC 7515 section 4), floats, NaN, lone surrogates, a byte order mark,
whole numbers from 2^63 on, more than 32 objects and arrays one in another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn

from crypto.errors import Malformed

Json = Any
DEEPEST = 32
_LARGEST, _LONGEST = 2**63, 20


def loads(data: bytes) -> Json:
    """The value of UTF-8 JSON. Raises ``Malformed``.

    >>> loads(b'{"a":[1,true]}')
    {'a': [1, True]}
    """
    try:
        value = _READER.decode(data.decode("utf-8"))
        if data.count(b"[") + data.count(b"{") > DEEPEST:  # fewer can't nest deeper
            _check_depth(value)
        if b"\\u" in data:
            dumps(value)  # a lone surrogate can be written as an escape, not as UTF-8
    except Malformed:
        raise
    except (ValueError, RecursionError):
        raise Malformed("crypto.malformed-json", "not UTF-8 JSON") from None
    return value


def loads_object(data: bytes) -> dict[str, Json]:
    """The same, which must be an object."""
    value = loads(data)
    if not isinstance(value, dict):
        raise Malformed("crypto.malformed-json", "not a JSON object")
    return value


def dumps(value: Json) -> bytes:
    """UTF-8 JSON, compact, names sorted (the RFC 8785 subset without floats).

    >>> dumps({"b": 1, "a": "人"}).decode()
    '{"a":"人","b":1}'
    """
    return _WRITER.encode(value).encode("utf-8")


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("crypto.duplicate-name", "a JSON object names a member twice")
    return found


def _check_depth(value: Json) -> None:
    """Level by level, not by recursion: the depth is what a hostile writer chooses."""
    level = [value]
    for _ in range(DEEPEST):
        level = [child for each in level for child in _children(each)]
        level = [child for child in level if isinstance(child, dict | list)]
        if not level:
            return
    raise Malformed("crypto.json-depth", "nested too deeply", deepest=DEEPEST)


def _children(value: Json) -> Iterable[Json]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _refused(_: str) -> NoReturn:
    raise Malformed("crypto.json-number", "only whole numbers may be signed")


def _whole(digits: str) -> int:
    value = int(digits) if len(digits) <= _LONGEST else _LARGEST
    if abs(value) >= _LARGEST:
        raise Malformed("crypto.json-number", "a whole number of more than 64 bits")
    return value


_READER = json.JSONDecoder(
    object_pairs_hook=_unique, parse_float=_refused, parse_int=_whole, parse_constant=_refused
)
_WRITER = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)
