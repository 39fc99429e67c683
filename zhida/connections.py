"""Where systems are and how to log in: from Airflow's connections, never from the site's files.

Outside an Airflow task we see the connections of the environment (``AIRFLOW_CONN_<ID>``, JSON as
Airflow writes it), then those of a file (``ZHIDA_CONNECTIONS``: a JSON object, id → connection, the
form of Airflow's ``LocalFilesystemBackend``, which may read the same file). Those in Airflow's own
database are visible only inside a task: ``zhida.airflow`` gives the hub another finder there.
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
from zhida import environment

Finder = Callable[[str], Mapping[str, Any] | None]
"""Connection id → the connection's fields (``host``, ``port``, ``login`` …), or None."""


FIELDS = ("conn_type", "description", "host", "port", "schema", "login", "password", "extra")
"""What Airflow knows in such a JSON: another key is a slip, for there it would be an error too."""


def from_environment(connection: str) -> Mapping[str, Any] | None:
    """The connection's fields out of ``AIRFLOW_CONN_<ID>``, else out of the file."""
    text = os.environ.get(f"AIRFLOW_CONN_{connection.upper()}")
    if text is None:
        told = _in_file(connection)
        return None if told is None else _checked(connection, told)
    return _checked(connection, _json(connection, text))


def _in_file(connection: str) -> Any:
    """None: there is no file, or it has no such connection."""
    file = environment.connections_file()
    if file is None:
        return None
    try:
        known = json.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise Fatal("connection.file", file=file.name, reason=type(error).__name__) from None
    if not isinstance(known, dict):
        raise Fatal("connection.file", file=file.name, reason=type(known).__name__)
    return known.get(connection)


def _json(connection: str, text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise Fatal("connection.not-json", connection=connection) from None


def _checked(connection: str, told: Any) -> Mapping[str, Any]:
    """Only keys that Airflow knows."""
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
    found = _json(connection, told) if isinstance(told, str) else told
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
