"""What waits on a system: how many items, until when at the latest, and what is parked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal_column, select

from exchange.case import ENDED
from exchange.store.engine import Connection
from exchange.store.item_pages import is_state
from exchange.store.tables import case_item

_NOTHING: ColumnElement[str] = literal_column("''")
"""Written out, not bound: only so does a database see that the partial index answers it."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some items of one matter: how many, and the earliest legal day of their cases (or empty)."""

    count: int
    due_at: str


def waiting(
    connection: Connection,
    matter: str,
    items: Sequence[str],
    states: Sequence[str],
    *,
    code: str = "",
) -> Waiting:
    """The items in these states, and what of their cases is due first.

    An item may be without a clock of its own while another of its case, which waits for it, has
    one: so the day is the earliest of all that is not over in these cases.
    """
    found = [_in_state(connection, (matter, items, state, code)) for state in states]
    days = [each.due_at for each in found if each.due_at]
    return Waiting(sum(each.count for each in found), min(days, default=""))


def _in_state(connection: Connection, which: tuple[str, Sequence[str], str, str]) -> Waiting:
    """State by state, as the index of what is under way or held answers it."""
    matter, items, state, code = which
    chosen = [
        is_state(state),
        case_item.c.matter == matter,
        case_item.c.item.in_(items),
        *([case_item.c.code == code] if code else []),
    ]
    other = case_item.alias()
    ours = (
        other.c.case == case_item.c.case,
        other.c.due_at != _NOTHING,
        other.c.state.not_in(ENDED),
    )
    due = select(func.min(other.c.due_at)).select_from(case_item.join(other, and_(*ours)))
    count = connection.execute(select(func.count()).select_from(case_item).where(*chosen)).scalar()
    if not count:
        return Waiting(0, "")
    return Waiting(int(count), connection.execute(due.where(*chosen)).scalar() or "")


@dataclass(frozen=True, slots=True)
class ParkedRow:
    """The items of one name that are parked (or invalid) for one reason; ``facts`` (JSON) are of one of them."""

    item: str
    code: str
    since: str
    facts: str


def parked(connection: Connection, matter: str, items: Sequence[str]) -> list[ParkedRow]:
    """What is parked among these items, by item and reason."""
    return _held(connection, matter, items, "parked")


def invalid(
    connection: Connection, matter: str, items: Sequence[str], after: str
) -> list[ParkedRow]:
    """What has ended as invalid after this stamp, likewise."""
    return _held(connection, matter, items, "invalid", after)


def _held(
    connection: Connection, matter: str, items: Sequence[str], state: str, after: str = ""
) -> list[ParkedRow]:
    query = (
        select(
            case_item.c.item,
            case_item.c.code,
            func.min(case_item.c.updated_at),
            func.min(case_item.c.facts),
        )
        .where(
            case_item.c.matter == matter,
            case_item.c.item.in_(items),
            is_state(state),
            case_item.c.updated_at > after,
        )
        .group_by(case_item.c.item, case_item.c.code)
        .order_by(case_item.c.item, case_item.c.code)
    )
    return [ParkedRow(*row) for row in connection.execute(query)]
