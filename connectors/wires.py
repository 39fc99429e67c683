"""Names of the wires, resolved late: a site loads only what it uses.

Some can be called, some hold messages that wait to be taken, some are both.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import Any

from exchange.errors import Fatal
from exchange.names import nearest

WIRES: Mapping[str, str] = {
    "amqp": "connectors.amqp",
    "files": "connectors.files",
    "ftps": "connectors.ftps",
    "gate": "connectors.gate",
    "rest": "connectors.rest_feed",
    "sftp": "connectors.sftp",
    "tables": "connectors.tables",
}
"""Alias → module with ``OPTIONS`` and ``open_feed(options, endpoint) -> Feed``."""

CALLS: Mapping[str, str] = {
    "files": "connectors.files",
    "ftps": "connectors.ftps",
    "gate": "connectors.gate",
    "rest": "connectors.rest",
    "sftp": "connectors.sftp",
    "soap": "connectors.soap",
    "tables": "connectors.tables",
}
"""Alias → module with ``open_connector(options, endpoint) -> Connector``, and the schema of these
options as ``CALL_OPTIONS``, or ``OPTIONS`` where there is no other."""


def wire(alias: str) -> ModuleType:
    """The module behind the alias of a wire on which messages wait.

    >>> wire("files").__name__
    'connectors.files'
    """
    return _module(alias, WIRES)


def caller(alias: str) -> ModuleType:
    """The module behind the alias of a wire that can be called.

    >>> caller("soap").__name__
    'connectors.soap'
    """
    return _module(alias, CALLS)


def call_options(module: ModuleType) -> Mapping[str, Any]:
    """The schema of a wire's settings for calling it."""
    found: Mapping[str, Any] = getattr(module, "CALL_OPTIONS", None) or module.OPTIONS
    return found


def _module(alias: str, known: Mapping[str, str]) -> ModuleType:
    """A typo is answered with the nearest name."""
    if alias not in known:
        near = nearest(alias, known)
        raise Fatal("wire.no-such-wire", wire=alias, nearest=near)
    return import_module(known[alias])
