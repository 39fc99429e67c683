"""What of the ledger's bodies is gone, and whether a signed entry says so rightly.

Whoever owns the database can take a body away; who has no key of the hub can't write an entry that
says so. An entry that does must name entries that may go at all, of before the day that it names, and
as many as there are; what stays in their rows must be what it was (``pruning.columns_digest``).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from exchange import pruning, times
from exchange.errors import Invalid, Problem
from exchange.pruning import Pruned
from exchange.store import ledger_rows, prune_rows
from exchange.store.engine import Connection
from exchange.store.prune_rows import Run

Digest = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Gone:
    """Every ``pruned`` entry of the ledger, and what is wrong with those that say nothing."""

    found: tuple[Pruned, ...] = ()
    problems: tuple[Problem, ...] = ()
    _runs: tuple[Run, ...] = field(default=(), repr=False)

    def covers(self, seq: int) -> bool:
        """Does one of them name this place?"""
        at = bisect_right(self._runs, (seq, seq)) if self._runs else 0
        near = self._runs[max(0, at - 1) : at + 1]
        return any(first <= seq <= last for first, last in near)


def load(connection: Connection) -> Gone:
    """What the ledger says of its bodies."""
    found, problems = [], []
    for row in pruning.entries(connection):
        try:
            found.append(pruning.read(row))
        except Invalid as error:
            problems.append(Problem(error.code, error.facts))
    runs = _joined(run for each in found for run in each.runs)
    return Gone(tuple(found), tuple(problems), tuple(runs))


def _joined(runs: Iterator[Run]) -> list[Run]:
    """Runs that overlap or touch as one."""
    whole: list[Run] = []
    for first, last in sorted(runs):
        if whole and first <= whole[-1][1] + 1:
            whole[-1] = (whole[-1][0], max(last, whole[-1][1]))
        else:
            whole.append((first, last))
    return whole


def check(
    connection: Connection, gone: Gone, digest: Digest, since: int
) -> tuple[int, list[Problem]]:
    """How many named bodies are still there, and all that is wrong; with the entries from ``since`` on."""
    left, problems = 0, [*gone.problems, *_forged(connection, gone)]
    for each in gone.found:
        if each.seq < since:
            continue
        rows = pruning.shells(connection, each)
        left += sum(row.full for row in rows)
        right = {row.kind for row in rows} <= set(pruning.KINDS)
        right = right and pruning.columns_digest(rows, digest) == each.columns
        if not right or len(rows) != each.count:
            problems.append(Problem("ledger.pruned-differs", {"seq": each.seq}))
        if not _is_before(connection, each):
            problems.append(Problem("ledger.pruned-early", {"seq": each.seq}))
    return left, problems


def _forged(connection: Connection, gone: Gone) -> Iterator[Problem]:
    """Runs that the wall lets through, and no signed entry names."""
    told = {(first, last, each.seq) for each in gone.found for first, last in each.runs}
    for first, last, entry in prune_rows.allowed(connection):
        if (first, last, entry) not in told:
            yield Problem("ledger.pruned-forged", {"first": first, "last": last, "seq": entry})


def _is_before(connection: Connection, found: Pruned) -> bool:
    """By the signed heads: what lies under a head of before that day is older than it."""
    try:
        day = date.fromisoformat(found.before)
    except ValueError:
        return False
    until = times.stamp(datetime.combine(day, time(), times.CHINA))
    return found.runs[-1][1] < ledger_rows.size_before(connection, until)
