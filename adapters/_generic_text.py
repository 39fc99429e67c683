"""Content that a peer wants, or sends, as a text inside the message: XML, JSON, a row of CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from adapters import _feed_format, _generic_place, _generic_xml
from connectors import json_text
from exchange.errors import Invalid
from mappings import encoding as encodings


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
    lists: tuple[str, ...] = ()

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Form:
        """From one entry of ``wrap`` or ``unwrap``."""
        rest = {name: value for name, value in told.items() if name not in ("as", "lists")}
        return cls(format=told["as"], lists=tuple(told.get("lists", ())), **rest)


def wrapped(tree: Any, form: Form) -> Any:
    """The message with what stands at the place as one text (or bytes).

    ``Invalid generic.unwritable`` for what the format or the encoding can't hold.
    """
    value = _generic_place.get(tree, form.at)
    try:
        text = _written(value, form)
    except (ValueError, TypeError, AttributeError, csv.Error):
        raise Invalid("generic.unwritable", path=form.at or "/", form=form.format) from None
    told = encodings.encode(text, form.encoding) if form.encoding else text
    return _generic_place.replaced(tree, form.at, told)


def _written(value: Any, form: Form) -> str:
    if form.format == "xml":
        return _generic_xml.written(form.root, value, form.declares)
    if form.format == "json":
        return json_text.written(value).decode("utf-8")
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([list(value), [_cell(each) for each in value.values()]])
    return out.getvalue()


def _cell(value: Any) -> str:
    if not isinstance(value, str | int):
        raise TypeError("no cell")
    return str(value)


def unwrapped(answer: Any, form: Form) -> Any:
    """The answer with the text at the place read. What is absent there, or content already, stays.

    Raises ``UnreadableError``.
    """
    value = _generic_place.get(answer, form.at)
    if not isinstance(value, str | bytes) or not value.strip():
        return answer
    try:
        text = (
            encodings.decode(value, form.encoding or "utf-8") if isinstance(value, bytes) else value
        )
        return _generic_place.replaced(answer, form.at, _read(text, form))
    except (ValueError, Invalid, RecursionError):
        raise UnreadableError(form.at or "/") from None


def _read(text: str, form: Form) -> Any:
    if form.format == "xml":
        return _generic_xml.read(text, form.lists)
    if form.format == "json":
        return json_text.read(text.encode("utf-8"))
    return _feed_format.read(text.encode("utf-8"), "csv-row", "utf-8")
