"""A batch for a table: records as its rows, and what is to be brought about at once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from connectors.tables_fit import Row
from connectors.tables_lookup import Key
from exchange.errors import Invalid


@dataclass(frozen=True, slots=True)
class Fitted:
    """Records as rows of the table, by key; and those that do not fit, by their number."""

    rows: Mapping[int, Row]
    keys: Mapping[int, Key]
    wrong: Mapping[int, Invalid]


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be brought about at once, and after which batch."""

    sync: str
    id: str
    after: str
    at: str
    over: bool = True
    rows: Mapping[Key, Row] = field(default_factory=dict)
    gone: Sequence[Key] = ()
    known: Collection[Key] | None = None
    """Of the rows, those that are there, if that was asked just now."""
