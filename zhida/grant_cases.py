"""Each cleared award is a case of its own; what the case comes to is where the award stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from exchange.ledger import Entry
from exchange.store import award_rows
from exchange.store.award_rows import CHUNK, AwardRow, Followed
from exchange.store.engine import Connection
from matters import award_states
from zhida import grant_awards, grant_lists, grant_moves, own_opening
from zhida.grant_awards import MATTER
from zhida.grant_moves import Move
from zhida.hub import Hub
from zhida.own_opening import Own

KIND = "grant-award"
MOVING = (
    "awaiting-confirmation",
    "confirmed",
    "in-review",
    "approved",
    "ordered",
    "returned",
    "not-paid",
    "clawback",
)
"""States whose cases may have gone on. What is paid stays so until two people ask it back."""


def open_cleared(hub: Hub) -> int:
    """A case for each award that nothing stands against: how many."""
    into, opened = own_opening.stream(hub, MATTER, KIND), 0
    while True:
        with hub.store.read() as connection:
            rows = award_rows.some(connection, "cleared")
        if not rows:
            return opened
        records = [Own(f"{KIND}/{r.id}", grant_awards.content(hub, r).award) for r in rows]
        by_id = {row.id: row for row in rows}
        own_opening.take_all(into, records, partial(_has_case, hub, by_id))
        opened += len(rows)


def _has_case(hub: Hub, rows: dict[str, AwardRow], connection: Connection, own: Own) -> list[Entry]:
    row = rows[str(own.record["id"])]
    case = grant_lists.case_of(hub, connection, MATTER, row.id)
    asks = own.record["confirm"] != "none"
    state = "awaiting-confirmation" if asks else "confirmed"
    return grant_moves.write(hub, connection, [Move(row, state, values={"case": case})])


def follow(hub: Hub, states: Sequence[str] = MOVING) -> int:
    """Move each award to where its case has come: how many have moved."""
    moved = 0
    for chunk in followed(hub, states):
        moves = [move for each in chunk if (move := _move(each)) is not None]
        moved += grant_moves.commit(hub, moves)
    return moved


def followed(hub: Hub, states: Sequence[str]) -> Iterator[list[Followed]]:
    """Awards in these states with what their cases have come to, in chunks."""
    after = ""
    while True:
        with hub.store.read() as connection:
            chunk = award_rows.followed(connection, states, after=after, limit=CHUNK)
        if not chunk:
            return
        after = chunk[-1].award.id
        yield chunk


def _move(each: Followed) -> Move | None:
    """None: it stands where it stood, or its case has only begun to go on from there."""
    row = each.award
    told = {"batch": bool(row.batch), "approved": "approval" in each.documents}
    state = award_states.of_case(each.items, **told)
    if state == row.state or not award_states.may_become(row.state, state):
        return None
    return Move(row, state, _code(each, state))


def _code(each: Followed, state: str) -> str:
    """Why, where somebody has said no."""
    paying = award_states.payer(each.items)
    item = {"declined": "confirm", "returned": paying, "not-paid": paying}.get(state)
    return each.items[item][1] if item else ""
