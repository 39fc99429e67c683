"""The clock of one item of one case: its last day by law, what is left, and whether it stands still.

Nothing but the beginning is stored, as days from the opening of its case. A pause only ever puts
the last day off, so what was counted without it comes too early, never too late, and is counted
again when it comes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from exchange import times
from exchange.case import hand_of, root_of
from exchange.errors import Invalid, Problem
from exchange.store.delivery_rows import DeliveryRow
from matters import terms
from matters.terms import Pause, Term, WorkingDays
from matters.working_days import Holidays

NEAR, OVERDUE, UNKNOWN = "near", "overdue", "unknown"
"""What somebody is told of a period."""


@dataclass(frozen=True, slots=True)
class Stops:
    """When a clock stood still, and whether it does now."""

    pauses: tuple[Pause, ...] = ()
    now: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """How a clock stands on a day."""

    due: date | None
    doubt: Problem | None
    """Why the last day is not known; with ``due``: why it may be later."""
    remind: date | None
    left: int | None
    """Days until the last one, 0 on it, negative after it; None: not known."""
    in_working_days: bool
    paused: bool

    def stage(self, today: date) -> str:
        """What is to be told by now; empty: nothing."""
        if self.due is None:
            return UNKNOWN
        if today > self.due:
            return OVERDUE
        return NEAR if self.remind is not None and today >= self.remind else ""


def read(term: Term, begins: date, today: date, *, holidays: Holidays, stops: Stops) -> Reading:
    """The clock on ``today``."""
    due = terms.last_day(term.legal, begins, holidays, stops.pauses)
    working = isinstance(term.legal, WorkingDays)
    remind, left, doubt = None, None, due.doubt
    if due.day is not None:
        try:
            remind = terms.reminder(term.remind, due.day, holidays) if term.remind else None
            left = terms.between(today, due.day, working=holidays if working else None)
        except Invalid as error:  # today, or the reminder, lies in a year that nobody knows
            doubt = error.problems[0]
    paused = stops.now and (due.day is None or today <= due.day)
    return Reading(due.day, doubt, remind, left, working, paused)


def stops(term: Term, deliveries: Iterable[DeliveryRow], today: date) -> Stops:
    """When the clock stood still: from the day on which a pausing item reached the person (its
    request was taken, and nobody had done it yet) to the day on which it was over.

    A pause that has not ended is taken to end today, so the last day moves on with it.
    """
    names = {*term.pauses_while, *map(hand_of, term.pauses_while)}
    rows = [row for row in deliveries if root_of(row.item) in names]
    waits = [row for row in rows if row.state == "stored"]
    over = [row for row in rows if row.settled_at]
    pauses = [Pause(_day(row.sent_at), today) for row in waits]
    pauses += [Pause(_day(row.sent_at), _day(row.settled_at)) for row in over]
    return Stops(tuple(pauses), bool(waits))


def _day(stamp: str) -> date:
    return times.civil_day(times.instant(stamp))
