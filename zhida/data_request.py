"""What a request for data (共享申请) is: what its signed entries in the ledger say, in their order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from exchange import canonical, times
from exchange.errors import Invalid, Rejected
from exchange.store import ledger_rows
from exchange.store.engine import Connection
from exchange.store.ledger_rows import EntryRow
from zhida import catalogue_file, sharing_clocks
from zhida.sharing_clocks import SharingClock
from zhida.site import Site

PREFIX = "data-request/"
"""Of what the entries are about: so they are found by the index of ``ref``."""
OPENED, ANSWERED, GIVEN = "data-request", "data-request-answered", "data-request-given"
PENDING = ("open", "agreed")
OPEN, AGREED, REFUSED, PROVIDED = "open", "agreed", "refused", "provided"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: fields (JSON Pointers) of a unit's kind of document, and what for."""

    document: str
    provider: str
    receiver: str
    purpose: str
    basis: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as its entries tell it."""

    id: str
    wish: Wish
    clock: str
    opened_at: str
    begins_on: str
    """Civil day on which the clock of the next step began."""
    due_on: str = ""
    """Civil day by which it is to be done; empty: unknown yet, or nothing is left to do."""
    state: str = OPEN
    reason: str = ""
    agreement: str = ""
    closed_at: str = ""
    seqs: tuple[int, ...] = ()
    """Its entries in the ledger."""

    def is_late(self, today: date) -> bool:
        """Has the provider's time run out?"""
        return self.state in PENDING and bool(self.due_on) and self.due_on < today.isoformat()


def load(connection: Connection, site: Site) -> list[Request]:
    """All of them, the first opened first.

    When each is due is counted anew, by the clock and the holidays that the site has now: what nobody
    could count when it was opened is known as soon as the year's holidays are.
    """
    found = _told(connection)
    clocks = _clocks(site) if any(each.state in PENDING for each in found) else {}
    return [_due(site, clocks, each) if each.state in PENDING else each for each in found]


def _clocks(site: Site) -> Mapping[str, SharingClock]:
    """Of a file that is not right, which ``zhida check`` tells, the shipped ones: no sweep stops for it."""
    try:
        return catalogue_file.load(site).clocks
    except Invalid:
        return sharing_clocks.shipped()


def _due(site: Site, clocks: Mapping[str, SharingClock], found: Request) -> Request:
    due = clocks[found.clock].last_day(date.fromisoformat(found.begins_on), site.holidays)
    return replace(found, due_on=due.day.isoformat() if due.day else "")


def _told(connection: Connection) -> list[Request]:
    found: dict[str, Request] = {}
    for entry in ledger_rows.entries_about(connection, PREFIX):
        told = canonical.loads(entry.body)
        name = entry.ref.removeprefix(PREFIX)
        if entry.kind == OPENED:
            found[name] = _opened(name, entry, told)
        elif name in found:
            found[name] = after(found[name], entry, told)
    return list(found.values())


def _opened(name: str, entry: EntryRow, told: dict[str, Any]) -> Request:
    plain = {n: told[n] for n in ("document", "provider", "receiver", "purpose", "basis")}
    wish = Wish(**plain, fields=tuple(told["fields"]))
    return Request(name, wish, told["clock"], told["at"], _day(told), seqs=(entry.seq,))


def _day(told: dict[str, Any]) -> str:
    return times.civil_day(times.instant(told["at"])).isoformat()


def after(known: Request, entry: EntryRow, told: dict[str, Any]) -> Request:
    """What came too late for the state that it found says nothing: the first answer counts."""
    kept = replace(known, seqs=(*known.seqs, entry.seq))
    if entry.kind == ANSWERED and known.state == OPEN:
        if told["agreed"]:
            return replace(kept, state=AGREED, clock=told["clock"], begins_on=_day(told))
        ended = {"closed_at": told["at"], "reason": told["reason"]}
        return replace(kept, state=REFUSED, **ended)
    if entry.kind == GIVEN and known.state in PENDING:
        ended = {"closed_at": told["at"], "agreement": told["agreement"]}
        return replace(kept, state=PROVIDED, **ended)
    return known


def one(requests: Iterable[Request], beginning: str) -> Request:
    """The request of which this is an unambiguous beginning of the id. ``Rejected``."""
    found = [each for each in requests if beginning and each.id.startswith(beginning)]
    if len(found) != 1:
        raise Rejected("request.unknown", request=beginning[:32])
    return found[0]


def listed(requests: Iterable[Request], today: date, *, everything: bool) -> Iterator[Request]:
    """Late ones first, then by the day on which they are due; closed ones only if all are wanted."""
    found = [each for each in requests if everything or each.state in PENDING]
    yield from sorted(found, key=lambda each: (not each.is_late(today), each.due_on or "9999"))
