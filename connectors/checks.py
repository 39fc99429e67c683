"""How each wire is checked, resolved late like the wires themselves.

A check changes nothing at the peer. A wire without an entry is told by name, port and TLS only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module
from typing import Any

from connectors.check_steps import Step
from exchange.ports import Endpoint

Check = Callable[[Mapping[str, Any], Endpoint, Sequence[str]], Iterator[Step]]

CHECKS: Mapping[str, str] = {
    "amqp": "connectors.check_amqp:check",
    "files": "connectors.check_files:check",
    "ftps": "connectors.check_files:check_ftps",
    "gate": "connectors.check_files:check",
    "mllp": "connectors.check_mllp:check",
    "rest": "connectors.check_http:check",
    "sftp": "connectors.check_files:check_sftp",
    "soap": "connectors.check_http:check_soap",
    "tables": "connectors.tables_check:check",
}
"""Alias → ``module:function`` of type ``Check``: settings, endpoint, names of the streams."""
_OTHER = "connectors.check_mllp:check"


def check(
    alias: str, settings: Mapping[str, Any], endpoint: Endpoint, streams: Sequence[str] = ()
) -> Iterator[Step]:
    """The steps over a wire; ``Fatal`` for an endpoint that can't be right."""
    module, _, name = CHECKS.get(alias, _OTHER).partition(":")
    found: Check = getattr(import_module(module), name)
    return found(settings, endpoint, streams)
