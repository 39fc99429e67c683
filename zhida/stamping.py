"""Time stamps of an authority on the ledger's heads, and what waits while there is none.

A stamp on the newest head is a stamp on every entry before it: nobody, the hub included, can say
later that they were written after it. So after an outage one stamp anchors all heads that waited;
``since`` says how long the oldest of them did, and whoever reads it sees that it came late.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors import time_stamp
from crypto import time_stamps
from crypto.errors import CryptoError
from crypto.time_stamps import Authority
from exchange import incident, times
from exchange.errors import Fact, Fatal, Retriable, ZhidaError
from exchange.incident import Trouble
from exchange.store import ledger_rows, outside_rows
from exchange.store.engine import Connection, Store
from exchange.store.ledger_rows import HeadRow
from exchange.store.outside_rows import STAMP, HeardRow, OutsideRow
from zhida.hub import Hub
from zhida.outside_file import STAMPER, Settings, Stamper

CODE = "outside.unstamped"


@dataclass(frozen=True, slots=True)
class Waiting:
    """The newest head, when the oldest head without a stamp was signed, and the last stamp."""

    head: HeadRow
    since: str
    last: OutsideRow | None


def stamp(hub: Hub, stamper: Stamper, *, now: bool = False) -> OutsideRow | None:
    """One stamp if one is due (``now``: if any head waits). What the authority did is remembered.

    A failure is no error here: the heads wait, and after ``within`` it is an incident.
    """
    waiting = _waiting(hub.store)
    if waiting is None or not (now or _is_due(waiting, stamper, hub.clock())):
        return None
    try:
        row = _asked(hub, stamper, waiting)
    except ZhidaError as error:
        _settle(hub, stamper, error.code)
        return None
    with hub.store.write() as connection:
        outside_rows.put(connection, row)
    _settle(hub, stamper, "")
    return row


def demand(hub: Hub, stamper: Stamper) -> None:
    """A stamp over everything of now. ``Retriable`` if the authority does not give one."""
    if stamp(hub, stamper, now=True) is None and _waiting(hub.store) is not None:
        with hub.store.read() as connection:
            heard = outside_rows.heard(connection, STAMPER)
        raise Retriable("outside.bad-stamp", because=heard.code if heard else "-")


def _is_due(waiting: Waiting, stamper: Stamper, now: datetime) -> bool:
    return waiting.last is None or times.instant(waiting.last.at) + stamper.every <= now


def _waiting(store: Store) -> Waiting | None:
    with store.read() as connection:
        head, last = ledger_rows.head(connection), outside_rows.newest(connection, STAMPER)
        since = outside_rows.first_after(connection, last.size if last else 0)
    return Waiting(head, since, last) if head and since else None


def _asked(hub: Hub, stamper: Stamper, waiting: Waiting) -> OutsideRow:
    """``Retriable``: it does not answer, refuses, or answers what can't be trusted."""
    data, whom = waiting.head.token.encode(), stamper.authority()
    request = time_stamps.request(data)
    answer = time_stamp.ask(hub.endpoint(stamper.connection), request.body)
    try:
        found = time_stamps.verify(answer, data, whom, nonce=request.nonce)
    except CryptoError as error:
        raise Retriable("outside.bad-stamp", because=error.code) from None
    if (
        found.at > hub.clock() + times.SKEW
    ):  # ours is slow, or theirs is fast: later it would not be due
        raise Retriable("outside.clock", minutes=int(times.SKEW.total_seconds() // 60))
    size, seal = waiting.head.size, base64.b64encode(answer).decode()
    at = times.stamp(found.at)
    return OutsideRow(STAMPER, size, STAMP, waiting.head.token, seal, at=at, since=waiting.since)


def _settle(hub: Hub, stamper: Stamper, code: str) -> None:
    """Remember how it went; an incident once a head has waited too long, until it has a stamp."""
    now = hub.clock()
    at = times.stamp(now)
    with hub.store.write() as connection:
        before = outside_rows.heard(connection, STAMPER) or HeardRow(STAMPER, at)
        since = (before.since or at) if code else ""
        heard = before.at if code else at
        outside_rows.put_heard(connection, HeardRow(STAMPER, heard, code, since))
        waits = overdue(connection, stamper, now)
        if waits:
            facts: dict[str, Fact] = {"authority": stamper.title, "since": waits, "because": code}
            incident.begin(connection, Trouble(STAMPER, STAMP, CODE, facts), now)
        else:
            incident.end(connection, STAMPER, STAMP, now)


def overdue(connection: Connection, stamper: Stamper, now: datetime) -> str:
    """Since when a head has waited, if that is longer than it may (stamp); else empty."""
    last = outside_rows.newest(connection, STAMPER)
    since = outside_rows.first_after(connection, last.size if last else 0)
    return since if since and times.instant(since) + stamper.within < now else ""


def held_up(settings: Settings, store: Store, matter: str, now: datetime) -> str:
    """Must this matter wait for the authority? Since when it does (stamp); else empty."""
    if settings.stamper is None or matter not in settings.stamper.required_by:
        return ""
    with store.read() as connection:
        return overdue(connection, settings.stamper, now)


def is_late(row: OutsideRow, within: timedelta) -> bool:
    """Had the oldest head that this stamp is the first to cover waited longer than it may?"""
    return times.instant(row.since) + within < times.instant(row.at)


def check(row: OutsideRow, stamper: Stamper) -> None:
    """A kept stamp, verified once more. ``Fatal`` if it is not right any more."""
    if not any(_is_of(row, whom) for whom in stamper.ever()):
        raise Fatal("outside.kept-stamp", size=row.size)


def _is_of(row: OutsideRow, whom: Authority) -> bool:
    try:
        answer = base64.b64decode(row.seal, validate=True)
        found = time_stamps.verify(answer, row.head.encode(), whom)
    except (CryptoError, ValueError):
        return False
    return times.stamp(found.at) == row.at
