"""Bodies of old ledger entries go, everything that proves something stays.

An entry's leaf hash, its place, kind, case and what it is about stay in their row, so every path in
the tree and every count of a report stays what it was. First a signed ``pruned`` entry says which
bodies go, who decided it and why; only then the bodies are taken away. A body that is not there and
that no such entry names is a change of the ledger like any other (``exchange.audit``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from exchange import canonical
from exchange.errors import Invalid
from exchange.ledger import Entry, Ledger
from exchange.store import ledger_rows, prune_rows
from exchange.store.engine import Connection, Store
from exchange.store.ledger_rows import EntryRow
from exchange.store.prune_rows import Rule, Run, Shell

KIND, PREFIX = "pruned", "pruned/"
KINDS = ("document", "query", "receipt", "transfer")
"""What may go: by far the most of a ledger, and read by no report and no decision of ours."""
SPAN = 4096
"""Places that one ``pruned`` entry is about at most; the wall counts on it (migration 0017)."""
Digest = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a ``pruned`` entry says: which bodies go (``runs``), and what stays of their entries."""

    seq: int
    at: str
    before: str
    """Civil day: nothing of this day or later goes."""
    runs: tuple[Run, ...]
    count: int
    columns: str
    """Digest of what stays in the rows (``columns_digest``)."""
    tokens: tuple[str, ...]
    """The two people's signed words."""

    def covers(self, seq: int) -> bool:
        """Is this place named?"""
        return any(first <= seq <= last for first, last in self.runs)


@dataclass(frozen=True, slots=True)
class Order:
    """What has been decided: up to which day, why, by whom (``told``: what stands in each entry)."""

    proposal: str
    before: str
    rule: Rule
    told: Mapping[str, Any]


def runs_of(seqs: Iterable[int]) -> list[Run]:
    """Places as runs, in order.

    >>> runs_of([3, 4, 5, 9])
    [(3, 5), (9, 9)]
    """
    places = sorted(seqs)
    breaks = [n for n, (a, b) in enumerate(pairwise(places), 1) if b != a + 1]
    edges = [0, *breaks, len(places)] if places else []
    return [(places[first], places[until - 1]) for first, until in pairwise(edges)]


def columns_digest(rows: Iterable[Shell], digest: Digest) -> str:
    """Over what stays of these entries but their hashes, which the tree holds: hex."""
    lines = [canonical.dumps([row.seq, row.kind, row.case, row.ref]) for row in rows]
    return digest(b"\n".join(lines)).hex()


def read(row: EntryRow) -> Pruned:
    """``Invalid`` for what says nothing of the kind."""
    try:
        told = canonical.loads(row.body)
        runs = tuple((first, last) for first, last in told["runs"])
        texts = (told["at"], told["before"], told["columns"], *told["tokens"])
        found = Pruned(
            row.seq, told["at"], told["before"], runs, told["count"], told["columns"],
            tuple(told["tokens"]),
        )  # fmt: skip
    except (Invalid, KeyError, TypeError, ValueError):
        raise Invalid("ledger.prune-form", seq=row.seq) from None
    if not (all(isinstance(each, str) for each in texts) and _are_runs(found)):
        raise Invalid("ledger.prune-form", seq=row.seq)
    return found


def _are_runs(found: Pruned) -> bool:
    """Whole numbers in order, apart from one another, before the entry itself, in one span."""
    edges = [edge for run in found.runs for edge in run]
    if not edges or any(type(edge) is not int for edge in [*edges, found.count]):
        return False
    apart = all(a[1] + 1 < b[0] for a, b in pairwise(found.runs))
    inside = all(0 <= first <= last for first, last in found.runs)
    total = sum(last - first + 1 for first, last in found.runs)
    return (
        apart and inside and edges[-1] < found.seq
        and edges[-1] - edges[0] < SPAN and total == found.count
    )  # fmt: skip


def entries(connection: Connection, about: str = "") -> list[EntryRow]:
    """The ``pruned`` entries, in order; of one proposal if named."""
    found = ledger_rows.entries_about(connection, f"{PREFIX}{about}/" if about else PREFIX)
    return [row for row in found if row.kind == KIND]


def shells(connection: Connection, found: Pruned) -> list[Shell]:
    """What stays of the entries that it names."""
    rows = prune_rows.shells(connection, (found.runs[0][0], found.runs[-1][1]))
    return [row for row in rows if found.covers(row.seq)]


def announce(ledger: Ledger, run: Run, order: Order, digest: Digest) -> int:
    """Say in the ledger which bodies of these places go; how many there are. Nothing goes yet.

    What may go is looked at in the same transaction, after the decision and not before it.
    """

    def write(connection: Connection) -> tuple[int, list[Entry]]:
        rows = prune_rows.ripe(connection, run, order.rule)
        return len(rows), [_entry(rows, order, digest)] if rows else []

    return ledger.decide(write)


def _entry(rows: Sequence[Shell], order: Order, digest: Digest) -> Entry:
    told = {
        "before": order.before,
        "runs": [list(run) for run in runs_of(row.seq for row in rows)],
        "count": len(rows),
        "columns": columns_digest(rows, digest),
    }
    return Entry(KIND, f"{PREFIX}{order.proposal}/{rows[0].seq}", details={**order.told, **told})


def carry_out(store: Store, proposal: str, held: Callable[[Connection], frozenset[str]]) -> int:
    """Take away what this proposal's entries name and what is still there; how many bodies went.

    What has come under a hold meanwhile stays. Safe to repeat, and to be killed anywhere.
    """
    with store.read() as connection:
        found = [read(row) for row in entries(connection, proposal)]
    return sum(_take(store, each, held) for each in found)


def _take(store: Store, found: Pruned, held: Callable[[Connection], frozenset[str]]) -> int:
    with store.write() as connection:
        if not prune_rows.allowed(connection, found.seq):
            prune_rows.allow(connection, found.seq, found.runs)
        kept = held(connection)
        gone = [r.seq for r in shells(connection, found) if r.full and r.case not in kept]
        prune_rows.empty(connection, gone)
    return len(gone)
