"""What is wrong with the arguments of a call, out of what zeep says when it builds the request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import zeep.exceptions
from lxml import etree

from exchange.errors import Invalid
from exchange.names import NONE, nearest

_BUILDING = (
    zeep.exceptions.Error,
    *(TypeError, ValueError, AttributeError, LookupError),
    *(etree.LxmlError, ArithmeticError, RecursionError, AssertionError),
)
"""zeep refuses arguments with whatever Python raises."""
_NAMED = re.compile(r"argument '([^']+)'")
_KNOWN = re.compile(r"(?<![\w:}])(\w+): ")


@contextmanager
def building(operation: str, body: Mapping[str, Any]) -> Iterator[None]:
    """Raises ``Invalid`` with the path of the argument; zeep's text may quote values."""
    try:
        yield
    except _BUILDING as error:
        facts = {"path": _path(error, body), "nearest": _nearest(str(error))}
        raise Invalid("soap.arguments", operation=operation, **facts) from None


def _path(error: Exception, body: Mapping[str, Any]) -> str:
    named = _NAMED.search(str(error))
    if named:
        return next(_places(body, named[1], ""), f"/{named[1]}")
    return "/" + "/".join(str(step) for step in getattr(error, "path", ()) or ())


def _places(value: Any, name: str, path: str) -> Iterator[str]:
    """Where a key of that name stands."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == name:
                yield f"{path}/{key}"
            yield from _places(inner, name, f"{path}/{key}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _places(inner, name, f"{path}/{index}")


def _nearest(told: str) -> str:
    r"""The name in zeep's signature that was probably meant, or those that there are.

    >>> _nearest("T() got an unexpected keyword argument 'idd'. Signature: `id: xsd:string, x: int`")
    'id'
    """
    named, (_, _, signature) = _NAMED.search(told), told.partition("Signature: ")
    return nearest(named[1], _KNOWN.findall(signature)) if named else NONE
