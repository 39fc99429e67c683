"""Tests on one firm, exactly: what a test finds, what a tree of them comes to, and on which it hangs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from matters import kleene
from matters.criteria import BY_DECISION, Node, Ratio, Term, Test, TestWord
from matters.durations import Duration
from matters.facts import Facts, Value
from matters.kleene import Truth


@dataclass(frozen=True, slots=True)
class Finding:
    """One test on one firm."""

    test: Test
    verdict: Truth
    values: tuple[Value | None, ...]
    """Of the facts of the test's term, in its order; None: unknown."""
    value: Value | Fraction | None
    """Of the term; None also for a quotient by zero or less."""


def finding(test: Test, facts: Facts, on: date) -> Finding:
    """What the test finds on the day of decision."""
    value = term_value(test.term, facts)
    verdict = None if value is None else _holds(test, value, on)
    return Finding(test, verdict, tuple(facts.get(name) for name in test.term.facts), value)


def term_value(term: Term, facts: Facts) -> Value | Fraction | None:
    """The term's value, None if it is unknown.

    >>> term_value(Term("fall", ("old", "new")), {"old": 1000, "new": 945})
    Fraction(11, 200)
    >>> term_value(Term("share", ("a", "b")), {"a": 1, "b": 0}) is None
    True
    """
    if any(name not in facts for name in term.facts):
        return None
    if term.word == "fact":
        return facts[term.facts[0]]
    return _ARITHMETIC[term.word](*(_number(facts[name]) for name in term.facts))


def truth(node: Node, truths: Sequence[Truth]) -> Truth:
    """What the tree comes to. ``truths``: of the tests, by number."""
    if isinstance(node, Test):
        return truths[node.number]
    parts = [truth(part, truths) for part in node.parts]
    if node.word == "all":
        return kleene.every(parts)
    found = kleene.some(parts)
    return found if node.word == "any" else kleene.opposite(found)


def hinges(node: Node, truths: Sequence[Truth]) -> Iterator[Test]:
    """The tests for which a tree is no, or unknown: those that would have to be otherwise.

    Of ``all`` the parts that are as the whole is; of ``any`` that is no, all its parts.
    """
    yield from _hinges(node, truths, truth(node, truths))


def _hinges(node: Node, truths: Sequence[Truth], wanted: Truth) -> Iterator[Test]:
    if truth(node, truths) is not wanted:
        return
    if isinstance(node, Test):
        yield node
        return
    inside = kleene.opposite(wanted) if node.word == "none" else wanted
    for part in node.parts:
        yield from _hinges(part, truths, inside)


def _number(value: Value) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(type(value).__name__)
    return value


def _quotient(above: int, below: int) -> Fraction | None:
    return Fraction(above, below) if below > 0 else None


def _total(*values: int) -> int:
    return sum(values)


_ARITHMETIC: Mapping[str, Callable[..., int | Fraction | None]] = {
    "sum": _total,
    "difference": lambda a, b: a - b,
    "share": _quotient,
    "growth": lambda new, old: _quotient(new - old, old),
    "fall": lambda old, new: _quotient(old - new, old),
}


def months_before(months: int, day: date) -> date:
    """The day of the same number so many months before, or that month's last day.

    >>> months_before(1, date(2026, 3, 31))
    datetime.date(2026, 2, 28)
    """
    return Duration(-months, "month").after(day)


def _holds(test: Test, value: Any, on: date) -> bool:
    wanted = [
        Fraction(each.numerator, each.denominator) if isinstance(each, Ratio) else each
        for each in test.wanted
    ]
    if test.word in BY_DECISION:
        return _holds_on(test.word, int(str(wanted[0])), value, on)
    return _WORDS[test.word](value, wanted)


def _holds_on(word: TestWord, count: int, day: date, on: date) -> bool:
    match word:
        case "in_year":
            return day.year - on.year == count
        case "months_left":
            return day > months_before(-count, on)
        case "months_past":
            return day <= months_before(count, on)
        case _:
            return months_before(count, on) < day <= on


_WORDS: Mapping[str, Callable[[Any, Sequence[Any]], bool]] = {
    "is": lambda value, wanted: value == wanted[0],
    "is_not": lambda value, wanted: value != wanted[0],
    "one_of": lambda value, wanted: value in wanted,
    "none_of": lambda value, wanted: value not in wanted,
    "at_least": lambda value, wanted: value >= wanted[0],
    "more_than": lambda value, wanted: value > wanted[0],
    "at_most": lambda value, wanted: value <= wanted[0],
    "less_than": lambda value, wanted: value < wanted[0],
    "on_or_after": lambda value, wanted: value >= wanted[0],
    "on_or_before": lambda value, wanted: value <= wanted[0],
}
