"""Rows of awards. A state is changed only from the state that its changer has seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import bindparam, delete, exists, func, select, update

from exchange.store import upsert
from exchange.store.award_tables import FREE, award, grant_run
from exchange.store.engine import Connection
from exchange.store.tables import case_document, case_item

CHUNK = 500
"""Rows read, or written in one transaction, at once."""


@dataclass(frozen=True, slots=True)
class AwardRow:
    """One award."""

    id: str
    run: str
    list: str
    batch: str
    policy: str
    version: str
    stage: str
    firm: str
    occurrence: str
    amount_fen: int
    state: str
    code: str
    case: str
    row: int
    sealed: bytes
    updated_at: str


@dataclass(frozen=True, slots=True)
class Had:
    """What a firm has had, or is about to have."""

    firm: str
    policy: str
    stage: str
    occurrence: str
    amount_fen: int
    state: str
    day: str
    """Of its run: on which it was decided."""


def add(connection: Connection, row: AwardRow) -> bool:
    """Insert it, unless it is there, or its claim is another's; tells whether it did."""
    return upsert.insert_new(connection, award, asdict(row))


_MOVE = update(award).where(
    award.c.id == bindparam("of_id"), award.c.state == bindparam("seen_state")
)


def move(connection: Connection, row: AwardRow, **values: str) -> bool:
    """Change it (``state``, ``code``, ``case``, ``list``, ``batch``, ``updated_at``) if its state is
    still as it was seen; tells whether it was.
    """
    which = {"of_id": row.id, "seen_state": row.state}
    return connection.execute(_MOVE, which | values).rowcount == 1


def get(connection: Connection, identifier: str) -> AwardRow | None:
    """One award."""
    found = connection.execute(select(award).where(award.c.id == identifier)).first()
    return None if found is None else AwardRow(*found)


def beginning_with(connection: Connection, start: str) -> list[AwardRow]:
    """Two awards at most whose ids begin so."""
    query = select(award).where(award.c.id.startswith(start, autoescape=True)).limit(2)
    return [AwardRow(*row) for row in connection.execute(query)]


def of_case(connection: Connection, identifier: str) -> AwardRow | None:
    """The award whose case it is."""
    query = select(award).where(award.c.case == identifier, award.c.case != "")
    found = connection.execute(query).first()
    return None if found is None else AwardRow(*found)


def some(
    connection: Connection, state: str, *, limit: int = CHUNK, after: str = "", **equal: str
) -> list[AwardRow]:
    """Awards in a state in the order of their ids, behind ``after``; ``equal``: columns."""
    where = [award.c.state == state, award.c.id > after]
    where += [award.c[name] == value for name, value in equal.items()]
    query = select(award).where(*where).order_by(award.c.id).limit(limit)
    return [AwardRow(*row) for row in connection.execute(query)]


def of_sheet(connection: Connection, sheet: str, kind: str) -> list[AwardRow]:
    """The awards of a list or a batch, in the order of its digest."""
    query = select(award).where(award.c[kind] == sheet).order_by(award.c.id)
    return [AwardRow(*row) for row in connection.execute(query)]


def policies(connection: Connection, state: str, runs: Iterable[str]) -> list[tuple[str, str, str]]:
    """Run, policy and version of the awards in a state, of runs in these states."""
    columns = (award.c.run, award.c.policy, award.c.version)
    query = (
        select(*columns)
        .join(grant_run, grant_run.c.id == award.c.run)
        .where(award.c.state == state, grant_run.c.state.in_(tuple(runs)))
        .distinct()
        .order_by(*columns)
    )
    return [(row.run, row.policy, row.version) for row in connection.execute(query)]


def had(connection: Connection) -> list[Had]:
    """Everything that claims something, of all firms."""
    names = ("firm", "policy", "stage", "occurrence", "amount_fen", "state")
    columns = [*(award.c[name] for name in names), grant_run.c.day]
    query = (
        select(*columns)
        .join(grant_run, grant_run.c.id == award.c.run)
        .where(award.c.state.not_in(FREE))
    )
    return [Had(*row) for row in connection.execute(query)]


def count_states(connection: Connection, **equal: str) -> dict[str, tuple[int, int]]:
    """State → how many awards, and their sum; ``equal``: columns (``run``, ``policy``, ``list``)."""
    where = [award.c[name] == value for name, value in equal.items()]
    sums = (func.count(), func.sum(award.c.amount_fen))
    query = select(award.c.state, *sums).where(*where).group_by(award.c.state)
    return {state: (number, int(total)) for state, number, total in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Standing:
    """An award by what tells whose it is, and nothing that is sealed."""

    id: str
    firm: str
    code: str


def standing(connection: Connection, policy: str, state: str) -> list[Standing]:
    """The awards of a policy that are in a state."""
    columns = (award.c.id, award.c.firm, award.c.code)
    where = (award.c.policy == policy, award.c.state == state)
    return [Standing(*row) for row in connection.execute(select(*columns).where(*where))]


def count_policies(connection: Connection, state: str, code: str) -> dict[str, int]:
    """Policy → how many awards are in this state for this reason."""
    query = select(award.c.policy, func.count()).where(award.c.state == state, award.c.code == code)
    return {row[0]: row[1] for row in connection.execute(query.group_by(award.c.policy))}


def forget_screened(connection: Connection, newest: str) -> int:
    """Rows of what earlier runs let fall: how many. Their decisions stay in the signed datasets."""
    where = (award.c.state == "screened-out", award.c.run != newest)
    return connection.execute(delete(award).where(*where)).rowcount


@dataclass(frozen=True, slots=True)
class Followed:
    """An award with what its case has come to."""

    award: AwardRow
    items: Mapping[str, tuple[str, str]]
    """Item's row → state and code."""
    documents: frozenset[str]
    """The case's names of its documents."""


_is_asked = exists().where(
    case_item.c.case == award.c.case,
    case_item.c.item == "confirm",
    case_item.c.state.in_(("ready", "sent", "unknown", "stored")),
)


def followed(
    connection: Connection, states: Iterable[str], *, after: str = "", limit: int = CHUNK
) -> list[Followed]:
    """Awards in these states that have a case, in the order of their ids.

    Without those whose firm is still asked: thousands may say nothing for weeks, and nothing follows.
    """
    where = (award.c.state.in_(tuple(states)), award.c.id > after, award.c.case != "", ~_is_asked)
    query = select(award).where(*where).order_by(award.c.id).limit(limit)
    rows = [AwardRow(*row) for row in connection.execute(query)]
    items = _items(connection, [row.case for row in rows])
    names = _names(connection, [row.case for row in rows])
    return [Followed(r, items.get(r.case, {}), frozenset(names.get(r.case, ()))) for r in rows]


def _items(connection: Connection, cases: Sequence[str]) -> dict[str, dict[str, tuple[str, str]]]:
    found: dict[str, dict[str, tuple[str, str]]] = {}
    columns = (case_item.c.case, case_item.c.item, case_item.c.state, case_item.c.code)
    query = select(*columns).where(case_item.c.case.in_(cases)).order_by(*columns[:2])
    for row in connection.execute(query):
        found.setdefault(row.case, {})[row.item] = (row.state, row.code)
    return found


def _names(connection: Connection, cases: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    query = select(case_document.c.case, case_document.c.name)
    for row in connection.execute(query.where(case_document.c.case.in_(cases))):
        found.setdefault(row.case, []).append(row.name)
    return found
