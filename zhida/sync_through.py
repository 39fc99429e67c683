"""A run of a line whose ends are open, from what a dead process has left to its last row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from connectors.tables_keyset import Span
from exchange.errors import Rejected
from zhida import sync_answers, sync_arrivals, sync_ends, sync_recovery
from zhida.sync_asked import DROP, Asked
from zhida.sync_books import Books
from zhida.sync_line import Work
from zhida.sync_questions import Target


def work_through(work: Work, asked: Asked) -> dict[str, Any]:
    """All of it; what is known of the line afterwards."""
    if work.sync.source.kind == "gate":
        return sync_arrivals.work_through(work, asked)
    sync_recovery.recover(work)
    sync_answers.take(work)
    if work.sync.is_listed:
        return _listed(work, asked)
    if asked.between is not None:
        work.read(work.source.span(*asked.between), None)
        return {}
    count = work.source.count()
    if DROP not in asked.accept:
        _require_rows(work.books, count, work.into)
    progress = work.books.progress().along(work.sync.cursor)
    newest = work.source.newest() if work.sync.cursor else None
    work.nameless()
    begun = progress.begun(newest, work.sync.look_back)
    if work.sync.is_snapshot or newest is not None:
        begun = work.read(begun.span, begun) or begun
    if work.sync.is_snapshot:
        work.take_away()
    ended = begun.ended(work.books.hub.clock())
    return {"rows": count, "place": work.books.sealed(ended)}


def _listed(work: Work, asked: Asked) -> dict[str, Any]:
    """A list, from its first row to its last; one that died begins anew, for the next may be another."""
    count = work.source.count()
    if DROP not in asked.accept and work.sync.is_snapshot:
        _require_rows(work.books, count, work.into)
    work.nameless()
    work.read(Span(), None)
    if work.sync.is_snapshot:
        work.take_away()
    if work.sync.since is None:
        return {"rows": count, "more": sync_ends.settle(work.source)}
    return {} if asked.between else {"place": _behind(work)}


def _behind(work: Work) -> bytes:
    """The next time the API is asked for what comes after the newest row of this list."""
    done = work.books.progress().along(work.sync.cursor)
    ended = replace(done, until=work.source.newest()).ended(work.books.hub.clock())
    return work.books.sealed(ended)


def _require_rows(books: Books, count: int, into: Target) -> None:
    """``Rejected`` if so many rows are gone that the source was rather emptied than changed."""
    sync, known = books.line.sync, books.known().rows
    before = max(known, into.count()) if sync.is_snapshot else known
    if 100 * count < (100 - sync.drop) * before:
        raise Rejected("sync.dropped", sync=sync.name, rows=count, before=before, limit=sync.drop)
