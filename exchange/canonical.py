"""One value, one sequence of bytes: the JSON that is hashed and signed.

A subset of RFC 8785: keys sorted, no white space, UTF-8, and of the numbers only whole ones that
every reader keeps exactly. No floats and no nulls, so nothing can be read in two ways. (RFC 8785
sorts keys by UTF-16 units, we by code point: the same for every key without rare characters.)
"""

from __future__ import annotations

import json
from typing import Any

import orjson

from exchange.errors import Invalid

EXACT = 2**53 - 1
"""The largest whole number that has no twin in a double (RFC 7493 section 2.2)."""
DEPTH = 64
"""Objects and arrays one in another. Deeper nesting is nobody's record, and would exhaust a reader's stack."""
_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_PLAIN = {str, int, bool}
_QUICK = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def dumps(value: Any) -> bytes:
    """The canonical bytes of ``value``; ``Invalid`` for what has no exact form.

    >>> dumps({"b": 1, "a": ["出生", True]}).decode()
    '{"a":["出生",true],"b":1}'
    """
    if value.__class__ is dict and _PLAIN.issuperset(map(type, value.values())):
        try:
            return bytes(memoryview(orjson.dumps(value, option=_QUICK)))  # its own keep 8 KiB each
        except orjson.JSONEncodeError:  # an integer too large, half a surrogate: told below
            pass
    _check(value, "", 0)
    return _WRITER.encode(value).encode("utf-8")


def loads(data: bytes) -> Any:
    """Parse JSON strictly: a key twice, a float, a null, NaN or bad UTF-8 is ``Invalid``.

    >>> loads(b'{"a":1}')
    {'a': 1}
    """
    found = _canonical(data)
    return _slowly(data) if found is None else found


def _slowly(data: bytes) -> Any:
    try:
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_no_twins)
    except (ValueError, RecursionError):  # not UTF-8, not JSON, a number of 5,000 digits
        raise Invalid("canonical.not-json") from None
    _check(value, "", 0)
    return value


def read(data: bytes) -> tuple[Any, bool]:
    """``loads``, and whether these are the value's canonical bytes.

    >>> read(b'{"a": 1}')
    ({'a': 1}, False)
    """
    found = _canonical(data)
    if found is not None:
        return found, True
    value = _slowly(data)
    return value, _WRITER.encode(value).encode("utf-8") == data


def _canonical(data: bytes) -> Any:
    """The value if these are its canonical bytes; None if not, or if that can't be told so quickly.

    What gives the same bytes again has each key once, in its order, and whole numbers only as far as
    ``EXACT``; floats and nulls are looked for, and the depth.
    """
    try:
        value = orjson.loads(data)
        same = orjson.dumps(value, option=_QUICK) == data
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    return value if same and _is_exact(value, 0) else None


def _is_exact(value: Any, depth: int) -> bool:
    """Texts, whole numbers and truths, not too deep: what orjson has read holds nothing else but floats and nulls."""
    kind = type(value)
    if kind in _PLAIN:
        return True
    if depth >= DEPTH or kind not in (dict, list):
        return False
    children = value.values() if kind is dict else value
    return _PLAIN.issuperset(map(type, children)) or all(
        _is_exact(child, depth + 1) for child in children
    )


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("canonical.duplicate-key")
    return found


def _check(value: Any, path: str, depth: int) -> None:
    if depth >= DEPTH and isinstance(value, dict | list | tuple):
        raise Invalid("canonical.too-deep", path=path[:80], limit=DEPTH)
    if isinstance(value, dict):
        for key, child in value.items():
            _check_key(key, path)
            _check(child, f"{path}/{key}", depth + 1)
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            _check(child, f"{path}/{index}", depth + 1)
    else:
        _check_leaf(value, path)


def _check_key(key: object, path: str) -> None:
    if not isinstance(key, str):
        raise Invalid("canonical.key-not-text", path=path)
    _check_text(key, path)


def _check_leaf(value: object, path: str) -> None:
    if isinstance(value, str):
        _check_text(value, path)
    elif not isinstance(value, int) or abs(value) > EXACT:
        raise Invalid("canonical.not-exact", path=path, type=type(value).__name__)


def _check_text(text: str, path: str) -> None:
    """Half of a surrogate pair (JSON can spell it) is no character and has no UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise Invalid("canonical.not-text", path=path, position=error.start) from None
