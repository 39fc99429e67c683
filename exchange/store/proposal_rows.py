"""Rows of proposals: what one operator has signed and another has to decide."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import insert, select, update

from exchange.store.engine import Connection
from exchange.store.operating_tables import proposal


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """One proposal; ``target`` is canonical JSON, the tokens are the two people's signatures.

    ``state`` is ``open``, ``approved``, ``rejected`` or ``void``.
    """

    id: str
    action: str
    target: str
    reason: str
    proposed_by: str
    proposed_at: str
    proposed_token: str
    state: str = "open"
    decided_by: str = ""
    decided_at: str = ""
    decided_token: str = ""


def put(connection: Connection, row: ProposalRow) -> None:
    """Insert a proposal."""
    connection.execute(insert(proposal).values(**asdict(row)))


def get(connection: Connection, identifier: str) -> ProposalRow | None:
    """The proposal of this id."""
    found = connection.execute(select(proposal).where(proposal.c.id == identifier)).first()
    return None if found is None else ProposalRow(*found)


def beginning_with(connection: Connection, start: str) -> list[ProposalRow]:
    """The proposals whose ids begin so."""
    query = select(proposal).where(proposal.c.id.startswith(start, autoescape=True))
    return [ProposalRow(*row) for row in connection.execute(query)]


def listed(connection: Connection, state: str = "") -> list[ProposalRow]:
    """All proposals, or those in one state; oldest first."""
    query = select(proposal).order_by(proposal.c.proposed_at, proposal.c.id)
    if state:
        query = query.where(proposal.c.state == state)
    return [ProposalRow(*row) for row in connection.execute(query)]


def settle(connection: Connection, identifier: str, **values: str) -> bool:
    """Close an open proposal (``state``, ``decided_…``). False if it was not open any more."""
    where = (proposal.c.id == identifier, proposal.c.state == "open")
    return connection.execute(update(proposal).where(*where).values(**values)).rowcount == 1
