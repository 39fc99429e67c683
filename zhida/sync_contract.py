"""The columns of a source as they were accepted, against those that it has now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from exchange import canonical
from exchange.errors import Fatal, Rejected
from mappings.compiler import Mapping as Compiled
from zhida import sync_drift, sync_ends
from zhida.sync_asked import DRIFT, Asked
from zhida.sync_books import Books
from zhida.sync_drift import Drift
from zhida.sync_listed import ListedSource
from zhida.sync_questions import Source
from zhida.sync_to import Line

MOST_REPEATED = 1000
"""Keys that several rows have; more, and they are no keys."""
_FEW = 50
"""Rows of an API in which a column may be empty everywhere by chance."""


def contract(
    books: Books, source: Source, mapping: Compiled | None, asked: Asked
) -> tuple[Drift, list[str]]:
    """What has changed, and the columns that are read. The first run accepts what it finds."""
    sync, text = books.line.sync, books.known().contract
    known = canonical.loads(text.encode()) if text else {}
    now = _seen(source, known)
    if not now:
        raise Rejected("sync.empty-list", list=sync.source.table)
    if not text or DRIFT in asked.accept:
        books.accept(canonical.dumps(now).decode())
        return Drift(), sync_ends.read_columns(sync, mapping, list(now))
    read = sync_ends.read_columns(sync, mapping, list(known))
    drift = sync_drift.find(sync.name, known, now, [*read, *sync.source.key])
    if sync.drift == "stop":
        sync_drift.refuse(sync.name, drift)
    return (drift if sync.drift == "quarantine" else Drift()), read


def _seen(source: Source, known: Mapping[str, Sequence[str]]) -> Any:
    """What it has now; of a few rows that are new nobody can say that a column is gone."""
    now = source.told()
    few = isinstance(source, ListedSource) and source.is_part and source.count() < _FEW
    return known if not now or (few and set(now) <= set(known)) else now


def repeated(line: Line, source: Source) -> frozenset[tuple[Any, ...]]:
    """Keys that several rows have, where the database itself lets that be."""
    if source.is_unique:
        return frozenset()
    found = source.repeated(MOST_REPEATED + 1)
    if len(found) > MOST_REPEATED:
        raise Fatal("sync.no-key", sync=line.sync.name, table=line.sync.source.name)
    return frozenset(found)
