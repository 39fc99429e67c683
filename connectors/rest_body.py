"""How a peer wants the body: JSON, a form, JSON in one field of a form, address parameters, a text.

Error map (nothing was sent)::

    a float, no Unicode, …            Invalid  rest.not-json-able
    a form of what is no object       Invalid  rest.no-fields
    a text that is none               Invalid  rest.no-text
    a character the charset lacks     Invalid  rest.not-encodable

A form's fields are text; what is no text is written as JSON inside its field (泛微 E9 wants it so),
and an absent value (null) is an absent field. GBK means GBK: a rare name's character that it lacks is
named, never replaced.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from connectors import json_text
from connectors.rest_named import named
from exchange.errors import Invalid, Problem

FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Content:
    """What goes onto the wire."""

    raw: bytes | None = None
    media: str = ""
    query: str = ""
    """Parameters for the address, encoded."""


@dataclass(frozen=True, slots=True)
class Writing:
    """One peer's ways with requests."""

    body: str = "json"
    bodies: Mapping[str, str] = field(default_factory=dict)
    """Operations whose body is written otherwise."""
    body_field: str = "data"
    text_type: str = "text/xml"
    """Media type of a body that is one text."""
    charset: str = "utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    def style(self, method: str, operation: str) -> str:
        """``json``, ``form``, ``form-json``, ``query`` or ``text``; a GET has no body (RFC 9110, 9.3.1).

        >>> Writing(body="form").style("GET", "GET /a"), Writing().style("PUT", "PUT /a")
        ('query', 'json')
        """
        if method == "GET":
            return "query"
        return self.bodies.get(named(operation.partition("?")[0], self.bodies), self.body)

    def content(self, style: str, body: Any) -> Content:
        """Raises ``Invalid`` with everything that cannot be written."""
        if body is None:
            return Content()
        if style == "json":
            return Content(json_text.written(body), "application/json; charset=utf-8")
        if style == "text":
            media = f"{self.text_type}; charset={self.charset.upper()}"
            return Content(_text(body, self.charset), media)
        if style == "query":
            return Content(query=_encoded(_parameters(_object(body)), self.charset))
        fields = _object(body)
        if style == "form-json":
            fields = {self.body_field: json_text.written(body).decode()}
        raw = _encoded(_fields(fields), self.charset).encode("ascii")
        return Content(raw, f"{FORM}; charset={self.charset.upper()}")

    def fields_of(self, style: str, raw: bytes) -> dict[str, Any]:
        """The fields of a body that ``content`` wrote; a text has none. Raises ``Invalid``."""
        if style == "text":
            return {}
        if style == "json":
            return dict(_object(json_text.read(raw)))
        text = raw.decode("ascii")
        found = dict(parse_qsl(text, True, encoding=self.charset, errors="strict"))
        if style == "form-json":
            return dict(_object(json_text.read(found[self.body_field].encode())))
        return dict(found)


def _text(body: Any, charset: str) -> bytes:
    if not isinstance(body, str):
        raise Invalid("rest.no-text", type=type(body).__name__)
    try:
        return body.encode(charset)
    except UnicodeEncodeError:
        raise Invalid("rest.not-encodable", path="/", charset=charset) from None


def _object(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, Mapping):
        raise Invalid("rest.no-fields", type=type(body).__name__)
    return body


def _fields(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in fields.items():
        if value is not None:
            yield name, as_text(value, name)


def _parameters(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """As fields, but a list is the same name several times."""
    for name, value in fields.items():
        each = value if isinstance(value, list | tuple) else [value]
        yield from ((name, as_text(one, name)) for one in each if one is not None)


def as_text(value: Any, name: str) -> str:
    """A field's value as text. ``name`` tells the path of what cannot be written.

    >>> as_text("张", "a"), as_text(7, "a"), as_text({"isnextflow": 1}, "a")
    ('张', '7', '{"isnextflow":1}')
    """
    json_text.written({name: value})  # for its checks: it names the path of what is wrong
    return value if isinstance(value, str) else json_text.written(value).decode()


def _encoded(pairs: Iterator[tuple[str, str]], charset: str) -> str:
    known = list(pairs)
    problems = [
        Problem("rest.not-encodable", {"path": f"/{name}", "charset": charset})
        for name, value in known
        if not _encodable(name + value, charset)
    ]
    if problems:
        raise Invalid.of(problems)
    return urlencode(known, encoding=charset, errors="strict")


def _encodable(text: str, charset: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
