"""Values of an answer as the peer wrote them: nothing lost, nothing invented.

zeep reads a boolean "Y" as False, a date "2026" as the first of January, a day as its midnight, an
amount in ``xs:double`` as the nearest binary fraction, and puts None in the place of what it cannot
read while the value goes into the log. In our calls a number is exact, a boolean is one of the four
texts that are booleans, and what a peer wrote otherwise stays text: the mapping, which knows the
field, refuses it with its path. Dates and times are text always, for a date keeps its day only so.

zeep has no place to plug this in. So its builtin types ask first whether the call is ours; other
users of zeep in this process notice nothing.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from decimal import Decimal
from functools import wraps
from typing import Any

from zeep.xsd.types import builtins, simple

_ours: ContextVar[bool] = ContextVar("connectors.soap_values", default=False)
_WHOLE = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FRACTION = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?", re.ASCII)
_DIGITS = 1000
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}


class UntranslatableError(ValueError):
    """A value that is neither of its type nor a text. Holds no value."""


def boolean(text: str) -> bool | str:
    """One of the four that XML Schema knows, or the text.

    >>> boolean(" 0 "), boolean("Y")
    (False, 'Y')
    """
    return _BOOLEANS.get(text.strip(), text)


def whole(text: str) -> int | str:
    """A whole number, or the text.

    >>> whole("0042"), whole("12.0"), whole("无")
    (42, '12.0', '无')
    """
    told = text.strip()
    return int(told) if len(told) < _DIGITS and _WHOLE.fullmatch(told) else text


def fraction(text: str) -> Decimal | str:
    """The number as written, or the text (NaN and INF are no amounts).

    >>> fraction("0.10"), fraction("INF")
    (Decimal('0.10'), 'INF')
    """
    told = text.strip()
    return Decimal(told) if len(told) < _DIGITS and _FRACTION.fullmatch(told) else text


def octets(text: str) -> bytes | str:
    """The bytes, or the text where zeep would leave out what is no base64.

    >>> octets("YQ==\\n"), octets("YQ==张")
    (b'a', 'YQ==张')
    """
    try:
        return base64.b64decode("".join(text.split()).encode("ascii"), validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return text


def _text(text: str) -> str:
    return text.strip()


_READ: Mapping[Any, Callable[[str], Any]] = {
    builtins.Boolean: boolean,
    builtins.Integer: whole,
    builtins.Long: whole,
    builtins.Decimal: fraction,
    builtins.Float: fraction,
    builtins.Double: fraction,
    builtins.Base64Binary: octets,
    **dict.fromkeys((builtins.DateTime, builtins.Date, builtins.Time, builtins.Duration), _text),
    **dict.fromkeys((builtins.gYear, builtins.gYearMonth, builtins.gMonth), _text),
    **dict.fromkeys((builtins.gMonthDay, builtins.gDay), _text),
}


def _written(value: Any) -> str:
    """A boolean of a request. zeep takes every text but two for true, "否" as well."""
    told = str(value).strip().lower()
    if isinstance(value, list | dict | set) or told not in _BOOLEANS:
        raise UntranslatableError
    return "true" if _BOOLEANS[told] else "false"


class _Strict:
    """Stands before zeep's logger, to which a value would go that nobody could read."""

    def __init__(self, logger: Any) -> None:
        self._logger = logger

    def exception(self, *args: Any, **more: Any) -> None:
        """Called by zeep when a value cannot be read."""
        if _ours.get():
            raise UntranslatableError
        self._logger.exception(*args, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._logger, name)


def _asking(theirs: Callable[..., Any], ours: Callable[[Any], Any]) -> Callable[..., Any]:
    @wraps(theirs)
    def asked(self: Any, value: Any) -> Any:
        return ours(value) if _ours.get() else theirs(self, value)

    return asked


def _install() -> None:
    """Once in a process, and not at import."""
    if isinstance(simple.logger, _Strict):
        return
    for kind, read in _READ.items():
        kind.pythonvalue = _asking(kind.pythonvalue, read)
    builtins.Boolean.xmlvalue = _asking(builtins.Boolean.xmlvalue, _written)  # type: ignore[method-assign]
    simple.logger = _Strict(simple.logger)  # type: ignore[assignment]


@contextmanager
def exact_values() -> Iterator[None]:
    """Values that are read and written inside are exact, or text."""
    _install()
    before = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(before)
