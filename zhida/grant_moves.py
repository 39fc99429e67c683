"""Awards move from state to state: only as the table allows, each move told in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

from exchange import times
from exchange.errors import Fatal
from exchange.ledger import Entry
from exchange.store import award_rows
from exchange.store.award_rows import CHUNK, AwardRow
from exchange.store.engine import Connection
from matters import award_states
from zhida.hub import Hub

FAILED = frozenset({"refused", "invalid", "given-up"})
"""States of an item in which somebody has said no, or two people gave it up."""


@dataclass(frozen=True, slots=True)
class Move:
    """One award on its way to another state."""

    row: AwardRow
    state: str
    code: str = ""
    values: dict[str, str] = field(default_factory=dict)
    """What else changes: ``case``, ``batch``."""


def write(hub: Hub, connection: Connection, moves: Iterable[Move]) -> list[Entry]:
    """Within a transaction. What another has moved meanwhile is left alone; ``Fatal`` for a move that
    the table does not know: then the process itself is wrong, and nothing is written.
    """
    now, entries = times.stamp(hub.clock()), list[Entry]()
    for move in moves:
        row = move.row
        if not award_states.may_become(row.state, move.state):
            raise Fatal("grant.no-move", award=row.id, state=row.state, wanted=move.state)
        told = {"state": move.state, "code": move.code, "updated_at": now, **move.values}
        if award_rows.move(connection, row, **told):
            details = {"from": row.state, "to": move.state, "code": move.code}
            case = move.values.get("case", row.case)
            entries.append(Entry("award", row.id, case, {k: v for k, v in details.items() if v}))
    return entries


def commit(hub: Hub, moves: Sequence[Move]) -> int:
    """All of them, in chunks of one transaction each; how many."""
    for start in range(0, len(moves), CHUNK):
        some = moves[start : start + CHUNK]
        hub.ledger.commit(partial(_write, hub, some))
    return len(moves)


def _write(hub: Hub, moves: Sequence[Move], connection: Connection) -> list[Entry]:
    return write(hub, connection, moves)
