"""Applications that are not concluded yet, and what firms have had of a policy."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists, func, select

from exchange.store.award_rows import Had
from exchange.store.award_tables import award, grant_run
from exchange.store.engine import Connection
from exchange.store.tables import case_document, matter_case

CHUNK = 500


def without(
    connection: Connection, matter: str, name: str, *, after: str = "", limit: int = CHUNK
) -> list[str]:
    """Open cases of a matter that have no document of this name, in the order of their ids."""
    has = exists().where(case_document.c.case == matter_case.c.id, case_document.c.name == name)
    where = (
        matter_case.c.matter == matter,
        matter_case.c.state == "open",
        matter_case.c.id > after,
        ~has,
    )
    query = select(matter_case.c.id).where(*where).order_by(matter_case.c.id).limit(limit)
    return list(connection.execute(query).scalars())


def had_by(connection: Connection, firm: str, states: Iterable[str]) -> list[Had]:
    """The awards of one firm (its keyed digest) in these states."""
    names = ("firm", "policy", "stage", "occurrence", "amount_fen", "state")
    columns = [*(award.c[name] for name in names), grant_run.c.day]
    where = (award.c.firm == firm, award.c.state.in_(tuple(states)))
    query = select(*columns).join(grant_run, grant_run.c.id == award.c.run).where(*where)
    return [Had(*row) for row in connection.execute(query)]


def spent(connection: Connection, policy: str, year: int, states: Iterable[str]) -> int:
    """Fen of a policy's awards in these states that were decided on in this year."""
    where = (
        award.c.policy == policy,
        award.c.state.in_(tuple(states)),
        grant_run.c.id == award.c.run,
        func.substr(grant_run.c.day, 1, 4) == str(year),
    )
    return int(connection.execute(select(func.sum(award.c.amount_fen)).where(*where)).scalar() or 0)
