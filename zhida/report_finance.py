"""``zhida report finance``: what order finance has come to, bank by bank, for the hub's own people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Any

from exchange import times
from exchange.store import finance_event_rows, finance_report_rows, finance_rows, flow_rows
from exchange.store.engine import Connection
from exchange.store.finance_report_rows import Span
from matters.finance_loan import CALLED_OFF, OPEN, REPAID
from zhida import (
    finance_access,
    finance_letters,
    finance_rules,
    finance_watch,
    report_facts,
)
from zhida.finance_letters import Letter
from zhida.finance_loans import Kept
from zhida.watch import Watch

Days = tuple[date | None, date | None]
END = "9999"
"""After every stamp."""
ACTS = (finance_access.REQUEST, finance_access.READ, finance_watch.ACT)
_LETTERS = (
    *(finance_letters.VALID, finance_letters.NOT_YET, finance_letters.EXPIRED),
    *(finance_letters.REVOKED, finance_letters.USED_UP),
)
LIVE = (finance_letters.VALID, finance_letters.NOT_YET)


def report(watch: Watch, *, bank: str = "", days: Days = (None, None)) -> dict[str, Any]:
    """Figures of each bank of these civil days (None: no bound); letters and loans as they stand today.

    ``Forbidden("finance.not-a-bank")`` for a unit that is none.
    """
    rules = finance_rules.load(watch.site)
    banks = [rules.bank(bank).unit] if bank else list(rules.banks)
    told: dict[str, Any] = {"since": str(days[0] or ""), "until": str(days[1] or "")}
    told |= {"at": times.stamp(watch.clock())}
    with flow_rows.snapshot(watch.store) as connection:
        rows = [_of_bank(watch, connection, span(each, days)) for each in banks]
    return told | {"banks": rows}


def span(bank: str, days: Days) -> Span:
    """A bank on these days."""
    told = report_facts.span(bank, *days)
    return Span(bank, told.first, told.before or END)


def _of_bank(watch: Watch, connection: Connection, of: Span) -> dict[str, Any]:
    letters = _letters(watch, connection, of.bank)
    counted = finance_report_rows.counted(connection, of)
    loans = (Kept(row, tuple(told)) for row, told in finance_report_rows.loans(connection, of))
    unit = watch.site.units.get(of.bank)
    return {
        "bank": of.bank,
        "title": unit.title if unit else of.bank,
        "letters": {name: list(letters.values()).count(name) for name in _LETTERS},
        "counted": {act: counted.get(act, 0) for act in ACTS},
        "refused": dict(sorted(finance_report_rows.refused(connection, of).items())),
        "loans": _loans(loans, letters, times.civil_day(watch.clock()).isoformat()),
        "events": dict(sorted(finance_report_rows.events(connection, of).items())),
        "last": finance_event_rows.last_number(connection, of.bank),
    }


def _letters(watch: Watch, connection: Connection, bank: str) -> dict[str, str]:
    """Letter → its state today."""
    revoked = finance_rows.revocations(connection)
    rows = finance_rows.letters(connection, bank=bank)
    today = times.civil_day(watch.clock())
    return {row.id: Letter(row, revoked.get(row.id)).state(today) for row in rows}


def _loans(loans: Iterable[Kept], letters: dict[str, str], today: str) -> dict[str, int]:
    """State → how many; money in fen. A loan that was called off was never lent: its sum stands apart.

    ``paid_out_fen`` = ``repaid_fen`` + ``left_fen``. ``overdue``: open after the day on which it was due;
    ``unwatched``: open, and its letter lets nobody ask any more.
    """
    found = Counter[str]()
    for each in loans:
        state, fen = each.standing.state, each.row.amount_fen
        found[state] += 1
        if state == CALLED_OFF:
            found["called_off_fen"] += fen
            continue
        found.update(paid_out_fen=fen, repaid_fen=each.standing.repaid_fen)
        if state == OPEN:
            found["left_fen"] += fen - each.standing.repaid_fen
            found["overdue"] += each.row.due_on < today
            found["unwatched"] += letters.get(each.row.letter, "") not in LIVE
    money = ("paid_out_fen", "repaid_fen", "left_fen", "called_off_fen")
    return {
        name: found[name] for name in (OPEN, REPAID, CALLED_OFF, "overdue", "unwatched", *money)
    }
