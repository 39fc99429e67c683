"""A database that scheduled syncs read from or write to (定时同步): which one, and nothing more.

Nothing is done here one by one. What syncs read and write stands in the site's ``syncs/`` files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors import tables_address
from connectors.tables_options import DATABASE, ONE_OF
from exchange.ports import Endpoint, Operation

WIRE = "tables"
OPTIONS: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "数据库（定时同步）",
    "description": "供 syncs/ 中的同步读取或写入的库；连接给出 host、port、login、password。",
    "type": "object",
    "additionalProperties": False,
    "oneOf": ONE_OF,
    "properties": DATABASE,
}


class DatabaseSystem:
    """An adapter without operations."""

    @property
    def operations(self) -> Mapping[str, Operation]:
        """None."""
        return {}

    def close(self) -> None:
        """Nothing is open."""


def open_system(options: Mapping[str, Any], endpoint: Endpoint) -> DatabaseSystem:
    """Nothing connects before a sync does; ``Fatal`` for an address or a driver that can't be."""
    known = {"timeout_s": DATABASE["timeout_s"]["default"], **options}
    tables_address.opened(known, endpoint, 1).dispose()
    return DatabaseSystem()
