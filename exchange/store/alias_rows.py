"""Whose thing is it? A case by any of the identities that its thing has had."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from exchange.store import case_rows, upsert
from exchange.store.engine import Connection
from exchange.store.tables import case_alias

_ALIAS = select(case_alias.c.case).where(
    case_alias.c.matter == bindparam("of_matter"), case_alias.c.identity == bindparam("thing")
)


def alias_of(connection: Connection, matter: str, identity: str) -> str:
    """The case that has taken this further identity; empty: none."""
    found = connection.execute(_ALIAS, {"of_matter": matter, "thing": identity}).scalar()
    return found or ""


def holder(connection: Connection, matter: str, identity: str) -> str | None:
    """The case of this thing, under whichever number it was opened."""
    taken = alias_of(connection, matter, identity)
    return taken or case_rows.by_identity(connection, matter, identity)


def take(connection: Connection, matter: str, identity: str, case: str) -> bool:
    """The identity is this case's too. False: another case has it."""
    row = {"matter": matter, "identity": identity, "case": case}
    upsert.insert_new(connection, case_alias, row)
    return alias_of(connection, matter, identity) == case
