"""Whole numbers of a column, exact however large: as narrow as is safe, as wide as is needed.

Polars wraps around silently where an int64 overflows. So each expression carries the largest value
that it can take, worked out from what facts may be (``MOST``) and the constants of the policy; where
that exceeds an int64, it is computed in 128 bits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import polars as pl

from exchange.errors import Invalid

MOST = 9 * 10**15
"""No count and no amount of money (fen) that is a fact lies beyond this, up or down."""
_WORD, _WIDE = 2**63, 2**127
Rounding = Literal["down", "half-up", "up"]


@dataclass(frozen=True, slots=True)
class Exact:
    """An expression of whole numbers, and the most that it can be, up or down."""

    expr: pl.Expr
    most: int

    def __add__(self, other: Exact) -> Exact:
        most = self.most + other.most
        return Exact(self.wide(most) + other.wide(most), most)

    def __sub__(self, other: Exact) -> Exact:
        most = self.most + other.most
        return Exact(self.wide(most) - other.wide(most), most)

    def times(self, factor: int) -> Exact:
        """So many times."""
        most = self.most * abs(factor)
        return self if factor == 1 else Exact(self.wide(most) * literal(factor, most), most)

    def wide(self, most: int) -> pl.Expr:
        """The expression, wide enough for what becomes of it."""
        return self.expr if dtype(most) == dtype(self.most) else self.expr.cast(dtype(most))

    def from_zero(self, most: int | None = None) -> Exact:
        """Not below zero, and not above ``most``; unknown stays unknown."""
        low = literal(0, self.most)
        if most is None or most >= self.most:
            return Exact(self.expr.clip(lower_bound=low), self.most)
        return Exact(self.expr.clip(low, literal(most, self.most)).cast(dtype(most)), most)

    def fen(self) -> pl.Expr:
        """As int64; what is too large to be money is null, that is unknown, and never wrapped."""
        narrow = dtype(self.most) == pl.Int64
        return self.expr if narrow else self.expr.cast(pl.Int64, strict=False)


def fact(name: str) -> Exact:
    """A fact's column."""
    return Exact(pl.col(name), MOST)


def constant(value: int) -> Exact:
    """The same for every firm."""
    return Exact(literal(value, abs(value)), abs(value))


def dtype(most: int) -> pl.DataType | type[pl.DataType]:
    """What holds values up to ``most``."""
    if most >= _WIDE:
        raise Invalid("award.too-large")
    return pl.Int64 if most < _WORD else pl.Int128


def literal(value: int, most: int) -> pl.Expr:
    """A constant of the same width as what it meets."""
    return pl.lit(value, dtype=dtype(max(most, abs(value))))


def compared(left: Exact, right: Exact, how: Callable[[pl.Expr, pl.Expr], pl.Expr]) -> pl.Expr:
    """``how`` of both, at one width."""
    most = max(left.most, right.most)
    return how(left.wide(most), right.wide(most))


def rounded(value: Exact, over: int, unit: int, how: Rounding) -> Exact:
    """``value / over``, which is not below zero, as a multiple of ``unit``.

    >>> pl.select(rounded(constant(15), 10, 1, "half-up").expr).item()
    2
    """
    if (step := over * unit) == 1:
        return value
    extra = {"down": 0, "half-up": step // 2, "up": step - 1}[how]
    most, least = value.most + step, value.most // over + unit
    found = (value.wide(most) + literal(extra, most)) // literal(step, most)
    return Exact((found * literal(unit, most)).cast(dtype(least)), least)
