"""Quantities between the units of wires, exactly: no float, no rounding, no lost digit."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Context, Decimal, Inexact, InvalidOperation
from typing import Any

from mappings.faults import Fault

UNITS = {
    "": ("count", 1),
    "g": ("mass", 1),
    "kg": ("mass", 1000),
    "mm": ("length", 1),
    "cm": ("length", 10),
    "m": ("length", 1000),
    "d": ("time", 1),
    "wk": ("time", 7),
    "wk+d": ("time", 0),
    "fen": ("money", 1),
    "分": ("money", 1),
    "yuan": ("money", 100),
    "元": ("money", 100),
    "wan-yuan": ("money", 1_000_000),
    "万元": ("money", 1_000_000),
}
"""Unit → (dimension, how many of the smallest unit). ``wk+d`` is ``39.3``: 39 weeks, 3 days."""

# 80 digits hold every number that the pattern below lets through; what still needs rounding raises.
_EXACT = Context(prec=80, traps=[Inexact, InvalidOperation])

_PLACES = 24
_LONG = 10**_PLACES
_DECIMAL = re.compile(r"[+-]?[0-9]{1,24}(\.[0-9]{1,12})?")
_PLAIN = re.compile(r"([0-9]{1,24})(?:\.([0-9]{1,12}))?")
_WEEKS = re.compile(r"([0-9]{1,3})(?:\.([0-6]))?")

Quantity = str | int | Decimal
"""As a wire has it: text, a whole number, or a JSON number with places (read exactly)."""


def converter(
    source: str, target: str, *, as_text: bool = False, decimals: int | None = None
) -> Callable[[Quantity], str | int]:
    """A function from text (or a number) in one unit to the other unit.

    Gives a whole number, or text with ``as_text``; with ``decimals`` exactly so many places.
    Raises ``Fault("mapping.not-a-number")``, ``("mapping.not-exact")``.

    >>> converter("cm", "mm")("50.5"), converter("wk+d", "d")("39.3")
    (505, 276)
    >>> converter("mm", "cm", as_text=True)(505), converter("d", "wk+d", as_text=True)(276)
    ('50.5', '39.3')
    """
    scale = Decimal(UNITS[source][1])
    times = 0 if as_text else _times(source, target)

    def convert(value: Quantity) -> str | int:
        if times and (whole := _quick(value, times)) is not None:
            return whole
        smallest = (
            _weeks_and_days(value)
            if source == "wk+d"
            else _exact(_EXACT.multiply, _decimal(value), scale)
        )
        return _write(smallest, target, as_text=as_text, decimals=decimals)

    return convert


def _times(source: str, target: str) -> int:
    """How many of the target's units are one of the source's; 0 if that is no whole number."""
    one, other = UNITS[source][1], UNITS[target][1]
    return 0 if not other or one % other else one // other


def _quick(value: Any, times: int) -> int | None:
    """What nearly every cell of a list is; None: the long way tells what it is, or what is wrong.

    >>> _quick("12.50", 100), _quick(7, 100), _quick("12.505", 100), _quick(" 1", 1)
    (1250, 700, None, None)
    """
    if value.__class__ is int:
        return value * times if -_LONG < value < _LONG else None
    found = _PLAIN.fullmatch(value) if value.__class__ is str else None
    if found is None:
        return None
    whole, places = found.groups("")
    number, rest = divmod(int(whole + places) * times, 10 ** len(places))
    return None if rest else number


def _decimal(value: Quantity) -> Decimal:
    if value.__class__ is int:
        return Decimal(value)
    if isinstance(value, Decimal) and value.is_finite() and abs(value.adjusted()) < _PLACES:
        value = f"{value:f}"
    if isinstance(value, str):
        text = str(value).strip()
        if _DECIMAL.fullmatch(text):
            return Decimal(text)
    raise Fault("mapping.not-a-number")


def _weeks_and_days(value: Quantity) -> Decimal:
    stated = isinstance(value, str) or value.__class__ is int
    found = _WEEKS.fullmatch(str(value).strip()) if stated else None
    if found is None:
        raise Fault("mapping.not-a-number")
    return Decimal(int(found[1]) * 7 + int(found[2] or 0))


def _write(smallest: Decimal, target: str, *, as_text: bool, decimals: int | None) -> str | int:
    if target == "wk+d":
        weeks, days = divmod(_whole(smallest), 7)
        return f"{weeks}.{days}"
    scaled = _exact(_EXACT.divide, smallest, Decimal(UNITS[target][1]), target)
    return _text(scaled, target, decimals) if as_text else _whole(scaled)


def _exact(
    operation: Callable[[Decimal, Decimal], Decimal], one: Decimal, other: Decimal, unit: str = "1"
) -> Decimal:
    try:
        return operation(one, other)
    except (Inexact, InvalidOperation):
        raise Fault("mapping.not-exact", unit=unit) from None


def _whole(value: Decimal) -> int:
    if value != value.to_integral_value():
        raise Fault("mapping.not-exact", unit="1")
    return int(value)


def _text(value: Decimal, unit: str, decimals: int | None) -> str:
    if decimals is None:
        plain = f"{value:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    return f"{_exact(_EXACT.quantize, value, Decimal(1).scaleb(-decimals), unit):f}"
