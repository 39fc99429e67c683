"""What two people decide about an award: an objection, an end that is taken back, a clawback.

One proposes and signs, another decides (``zhida.proposals``), about the award exactly as it stood. A
clawback takes the payee back, which is what the hub told the treasury to pay to: so exactly the payment
is revoked, in the award's own case, and the treasury is told like any unit whose effect is taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.store import award_rows
from exchange.store.award_rows import AwardRow
from exchange.store.engine import Connection
from matters.award_states import PAYERS
from zhida import grant_moves, own_filing
from zhida.changes import REVOCATION
from zhida.decisions import Target
from zhida.grant_moves import Move
from zhida.hub import Hub
from zhida.own_filing import Paper

CLEAR, DROP = "grant-clear", "grant-drop"
"""The objection was not right; it was right."""
RELEASE = "grant-release"
"""The firm may be matched anew for the same thing."""
CLAW_BACK = "grant-claw-back"
Doing = tuple[frozenset[str], str]
DOES: Mapping[str, Doing] = {
    CLEAR: (frozenset({"objected"}), "cleared"),
    DROP: (frozenset({"objected"}), "dropped"),
    RELEASE: (
        frozenset({"refused-by-head", "dropped", "declined", "refused-by-finance"}),
        "released",
    ),
    CLAW_BACK: (frozenset({"paid"}), "clawback"),
}
"""Action → the states in which it makes sense, and the state that it leads to."""


def target(connection: Connection, action: str, award: str) -> Target:
    """The award as it stands. ``Rejected("grant.not-now")`` where the action makes no sense."""
    row = award_rows.get(connection, award)
    states, _ = DOES[action]
    if row is None or row.state not in states:
        state = row.state if row else "-"
        raise Rejected("grant.not-now", award=award, state=state, action=action)
    told: Target = {"case": row.case, "item": row.id, "code": row.code, "state": row.state}
    return told


def deed(hub: Hub, action: str, award: str) -> Callable[[Connection], list[Entry]]:
    """What is done in the transaction of the decision; what it needs is signed before."""
    with hub.store.read() as connection:
        row = award_rows.get(connection, award)
    if row is None:
        raise Rejected("grant.not-now", award=award, state="-", action=action)
    move = Move(row, DOES[action][1])
    if action != CLAW_BACK:
        return lambda connection: grant_moves.write(hub, connection, [move])
    signed = own_filing.sign(hub, _revocation(row))

    def claw_back(connection: Connection) -> list[Entry]:
        told = own_filing.put(hub, connection, signed) if signed else []
        return [*told, *grant_moves.write(hub, connection, [move])]

    return claw_back


def _revocation(row: AwardRow) -> Paper:
    record = {"kind": "grant-payee", "award": row.id}
    key = f"clawback/{row.id}"
    return Paper(row.case, "payee", REVOCATION, key, record, revokes=PAYERS)
