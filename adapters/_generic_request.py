"""A message out of documents, constants and the effect key. Making it has no effect anywhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from adapters import _generic_place, _generic_rules, _generic_text
from adapters._generic_plan import Message
from exchange.errors import Invalid
from exchange.ports import Inputs

_PLACE = re.compile(r"\{(/[^{}]+|effect_key)\}")


@dataclass(frozen=True, slots=True)
class Sent:
    """One call, ready for the wire."""

    written: str
    """The call as the site wrote it: what errors name."""
    call: str = field(repr=False)
    """With the values in their places: may name a person, so no fact holds it."""
    body: Any = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)
    """What the request says, before it was written as text: every answer about it, also that to a
    question after it, is compared with it."""


def built(
    message: Message, inputs: Inputs, effect_key: str, earlier: Mapping[str, Any] | None = None
) -> Sent:
    """The call. ``earlier`` are the fields of the request that a probe asks about.

    Raises ``Invalid`` with everything that the mapping finds; a field that is taken from the
    request and is not there is left out.
    """
    fields = dict(message.mapping.apply(_source(message, inputs))) if message.mapping else {}
    for path, value in {**message.constants, **message.credentials}.items():
        _generic_place.put(fields, path, value)
    for path, origin in message.take.items():
        value = _generic_place.get(earlier, origin)
        if value is not None:
            _generic_place.put(fields, path, deepcopy(value))
    if message.effect_key:
        told = message.effect_key_as.replace("{key}", effect_key)
        _generic_place.put(fields, message.effect_key, told)
    call, body = _addressed(message, fields, effect_key)
    for form in message.wrap:
        body = _generic_text.wrapped(body, form)
    return Sent(message.call, call, body, fields if earlier is None else earlier)


def _source(message: Message, inputs: Inputs) -> Mapping[str, Any]:
    """The documents by the mapping's names for them; the only one itself, if it has no name."""
    assert message.mapping is not None  # noqa: S101 (asked for only then)
    names = message.mapping.file.inputs
    if "" in names:
        return next((record for name, record in inputs.items() if name != "root"), {})
    return {name: inputs[name] for name in names if name in inputs}


def _addressed(message: Message, fields: dict[str, Any], effect_key: str) -> tuple[str, Any]:
    """The call with values in their places, and the message without what has moved there.

    ``Invalid generic.path-value`` for a value that is missing or would lead to another path.
    """
    call: str = message.call
    body: Any = fields
    for place in _PLACE.findall(call):
        value = _generic_rules.text(
            effect_key if place == "effect_key" else _generic_place.get(fields, place)
        )
        if value is None or value.strip(".") == "":
            raise Invalid("generic.path-value", path=place)
        call = call.replace(f"{{{place}}}", _quoted(value, place, message.charset))
        body = _generic_place.without(body, place) if place != "effect_key" else body
    return call, body


def _quoted(value: str, place: str, charset: str) -> str:
    """Percent-encoded in the charset that the peer reads its addresses in."""
    try:
        return quote(value, safe="", encoding=charset, errors="strict")
    except UnicodeEncodeError:
        raise Invalid("rest.not-encodable", path=place, charset=charset) from None
