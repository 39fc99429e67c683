"""What wants a person and is no incident: nobody sweeps, nobody is on duty, the disk fills, nobody verifies.

Nobody can acknowledge these; they go when what they say is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from exchange import times
from exchange.errors import Fact, Problem
from zhida import doctor_disk
from zhida.duty import OnDuty
from zhida.duty_file import Roster
from zhida.metric import Sample

PARTS = ("house", "people", "sweeps", "ledger", "verified", "certificates", "syncs")
"""Parts of the figures that are looked at."""
SWEEP_S, VERIFIED_S = 7200, 7 * 86400
"""Seconds: a quiet sweep ends after an hour; a ledger is verified each week."""
AHEAD = timedelta(days=2)
"""For how long the roster has to be known."""


def of_figures(samples: Iterable[Sample]) -> Iterator[Problem]:
    """What the figures show."""
    for each in samples:
        judge = _JUDGES.get(each.name)
        found = judge(each.value, each.labels) if judge else None
        if found is not None:
            yield found


def of_roster(roster: Roster, person: OnDuty | None, now: datetime) -> Iterator[Problem]:
    """Nothing of a site that has no roster."""
    if not roster.turns:
        return
    if person is None:
        yield Problem("duty.nobody")
        return
    end = roster.covered_until(person.until).astimezone(times.CHINA)
    if end < now + AHEAD:
        yield Problem("duty.roster-ends", {"until": f"{end:%Y-%m-%d %H:%M}"})


def _sweep(value: float, labels: Mapping[str, str]) -> Problem | None:
    facts: dict[str, Fact] = {"matter": labels["matter"], "hours": int(value // 3600)}
    return Problem("duty.sweep-late", facts) if value > SWEEP_S else None


def _verified(value: float, _: Mapping[str, str]) -> Problem | None:
    return Problem("duty.unverified", {"days": int(value // 86400)}) if value > VERIFIED_S else None


def _proposals(value: float, _: Mapping[str, str]) -> Problem | None:
    return Problem("duty.proposals", {"count": int(value)}) if value else None


def _disk(value: float, labels: Mapping[str, str]) -> Problem | None:
    if value >= doctor_disk.LITTLE:
        return None
    facts = {"folder": labels["place"], "free": doctor_disk.told(int(value))}
    return Problem("doctor.disk" if value < doctor_disk.SCARCE else "doctor.disk-little", facts)


def _collect(value: float, labels: Mapping[str, str]) -> Problem | None:
    return Problem("duty.no-figures", {"part": labels["part"]}) if value else None


_JUDGES: Mapping[str, Callable[[float, Mapping[str, str]], Problem | None]] = {
    "zhida_sweep_ended_seconds_ago": _sweep,
    "zhida_ledger_verified_seconds_ago": _verified,
    "zhida_proposals_open": _proposals,
    "zhida_disk_free_bytes": _disk,
    "zhida_collect_trouble": _collect,
}
