"""A route of the endpoint, and a call that came by it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes

from connectors.http_message import Request, Stream
from exchange import canonical
from exchange.errors import Invalid, Rejected
from zhida.serve_file import Client

_LONGEST = 128
"""Bytes of one piece of a path."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request, understood: by whom, with which names out of its path and query."""

    id: str
    client: Client
    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    """By lower-case name, those that came once."""

    def json(self) -> Any:
        """The body as strict JSON. ``Invalid``: a key twice, a float, a null, no UTF-8."""
        return canonical.loads(self.body)


@dataclass(frozen=True, slots=True)
class Told:
    """What a route answers: a JSON value, or a body that is sent as it comes."""

    value: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    stream: Stream | None = None
    content_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Route:
    """One thing that can be asked."""

    method: str
    pattern: str
    """``/enterprises/{uscc}/policies``: a name in braces stands for one piece of the path."""
    right: str
    """What the client must be allowed (``serve_rights``)."""
    answer: Callable[[Call], Told]
    query: frozenset[str] = frozenset()
    """Names that the query may have."""


def find(routes: Iterable[Route], request: Request) -> tuple[Route, dict[str, str], dict[str, str]]:
    """The route, the names in the path and those in the query.

    ``Rejected("serve.no-route")``; ``serve.method`` tells the methods that there are.
    """
    path, _, query = request.target.partition("?")
    pieces = [_piece(each) for each in path.split("/")]
    there = [(route, names) for route in routes if (names := _names(route, pieces)) is not None]
    if not there:
        raise Rejected("serve.no-route")
    for route, names in there:
        if route.method == request.method:
            return route, names, _query(query, route)
    allowed = ", ".join(sorted({route.method for route, _ in there}))
    raise Rejected("serve.method", allowed=allowed)


def _piece(text: str) -> str:
    """One piece of a path. What decodes to a slash or to no text is nobody's name."""
    try:
        found = unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise Rejected("serve.no-route") from None
    if "/" in found or not found.isprintable() or len(text) > _LONGEST:
        raise Rejected("serve.no-route")
    return found


def _names(route: Route, pieces: list[str]) -> dict[str, str] | None:
    wanted = route.pattern.split("/")
    if len(wanted) != len(pieces):
        return None
    names: dict[str, str] = {}
    for want, piece in zip(wanted, pieces, strict=True):
        if (named := re.fullmatch(r"\{(\w+)\}", want)) and piece:
            names[named[1]] = piece
        elif want != piece:
            return None
    return names


def _query(text: str, route: Route) -> dict[str, str]:
    """``Invalid`` for a name that is not known, or that comes twice."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, strict_parsing=bool(text), errors="strict")
    except ValueError:
        raise Invalid("serve.query", name="?") from None
    found = dict(pairs)
    for name in found:
        if name not in route.query:
            raise Invalid("serve.query", name=name[:40])
    if len(found) != len(pairs):
        raise Invalid("serve.query", name="?")
    return found
