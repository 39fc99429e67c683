"""What a procedure calls its items, materials and clauses; what it does not name any more is shown by its name.

A district changes words, and takes entries out of its lists, while buildings are under way: what was told
of them stays told, and nothing that shows it may stop.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from matters.acceptance_parts import Procedure


class Titled(Protocol):
    """An entry of a list."""

    @property
    def title(self) -> str:
        """In Chinese."""


def title(known: Mapping[str, Titled], name: str) -> str:
    """Its title; of what is not in the list its name.

    >>> title({}, "fire")
    'fire'
    """
    return known[name].title if name in known else name


def titles(known: Mapping[str, Titled], names: Collection[str]) -> list[str]:
    """In the list's order; what is not in it comes last.

    >>> titles({}, ["fire", "lifts"])
    ['fire', 'lifts']
    """
    listed = [name for name in known if name in names]
    return [title(known, name) for name in dict.fromkeys([*listed, *names])]


def clause(procedure: Procedure, name: str) -> str:
    """A check with the clause by which it is looked at."""
    check = procedure.checks.get(name)
    return f"{check.title}（{check.clause}）" if check else name
