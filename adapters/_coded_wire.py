"""The REST wire of a gateway: what its kind presets, and what the site writes over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapters import _feed_options
from connectors import rest
from connectors.rest import Rest
from exchange.ports import Endpoint

SETTINGS: dict[str, Any] = {
    "title": "REST 线路的设置",
    "description": "超时、代理、登录和签名等，写法与通用适配器的 rest 相同；写出的取代本适配器的缺省。",
    "type": "object",
    "default": {},
}
CALL: dict[str, Any] = {
    "type": "string",
    "pattern": rest.OPTIONS["properties"]["reads"]["items"]["pattern"],
}
"""An operation of the REST wire: ``POST /path``."""


def opened(
    preset: Mapping[str, Any],
    told: Mapping[str, Any],
    endpoint: Endpoint,
    reads: Iterable[str] = (),
) -> Rest:
    """The wire; ``reads`` are calls that change nothing. ``Fatal`` for settings that are none."""
    settings = {"reads": list(reads), **preset, **told}
    return rest.open_connector(_feed_options.settings(rest.OPTIONS, settings, "rest"), endpoint)
