"""Names of the wires on which messages wait, resolved late: a site loads only what it uses."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from types import ModuleType

from exchange.errors import Fatal

WIRES: Mapping[str, str] = {
    "amqp": "connectors.amqp",
    "files": "connectors.files",
    "sftp": "connectors.sftp",
    "tables": "connectors.tables",
}
"""Alias → module with ``OPTIONS`` and ``open_feed(options, endpoint) -> Feed``."""


def wire(alias: str) -> ModuleType:
    """The module behind a wire's alias; a typo is answered with the nearest name.

    >>> wire("files").__name__
    'connectors.files'
    """
    if alias not in WIRES:
        near = get_close_matches(alias, WIRES, 1, 0.4) or ["-"]
        raise Fatal("wire.no-such-wire", wire=alias, nearest=near[0])
    return import_module(WIRES[alias])
