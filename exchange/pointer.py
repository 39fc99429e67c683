"""Fields of a record by JSON Pointer (RFC 6901): a record is the tree of its named leaves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from exchange.errors import Invalid
from exchange.ports import Record, Scalar

_INDEX = re.compile(r"0|[1-9][0-9]*")
"""An index of a list as RFC 6901 section 4 spells it."""
_STRAY = re.compile(r"~(?![01])")
"""RFC 6901 section 3: after ``~`` stands ``0`` or ``1``."""
DEPTH = 64


def flatten(record: Record) -> dict[str, Scalar]:
    """Every leaf of a record under its pointer. Empty objects and lists have no leaf and vanish.

    ``Invalid`` for a leaf of another type, and for an object whose key is a number: once its
    neighbours are hidden nobody could tell it from a list.

    >>> flatten({"child": {"sex": "1"}, "names": ["知", "达"]})
    {'/child/sex': '1', '/names/0': '知', '/names/1': '达'}
    """
    return dict(_leaves(record, ""))


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Scalar]]:
    if isinstance(value, Mapping):
        for key, child in value.items():
            if not isinstance(key, str) or _INDEX.fullmatch(key):
                raise Invalid("record.number-key", path=path)
            yield from _leaves(child, f"{path}/{_escape(key)}")
    elif isinstance(value, list | tuple):
        for index, child in enumerate(value):
            yield from _leaves(child, f"{path}/{index}")
    elif isinstance(value, str | int):
        yield path, value
    else:
        raise Invalid("record.leaf-type", path=path, type=type(value).__name__)


def covers(names: Iterable[str], path: str) -> bool:
    """Is the field at ``path`` named: itself, or by ``/*`` everything in what it lies in?

    >>> covers(["/mother/*"], "/mother/name"), covers(["/mother/*"], "/motherhood")
    (True, False)
    """
    return any(
        path == name or (name.endswith("/*") and path.startswith(name[:-1])) for name in names
    )


def nest(fields: Mapping[str, Scalar]) -> dict[str, Any]:
    """The record that has these leaves; the reverse of ``flatten``.

    Lists come back as lists; where a hidden element leaves a gap, the rest moves up in order.
    ``Invalid`` if these are not the leaves of one tree.

    >>> nest({"/child/sex": "1", "/names/1": "达"})
    {'child': {'sex': '1'}, 'names': ['达']}
    """
    tree: dict[str, Any] = {}
    for path, value in fields.items():
        *parents, last = _parts(path)
        node = tree
        for part in parents:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise Invalid("record.not-a-tree", path=path)
        if last in node:
            raise Invalid("record.not-a-tree", path=path)
        node[last] = value
    listed: dict[str, Any] = {key: _lists(child) for key, child in tree.items()}
    return listed


def _parts(path: str) -> list[str]:
    first, *parts = path.split("/")
    if first or not 0 < len(parts) <= DEPTH or _STRAY.search(path):
        raise Invalid("record.not-a-pointer", path=path[:80])
    return [_unescape(part) for part in parts]


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    children = {key: _lists(child) for key, child in node.items()}
    if children and all(_INDEX.fullmatch(key) for key in children):
        return [children[key] for key in sorted(children, key=lambda key: (len(key), key))]
    return children


def get(record: Record, path: str) -> Any:
    """The value at ``path``, or None where there is none.

    >>> get({"child": {"sex": "1"}}, "/child/sex")
    '1'
    """
    node: Any = record
    for part in path.split("/")[1:]:
        if isinstance(node, list | tuple):
            if not _INDEX.fullmatch(part) or len(part) > 9 or int(part) >= len(node):
                return None
            node = node[int(part)]
        elif isinstance(node, Mapping) and _unescape(part) in node:
            node = node[_unescape(part)]
        else:
            return None
    return node


def _escape(part: str) -> str:
    return part.replace("~", "~0").replace("/", "~1")


def _unescape(part: str) -> str:
    return part.replace("~1", "/").replace("~0", "~")
