"""The table of 85 newborns: what is so about each, by which rule, and what is to come of it.

It was written before the first run (``tests/newborn/expected.csv``).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from exchange.case import BY_HAND, hand_of
from sandbox.newborns import Newborn, newborn, read

TABLE = Path(__file__).parents[1] / "newborn" / "expected.csv"
_ABOUT = ("no", "situation", "rule", "opened_by", "facts")
FIRST = 100
"""Births below this number are other tests'."""


@dataclass(frozen=True, slots=True)
class Row:
    """One newborn."""

    number: int
    situation: str
    rule: str
    opened_by: str
    child: Newborn
    expected: Mapping[str, str]
    """Item → the state that it comes to; ``by-hand`` and a state, where a person does it."""


def rows() -> list[Row]:
    """All of them."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [_row(told) for told in csv.DictReader(file)]


def one_of_each() -> list[Row]:
    """One row of each set of facts."""
    return list({row_facts(row): row for row in reversed(rows())}.values())[::-1]


def row_facts(row: Row) -> tuple[str, ...]:
    """What tells a kind of newborn from the others."""
    return (row.situation, row.opened_by)


def came_to(states: Mapping[str, str], item: str) -> str:
    """The state of an item as the table writes it."""
    if states[item] == BY_HAND:
        return f"{BY_HAND} {states[hand_of(item)]}"
    return states[item]


def by_hand_alone(expected: Mapping[str, str]) -> dict[str, str]:
    """The same where nobody but people do anything: whatever the hospital would have told is asked."""
    return {**expected, "birth": "applied"}


def _row(told: Mapping[str, str]) -> Row:
    child = newborn(FIRST + int(told["no"]), read(told["facts"]))
    expected = {name: state for name, state in told.items() if name not in _ABOUT}
    about = (told["situation"], told["rule"], told["opened_by"])
    return Row(int(told["no"]), *about, child, expected)
