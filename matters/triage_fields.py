"""What the rules of triage look at: a registration's leaves, and the days left of the periods it implies.

Days left are counted from what the registration says, without the registration itself: it interrupts
the limitation (劳动争议调解仲裁法第二十七条第二款), but whether a court will see it so is what the rule
of thirty days is cautious about.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time

from exchange import pointer, times
from exchange.ports import Record, Scalar
from matters import ladder_clocks
from matters.ladder_parts import Event, Ladder
from matters.working_days import Holidays

HUB = "hub"
"""The role that tells what a registration implies."""
_WAGES = ("wages", "overtime")
"""Kinds that are about remuneration (of overtime inferred)."""
_RIGHT, _DUE, _ENDED, _ACT = "right_known", "wages_due", "employment_ended", "act_ended"
_NAMES = {
    _RIGHT: "right-known",
    _DUE: "wages-due",
    _ENDED: "employment-ended",
    _ACT: "act-ended",
}

_INTERRUPTS = ("demanded", "referred", "consented")
"""What a form without a list of interruptions has: the last day of each."""


def marks(registration: Record) -> list[Event]:
    """Events that begin or interrupt periods, oldest first, each at the start of its day in China.

    A dispute about remuneration has no limit from the day on which the right was known, only from the
    end of the employment (第二十七条第四款), which begins nothing where no wages are in dispute.

    >>> told = {"kind": "wages", "dates": {"right_known": "2025-01-02", "employment_ended": "2026-01-05"}}
    >>> [(each.name, each.at.isoformat()) for each in marks(told)]
    [('employment-ended', '2026-01-05T00:00:00+08:00')]
    """
    dates: Mapping[str, str] = registration.get("dates", {})
    about_wages = registration["kind"] in _WAGES
    left_out = {_RIGHT} if about_wages else set[str]()
    if not about_wages and _DUE not in dates:
        left_out.add(_ENDED)
    found = [(dates[key], name) for key, name in _NAMES.items() if key in dates.keys() - left_out]
    found += [(each["on"], each["what"]) for each in registration.get("interruptions", ())]
    found += [(dates[what], what) for what in _INTERRUPTS if what in dates]
    return [Event(name, _start(day), HUB) for day, name in sorted(found, key=lambda each: each[0])]


def _start(day: str) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(), times.CHINA)


def last_days(ladder: Ladder, registration: Record, holidays: Holidays) -> dict[str, date]:
    """Period → its last day, of those that the registration has begun; of one that stands still: none."""
    running = ladder_clocks.reckon_all(ladder.clocks.values(), marks(registration), holidays)
    return {
        name: day
        for name, each in running.items()
        if each.stopped is None and each.suspended is None and (day := each.due(holidays).day)
    }


def fields(registration: Record, periods: Mapping[str, date], today: date) -> dict[str, Scalar]:
    """``/case/…`` as the registration says it, and ``/left/<period>``: days from ``today`` to its last
    day, which is 0 on the last day itself and less when it is over.

    ``periods``: period → last day, as ``last_days`` has it. What is not known is left out.

    >>> fields({"kind": "wages"}, {"limitation": date(2026, 3, 31)}, date(2026, 3, 1))
    {'/case/kind': 'wages', '/left/limitation': 30}
    """
    told = {f"/case{path}": value for path, value in pointer.flatten(registration).items()}
    left = {f"/left/{name}": (day - today).days for name, day in periods.items()}
    return told | left
