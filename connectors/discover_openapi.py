"""The operations of an OpenAPI document (3.x, or Swagger 2.0), from a file or from the peer.

Error map, beside that of ``http.py``::

    no such file                         Fatal  rest.openapi-file
    neither JSON nor YAML, no ``paths``  Fatal  rest.openapi-unreadable
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from connectors import rest, rest_options
from connectors.discovery import Field, Found
from connectors.http import peer_of
from connectors.reading import Reading
from exchange.errors import Fatal
from exchange.ports import Endpoint

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options")
_DEEPEST = 8
_MOST = 3000
"""Schemas looked at for one operation."""
_JSON = ("application/json", "application/x-www-form-urlencoded")


def discover(settings: Mapping[str, Any], endpoint: Endpoint, wanted: str) -> list[Found]:
    """``wanted``: a path at the peer that begins with ``/``, else a file relative to the site."""
    place = wanted or "/v3/api-docs"
    raw = _fetched(settings, endpoint, place) if place.startswith("/") else _read(endpoint, place)
    document = _parsed(raw, place)
    return list(_operations(document))


def _read(endpoint: Endpoint, file: str) -> bytes:
    try:
        return (endpoint.site / file).read_bytes()
    except OSError:
        raise Fatal("rest.openapi-file", file=file) from None


def _fetched(settings: Mapping[str, Any], endpoint: Endpoint, path: str) -> bytes:
    """Asked for with the login that calls have."""
    with contextlib.closing(rest.open_connector(rest_options.own(settings), endpoint)) as connector:
        answer = connector.look(path)
    error = Reading().error(answer, peer=peer_of(endpoint.address), operation=f"GET {path}")
    if error is not None:
        raise error
    return answer.content


def _parsed(raw: bytes, place: str) -> Mapping[str, Any]:
    try:
        text = raw.decode("utf-8-sig")
        is_json = text.lstrip().startswith("{")  # a YAML parser takes minutes for a big one
        found = json.loads(text) if is_json else YAML(typ="safe", pure=True).load(text)
    except (YAMLError, ValueError, RecursionError):
        raise Fatal("rest.openapi-unreadable", file=place) from None
    if not isinstance(found, Mapping) or not isinstance(found.get("paths"), Mapping):
        raise Fatal("rest.openapi-unreadable", file=place)
    return found


def _operations(document: Mapping[str, Any]) -> Iterator[Found]:
    for path, about in document["paths"].items():
        for method in _METHODS:
            told = about.get(method) if isinstance(about, Mapping) else None
            if isinstance(told, Mapping):
                shared = about.get("parameters", ())
                yield _found(f"{method.upper()} {path}", told, shared, document)


def _found(name: str, told: Mapping[str, Any], shared: Any, document: Mapping[str, Any]) -> Found:
    title = str(told.get("summary") or told.get("operationId") or "")
    walk, both = _Walk(document), (*_list(shared), *_list(told.get("parameters")))
    takes = [each for one in both for each in walk.parameter(_resolved(one, document))]
    takes += walk.below(_content(told.get("requestBody"), document), "", ())
    answers = _map(told.get("responses"))
    good: Any = next((answers[code] for code in answers if str(code).startswith("2")), {})
    gives = list(walk.below(_content(good, document), "", ()))
    if walk.left <= 0:
        gives.append(Field("/…", "", False, "字段过多，其余未列出"))
    return Found(name, "operation", title, tuple(takes), tuple(gives))


def _content(told: Any, document: Mapping[str, Any]) -> Mapping[str, Any]:
    known = _resolved(told, document)
    content = _map(known.get("content"))
    media = next((each for each in _JSON if each in content), next(iter(content), ""))
    return _map(_map(content[media]).get("schema") if media else known.get("schema"))


class _Walk:
    """Through the fields of one operation, in so many steps: a small document whose entities name
    each other has more fields than anybody can read.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document, self.left = document, _MOST

    def parameter(self, one: Mapping[str, Any]) -> Iterator[Field]:
        """Swagger 2.0 has the body among the parameters, and a parameter's type beside its name."""
        if one.get("in") == "body":
            yield from self.below(_map(one.get("schema")), "", ())
            return
        schema = _resolved(one.get("schema", one), self._document)
        path = f"{one.get('in', '')}:{one.get('name', '')}"
        required, title = bool(one.get("required")), str(one.get("description") or "")
        yield Field(path, str(schema.get("type", "")), required, title)

    def below(self, schema: Any, path: str, seen: tuple[int, ...]) -> Iterator[Field]:
        """The fields of a schema."""
        known = _resolved(schema, self._document)
        if self.left <= 0 or id(known) in seen or len(seen) > _DEEPEST:
            return
        self.left -= 1
        seen = (*seen, id(known))
        for part in _list(known.get("allOf")):
            yield from self.below(part, path, seen)
        if isinstance(known.get("items"), Mapping):
            yield from self.below(known["items"], f"{path}/*", seen)
        for name, about in _map(known.get("properties")).items():
            inner = _resolved(about, self._document)
            required = name in _list(known.get("required"))
            title = str(inner.get("title") or inner.get("description") or "")
            yield Field(f"{path}/{name}", str(inner.get("type", "object")), required, title)
            yield from self.below(about, f"{path}/{name}", seen)


def _map(told: Any) -> Mapping[str, Any]:
    """An object, or nothing: hand-made documents have ``null`` and ``true`` where one should be."""
    return told if isinstance(told, Mapping) else {}


def _list(told: Any) -> Sequence[Any]:
    return told if isinstance(told, list) else ()


def _resolved(told: Any, document: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference within the document leads to; a foreign one, and a wrong one, is empty."""
    for _ in range(_DEEPEST):
        target = told.get("$ref") if isinstance(told, Mapping) else None
        if not isinstance(target, str):
            break
        told = document if target.startswith("#/") else {}
        for step in target.removeprefix("#/").split("/"):
            name = step.replace("~1", "/").replace("~0", "~")
            told = told.get(name, {}) if isinstance(told, Mapping) else {}
    return told if isinstance(told, Mapping) and "$ref" not in told else {}
