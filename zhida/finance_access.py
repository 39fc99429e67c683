"""May this bank read this now? Asked anew at each reading, counted down, and written down whatever the answer.

All of it is one transaction: what was counted was told, and what was told was counted. The bank's quota is
held first, then the letter, so two who read by the last use wait for one another and one of them is refused.
Every attempt takes one of the bank's turns of the day, refused ones too: trying out letters and orders ends.

The same reading again, of the same id and about the same things, is not counted again for ``AGAIN``; all else
is looked at anew, so that a letter that was taken back in between stops it. Later its id is used up.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from exchange import canonical, times
from exchange.errors import Forbidden, Invalid, Problem
from exchange.ledger import Entry
from exchange.store import finance_rows
from exchange.store.engine import Connection
from exchange.store.finance_rows import ReadRow
from zhida import finance_certificate, finance_cover, finance_letters, finance_prints
from zhida.finance_cover import Asked
from zhida.finance_letters import Letter
from zhida.finance_rules import Bank, FinanceRules
from zhida.hub import Hub

REQUEST, READ = "request", "read"
"""What a bank does: it posts a request, or reads what came of one. Each has a quota of its own."""
AGAIN = timedelta(minutes=15)
_ID = re.compile(r"[0-9A-Za-z_.:-]{1,80}(:DR-[0-9A-F]{16})?")
"""A posting's has the request behind it (``finance_postings``)."""
_DATASET = re.compile(r"[a-z][a-z-]{0,39}")


@dataclass(frozen=True, slots=True)
class Reading:
    """What a bank wants to know."""

    id: str
    """The same reading again has the same; unique to its bank."""
    bank: str
    letter: str
    """The hub's id of it (``finance_letters.identifier``)."""
    datasets: tuple[str, ...]
    purpose: str
    """``finance_cover.ORDER_FINANCE`` or ``AFTER_LOAN``."""
    case: str = ""
    order: str = ""
    """Number of the order that the bank means; empty: it was looked at before."""
    act: str = READ

    @property
    def asked(self) -> str:
        """What for and which data, as it is written down."""
        return " ".join([self.purpose, *sorted(set(self.datasets))])


@dataclass(frozen=True, slots=True)
class Allowed:
    """It may be read, and was counted. ``data_…``: the letter's bounds of the facts' days; empty: none."""

    reading: str
    letter: str
    uses_left: int
    data_from: str
    data_until: str
    again: bool
    """It had been counted before."""


@dataclass(frozen=True, slots=True)
class _Scene:
    """What a decision rests on."""

    reading: Reading
    letter: Letter | None
    before: ReadRow | None
    used: int
    most: int
    now: datetime
    certificate: Problem | None = None
    """Why the firm's certificate does not count any more."""

    @property
    def day(self) -> date:
        return times.civil_day(self.now)

    @property
    def counted_at(self) -> str:
        return self.before.counted_at if self.before else ""

    @property
    def is_over(self) -> bool:
        """Counted too long ago to be the same reading."""
        return bool(self.counted_at) and self.now - times.instant(self.counted_at) > AGAIN

    @property
    def is_other(self) -> bool:
        told, read = self.before, self.reading
        wanted = (read.act, read.letter, read.asked, read.case)
        return told is not None and (told.act, told.letter, told.asked, told.case) != wanted


def allow(hub: Hub, rules: FinanceRules, reading: Reading) -> Allowed:
    """Count the reading, or ``Forbidden`` with why not; both stand in the ledger when this returns.

    A letter of another bank is told exactly as one that does not exist. ``Invalid`` for an id or a
    name of data that can't stand in the ledger; ``Forbidden("finance.not-a-bank")``: of neither anything
    is written down.
    """
    bank = rules.bank(reading.bank)
    names_right = all(_DATASET.fullmatch(name) for name in reading.datasets)
    if not _ID.fullmatch(reading.id) or not reading.datasets or not names_right:
        raise Invalid("finance.reading-form")
    certificate = finance_certificate.refusal(hub, rules, reading.bank, reading.letter)
    found = hub.ledger.decide(partial(_decide, hub, bank, reading, certificate))
    if isinstance(found, Problem):
        raise Forbidden(found.code, **found.facts)
    return found


def _decide(
    hub: Hub,
    bank: Bank,
    reading: Reading,
    certificate: Problem | None,
    connection: Connection,
) -> tuple[Allowed | Problem, list[Entry]]:
    now = hub.clock()
    day = times.civil_day(now).isoformat()
    quota = {REQUEST: bank.requests_per_day, READ: bank.reads_per_day}
    most = quota.get(reading.act, sys.maxsize)  # the hub's own watch is no trying of the bank's
    used = finance_rows.hold_turns(connection, bank.unit, reading.act, day)
    letter = finance_letters.read(connection, reading.letter, hold=True)
    before = finance_rows.get_read(connection, bank.unit, reading.id)
    order = finance_prints.of_number(hub, reading.order) if reading.order else ""
    scene = _Scene(reading, letter, before, used, most, now, certificate)
    problem = _refusal(scene, order)
    if used < most and not scene.counted_at:
        finance_rows.take_turn(connection, bank.unit, reading.act, day)
    return _written(connection, scene, problem)


def _written(
    connection: Connection, scene: _Scene, problem: Problem | None
) -> tuple[Allowed | Problem, list[Entry]]:
    reading, letter, again = scene.reading, scene.letter, bool(scene.counted_at)
    counts = problem is None and not again
    if counts:
        finance_rows.use_letter(connection, reading.letter)
    if not scene.is_other:  # what was decided on another one of this id stands
        finance_rows.put_read(connection, _row(scene, problem, counts))
    told: dict[str, Any] = {"bank": reading.bank, "letter": reading.letter, "act": reading.act}
    told |= {"purpose": reading.purpose, "datasets": sorted(set(reading.datasets))}
    told |= {"granted": problem is None, "again": again, "code": problem.code if problem else ""}
    entries = [Entry("finance-read", reading.id, reading.case, told)]
    if problem is not None or letter is None:
        return problem or Problem("finance.letter-unknown"), entries
    left = letter.row.max_uses - letter.row.uses - counts
    bounds = (letter.row.data_from, letter.row.data_until)
    return Allowed(reading.id, letter.id, left, *bounds, again=again), entries


def _row(scene: _Scene, problem: Problem | None, counts: bool) -> ReadRow:
    reading, at = scene.reading, times.stamp(scene.now)
    return ReadRow(
        bank=reading.bank,
        id=reading.id,
        act=reading.act,
        letter=reading.letter,
        asked=reading.asked,
        case=reading.case,
        at=at,
        code=problem.code if problem else "",
        facts=canonical.dumps(dict(problem.facts) if problem else {}).decode(),
        counted_at=at if counts else scene.counted_at,
    )


def _refusal(scene: _Scene, order: str) -> Problem | None:
    if scene.is_other:
        return Problem("finance.reading-conflict")
    if scene.is_over:
        return Problem("finance.reading-over", {"minutes": int(AGAIN.total_seconds()) // 60})
    if not scene.counted_at and scene.used >= scene.most:
        wait = {"retry_after": times.seconds_left(scene.now)}
        return Problem("finance.quota", {"most": scene.most, "day": scene.day.isoformat(), **wait})
    letter = scene.letter
    if letter is None or letter.row.bank != scene.reading.bank:
        return Problem("finance.letter-unknown")
    asked = Asked(scene.reading.purpose, scene.reading.datasets, order)
    covered = finance_cover.refusal(letter, asked, scene.day, counted=bool(scene.counted_at))
    return covered or scene.certificate
