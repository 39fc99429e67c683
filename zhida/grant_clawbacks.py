"""Each night: who was paid and does not deserve it any more, by the policy's own clawback clause.

Found over the facts as they are now, of firms that were paid within the clause's months. Nothing is
asked back by itself: a candidate is marked, its department is told once a policy, and two operators
decide (``zhida.grant_decisions``). What is unknown makes no candidate; one that is there goes only when
the facts surely say otherwise. Found again the next night it stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING

from exchange import times
from exchange.ledger import Entry
from exchange.store import award_rows, case_rows
from exchange.store.award_rows import CHUNK, AwardRow, Standing
from exchange.store.engine import Connection
from matters.durations import Duration
from matters.policy import Clawback, Policy
from zhida import grant_awards, grant_clawback_alert
from zhida.grant_clawback_alert import DUE
from zhida.hub import Hub

if TYPE_CHECKING:
    from zhida.snapshot import Snapshot

LOCK = "grants/clawback"
_PAYMENTS = ("payment", "fund-payment")
"""What the payers' items give."""


@dataclass(slots=True)
class Paid:
    """What one policy has paid, on its way through the frames."""

    rule: Clawback
    of_firm: dict[str, list[Standing]] = field(default_factory=dict)
    """Keyed digest of the firm → its awards."""
    marked: dict[str, list[Standing]] = field(default_factory=dict)
    """The firm's own number → its awards that are candidates already."""
    due: list[Standing] = field(default_factory=list)
    void: list[Standing] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Marking:
    """What becomes of awards that are still paid as they were."""

    code: str
    snapshot: str
    told: Mapping[str, Mapping[str, str]]
    """Award → what the ledger tells of it besides."""


def check(hub: Hub, policies: Mapping[str, Policy], frozen: Snapshot) -> dict[str, int]:
    """How many are new ``due``, and how many ``void``; empty if another process is at it."""
    with hub.locks.hold(LOCK) as owned:
        if not owned:
            return {}
        asked = list(_asked(hub, policies))
        day = times.civil_day(times.instant(frozen.as_of))
        _look(hub, asked, frozen, day)
        counts = {"due": 0, "void": 0}
        for paid in asked:
            counts["due"] += _mark(hub, paid, frozen, day)
            counts["void"] += _unmark(hub, paid, frozen)
    grant_clawback_alert.tell(hub, policies)
    return counts


def _asked(hub: Hub, policies: Mapping[str, Policy]) -> Iterator[Paid]:
    """Policies with such a clause that have paid somebody."""
    for policy in policies.values():
        if policy.clawback is None:
            continue
        with hub.store.read() as connection:
            rows = award_rows.standing(connection, policy.name, "paid")
        if rows:
            yield _sorted(hub, policy.clawback, rows)


def _sorted(hub: Hub, rule: Clawback, rows: list[Standing]) -> Paid:
    paid = Paid(rule)
    for row in rows:
        if row.code == DUE:
            paid.marked.setdefault(_number(hub, row), []).append(row)
        else:
            paid.of_firm.setdefault(row.firm, []).append(row)
    return paid


def _number(hub: Hub, row: Standing) -> str:
    (award,) = _whole(hub, [row])
    number: str = grant_awards.content(hub, award).award["firm"]["uscc"]
    return number


def _whole(hub: Hub, rows: list[Standing]) -> list[AwardRow]:
    """Those of them that are still paid."""
    with hub.store.read() as connection:
        found = [award_rows.get(connection, row.id) for row in rows]
    return [row for row in found if row is not None and row.state == "paid"]


def _look(hub: Hub, asked: list[Paid], frozen: Snapshot, day: date) -> None:
    from matters import clawback_columns
    from matters.fact_columns import FIRM

    for frame in frozen.frames(FIRM) if asked else ():
        for paid in asked:
            found = clawback_columns.ask(paid.rule, frame, day, about=paid.marked)
            tags = [grant_awards.firm_of(hub, firm) for firm in found.due]
            paid.due += [row for tag in tags for row in paid.of_firm.get(tag, ())]
            paid.void += [row for firm in found.void for row in paid.marked[firm]]


def _mark(hub: Hub, paid: Paid, frozen: Snapshot, day: date) -> int:
    limit, told = Duration(paid.rule.months, "month"), dict[str, dict[str, str]]()
    rows = _whole(hub, paid.due)
    for row in rows:
        paid_on = _paid_on(hub, row)
        if day <= limit.after(paid_on):
            told[row.id] = {"clause": paid.rule.clause, "paid_on": paid_on.isoformat()}
    due = [row for row in rows if row.id in told]
    return _write(hub, due, Marking(DUE, frozen.id, told))


def _paid_on(hub: Hub, row: AwardRow) -> date:
    """As the treasury (or the fund) told it."""
    with hub.store.read() as connection:
        names = case_rows.documents(connection, row.case)
        known = next(names[each] for each in _PAYMENTS if each in names)
        told: str = hub.archive.read(connection, known).record["paid_on"]
    return date.fromisoformat(told)


def _unmark(hub: Hub, paid: Paid, frozen: Snapshot) -> int:
    return _write(hub, _whole(hub, paid.void), Marking("", frozen.id, {}))


def _write(hub: Hub, rows: list[AwardRow], marking: Marking) -> int:
    for start in range(0, len(rows), CHUNK):
        hub.ledger.commit(partial(_marked, rows[start : start + CHUNK], marking))
    return len(rows)


def _marked(rows: list[AwardRow], marking: Marking, connection: Connection) -> list[Entry]:
    kind = "clawback-due" if marking.code else "clawback-void"
    return [
        Entry(
            kind, row.id, row.case, {"snapshot": marking.snapshot, **marking.told.get(row.id, {})}
        )
        for row in rows
        if award_rows.move(connection, row, state="paid", code=marking.code)
    ]
