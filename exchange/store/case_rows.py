"""Rows of cases and their items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    and_,
    bindparam,
    delete,
    exists,
    false,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy import case as sql_case

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.prefix import begins
from exchange.store.tables import (
    case_document,
    case_item,
    delivery,
    matter_case,
    matter_definition,
)

WORKABLE = ("ready", "sent", "stored", "unknown")
"""States of an item in which a worker has something to do once ``next_at`` has come."""
_MOST_KEYS = 500
"""Keys of one query: older builds of SQLite take 999 parameters."""
_is_workable = case_item.c.state.in_([literal_column(f"'{state}'") for state in WORKABLE])
"""Written out, not bound: only so does a database see that the partial index answers it."""


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One case."""

    id: str
    matter: str
    identity: str
    opened_at: str
    closed_at: str
    state: str
    definition: str


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of one case; ``facts`` is JSON."""

    case: str
    item: str
    matter: str
    state: str
    code: str
    facts: str
    effect: str
    due_at: str
    next_at: str
    updated_at: str


_ADD_CASE, _ADD_ITEM = insert(matter_case), insert(case_item)


def open_case(connection: Connection, row: CaseRow, items: Iterable[ItemRow]) -> None:
    """Insert a case with all its items."""
    connection.execute(_ADD_CASE, _values(row))
    connection.execute(_ADD_ITEM, [_values(item) for item in items])


def add_item(connection: Connection, row: ItemRow) -> None:
    """One more item of a case that is there: a correction of one that it has."""
    connection.execute(_ADD_ITEM, [_values(row)])


def lock_case(connection: Connection, case: str) -> None:
    """Until the transaction ends nobody else begins to send for this case or changes its facts.

    (Where every writer waits for every other anyway, as in SQLite, this does nothing more.)
    """
    connection.execute(_LOCK_CASE, {"of_case": case})


def keep_definition(connection: Connection, digest: str, content: str) -> None:
    """Store a matter's definition, once."""
    row = {"digest": digest, "content": content}
    upsert.insert_new(connection, matter_definition, row)


def get_definition(connection: Connection, digest: str) -> str | None:
    """The definition of this digest."""
    query = select(matter_definition.c.content).where(matter_definition.c.digest == digest)
    found: str | None = connection.execute(query).scalar()
    return found


_BY_IDENTITY = select(matter_case.c.id).where(
    matter_case.c.matter == bindparam("of_matter"), matter_case.c.identity == bindparam("thing")
)
_CASE = select(matter_case).where(matter_case.c.id == bindparam("of_case"))
_CLOSE_CASE = update(matter_case).where(matter_case.c.id == bindparam("of_case"))
_LOCK_CASE = (
    select(matter_case.c.id).where(matter_case.c.id == bindparam("of_case")).with_for_update()
)


def by_identity(connection: Connection, matter: str, identity: str) -> str | None:
    """The id of the case that this thing already has."""
    which = {"of_matter": matter, "thing": identity}
    found: str | None = connection.execute(_BY_IDENTITY, which).scalar()
    return found


def get_case(connection: Connection, case: str) -> CaseRow | None:
    """One case."""
    found = connection.execute(_CASE, {"of_case": case}).first()
    return None if found is None else CaseRow(*found)


def list_cases(connection: Connection, matter: str = "") -> list[CaseRow]:
    """Cases, newest first; of one matter if named."""
    query = select(matter_case).order_by(matter_case.c.opened_at.desc())
    if matter:
        query = query.where(matter_case.c.matter == matter)
    return [CaseRow(*row) for row in connection.execute(query)]


def cases_like(connection: Connection, beginning: str) -> list[CaseRow]:
    """Two cases at most whose id begins so; found by the index, which a pattern would not use."""
    query = select(matter_case).where(begins(matter_case.c.id, beginning)).limit(2)
    return [CaseRow(*row) for row in connection.execute(query)]


def close_case(connection: Connection, case: str, state: str, at: str) -> None:
    """The case is over: ``done``, ``partial`` or ``none``; or ``open`` again, closed at no time."""
    connection.execute(_CLOSE_CASE, {"of_case": case, "state": state, "closed_at": at})


def take_up(connection: Connection, case: str, at: str) -> None:
    """A cancelled case runs again, and so do its items that were cancelled."""
    which = (case_item.c.case == case, case_item.c.state == "cancelled")
    values = {"state": "waiting", "code": "", "facts": "{}", "next_at": at, "updated_at": at}
    connection.execute(update(case_item).where(*which).values(**values))
    close_case(connection, case, "open", "")


_ITEMS = select(case_item).where(case_item.c.case == bindparam("of_case"))
_THIS_ITEM = and_(
    case_item.c.case == bindparam("of_case"), case_item.c.item == bindparam("of_item")
)
_ITEM = select(case_item).where(_THIS_ITEM)
_CHANGE_ITEM = update(case_item).where(
    _THIS_ITEM, case_item.c.state.not_in(("superseded", "cancelled"))
)
_CHANGE_SEEN = _CHANGE_ITEM.where(
    case_item.c.state == bindparam("seen_state"), case_item.c.updated_at == bindparam("seen_at")
)


def items(connection: Connection, case: str) -> list[ItemRow]:
    """All items of a case."""
    return [ItemRow(*row) for row in connection.execute(_ITEMS, {"of_case": case})]


def get_item(connection: Connection, case: str, item: str) -> ItemRow | None:
    """One item of a case."""
    found = connection.execute(_ITEM, {"of_case": case, "of_item": item}).first()
    return None if found is None else ItemRow(*found)


def postpone(connection: Connection, case: str, item: str, until: str) -> None:
    """Look at a workable item not before ``until``; what is due later anyway stays so."""
    where = and_(
        case_item.c.case == case,
        case_item.c.item == item,
        _is_workable,
        case_item.c.next_at < until,
    )
    connection.execute(update(case_item).where(where).values(next_at=until))


def look_now(connection: Connection, at: str) -> None:
    """Whatever is workable is due."""
    where = _is_workable
    connection.execute(update(case_item).where(where).values(next_at=at))


def asleep(connection: Connection, effects: Sequence[str], now: str) -> list[tuple[str, str]]:
    """Case and row of what waits for people under these effects, and would be looked at later."""
    found: list[tuple[str, str]] = []
    for first in range(0, len(effects), _MOST_KEYS):
        mine = delivery.c.effect.in_(effects[first : first + _MOST_KEYS])
        same = and_(case_item.c.case == delivery.c.case, case_item.c.item == delivery.c.item)
        query = select(case_item.c.case, case_item.c.item).join(delivery, same)
        query = query.where(mine, case_item.c.state == "stored", case_item.c.next_at > now)
        found += [(row.case, row.item) for row in connection.execute(query)]
    return found


def wake(connection: Connection, rows: Iterable[tuple[str, str]], at: str) -> None:
    """These are looked at now, if they still wait for people."""
    query = update(case_item).where(_THIS_ITEM, case_item.c.state == "stored")
    told = [{"of_case": case, "of_item": item} for case, item in rows]
    connection.execute(query.values(next_at=at), told)


def set_item(connection: Connection, case: str, item: str, values: Mapping[str, str]) -> None:
    """Change an item (``state``, ``code``, ``facts``, ``effect``, ``next_at``, ``updated_at``).

    What a newer version has overtaken, or was cancelled, stays so, whatever a worker that was late
    says of it.
    """
    connection.execute(_CHANGE_ITEM, {"of_case": case, "of_item": item, **values})


def set_item_seen(connection: Connection, seen: ItemRow, values: Mapping[str, str]) -> bool:
    """Change an item if it is still as it was ``seen``; tells whether it was.

    When it is next looked at may have been put off meanwhile: that is no change.
    """
    where = {"of_case": seen.case, "of_item": seen.item}
    known = {"seen_state": seen.state, "seen_at": seen.updated_at}
    return connection.execute(_CHANGE_SEEN, {**where, **known, **values}).rowcount == 1


def due(
    connection: Connection, matter: str, item: str, now: str, limit: int
) -> list[tuple[str, str]]:
    """Cases, and the row of each, in which this item or a correction of it can be worked on now.

    Oldest case first, by the case's age and not by ``next_at``, which every failed try moves: so a
    backlog drains in the order in which it came. Only what waits for a person at the target (and
    is merely looked at again) stands behind, in the order of its looks.
    """
    looked_at = case_item.c.state == "stored"
    since = sql_case((looked_at, case_item.c.next_at), else_=matter_case.c.opened_at)
    query = (
        select(case_item.c.case, case_item.c.item)
        .join(matter_case, matter_case.c.id == case_item.c.case)
        .where(
            case_item.c.matter == matter,
            _named(item),
            _is_workable,
            case_item.c.next_at <= now,
        )
        .order_by(looked_at, since, case_item.c.next_at, case_item.c.case, case_item.c.item)
        .limit(limit)
    )
    return [(row.case, row.item) for row in connection.execute(query)]


def _named(item: str) -> ColumnElement[bool]:
    """The item's own row and those of its corrections (``household``, ``household#1``…)."""
    return or_(case_item.c.item == item, case_item.c.item.startswith(f"{item}#", autoescape=True))


def has_due(connection: Connection, matter: str, now: str, items: Iterable[str]) -> bool:
    """Is there work for any of these items?"""
    query = select(
        exists().where(
            case_item.c.matter == matter,
            or_(false(), *map(_named, items)),
            _is_workable,
            case_item.c.next_at <= now,
        )
    )
    return bool(connection.execute(query).scalar())


def count_states(connection: Connection, matter: str) -> dict[tuple[str, str], int]:
    """How many items of each name are in each state."""
    query = (
        select(case_item.c.item, case_item.c.state, func.count())
        .where(case_item.c.matter == matter)
        .group_by(case_item.c.item, case_item.c.state)
    )
    return {(name, state): count for name, state, count in connection.execute(query)}


def parked(connection: Connection) -> list[ItemRow]:
    """Items that need a person."""
    query = select(case_item).where(
        or_(case_item.c.state == "parked", case_item.c.state == "invalid")
    )
    return [ItemRow(*row) for row in connection.execute(query.order_by(case_item.c.updated_at))]


_DOCUMENTS = select(case_document.c.name, case_document.c.document).where(
    case_document.c.case == bindparam("of_case")
)


def documents(connection: Connection, case: str) -> dict[str, str]:
    """The case's documents: name → id."""
    return {row.name: row.document for row in connection.execute(_DOCUMENTS, {"of_case": case})}


def add_document(connection: Connection, case: str, name: str, identifier: str) -> None:
    """The case knows this document under this name from now on, whatever it knew before."""
    row = {"case": case, "name": name, "document": identifier}
    upsert.put(connection, case_document, row)


def drop_document(connection: Connection, case: str, name: str) -> None:
    """The case knows no document by this name any more; the document itself stays."""
    which = (case_document.c.case == case, case_document.c.name == name)
    connection.execute(delete(case_document).where(*which))


def _values(row: CaseRow | ItemRow) -> dict[str, str]:
    return {name: getattr(row, name) for name in row.__slots__}
