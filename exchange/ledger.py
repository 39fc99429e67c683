"""The append-only record: every entry is a leaf of one RFC 6962 tree, every commit group a head.

A commit group is whatever waits at this moment: its rows are written, the tip row is taken last,
its leaves are appended, one new head is signed, and all of it commits together. The head with
an inclusion path is the signature of each entry: one signature a group, of one entry or 1,000.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock, get_ident
from typing import Any, Protocol, TypeVar

from crypto import jws, merkle, suites
from crypto.merkle import Frontier
from exchange import canonical, times
from exchange.errors import Fatal, Retriable, ZhidaError
from exchange.ports import Clock, Signer
from exchange.store import ledger_rows
from exchange.store.engine import Connection, Store, foreign_errors
from exchange.store.ledger_rows import EntryRow

HEAD_TYPE = "zhida-head+jws"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: a kind, what it is about, and details without personal data."""

    kind: str
    ref: str
    """Id of the transfer, receipt, document, case… that it is about."""
    case: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    """Anything but ``kind``, ``ref``, ``case`` and ``at``: these are the entry's own."""


Work = Callable[[Connection], list[Entry]]
"""Writes rows and tells what to record, inside the group's transaction, and does nothing else.

Run again from the start if the group's transaction gave way to another process's.
"""

Choice = Callable[[Connection, list[Entry]], Signer]
"""Which key signs the head over these entries, asked in the transaction that has written them.

Every key that it gives is of the suite of the ledger's first.
"""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a commit group has become: the new end of the tree, when, the head over it, and its entries."""

    end: Frontier
    at: str
    token: str
    rows: Sequence[EntryRow]


class Guard(Protocol):
    """Who looks, before a head is signed, whether its tree is still ours (``exchange.continuity``)."""

    def require(self, connection: Connection, tip: Frontier) -> None:
        """``Fatal`` if not. The tip is locked."""

    def signed(self, done: Signed) -> None:
        """This was committed."""


T = TypeVar("T")
_TRIES = 5
"""How often a group that gave way in a deadlock is tried."""


@dataclass(slots=True)
class _Waiting:
    work: Work
    done: bool = False
    error: BaseException | None = None


class Ledger:
    """Commits work and records it, in groups. Thread-safe.

    Whoever comes while a group is being committed waits and goes with the next; the first of
    them commits for all. A failing piece of work rolls back alone (savepoint; alone in its group,
    the transaction itself) and raises at its own caller. If the group itself can't be committed,
    nobody's work is, and everyone's caller gets the error.
    """

    def __init__(
        self,
        store: Store,
        signer: Signer,
        *,
        origin: str,
        clock: Clock,
        choose: Choice | None = None,
        guard: Guard | None = None,
    ) -> None:
        self._store = store
        self._choose = choose or (lambda *_: signer)
        self._origin = origin
        self._clock = clock
        self._guard = guard
        self._digest = suites.suite(signer.suite).digest
        self._waiting: list[_Waiting] = []
        self._queue = Lock()
        self._leader = Lock()
        self._leading = 0

    def commit(self, work: Work) -> None:
        """Run ``work`` and append its entries, durably, before this returns.

        Not from inside another's work: that is one transaction already (``Fatal``).
        """
        if self._leading == get_ident():
            raise Fatal("ledger.nested")
        mine = _Waiting(work)
        with self._queue:
            self._waiting.append(mine)
        with self._leader:
            if not mine.done:
                self._lead()
        if mine.error is not None:
            raise mine.error

    def decide(self, work: Callable[[Connection], tuple[T, list[Entry]]]) -> T:
        """The same for work that tells its caller what it found: what the committed run told."""
        told: list[T] = []

        def once(connection: Connection) -> list[Entry]:
            found, entries = work(connection)
            told[:] = [found]  # not of a run before, that gave way
            return entries

        self.commit(once)
        return told[0]

    def _lead(self) -> None:
        """Commit for all that wait now; whatever happens, each of them learns of it."""
        with self._queue:
            group, self._waiting = self._waiting, []
        self._leading = get_ident()
        try:
            self._commit_group(group)
        except BaseException as error:
            _fail(group, error)
            if not isinstance(error, Exception):
                raise  # this thread is being stopped, in the middle of the others' work too
        finally:
            self._leading = 0
            for member in group:
                member.done = True

    def _commit_group(self, group: list[_Waiting]) -> None:
        for _ in range(_TRIES - 1):
            try:
                return self._try_group(group)
            except Retriable as error:
                if error.code != "store.deadlock":
                    raise
        return self._try_group(group)

    def _try_group(self, group: list[_Waiting]) -> None:
        alone, done = len(group) == 1, None
        with self._store.write() as connection:
            if alone:
                entries = group[0].work(connection)
            else:
                entries = [e for member in group for e in _run(member, connection)]
            if entries:
                done = self._append(connection, entries, self._clock())
        if done is not None and self._guard is not None:
            self._guard.signed(done)

    def _append(self, connection: Connection, entries: list[Entry], now: datetime) -> Signed:
        old = ledger_rows.take_tip(connection, self._digest)
        if self._guard is not None:
            self._guard.require(connection, old)
        at = times.stamp(now)
        rows = [
            self._row(old.size + place, entry, canonical.dumps(_told(entry, at)))
            for place, entry in enumerate(entries)
        ]
        new = old.extend(row.hash for row in rows)
        ledger_rows.insert_entries(connection, rows)
        ledger_rows.insert_tiles(connection, old.size, new.size, self._digest)
        head = head_payload(self._origin, new.size, new.root(), at)
        signer = self._choose(connection, entries)
        token = jws.sign(canonical.dumps(head), signer, {"typ": HEAD_TYPE})
        ledger_rows.put_tip(connection, new, at, token)
        return Signed(new, at, token, rows)

    def _row(self, seq: int, entry: Entry, body: bytes) -> EntryRow:
        leaf = merkle.leaf_hash(self._digest, body)
        return EntryRow(seq, entry.kind, entry.case, entry.ref, body, leaf)


def _run(member: _Waiting, connection: Connection) -> list[Entry]:
    member.error = None
    savepoint = connection.begin_nested()
    try:
        with foreign_errors():
            entries = member.work(connection)
            for entry in entries:
                canonical.dumps(entry.details)  # what can't be told fails alone, not the group
    except Exception as error:
        if isinstance(error, Retriable) and error.code == "store.deadlock":
            raise  # the others' locks are in it too: the whole group gives way
        savepoint.rollback()
        member.error = error
        return []
    savepoint.commit()
    return entries


def _fail(group: list[_Waiting], error: BaseException) -> None:
    """Nothing of the group was committed: each caller gets an error of its own."""
    for member in group:
        if isinstance(error, ZhidaError) and len(group) > 1:
            mine: BaseException = copy.copy(error)
        elif isinstance(error, Exception):
            mine = error
        else:
            mine = Retriable("store.unavailable", reason=type(error).__name__)
        member.error = member.error or mine


def _told(entry: Entry, now: str) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": entry.kind, "ref": entry.ref, "at": now}
    if entry.case:
        told["case"] = entry.case
    return entry.details | told


def head_payload(origin: str, size: int, root: bytes, now: str) -> dict[str, Any]:
    """What a signed head says: whose ledger, how many entries, their root, when."""
    return {"origin": origin, "size": size, "root": root.hex(), "at": now}
