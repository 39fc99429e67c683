"""Criteria of a policy as a tree: tests on facts, joined by all, any and none.

Every test is pass, fail or unknown (Kleene's three values): ``all`` fails if one part fails, else is
unknown if one is; ``any`` the other way round; ``none`` is not any. What a test compares is a
``Term`` over facts; a quotient is compared by multiplying out, in whole numbers, so nothing is rounded.
A quotient by zero or less is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from matters.facts import Value

TermWord = Literal["fact", "sum", "difference", "share", "growth", "fall"]
"""``difference: [a, b]`` a − b; ``share: [a, b]`` a / b; ``growth: [new, old]`` (new − old) / old;
``fall: [old, new]`` (old − new) / old."""
QUOTIENTS = frozenset({"share", "growth", "fall"})
TestWord = Literal[
    "is",
    "is_not",
    "one_of",
    "none_of",
    "at_least",
    "more_than",
    "at_most",
    "less_than",
    "on_or_after",
    "on_or_before",
    "in_year",
    "within_months",
    "months_left",
    "months_past",
]
"""``in_year: -1`` in the calendar year before that of the day of decision; ``within_months: 24`` on
that day or before it, and after the day 24 months before; ``months_left: 0`` after that day (still
valid), ``months_left: 6`` after the day 6 months after it; ``months_past: 12`` on the day 12 months
before it or earlier, so never in the future."""
BY_DECISION: frozenset[TestWord] = frozenset(
    {"in_year", "within_months", "months_left", "months_past"}
)
"""Words with a number after them although they ask for a date: the day of decision decides."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact decimal fraction: 5.5% is ``Ratio(55, 1000)``, in lowest powers of ten."""

    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Term:
    """What a test compares, or of what a share is paid."""

    word: TermWord
    facts: tuple[str, ...]

    @property
    def is_quotient(self) -> bool:
        """Compared with a ``Ratio``, not with a whole number."""
        return self.word in QUOTIENTS


@dataclass(frozen=True, slots=True)
class Test:
    """One criterion."""

    __test__ = False  # no test of pytest's

    number: int
    """Its bit in the masks of its version, from 0 to 62, in the order of the file."""
    term: Term
    word: TestWord
    wanted: tuple[Value | Ratio, ...]
    """What it is compared with; several only for ``one_of`` and ``none_of``."""
    clause: str
    """Key of the clause that says so (``Version.clauses``)."""
    parameter: str = ""
    """Name of the parameter whose value ``wanted`` is."""


@dataclass(frozen=True, slots=True)
class Group:
    """Criteria joined."""

    word: Literal["all", "any", "none"]
    parts: tuple[Node, ...]


Node = Test | Group


def tests(node: Node) -> Iterator[Test]:
    """Every test of a tree, in its order."""
    if isinstance(node, Test):
        yield node
        return
    for part in node.parts:
        yield from tests(part)
