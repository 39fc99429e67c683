"""The REST wire of a gateway: what its kind presets, and what the site writes over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from adapters import _feed_options
from connectors import rest
from connectors.rest import Rest
from exchange.errors import Problem
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


def settings(preset: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    """What the wire is opened with; what the site writes counts more."""
    return {**preset, **told}


def mistakes(preset: Mapping[str, Any], told: Mapping[str, Any]) -> list[tuple[str, Problem]]:
    """What is wrong with the site's settings, each with its place in the options."""
    return list(_feed_options.problems(rest.OPTIONS, settings(preset, told), "rest"))


def opened(
    preset: Mapping[str, Any],
    told: Mapping[str, Any],
    endpoint: Endpoint,
    reads: Iterable[str] = (),
) -> Rest:
    """The wire; ``reads`` are calls that change nothing. ``Fatal`` for settings that are none."""
    known = {"reads": list(reads), **settings(preset, told)}
    return rest.open_connector(_feed_options.settings(rest.OPTIONS, known, "rest"), endpoint)
