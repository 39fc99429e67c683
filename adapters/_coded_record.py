"""Documents into a request and out of an answer, by mapping files; one row chosen out of many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from adapters._coded import text
from exchange import pointer
from exchange.errors import Invalid, Rejected, Unknown
from exchange.ports import Inputs, Record
from mappings.compiler import Mapping as Compiled


def sent(mapping: Compiled, inputs: Inputs) -> dict[str, Any]:
    """The request. ``Invalid`` with everything that the mapping finds.

    A mapping with named inputs gets the documents by its names, one without names the only one.
    """
    names = mapping.file.inputs
    if "" in names:
        return dict(mapping.apply(next(iter(inputs.values()), {})))
    return dict(mapping.apply({name: inputs[name] for name in names if name in inputs}))


def read(mapping: Compiled, value: Any, operation: str) -> Record:
    """The document in an answer. ``Unknown`` if it can't be understood: it is not a no."""
    try:
        found: Record = mapping.apply(value)
    except Invalid as error:
        facts = {"operation": operation, "path": str(error.facts.get("path", "/"))}
        raise Unknown("coded.not-understood", problem=error.code, **facts) from None
    return found


def rows(value: Any, place: str) -> list[Any]:
    """The rows at a pointer: a list, one that stands alone, or none.

    >>> rows({"data": {"a": 1}}, "/data"), rows({"data": None}, "/data"), rows({"data": [1]}, "/data")
    ([{'a': 1}], [], [1])
    """
    found = pointer.get(value, place)
    if isinstance(found, list):
        return found
    return [found] if isinstance(found, Mapping) and found else []


def about(found: Sequence[Any], same: Mapping[str, str], asked: Any) -> list[Any]:
    """The rows that say of themselves what was asked: ``same`` is row pointer → request pointer.

    What was not asked with a value is said by no row.

    >>> about([{"no": "1"}, {"no": "2"}], {"/no": "/who"}, {"who": 2})
    [{'no': '2'}]
    """
    wanted = {theirs: text(asked, ours) for theirs, ours in same.items()}
    return [
        row for row in found if all(told and text(row, at) == told for at, told in wanted.items())
    ]


def only(found: Sequence[Any], raw: bytes, operation: str) -> Any:
    """The one row. ``Rejected`` for none, and for several: nobody here may choose."""
    if not found:
        raise Rejected("coded.none", operation=operation).answered(raw)
    if len(found) > 1:
        raise Rejected("coded.several", operation=operation, count=len(found)).answered(raw)
    return found[0]
