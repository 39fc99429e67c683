"""A system that does not answer is left alone for a while, and longer each time.

One that answers slowly is noted as well, so that nobody else need wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
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
SLOW_CODE = "circuit.slow"


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
    row = CircuitRow(system, failures, times.stamp(until), since, code)
    delivery_rows.put_circuit(connection, row)
    if failures >= TOLERATED:
        trouble = Trouble(system, "system", code, facts or {})
        incident.begin(connection, trouble, times.instant(since))


def answered(connection: Connection, system: str, now: datetime) -> None:
    """The system answers: closed again, and its incident with it. (It may still be slow.)"""
    if delivery_rows.close_circuit(connection, system):
        incident.end(connection, system, "system", now)


def took(connection: Connection, system: str, longest: timedelta, now: datetime) -> None:
    """How long the longest of its last cases took: is the system slow from now on?"""
    row, at = delivery_rows.get_circuit(connection, system), times.stamp(now)
    if row is None and longest > SLOW:
        delivery_rows.put_circuit(connection, CircuitRow(system, 0, at, at, SLOW_CODE))
    elif row is not None and not row.failures and longest <= SLOW:
        delivery_rows.forget_slow(connection, system)


def open_until(connection: Connection, system: str, now: datetime) -> datetime | None:
    """Until when nobody asks this system; None when it may be asked."""
    row = delivery_rows.get_circuit(connection, system)
    if row is None or times.instant(row.open_until) <= now:
        return None
    return times.instant(row.open_until)
