"""What the places of a sync that are no tables ask of their systems."""

from __future__ import annotations

from collections.abc import Iterator

from adapters import recipient
from exchange.errors import Fact, Fatal, Problem
from exchange.names import nearest
from zhida import system_wire
from zhida.site import System
from zhida.sync_file import Place


def misplaced(place: Place, system: System) -> Iterator[Problem]:
    """What a target that is no table asks of its system, and the system has not."""
    if place.kind == "gate":
        yield from _no_channel(place, system)
        return
    wires = (recipient.QUEUE,) if place.kind == "route" else recipient.FILES
    wire = system_wire.of(system).alias
    if system.adapter != "recipient" or wire not in wires:
        facts: dict[str, Fact] = {"system": place.system, "kind": place.kind, "wire": wire}
        yield Problem("sync.no-recipient", {**facts, "adapter": system.adapter})
    elif place.kind == "file":
        for code, folders in recipient.lacking(system.options, place.file):
            yield Problem(code, {"system": place.system, "folder": place.table, "nearest": folders})


def _no_channel(place: Place, system: System) -> Iterator[Problem]:
    if system.adapter != "gate":
        yield Problem("sync.no-gate", {"system": place.system, "adapter": system.adapter})
    elif place.table not in (known := system.options["channels"]):
        near = nearest(place.table, known)
        yield Problem("sync.no-channel", {"channel": place.table, "nearest": near})


def require(place: Place, system: System) -> None:
    """``Fatal`` with the first of them."""
    for problem in misplaced(place, system):
        raise Fatal(problem.code, **problem.facts)
