"""What a peer has to offer, found by asking it: operations, tables, files; resolved late by wire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Literal

from exchange.errors import Fatal
from exchange.ports import Endpoint


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message or one column: its JSON Pointer or name, its type in the peer's words."""

    path: str
    type: str
    required: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that the peer offers."""

    name: str
    kind: Literal["operation", "table", "file"]
    title: str = ""
    takes: tuple[Field, ...] = ()
    gives: tuple[Field, ...] = ()
    facts: Mapping[str, str | int] = field(default_factory=dict)


Discover = Callable[[Mapping[str, Any], Endpoint, str], list[Found]]
"""Settings, endpoint, and what to look at (a file, a path, a table; empty: what the site names)."""

DISCOVERIES: Mapping[str, str] = {
    "files": "connectors.discover_files:discover",
    "ftps": "connectors.discover_files:discover_ftps",
    "gate": "connectors.discover_files:discover",
    "rest": "connectors.discover_openapi:discover",
    "sftp": "connectors.discover_files:discover_sftp",
    "soap": "connectors.discover_soap:discover",
    "tables": "connectors.tables_discover:discover",
}


def discover(
    alias: str, settings: Mapping[str, Any], endpoint: Endpoint, wanted: str = ""
) -> list[Found]:
    """``Fatal`` for a wire whose peers can't be asked (AMQP, MLLP)."""
    if alias not in DISCOVERIES:
        raise Fatal("wire.tells-nothing", wire=alias)
    module, _, name = DISCOVERIES[alias].partition(":")
    found: Discover = getattr(import_module(module), name)
    return found(settings, endpoint, wanted)
