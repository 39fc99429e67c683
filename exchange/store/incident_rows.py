"""Rows of incidents: what somebody has to be told of, once."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select, update

from exchange.store import upsert
from exchange.store.engine import Connection
from exchange.store.operating_tables import incident


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """One incident; ``facts`` is JSON, times are stamps and empty for "not yet".

    ``told_at`` is when people were last told: of its beginning, or (if later than ``closed_at``)
    of its end.
    """

    id: str
    system: str
    kind: str
    code: str
    facts: str
    opened_at: str
    told_at: str = ""
    acknowledged_by: str = ""
    silenced_until: str = ""
    closed_at: str = ""
    about: str = ""
    """The one item of a case that it is about (``case/item``); empty for what many have in common."""
    silenced_as: str = ""
    """How bad it was when somebody wanted quiet (``exchange.incident.Weight``), JSON."""


def get(connection: Connection, identifier: str) -> IncidentRow | None:
    """One incident."""
    found = connection.execute(select(incident).where(incident.c.id == identifier)).first()
    return None if found is None else IncidentRow(*found)


def latest(
    connection: Connection, system: str, kind: str, code: str = "", *, about: str = ""
) -> IncidentRow | None:
    """The newest incident of this system and kind (and code, if given), open or closed."""
    query = select(incident).where(
        incident.c.system == system, incident.c.kind == kind, incident.c.about == about
    )
    if code:
        query = query.where(incident.c.code == code)
    newest = query.order_by(incident.c.opened_at.desc(), incident.c.id.desc())
    found = connection.execute(newest).first()
    return None if found is None else IncidentRow(*found)


def number(connection: Connection, system: str) -> int:
    """How many incidents this system has had."""
    query = select(func.count()).where(incident.c.system == system)
    return int(connection.execute(query).scalar() or 0)


def add(connection: Connection, row: IncidentRow) -> bool:
    """Insert an incident; False if another worker has just used its id."""
    return upsert.insert_new(connection, incident, asdict(row))


def change(connection: Connection, identifier: str, **values: str) -> None:
    """Change an incident: its times, its cause (``code``, ``facts``), who knows of it."""
    connection.execute(update(incident).where(incident.c.id == identifier).values(**values))


def last_closed(connection: Connection, kind: str, system: str) -> str:
    """When the newest incident of this kind and system was closed; empty: never."""
    query = select(func.max(incident.c.closed_at))
    query = query.where(incident.c.system == system, incident.c.kind == kind)
    return connection.execute(query).scalar() or ""


def still_open(connection: Connection, kind: str = "", system: str = "") -> list[IncidentRow]:
    """Open incidents, oldest first; of one kind or system if named."""
    query = select(incident).where(incident.c.closed_at == "")
    query = query.where(incident.c.kind == kind) if kind else query
    query = query.where(incident.c.system == system) if system else query
    return [IncidentRow(*row) for row in connection.execute(_oldest_first(query))]


def open_about(connection: Connection, about: str) -> list[IncidentRow]:
    """Open incidents of one item of a case."""
    query = select(incident).where(incident.c.about == about, incident.c.closed_at == "")
    return [IncidentRow(*row) for row in connection.execute(_oldest_first(query))]


def untold(connection: Connection, at: str) -> list[IncidentRow]:
    """Those of whose beginning, or of whose end, nobody has been told; and those still open whose silence
    has ended by ``at`` since people were told, if nobody has taken them. Oldest first.
    """
    of = incident.c
    never = (of.closed_at == "") & (of.told_at == "")
    ended = (of.closed_at != "") & (of.told_at != "") & (of.told_at <= of.closed_at)
    query = select(incident).where(or_(never, ended, _is_loud_again(at)))
    return [IncidentRow(*row) for row in connection.execute(_oldest_first(query))]


def _is_loud_again(at: str) -> ColumnElement[bool]:
    of = incident.c
    since = (of.silenced_until != "") & (of.silenced_until <= at) & (of.acknowledged_by == "")
    return since & (of.closed_at == "") & (of.told_at != "") & (of.told_at <= of.silenced_until)


def silenced(connection: Connection, at: str) -> list[IncidentRow]:
    """Open ones of which nobody wants to hear at this stamp."""
    query = select(incident).where(incident.c.closed_at == "", incident.c.silenced_until > at)
    return [IncidentRow(*row) for row in connection.execute(_oldest_first(query))]


def newest(connection: Connection) -> list[IncidentRow]:
    """All incidents, newest first."""
    query = select(incident).order_by(incident.c.opened_at.desc(), incident.c.id)
    return [IncidentRow(*row) for row in connection.execute(query)]


def _oldest_first(query: Select[Any]) -> Select[Any]:
    return query.order_by(incident.c.opened_at, incident.c.id)
