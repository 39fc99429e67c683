"""What the report of grants counts: sums over awards, and what their cases and deliveries tell.

Nothing sealed is read and no firm is named: firms are counted by their keyed digests. Every query is
one for all awards and gives sums, so a hundred thousand of them need no more memory than ten. Call them
within one reading transaction (``flow_rows.snapshot``), so that they tell of one state of the store.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from exchange.store.award_tables import award, award_sheet, grant_run
from exchange.store.engine import Connection
from exchange.store.grant_rows import RunRow
from exchange.store.tables import case_item, matter_case

Sum = tuple[int, int]
"""How many, and fen."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Awards decided on in a year (0: in any), of one policy (empty: of all)."""

    year: int = 0
    policy: str = ""


class Off(NamedTuple):
    """A list or batch of which the awards are not those that somebody decided on."""

    sheet: str
    number: int
    found: int
    fen: int
    found_fen: int


def standing(connection: Connection, scope: Scope) -> dict[str, dict[str, Sum]]:
    """Policy → state → how many awards, and their sum."""
    sums = (func.count(), func.sum(award.c.amount_fen))
    query = select(award.c.policy, award.c.state, *sums).where(within(scope))
    found: dict[str, dict[str, Sum]] = {}
    for policy, state, number, fen in connection.execute(
        query.group_by(award.c.policy, award.c.state)
    ):
        found.setdefault(policy, {})[state] = (number, int(fen))
    return found


class One(NamedTuple):
    """An award, and the run that made it."""

    id: str
    fen: int
    run: str


def each(connection: Connection, scope: Scope, states: Collection[str]) -> Iterator[One]:
    """The awards in these states, one by one."""
    query = select(award.c.id, award.c.amount_fen, award.c.run)
    query = query.where(within(scope), award.c.state.in_(tuple(states)))
    return map(One._make, connection.execute(query.order_by(award.c.run, award.c.row)))


def codes(connection: Connection, scope: Scope, state: str) -> dict[str, Counter[str]]:
    """Policy → why its awards are in this state → how many."""
    query = select(award.c.policy, award.c.code, func.count()).where(
        within(scope), award.c.state == state
    )
    found: dict[str, Counter[str]] = {}
    for policy, code, number in connection.execute(query.group_by(award.c.policy, award.c.code)):
        found.setdefault(policy, Counter())[code] = number
    return found


def firms(connection: Connection, scope: Scope, states: Collection[str]) -> dict[str, int]:
    """Policy → how many firms have an award in one of these states."""
    query = select(award.c.policy, func.count(award.c.firm.distinct()))
    query = query.where(within(scope), award.c.state.in_(tuple(states))).group_by(award.c.policy)
    return {row[0]: row[1] for row in connection.execute(query)}


def firms_of_any(
    connection: Connection, scope: Scope, states: Collection[str], policies: Collection[str]
) -> int:
    """How many firms have an award of one of these policies: each once."""
    where = (within(scope), award.c.state.in_(tuple(states)), award.c.policy.in_(tuple(policies)))
    query = select(func.count(award.c.firm.distinct())).where(*where)
    return int(connection.execute(query).scalar_one())


def spent(
    connection: Connection, scope: Scope, states: Collection[str]
) -> dict[str, dict[str, int]]:
    """Policy → version → fen of its awards in these states."""
    query = select(award.c.policy, award.c.version, func.sum(award.c.amount_fen))
    query = query.where(within(scope), award.c.state.in_(tuple(states)))
    found: dict[str, dict[str, int]] = {}
    for policy, version, fen in connection.execute(query.group_by(award.c.policy, award.c.version)):
        found.setdefault(policy, {})[version] = int(fen)
    return found


def newest_run(connection: Connection, state: str, year: int = 0) -> RunRow | None:
    """The last run in a state that was decided in a year (0: in any)."""
    query = select(grant_run).where(grant_run.c.state == state)
    query = query.where(_decided_in(year)) if year else query
    found = connection.execute(query.order_by(grant_run.c.began_at.desc()).limit(1)).first()
    return None if found is None else RunRow(*found)


def of_run(connection: Connection, run: str) -> dict[str, int]:
    """Policy → how many awards a run has made."""
    query = select(award.c.policy, func.count()).where(award.c.run == run)
    return {row[0]: row[1] for row in connection.execute(query.group_by(award.c.policy))}


def sheets_off(connection: Connection, kind: str) -> list[Off]:
    """The lists or batches (``kind``: the award's column) whose awards do not add up to them."""
    found, fen = func.count(award.c.id), func.coalesce(func.sum(award.c.amount_fen), 0)
    of = award_sheet.c
    query: Select[Any] = (
        select(of.id, of.number, found, of.total_fen, fen)
        .outerjoin(award, award.c[kind] == of.id)
        .where(of.kind == kind)
        .group_by(of.id, of.number, of.total_fen)
        .having(or_(found != of.number, fen != of.total_fen))
    )
    return [Off(r[0], r[1], r[2], r[3], int(r[4])) for r in connection.execute(query)]


def items(connection: Connection, matter: str, item: str, span: tuple[str, str]) -> dict[str, int]:
    """State → how many of the cases opened within the span (stamps; empty: no bound)."""
    first, before = span
    where = [case_item.c.matter == matter, case_item.c.item == item]
    where += [matter_case.c.opened_at >= first] if first else []
    where += [matter_case.c.opened_at < before] if before else []
    query = select(case_item.c.state, func.count()).join(
        matter_case, matter_case.c.id == case_item.c.case
    )
    rows = connection.execute(query.where(*where).group_by(case_item.c.state))
    return {row[0]: row[1] for row in rows}


def within(scope: Scope) -> ColumnElement[bool]:
    """The awards of a scope, for a query's ``where``."""
    told = [award.c.policy == scope.policy] if scope.policy else [award.c.policy != ""]
    if scope.year:
        runs = select(grant_run.c.id).where(_decided_in(scope.year))
        told.append(award.c.run.in_(runs))
    return and_(*told)


def _decided_in(year: int) -> ColumnElement[bool]:
    return and_(grant_run.c.day >= f"{year}-01-01", grant_run.c.day <= f"{year}-12-31")
