"""Compare our deliveries with the books that the targets keep (对账), and settle what these decide.

What they decide of the unknown is settled, and what they sent back (``came_back``). What disagrees is
told and changed by nobody: an effect of ours that they do not have is never sent again by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from exchange import canonical, times
from exchange.document import new_id
from exchange.errors import Fatal, Problem, Retriable
from exchange.ledger import Entry
from exchange.outcome import Outcome
from exchange.ports import BookEntry, Bookkeeper, Operation
from exchange.reconcile import Comparison, Ours, compare
from exchange.store import book_rows
from exchange.store.book_rows import ReconciliationRow, Span
from exchange.store.engine import Connection
from zhida import came_back, disagreement, doubt, legs
from zhida.hub import Hub
from zhida.keepers import keepers
from zhida.settle import OVER, settle
from zhida.site import System

WIDER = timedelta(hours=1)
"""So much wider than our span the books are read: clocks differ, and answers come late."""


@dataclass(slots=True)
class Report:
    """What comparing with one system came to."""

    system: str
    since: str
    until: str
    ours: int = 0
    theirs: int = 0
    agreed: int = 0
    neither: int = 0
    """Of those: nothing was done, by our receipt, and their books have nothing of it."""
    settled: int = 0
    waiting: int = 0
    missing: int = 0
    foreign: int = 0
    kept: int = 0
    """Effects that a restore had lost, now known again."""
    doubt_ended: bool = False
    problems: list[Problem] = field(default_factory=list)
    digest: str = ""
    """SHA-256 of their lines as canonical JSON."""


@dataclass(frozen=True, slots=True)
class Window:
    """From ``since`` to before ``until``."""

    since: datetime
    until: datetime

    def holds(self, moment: datetime) -> bool:
        """Does it lie within?"""
        return self.since <= moment < self.until


def day(when: date) -> Window:
    """A day as it is counted in China."""
    start = datetime.combine(when, time(), times.CHINA)
    return Window(start, start + timedelta(days=1))


def reconcile(hub: Hub, system: System, window: Window, *, dry_run: bool = False) -> Report:
    """Compare, settle, record. Raises what reading the books raises: then nothing was compared.

    ``dry_run``: compare only. ``Retriable``: an operator has stopped the system, so nobody asks it.
    """
    if legs.is_stopped(hub.store, system):
        raise Retriable("reconcile.stopped", system=system.name)
    adapter = hub.adapter(system)
    if not isinstance(adapter, Bookkeeper) or system.name not in keepers(hub.site.systems):
        raise Fatal("reconcile.no-books", system=system.name)
    window = Window(window.since, min(window.until, hub.clock()))
    report = Report(system.name, times.stamp(window.since), times.stamp(window.until))
    doubtful = doubt.is_in(hub, system)
    lines: list[BookEntry] = []
    for operation in sorted(adapter.booked):
        span = Span(system.name, operation, report.since, report.until)
        returns = bool(adapter.operations[operation].undone_by)
        found, ours, inside = _compare(hub, adapter, span, window, returns=returns)
        report.ours, lines = report.ours + len(ours), lines + inside
        if not dry_run:
            _settle(hub, report, adapter.operations[operation], found)
        _count(report, found)
        if not doubtful:
            _tell_foreign(report, found)
        elif not dry_run:  # it is what the restore lost: known from now on
            report.kept += doubt.keep(hub, span, found.foreign)
    report.theirs, report.digest = len(lines), _digest(lines)
    if not dry_run:
        _record(hub, system, window, report)
    return report


def _compare(
    hub: Hub, adapter: Bookkeeper, span: Span, window: Window, *, returns: bool
) -> tuple[Comparison, list[Ours], list[BookEntry]]:
    """Ours are read first: what comes about meanwhile is then known, and not missing."""
    with hub.store.read() as connection:
        ours = [Ours(row.effect, row.state) for row in book_rows.sent_in(connection, span)]
        first = min(times.instant(book_rows.first_sent(connection, span)), window.since)
    lines = list(adapter.books(span.operation, first - WIDER, window.until + WIDER))
    mine = {each.effect for each in ours}
    about = [line for line in lines if window.holds(line.at) or line.effect_key in mine]
    inside = [line for line in about if window.holds(line.at)]
    others = sorted({line.effect_key for line in inside} - mine)
    with hub.store.read() as connection:
        known = book_rows.states_of(connection, others)
    return compare(ours, about, known, returns=returns), ours, inside


def _count(report: Report, found: Comparison) -> None:
    report.agreed += len(found.agreed)
    report.neither += len(found.neither)
    report.waiting += len(found.waiting)
    report.missing += len(found.missing)
    report.foreign += len(found.foreign)
    add = report.problems.extend
    add(Problem("reconcile.missing", {"effect": key}) for key in found.missing)
    add(Problem("reconcile.unknowable", {"effect": key}) for key in found.unknowable)
    add(Problem("reconcile.doubled", {"effect": key}) for key in found.doubled)
    for line in found.differing:
        facts = {"effect": line.effect_key, "theirs": line.state}
        report.problems.append(Problem("reconcile.differs", facts))
    report.problems.sort(key=lambda problem: problem.code != "reconcile.doubled")  # loudest first


def _settle(hub: Hub, report: Report, operation: Operation, found: Comparison) -> None:
    report.settled += came_back.settle(hub, operation, found)
    for line in found.found:
        outcome = settle(hub, line)
        if outcome.state in OVER and not outcome.sick:
            report.settled += 1
        elif outcome.state == "busy":  # a worker is at it
            report.waiting += 1
        else:
            report.problems.append(_unsettled(line, outcome))


def _unsettled(line: BookEntry, outcome: Outcome) -> Problem:
    facts = {"effect": line.effect_key, "theirs": line.state}
    if outcome.code == "delivery.vanished":  # asked for it, the same system denies it
        return Problem("reconcile.differs", facts)
    return Problem("reconcile.unsettled", {**facts, "because": outcome.code})


def _tell_foreign(report: Report, found: Comparison) -> None:
    for line in found.foreign:
        facts = {"effect": line.effect_key, "at": times.stamp(line.at)}
        report.problems.append(Problem("reconcile.foreign", facts))


def _record(hub: Hub, system: System, window: Window, report: Report) -> None:
    """One row and one entry: numbers, and a digest of what was compared with."""
    report.doubt_ended = doubt.covered(hub, system, window.since, window.until)
    row = ReconciliationRow(
        id=new_id(),
        system=system.name,
        at=times.stamp(hub.clock()),
        since=report.since,
        until=report.until,
        ours=report.ours,
        theirs=report.theirs,
        settled=report.settled,
        missing=report.missing,
        foreign=report.foreign,
    )
    counts = ("ours", "theirs", "agreed", "settled", "waiting", "missing", "foreign", "kept")
    details = {name: getattr(report, name) for name in counts}
    details |= {"since": report.since, "until": report.until, "digest": report.digest}
    details |= {"system": system.name, "problems": len(report.problems)}

    def write(connection: Connection) -> list[Entry]:
        book_rows.add_reconciliation(connection, row)
        span = window.since, window.until
        disagreement.tell(connection, system.name, span, report.problems)
        ended = (
            doubt.end_entries(hub, connection, system.name, row.id) if report.doubt_ended else []
        )
        return [Entry("reconciliation", row.id, details=details), *ended]

    hub.ledger.commit(write)


def _digest(lines: Iterable[BookEntry]) -> str:
    told = [[e.effect_key, e.reference, e.state, times.stamp(e.at)] for e in lines]
    return hashlib.sha256(canonical.dumps({"lines": sorted(told)})).hexdigest()
