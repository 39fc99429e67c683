"""A run of one line, from its agreement to its last row; what it came to stands in the store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from connectors import tables_mark
from connectors.tables_keyset import Span
from exchange import canonical, times
from exchange.document import new_id
from exchange.errors import Rejected, ZhidaError
from exchange.store.sync_batch_rows import Counts
from exchange.store.sync_rows import RunRow
from zhida import sync_answers, sync_contract, sync_ends, sync_through
from zhida.hub import Hub
from zhida.sync_arrival_books import ArrivalBooks
from zhida.sync_asked import ERRORS, Asked
from zhida.sync_away import AwayBooks
from zhida.sync_books import Books
from zhida.sync_line import Stopped, Work
from zhida.sync_listed import Nothing
from zhida.sync_questions import Source, Target
from zhida.sync_sort import Sorter
from zhida.sync_to import Line


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
    books = _books(line)(hub, line, new_id(), _about(line))
    books.begin(asked.kind)
    begun = RunRow(books.run, *line.names, asked.kind, "running", times.stamp(hub.clock()))
    told: dict[str, Any] = {}
    try:
        with _opened(books, asked) as work:
            told = sync_through.work_through(work, asked)
            sync_answers.urge(work)
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


def _books(line: Line) -> type[Books]:
    """Of a line that goes through a gate, those of its side."""
    if line.sync.source.kind == "gate":
        return ArrivalBooks
    return AwayBooks if line.target.kind == "gate" else Books


def _about(line: Line) -> dict[str, Any]:
    sync = line.sync
    told = {"sync": sync.name, "source": sync.source.name, "target": line.target.name}
    if sync.source.kind == "query":
        told["query_digest"] = hashlib.sha256(sync.source.table.encode()).hexdigest()
    return told


@contextmanager
def _opened(books: Books, asked: Asked) -> Iterator[Work]:
    """Both ends, once the agreement allows every column and the source is as it was accepted."""
    hub, line = books.hub, books.line
    mapping = sync_ends.mapping_of(hub.site, line.sync)
    with sync_ends.source(hub, line.sync, since=_since(books, asked)) as source:
        drift, read = sync_contract.contract(books, source, mapping, asked)
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
            repeated = sync_contract.repeated(line, source)
            sorter = Sorter(
                line.sync, line.target.key, mapping, allowed, drift, repeated, into,
                is_fresh=_is_fresh(books, source, into),
            )  # fmt: skip
            most = 100 if ERRORS in asked.accept else line.sync.errors
            yield Work(books, source, into, sorter, most, asked.tell)


def _since(books: Books, asked: Asked) -> Span:
    """Of an API with a cursor: which rows it is asked for."""
    sync = books.line.sync
    if sync.since is None:
        return Span()
    if asked.between is not None:
        return sync.since.span(*asked.between)
    done = books.progress().along(sync.cursor).high
    return Span(low=None if done is None else tables_mark.before(done, sync.look_back))


def _is_fresh(books: Books, source: Source, into: Target) -> bool:
    """A first load: nothing is in the target, and no key will come twice."""
    plain = not books.line.sync.mapping and source.is_unique
    return plain and books.sent() is None and into.count() == 0
