"""The tables and views of a front-end database, with their columns as its catalogue tells them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import inspect

from connectors.discovery import Field, Found
from connectors.tables_database import Database
from exchange.errors import Fatal
from exchange.names import similar
from exchange.ports import Endpoint

_MOST = 200


def discover(settings: Mapping[str, Any], endpoint: Endpoint, wanted: str) -> list[Found]:
    """``wanted``: one table (``schema.table``), else all of the login's own schema."""
    schema, _, table = wanted.rpartition(".")
    database = Database({**settings, "timeout_s": settings.get("timeout_s", 30)}, endpoint)
    try:
        with database.begin() as connection:
            catalogue: Any = inspect(connection)
            known = catalogue.get_table_names(schema or None)
            known += catalogue.get_view_names(schema or None)
            if table and table not in known:
                near = similar(table, known)
                raise Fatal("tables.no-table", table=wanted, nearest=near)
            names = [table] if table else sorted(known)[:_MOST]
            return [_found(catalogue, name, schema) for name in names]
    finally:
        database.close()


def _found(catalogue: Any, name: str, schema: str) -> Found:
    where = schema or None
    key = set(catalogue.get_pk_constraint(name, where).get("constrained_columns") or ())
    columns = tuple(
        Field(
            each["name"],
            str(each["type"]) + (" 主键" if each["name"] in key else ""),
            required=not each.get("nullable", True),
            title=str(each.get("comment") or ""),
        )
        for each in catalogue.get_columns(name, where)
    )
    return Found(f"{schema}.{name}" if schema else name, "table", gives=columns)
