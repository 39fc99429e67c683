"""A run of one line, from its agreement to its last row; what it came to stands in the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from connectors.tables_keyset import Span
from exchange import canonical, times
from exchange.document import new_id
from exchange.errors import Fatal, Rejected, ZhidaError
from exchange.store.sync_batch_rows import Counts
from exchange.store.sync_rows import RunRow
from mappings.compiler import Mapping
from zhida import sync_drift, sync_ends, sync_recovery
from zhida.hub import Hub
from zhida.sync_books import Books
from zhida.sync_drift import Drift
from zhida.sync_ends import Line
from zhida.sync_line import Stopped, Tell, Work
from zhida.sync_listed import Nothing
from zhida.sync_questions import Source, Target
from zhida.sync_sort import Sorter

RUN, BACKFILL = "run", "backfill"
DROP, ERRORS, DRIFT = ACCEPTED = ("drop", "errors", "drift")
MOST_REPEATED = 1000
"""Keys that several rows have; more, and they are no keys."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be run: all that is new, or a span of the cursor again."""

    between: tuple[str, str] | None = None
    """First and last value of the cursor, as a person writes them."""
    accept: frozenset[str] = frozenset()
    """What would stop the run and is all right this once; ``drift``: from now on."""
    tell: Tell = lambda _: None

    @property
    def kind(self) -> str:
        """As the store has it."""
        return BACKFILL if self.between else RUN


@dataclass(frozen=True, slots=True)
class Done:
    """What a run came to."""

    sync: str
    target: str
    run: str
    state: str
    """done, paused, busy, waiting (there was no list); one that was stopped or failed raises."""
    counts: dict[str, int] = field(default_factory=lambda: asdict(Counts()))
    more: bool = False
    """Does another list wait?"""


def run(hub: Hub, line: Line, asked: Asked) -> Done:
    """Everything that is new at the source, or the span that is asked for. Errors end the run and rise.

    Not for two at once (``zhida.sync_look``).
    """
    books = Books(hub, line, new_id(), _about(line))
    books.begin(asked.kind)
    begun = RunRow(books.run, *line.names, asked.kind, "running", times.stamp(hub.clock()))
    told: dict[str, Any] = {}
    try:
        with _opened(books, asked) as work:
            told = _worked(work, asked)
    except Stopped:
        return _ended(books, begun, "paused", told)
    except Nothing:
        return _ended(books, begun, "waiting", told)
    except ZhidaError as error:
        state = "stopped" if isinstance(error, Rejected) else "failed"
        facts = canonical.dumps(dict(error.facts)).decode()
        _ended(books, replace(begun, code=error.code, facts=facts), state, told)
        raise
    return _ended(books, begun, "done", told)


def _ended(books: Books, begun: RunRow, state: str, told: dict[str, Any]) -> Done:
    now, more = times.stamp(books.hub.clock()), bool(told.pop("more", False))
    books.end(replace(begun, state=state, ended_at=now), **told)
    return Done(*books.line.names, books.run, state, asdict(books.counts()), more)


def _about(line: Line) -> dict[str, Any]:
    sync = line.sync
    return {"sync": sync.name, "source": sync.source.name, "target": line.target.name}


@contextmanager
def _opened(books: Books, asked: Asked) -> Iterator[Work]:
    """Both ends, once the agreement allows every column and the source is as it was accepted."""
    hub, line = books.hub, books.line
    mapping = sync_ends.mapping_of(hub.site, line.sync)
    with sync_ends.source(hub, line.sync) as source:
        drift, read = _contract(books, source, mapping, asked)
        columns = sync_ends.written_columns(line, mapping, read)
        day = times.civil_day(hub.clock())
        allowed = sync_ends.permitted(hub.site, line, columns, day)
        held = {"agreement": allowed.id, "agreement_digest": allowed.digest()}
        about = {**books.about, **held, "purpose": line.sync.purpose}
        books = replace(books, about=about, mapping_digest=mapping.digest if mapping else "")
        more = drift.added if line.sync.drift == "quarantine" else ()
        source.choose([*read, *more])
        with sync_ends.target(hub, line, columns) as into:
            into.prepare()
            sync_ends.introduce(source, into, line)
            sorter = Sorter(
                line.sync, line.target.key, mapping, allowed, drift, _repeated(line, source), into,
                is_fresh=_is_fresh(books, source, into),
            )  # fmt: skip
            most = 100 if ERRORS in asked.accept else line.sync.errors
            yield Work(books, source, into, sorter, most, asked.tell)


def _contract(
    books: Books, source: Source, mapping: Mapping | None, asked: Asked
) -> tuple[Drift, list[str]]:
    """What has changed, and the columns that are read. The first run accepts what it finds."""
    sync, text = books.line.sync, books.known().contract
    now = source.told() or (canonical.loads(text.encode()) if text else {})
    if not now:
        raise Rejected("sync.empty-list", list=sync.source.table)
    if not text or DRIFT in asked.accept:
        books.accept(canonical.dumps(now).decode())
        return Drift(), sync_ends.read_columns(sync, mapping, list(now))
    contract = canonical.loads(text.encode())
    read = sync_ends.read_columns(sync, mapping, list(contract))
    drift = sync_drift.find(sync.name, contract, now, [*read, *sync.source.key])
    if sync.drift == "stop":
        sync_drift.refuse(sync.name, drift)
    return (drift if sync.drift == "quarantine" else Drift()), read


def _is_fresh(books: Books, source: Source, into: Target) -> bool:
    """A first load: nothing is in the target, and no key will come twice."""
    plain = not books.line.sync.mapping and source.is_unique
    return plain and books.sent() is None and into.count() == 0


def _repeated(line: Line, source: Source) -> frozenset[tuple[Any, ...]]:
    """Keys that several rows have, where the database itself lets that be."""
    if source.is_unique:
        return frozenset()
    found = source.repeated(MOST_REPEATED + 1)
    if len(found) > MOST_REPEATED:
        raise Fatal("sync.no-key", sync=line.sync.name, table=line.sync.source.table)
    return frozenset(found)


def _worked(work: Work, asked: Asked) -> dict[str, Any]:
    """All of it; what is known of the line afterwards."""
    sync_recovery.recover(work)
    if work.sync.is_listed:
        return _listed(work, asked)
    if asked.between is not None:
        work.read(work.source.span(*asked.between), None)
        return {}
    count = work.source.count()
    if DROP not in asked.accept:
        _require_rows(work.books, count, work.into)
    progress = work.books.progress()
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
    return {"rows": count, "more": sync_ends.settle(work.source)}


def _require_rows(books: Books, count: int, into: Target) -> None:
    """``Rejected`` if so many rows are gone that the source was rather emptied than changed."""
    sync, known = books.line.sync, books.known().rows
    before = max(known, into.count()) if sync.is_snapshot else known
    if 100 * count < (100 - sync.drop) * before:
        raise Rejected("sync.dropped", sync=sync.name, rows=count, before=before, limit=sync.drop)
