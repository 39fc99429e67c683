"""An answer with the texts in it read, one after the other, and what there was to note on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters import _generic_place, _generic_text
from adapters._generic_text import Form, UnreadableError


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """As far as it could be read."""

    value: Any
    idle: tuple[tuple[str, Any], ...] = ()
    """Places where no text stood to be read, and what stood there: mostly the place is wrong."""
    unreadable: str | None = None
    """The place of the text that is not what the site says it is; nothing was read after it."""


def unwrapped(answer: Any, forms: Sequence[Form]) -> Unwrapped:
    """Raises nothing: who asks decides what an unreadable text means.

    >>> form = Form(at="/return", format="json")
    >>> unwrapped({"return": '{"code": 0}'}, [form]).value
    {'return': {'code': 0}}
    >>> unwrapped({"return": "{"}, [form]).unreadable, unwrapped({"x": 1}, [form]).idle
    ('/return', (('/return', None),))
    """
    idle: list[tuple[str, Any]] = []
    for form in forms:
        found = _generic_place.get(answer, form.at)
        if not isinstance(found, str | bytes) or not found.strip():
            idle.append((form.at, found))
        try:
            answer = _generic_text.unwrapped(answer, form)
        except UnreadableError:
            return Unwrapped(answer, tuple(idle), form.at)
    return Unwrapped(answer, tuple(idle))
