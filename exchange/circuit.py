"""A system that does not answer is left alone for a while, and longer each time.

One that is slow is noted as well, so that nobody else need wait for it: an answer to a question does
not end that, for who answers questions may still let acts time out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from exchange import incident, times
from exchange.errors import Fact
from exchange.incident import Trouble
from exchange.store import delivery_rows
from exchange.store.delivery_rows import CircuitRow
from exchange.store.engine import Connection

TOLERATED = 3
"""Failures in a row after which nobody asks for a while."""
LONGEST = timedelta(minutes=5)
SLOW = timedelta(seconds=5)
"""Longer than this for one case, and a system is worked with beside the sweeps, not in them."""


def pause(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: 1, 2, 4 … seconds, at most 5 minutes.

    >>> [int(pause(n).total_seconds()) for n in (1, 2, 5, 50)]
    [1, 2, 16, 300]
    """
    return min(timedelta(seconds=2 ** min(failures - 1, 20)), LONGEST)


def failed(
    connection: Connection,
    system: str,
    code: str,
    now: datetime,
    *,
    facts: Mapping[str, Fact] | None = None,
) -> None:
    """Count a failure; from the third on the circuit is open until the pause is over.

    With the circuit an incident begins, in the same transaction.
    """
    before = delivery_rows.get_circuit(connection, system)
    failures = 1 + (before.failures if before else 0)
    until = now + pause(failures) if failures >= TOLERATED else now
    since = before.since if before and before.failures else times.stamp(now)
    slow = before.slow if before else 0
    row = CircuitRow(system, failures, times.stamp(until), since, code, slow)
    delivery_rows.put_circuit(connection, row)
    if failures >= TOLERATED:
        trouble = Trouble(system, "system", code, facts or {})
        incident.begin(connection, trouble, times.instant(since))


def answered(connection: Connection, system: str, now: datetime) -> None:
    """The system answers: closed again, and its incident with it. (It may still be slow.)"""
    if delivery_rows.close_circuit(connection, system):
        incident.end(connection, system, "system", now)


def slowed(connection: Connection, system: str, now: datetime) -> None:
    """One of its cases took long: it is slow until a whole turn was quick."""
    at = times.stamp(now)
    row = delivery_rows.get_circuit(connection, system) or CircuitRow(system, 0, at, at, "")
    delivery_rows.put_circuit(connection, replace(row, slow=1))


def open_until(connection: Connection, system: str, now: datetime) -> datetime | None:
    """Until when nobody asks this system; None when it may be asked."""
    row = delivery_rows.get_circuit(connection, system)
    if row is None or times.instant(row.open_until) <= now:
        return None
    return times.instant(row.open_until)
