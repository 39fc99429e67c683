"""Where systems are and how to log in: from Airflow's connections, never from the site's files.

Outside an Airflow task we see the connections of the environment (``AIRFLOW_CONN_<ID>``, JSON as
Airflow writes it). Those in Airflow's own database are visible only inside a task:
``zhida.airflow`` gives the hub another finder there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from exchange.errors import Fatal
from exchange.names import nearest
from exchange.ports import Clock, Endpoint

Finder = Callable[[str], Mapping[str, Any] | None]
"""Connection id → the connection's fields (``host``, ``port``, ``login`` …), or None."""


FIELDS = ("conn_type", "description", "host", "port", "schema", "login", "password", "extra")
"""What Airflow knows in such a JSON: another key is a slip, for there it would be an error too."""


def from_environment(connection: str) -> Mapping[str, Any] | None:
    """The connection's fields out of ``AIRFLOW_CONN_<ID>``."""
    text = os.environ.get(f"AIRFLOW_CONN_{connection.upper()}")
    if text is None:
        return None
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        raise Fatal("connection.not-json", connection=connection) from None
    if not isinstance(told, dict):
        raise Fatal("connection.not-json", connection=connection)
    for key in told:
        if key not in FIELDS:
            near = nearest(key, FIELDS)
            raise Fatal("connection.unknown-key", connection=connection, key=key[:40], nearest=near)
    return told


def endpoint(connection: str, *, find: Finder, folder: Path, clock: Clock) -> Endpoint:
    """The endpoint behind a connection id."""
    told = find(connection)
    if told is None:
        raise Fatal("connection.missing", connection=connection, variable=connection.upper())
    extra = _extra(connection, told.get("extra") or {})
    return Endpoint(
        address=address(told),
        login=told.get("login") or "",
        password=told.get("password") or "",
        extra=extra,
        site=folder,
        clock=clock,
    )


def _extra(connection: str, told: Any) -> dict[str, str]:
    """As an object, or as Airflow keeps it: JSON in a text. Airflow's form sends empty fields as null.

    A word of our own for a value that is missing would sign and log in as if it were the secret.
    """
    try:
        found = json.loads(told) if isinstance(told, str) else told
    except (ValueError, RecursionError):
        raise Fatal("connection.not-json", connection=connection) from None
    if not isinstance(found, Mapping):
        raise Fatal("connection.not-json", connection=connection)
    said = {str(key): value for key, value in found.items() if value is not None}
    for key, value in said.items():
        if not isinstance(value, str | int | float):
            raise Fatal("connection.extra", connection=connection, key=key)
    return {key: str(value) for key, value in said.items()}


def address(told: Mapping[str, Any]) -> str:
    """Base URL or ``host:port`` of a connection's fields."""
    place = told.get("host") or ""
    if told.get("port"):
        place = f"{place}:{told['port']}"
    scheme = told.get("schema") or ""
    return f"{scheme}://{place}" if scheme in ("http", "https") else place
