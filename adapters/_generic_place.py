"""Places in a message that is being made, or in an answer, by JSON Pointer (RFC 6901)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange import pointer
from exchange.errors import Fatal


def get(tree: Any, path: str) -> Any:
    """What stands there, or None. An empty path is the whole.

    >>> get({"rows": [{"a": 1}]}, "/rows/0/a"), get("text", "/a"), get([], "")
    (1, None, [])
    """
    return pointer.get(tree, path)


def put(tree: dict[str, Any], path: str, value: Any) -> None:
    """Write a member, making the objects on its way.

    ``Fatal generic.member-twice`` where something stands already: which of them counts would be
    anybody's guess.
    """
    *parents, last = _parts(path)
    node: Any = tree
    for part in parents:
        node = node.setdefault(part, {})
        if not isinstance(node, dict):
            raise Fatal("generic.member-twice", path=path)
    if last in node:
        raise Fatal("generic.member-twice", path=path)
    node[last] = value


def replaced(tree: Any, path: str, value: Any) -> Any:
    """A copy of the tree with another value at a place that is there; the tree stays as it was.

    >>> replaced({"a": [{"b": 1}], "c": 2}, "/a/0/b", "x")
    {'a': [{'b': 'x'}], 'c': 2}
    """
    return _replaced(tree, _parts(path), value)


def without(tree: Any, path: str) -> Any:
    """A copy of the tree without the member at ``path``."""
    return _without(tree, _parts(path))


def _replaced(node: Any, parts: list[str], value: Any) -> Any:
    if not parts:
        return value
    first, rest = parts[0], parts[1:]
    if isinstance(node, Mapping):
        return {**node, first: _replaced(node[first], rest, value)}
    index = int(first)
    return [*node[:index], _replaced(node[index], rest, value), *node[index + 1 :]]


def _without(node: Any, parts: list[str]) -> Any:
    if not isinstance(node, Mapping) or parts[0] not in node:
        return node
    left = {name: value for name, value in node.items() if name != parts[0]}
    return left if len(parts) == 1 else {**node, parts[0]: _without(node[parts[0]], parts[1:])}


def _parts(path: str) -> list[str]:
    return [part.replace("~1", "/").replace("~0", "~") for part in path.split("/")[1:]]
