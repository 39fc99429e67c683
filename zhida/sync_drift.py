"""What has changed in the columns of a source since they were accepted (the contract)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exchange.errors import Fatal, Problem, Rejected
from exchange.names import nearest
from exchange.ports import Record

Told = Mapping[str, Sequence[str]]
"""Column → its type in words, and the kind of its values (``text``, ``whole``, ``truth``)."""
_KINDS: Mapping[str, tuple[type, ...]] = {"text": (str,), "whole": (int, str), "truth": (bool,)}
"""Kind → what a record may hold: a long number is a text."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Columns that came, and columns of another type; none: nothing has changed."""

    added: tuple[str, ...] = ()
    retyped: Mapping[str, str] = field(default_factory=dict)
    """Column → the kind that its values had."""

    @property
    def is_there(self) -> bool:
        """Has anything changed?"""
        return bool(self.added or self.retyped)

    def problem(self, record: Record) -> Problem | None:
        """Why a row is not what was agreed on: it uses a new column, or another kind of value.

        >>> Drift(("B",)).problem({"A": "1"}), Drift(("B",)).problem({"B": "1"}).code
        (None, 'sync.drifted-row')
        """
        used = [name for name in self.added if name in record]
        used += [name for name, kind in self.retyped.items() if _is_other(record.get(name), kind)]
        return Problem("sync.drifted-row", {"columns": ", ".join(used)}) if used else None


def _is_other(value: object, kind: str) -> bool:
    return value is not None and type(value) not in _KINDS[kind]


def find(sync: str, contract: Told, now: Told, used: Sequence[str]) -> Drift:
    """What has changed. ``Fatal`` if a column that is used is gone: what it held would be lost in silence."""
    added = [name for name in now if name not in contract]
    for name in used:
        if name not in now:
            near = nearest(name, added or now)
            raise Fatal("sync.column-gone", sync=sync, column=name, nearest=near)
    retyped = {n: contract[n][1] for n in contract if n in now and contract[n][0] != now[n][0]}
    return Drift(tuple(added), {n: kind for n, kind in retyped.items() if n in used})


def refuse(sync: str, drift: Drift) -> None:
    """``Rejected`` with what has changed."""
    if drift.is_there:
        told = [f"+{name}" for name in drift.added] + [f"~{name}" for name in drift.retyped]
        raise Rejected("sync.drift", sync=sync, columns=", ".join(told)[:200])
