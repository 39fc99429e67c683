"""The wire of a treasury's channel: front-end tables, or folders with ISO 20022 files in them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from adapters import _feed_options, _unit_plan
from adapters._treasury_files import TreasuryFiles
from connectors import wires
from exchange.ports import Connector, Endpoint

_THEIRS = ["STATUS", "BACKCODE", "BACKMSG", "PZH", "ZFRQ"]
_PRESETS: Mapping[str, Mapping[str, Any]] = {
    "tables": {
        "tables": {
            "orders": {"table": "ZF_SQ", "key": ["ORDERNO"], "theirs": _THEIRS},
            "recoveries": {"table": "ZF_SH", "key": ["ORDERNO"], "theirs": [*_THEIRS, "JE"]},
            "statement": {"table": "ZF_DZ", "most": 100_000},
        }
    },
    "iso20022": {
        "folders": {
            "orders": {"folder": "orders"},
            "taken": {"folder": "taken"},
            "answers": {"folder": "answers"},
        }
    },
}


def plan(channel: str) -> str:
    """The name of the shipped plan.

    >>> plan("tables")
    'treasury_tables'
    """
    return f"treasury_{channel}"


def of(known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Alias and settings: what is preset, with what the site writes over it."""
    alias = known["wire"] if known["channel"] == "iso20022" else "tables"
    return alias, _unit_plan.merged(_PRESETS[known["channel"]], known["settings"])


def schema(alias: str) -> Mapping[str, Any]:
    """What may stand in the settings."""
    return wires.call_options(wires.caller(alias))


def opened(known: Mapping[str, Any], endpoint: Endpoint) -> Connector:
    """Ready to be called by the channel's plan. ``Fatal`` for settings that are none."""
    alias, told = of(known)
    module = wires.caller(alias)
    connector: Connector = module.open_connector(
        _feed_options.settings(schema(alias), told, alias), endpoint
    )
    if known["channel"] == "tables":
        return connector
    return TreasuryFiles(connector, endpoint.clock)
