"""Criteria as Polars expressions of three values: true, false, and null for unknown.

Polars' ``&`` and ``|`` are Kleene's own. What a single test is made of is a parameter of
``holds``, so that a test that many policies share is worked out once.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date
from functools import reduce

import polars as pl

from matters.criteria import BY_DECISION, Node, Ratio, Term, Test
from matters.durations import Duration
from matters.exact_column import Exact, compared, constant, fact
from matters.facts import Value

OfTest = Callable[[Test], pl.Expr]
_COMPARED: dict[str, Callable[[pl.Expr, pl.Expr], pl.Expr]] = {
    "at_least": operator.ge,
    "more_than": operator.gt,
    "at_most": operator.le,
    "less_than": operator.lt,
    "on_or_after": operator.ge,
    "on_or_before": operator.le,
}
_FEW = 12
"""So many comparisons of a text are quicker than a look-up."""


def holds(node: Node, of: OfTest) -> pl.Expr:
    """Whether the tree holds for a firm."""
    if isinstance(node, Test):
        return of(node)
    parts = [holds(part, of) for part in node.parts]
    if node.word == "all":
        return reduce(operator.and_, parts)
    either = reduce(operator.or_, parts)
    return either if node.word == "any" else ~either


def test_column(test: Test, on: date) -> pl.Expr:
    """A single test on the columns of facts; ``on`` is the day of decision."""
    if test.term.is_quotient:
        return _quotient(test)
    if test.word in ("is", "one_of"):
        return _one_of(pl.col(test.term.facts[0]), test.wanted)
    if test.word in ("is_not", "none_of"):
        return ~_one_of(pl.col(test.term.facts[0]), test.wanted)
    if test.word in BY_DECISION:
        return _in_period(test, on)
    (wanted,) = test.wanted
    if isinstance(wanted, date):
        return _COMPARED[test.word](pl.col(test.term.facts[0]), pl.lit(wanted))
    return compared(whole(test.term), constant(_count(wanted)), _COMPARED[test.word])


test_column.__test__ = False  # type: ignore[attr-defined]  # no test of pytest's


def whole(term: Term) -> Exact:
    """The value of a fact, a sum or a difference."""
    first, *rest = (fact(name) for name in term.facts)
    return reduce(operator.sub if term.word == "difference" else operator.add, rest, first)


def _quotient(test: Test) -> pl.Expr:
    """Multiplied out; by zero or less, unknown."""
    (ratio,) = test.wanted
    over, under = _parts(test.term)
    parts = ratio if isinstance(ratio, Ratio) else Ratio(_count(ratio), 1)
    left, right = over.times(parts.denominator), under.times(parts.numerator)
    return pl.when(under.expr > 0).then(compared(left, right, _COMPARED[test.word]))


def _parts(term: Term) -> tuple[Exact, Exact]:
    first, second = (fact(name) for name in term.facts)
    if term.word == "share":
        return first, second
    if term.word == "growth":
        return first - second, second
    return first - second, first


def _one_of(column: pl.Expr, wanted: tuple[object, ...]) -> pl.Expr:
    if wanted == (True,):
        return column
    if wanted == (False,):
        return ~column
    if len(wanted) > _FEW:
        return column.is_in(list(wanted))
    return reduce(operator.or_, (column == pl.lit(each) for each in wanted))


def _in_period(test: Test, on: date) -> pl.Expr:
    column, count = pl.col(test.term.facts[0]), _count(test.wanted[0])
    if test.word == "in_year":
        year = on.year + count
        first, last = date(year, 1, 1), date(year, 12, 31)
        return column.is_between(first, last)
    if test.word == "months_left":
        return column > Duration(count, "month").after(on)
    if test.word == "months_past":
        return column <= Duration(-count, "month").after(on)
    return (column <= on) & (column > Duration(-count, "month").after(on))


def _count(value: Value | Ratio) -> int:
    if isinstance(value, int):
        return value
    raise TypeError(type(value).__name__)  # the reader of policies lets none through
