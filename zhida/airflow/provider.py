"""What Airflow's provider registry learns about us (entry point ``apache_airflow_provider``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.connection_fields import EXTRA, STANDARD, TITLES, connection_type

_FIELDS = ("host", "port", "schema", "login", "password")
"""Airflow's own fields of a connection, beside ``extra``."""


def get_provider_info() -> dict[str, Any]:
    """Name, description, and a connection type for each kind of wire.

    Airflow calls this at every start, so it imports a table and nothing else.
    """
    return {
        "package-name": "zhida",
        "name": "Zhida 直达",
        "description": "An interoperability hub for Chinese district governments.",
        "connection-types": [_type(wire, title) for wire, title in TITLES.items()],
    }


def _type(wire: str, title: str) -> dict[str, Any]:
    used = STANDARD[wire]
    return {
        "connection-type": connection_type(wire),
        "hook-name": f"直达：{title}",
        "hook-class-name": f"zhida.airflow.hooks.{wire.capitalize()}Hook",
        "conn-fields": {name: _field(told) for name, told in EXTRA[wire].items()},
        "ui-field-behaviour": {
            "hidden-fields": [name for name in _FIELDS if name not in used],
            "relabeling": dict(used),
            "placeholders": {},
        },
    }


def _field(told: Mapping[str, Any]) -> dict[str, Any]:
    """Airflow masks what has the format ``password``."""
    schema: dict[str, Any] = {"type": ["string", "null"]}
    if told.get("format"):
        schema["format"] = told["format"]
    return {"label": told["title"], "description": told["description"], "schema": schema}
