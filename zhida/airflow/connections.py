"""Airflow's connections for the hub inside a task: environment first, then Airflow's backends."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from zhida import connections


def find(connection: str) -> Mapping[str, Any] | None:
    """The connection's fields, or None if Airflow knows none of this id."""
    told = connections.from_environment(connection)
    if told is not None:
        return told
    try:
        found = Connection.get(connection)
    except AirflowNotFoundException:
        return None
    return fields(found)


def fields(found: Connection) -> dict[str, Any]:
    """A connection of Airflow's as ``zhida.connections`` reads it."""
    return {
        "host": found.host,
        "port": found.port,
        "login": found.login,
        "password": found.password,
        "schema": found.schema,
        "extra": found.extra_dejson,
    }
