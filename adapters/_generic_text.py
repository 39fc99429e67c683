"""Content that a peer wants, or sends, as a text inside the message: XML, JSON, a row of CSV; or as
a whole file with records.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from lxml import etree

from adapters import _feed_format, _generic_place, _records
from adapters._records import Layout
from connectors import json_text, xml_in_text
from exchange.errors import Invalid
from mappings import encoding as encodings

_FILES = ("csv", "fixed", "xlsx")
"""Formats of ``adapters._records`` (its XML with many records is the ``xml`` of here)."""


class UnreadableError(ValueError):
    """A part of an answer is not what the site says it is; the text is its place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What stands at a place, and how it is written. ``OPTIONS`` says what each member means."""

    at: str
    format: str
    root: str = ""
    declares: str = ""
    encoding: str = ""
    order: tuple[str, ...] = ()
    """Of what is written: the members that come first."""
    lists: tuple[str, ...] = ()
    layout: Layout = field(default_factory=Layout)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Form:
        """From one entry of ``wrap`` or ``unwrap``."""
        special = ("as", "order", "lists", "layout")
        rest = {name: value for name, value in told.items() if name not in special}
        order, lists = tuple(told.get("order", ())), tuple(told.get("lists", ()))
        layout = Layout.of(told.get("layout", {}))
        return cls(format=told["as"], order=order, lists=lists, layout=layout, **rest)


def wrapped(tree: Any, form: Form) -> Any:
    """The message with what stands at the place as one text (or bytes).

    ``Invalid generic.unwritable`` for what the format or the encoding can't hold (``records.…``
    for a file), ``generic.nothing-there`` if this message has nothing at the place.
    """
    value = _ordered(_generic_place.get(tree, form.at), form.order)
    if value is None:
        raise Invalid("generic.nothing-there", path=form.at or "/", form=form.format)
    if form.format in _FILES:
        return _generic_place.replaced(tree, form.at, _file(value, form))
    try:
        text = _written(value, form)
    except (ValueError, TypeError, AttributeError, csv.Error):
        raise Invalid("generic.unwritable", path=form.at or "/", form=form.format) from None
    told = encodings.encode(text, form.encoding) if form.encoding else text
    return _generic_place.replaced(tree, form.at, told)


def _ordered(value: Any, order: tuple[str, ...]) -> Any:
    """The members that are named first, in their order; the others follow as they were.

    >>> _ordered({"BODY": 1, "HEAD": 2, "TAIL": 3}, ("HEAD", "BODY"))
    {'HEAD': 2, 'BODY': 1, 'TAIL': 3}
    """
    if not isinstance(value, Mapping):
        return value
    return {name: value[name] for name in (*order, *value) if name in value}


def _file(value: Any, form: Form) -> bytes:
    records = list(value) if isinstance(value, list | tuple) else [value]
    if not all(isinstance(each, Mapping) for each in records):
        raise Invalid("generic.unwritable", path=form.at or "/", form=form.format)
    return _records.written(records, form.format, form.layout, form.encoding or "utf-8")


def _written(value: Any, form: Form) -> str:
    if form.format == "xml":
        return xml_in_text.written(form.root, _elements(value), form.declares)
    if form.format == "json":
        return json_text.written(value).decode("utf-8")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([list(value), [_exact(each) for each in value.values()]])
    return out.getvalue()


def _elements(value: Any) -> Any:
    """Content as elements hold it: ``true`` for True; a list only where an element repeats.

    >>> _elements({"a": True, "b": [1, {"c": False}]})
    {'a': 'true', 'b': ['1', {'c': 'false'}]}
    """
    if isinstance(value, Mapping):
        return {
            name: [_elements(each) for each in inner]
            if isinstance(inner, list)
            else _elements(inner)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        raise TypeError("a list in a list")
    return _exact(value)


def _exact(value: Any) -> str:
    """A scalar as text. TypeError for what has no text of its own: bytes would become Python's."""
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    if not isinstance(value, str | int):
        raise TypeError("no text")
    return str(value).lower() if isinstance(value, bool) else str(value)


def unwrapped(answer: Any, form: Form) -> Any:
    """The answer with the text at the place read. What is absent there, or content already, stays.

    Raises ``UnreadableError``.
    """
    value = _generic_place.get(answer, form.at)
    if not isinstance(value, str | bytes) or not value.strip():
        return answer
    try:
        if form.format in _FILES:
            raw = value if isinstance(value, bytes) else value.encode("utf-8")
            found = _records.read(raw, form.format, form.layout, form.encoding or "utf-8")
            return _generic_place.replaced(answer, form.at, found)
        text = (
            encodings.decode(value, form.encoding or "utf-8") if isinstance(value, bytes) else value
        )
        return _generic_place.replaced(answer, form.at, _read(text, form))
    except (ValueError, Invalid, RecursionError):
        raise UnreadableError(form.at or "/") from None


def _read(text: str, form: Form) -> Any:
    if form.format == "xml":
        root = xml_in_text.root(text)
        return {etree.QName(root).localname: xml_in_text.value(root, form.lists)}
    if form.format == "json":
        return json_text.read(text.encode("utf-8"))
    return _feed_format.read(text.encode("utf-8"), "csv-row", "utf-8")
