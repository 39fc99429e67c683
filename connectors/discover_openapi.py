"""The operations of an OpenAPI document (3.x, or Swagger 2.0), from a file or from the peer.

Error map, beside that of ``http.py``::

    no such file                         Fatal  rest.openapi-file
    neither JSON nor YAML, no ``paths``  Fatal  rest.openapi-unreadable
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Mapping
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
    parameters = [_resolved(each, document) for each in (*shared, *told.get("parameters", ()))]
    takes = [each for one in parameters for each in _parameter(one, document)]
    takes += _below(_content(told.get("requestBody", {}), document), "", document, ())
    answers = told.get("responses", {})
    good: Any = next((answers[code] for code in answers if str(code).startswith("2")), {})
    gives = _below(_content(good, document), "", document, ())
    return Found(name, "operation", title, tuple(takes), tuple(gives))


def _parameter(one: Mapping[str, Any], document: Mapping[str, Any]) -> Iterator[Field]:
    """Swagger 2.0 has the body among the parameters, and a parameter's type beside its name."""
    if one.get("in") == "body":
        yield from _below(one.get("schema", {}), "", document, ())
        return
    schema = _resolved(one.get("schema", one), document)
    path = f"{one.get('in', '')}:{one.get('name', '')}"
    required, title = bool(one.get("required")), str(one.get("description") or "")
    yield Field(path, str(schema.get("type", "")), required, title)


def _content(told: Any, document: Mapping[str, Any]) -> Mapping[str, Any]:
    known = _resolved(told, document)
    content = known.get("content") or {}
    media = next((each for each in _JSON if each in content), next(iter(content), ""))
    schema = content[media].get("schema", {}) if media else known.get("schema", {})
    return schema if isinstance(schema, Mapping) else {}


def _below(
    schema: Mapping[str, Any], path: str, document: Mapping[str, Any], seen: tuple[int, ...]
) -> Iterator[Field]:
    known = _resolved(schema, document)
    if id(known) in seen or len(seen) > _DEEPEST:
        return
    seen = (*seen, id(known))
    for part in known.get("allOf", ()):
        yield from _below(part, path, document, seen)
    if isinstance(known.get("items"), Mapping):
        yield from _below(known["items"], f"{path}/*", document, seen)
    for name, about in known.get("properties", {}).items():
        inner = _resolved(about, document)
        required = name in known.get("required", ())
        title = str(inner.get("title") or inner.get("description") or "")
        yield Field(f"{path}/{name}", str(inner.get("type", "object")), required, title)
        yield from _below(about, f"{path}/{name}", document, seen)


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
