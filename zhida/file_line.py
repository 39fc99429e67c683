"""A line to a system's large files, and whether it may be used at this moment."""

from __future__ import annotations

from typing import cast

from adapters.large_files import LargeFiles
from exchange import limits
from exchange.errors import Invalid, Retriable
from zhida import legs
from zhida.hub import Hub
from zhida.site import System

ADAPTER = "large_files"


def opened(hub: Hub, system: System) -> LargeFiles:
    """A line of its own; its caller closes it. ``Invalid`` for a system that has no large files."""
    if system.adapter != ADAPTER:
        raise Invalid("file.no-place", system=system.name, adapter=system.adapter)
    return cast("LargeFiles", hub.open_adapter(system))


def require_open(hub: Hub, system: System, *, writing: bool = False) -> None:
    """Asked before the first byte and between any two chunks: a switch that an operator throws counts at
    once, however big the file is. ``writing``: something comes about there, so not in shadow either.
    """
    mode = legs.mode_of(hub.store, system)
    if mode == legs.STOPPED:
        raise Retriable("call.stopped", system=system.name)
    if writing and mode != legs.LIVE:
        raise Retriable("leg.not-live", system=system.name)
    if not limits.is_open(system.windows, hub.clock()):
        raise Retriable("call.closed", system=system.name)
