"""What lies on the people's own desks, and how they say no: shared by everybody who decides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Form = Mapping[str, str]
Filled = dict[str, str]
DIVISION = "320117"


class Refused(Exception):
    """It is not done; the text is the reason for the family."""


@dataclass
class Office:
    """What lies on the people's own desks: they have no other system here."""

    births: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Certificate → the facts of the birth (``sandbox.births``): the ward's book."""
    couples: set[tuple[str, str]] = field(default_factory=set)
    """Numbers of women and men who are married to each other."""
    unsettled: set[str] = field(default_factory=set)
    """Numbers of mothers whose stay at the hospital is not settled."""
    expected: set[str] = field(default_factory=set)
    """Numbers of guardians who have insured a child before it was born."""
    doubtful: dict[str, str] = field(default_factory=dict)
    """Certificate → why the police do not register the birth."""
    refusals: dict[tuple[int, str], str] = field(default_factory=dict)
    """Workflow, and the company's name or the person's number → why it is not done."""
    impostors: set[str] = field(default_factory=set)
    """Numbers that somebody shows whose they are not."""
    foreign_degrees: dict[str, str] = field(default_factory=dict)
    """Certificates that are known to the centre for returned students → level of the form."""
    months: dict[str, int] = field(default_factory=dict)
    """Numbers of people → months of social insurance that were paid for them."""
    convicted: set[str] = field(default_factory=set)
    """Numbers of people with a criminal record."""
    permits: list[dict[str, str]] = field(default_factory=list)
    """Permits to move in that people have issued and not yet entered into their own system."""
    first: int = 0
    """So many numbers of a day were given out by the unit's own system."""
    answers: dict[str, Filled] = field(default_factory=dict)
    """Certificate → what the parents say when they are asked what was missing."""
    given: Counter[str] = field(default_factory=Counter)
    """How many numbers of each row were given out."""

    def next(self, row: str) -> int:
        """The next number of a row, from 1."""
        self.given[row] += 1
        return self.given[row]

    def number(self, prefix: str) -> str:
        """The next business number that begins so."""
        return f"{prefix}{DIVISION}{self.next(prefix):010}"
