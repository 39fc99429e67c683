"""When there is something to do again for an item: never sooner than it can be of use."""

from __future__ import annotations

from datetime import datetime, timedelta

from exchange import circuit, times
from exchange.outcome import Outcome
from exchange.ports import Operation
from exchange.store.delivery_rows import DeliveryRow

STORED_POLL = timedelta(seconds=10)
"""How often to look whether the person at the target has finished, at first."""
BUSY_POLL = timedelta(seconds=5)
"""How often to look whether a worker that owns an effect is still alive."""
AGAIN = ("unknown", "ready", "stored")
"""States in which there is something to do again; all others are over."""
LONGEST_ASKED = timedelta(days=1)


def settled(row: DeliveryRow, operation: Operation) -> datetime:
    """From when on the peer surely no longer executes what was sent."""
    return times.instant(row.sent_at) + operation.settle


def due_again(
    told: Outcome,
    now: datetime,
    *,
    operation: Operation,
    row: DeliveryRow | None,
    open_until: datetime | None,
) -> datetime:
    """Not before the effect settled, the circuit closes, and the peer's own pause is over.

    ``row`` is the delivery as it will be (None: there is none), ``open_until`` the end of the
    circuit's pause. Of what its target tells by itself, silence is looked at once a day.
    """
    if told.state not in AGAIN:
        return now
    waits = [now + asked_pause(told), open_until or now]
    if told.state == "stored" and row is not None:
        waited = now - times.instant(row.sent_at)
        waits.append(now + (LONGEST_ASKED if operation.tells else poll_pause(waited)))
    else:
        waits.append(now + circuit.pause(row.attempts if row else 1))
    if told.state == "unknown" and row is not None:
        waits.append(settled(row, operation))
    return max(waits)


def poll_pause(waited: timedelta) -> timedelta:
    """Between two looks at what a person has to do: who has waited long can wait a little longer.

    >>> [int(poll_pause(timedelta(minutes=n)).total_seconds()) for n in (0, 1, 10, 10_000)]
    [10, 10, 60, 300]
    """
    return min(max(STORED_POLL, waited / 10), circuit.LONGEST)


def asked_pause(outcome: Outcome) -> timedelta:
    """The pause that the peer itself asked for (Retry-After, in seconds); a day at most.

    >>> asked_pause(Outcome("ready", facts={"retry_after": 10**30})).days
    1
    """
    asked = outcome.facts.get("retry_after", 0)
    seconds = asked if isinstance(asked, int) else 0
    return timedelta(seconds=min(max(seconds, 0), LONGEST_ASKED.total_seconds()))
