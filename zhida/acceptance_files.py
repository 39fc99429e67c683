"""Large materials (drawings, models) of a building: a claim for each that was handed in, so that units can fetch it.

The owner's system tells digest and size; the bytes stay there until somebody who may have them asks
(``docs/how-to/large-files.md``), and only those whose items look at the material. A new version, or other readers
by the list of now, correct the claim of before, which nobody gets any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import count, takewhile
from typing import Any

from exchange import claim as claims
from exchange.store import document_rows
from exchange.store.acceptance_rows import EventRow
from matters.parts import OWN
from zhida import file_claiming
from zhida.acceptance import Acceptance
from zhida.acceptance_rules import MATTER
from zhida.file_claiming import Kept
from zhida.hub import Hub
from zhida.site import System

ADAPTER = "large_files"
_SAME = ("sm3", "bytes", "system", "readers")
"""Of a claim that need not be made anew; its title may read otherwise by now."""


def claim(hub: Hub, found: Acceptance) -> dict[str, str]:
    """Material → id of the claim of its newest version, of those that are large; what is new is signed."""
    newest = {
        str(told["name"]): (system, told)
        for row, told in _handed_in(hub, found)
        if (system := _holder(hub, row.unit)) is not None
    }
    return {name: _claimed(hub, found, system, told) for name, (system, told) in newest.items()}


def _claimed(hub: Hub, found: Acceptance, system: System, told: Mapping[str, Any]) -> str:
    """The last one, if it says the same; else another, which corrects it."""
    record = _record(found, system, told)
    key = f"{claims.KIND}/{found.row.case}/{record['material']}"
    before = _before(hub, key)
    last = before[-1] if before else ""
    if last:
        known = hub.archive.get(last).record
        if all(known.get(name) == record.get(name) for name in _SAME):
            return last
    return file_claiming.declare(hub, system, record, Kept(MATTER, f"{key}/{len(before)}", last)).id


def _record(found: Acceptance, system: System, told: Mapping[str, Any]) -> dict[str, Any]:
    """``readers``: the roles of those whose items look at it; an agreement may ask for one of them."""
    material, items = found.plan.procedure.materials[str(told["name"])], found.plan.items
    readers = dict.fromkeys((items[n].by for n in material.consumers & items.keys()), True)
    record = {
        "material": material.name,
        "title": f"{material.title}（{found.row.number}）"[:200],
        "media_type": "application/octet-stream",
        "bytes": told["size_bytes"],
        "sm3": told["digest"],
        "system": system.name,
        "name": told["digest"],
    }
    return record | ({"readers": readers} if readers else {})


def _before(hub: Hub, key: str) -> list[str]:
    """All claims of one material, oldest first."""
    with hub.store.read() as connection:
        told = (document_rows.document_of(connection, OWN, f"{key}/{n}") for n in count())
        return list(takewhile(bool, told))


def _handed_in(hub: Hub, found: Acceptance) -> Iterator[tuple[EventRow, Mapping[str, Any]]]:
    """Each large material that came with its size, oldest first."""
    materials = found.plan.procedure.materials
    for row in found.told:
        if row.name not in ("submitted", "fixed") or not row.document:
            continue
        for each in hub.archive.get(row.document).record.get("materials", ()):
            known = materials.get(str(each["name"]))
            if known is not None and known.large and {"digest", "size_bytes"} <= each.keys():
                yield row, each


def _holder(hub: Hub, unit: str) -> System | None:
    """The unit's system that has the bytes; None: it gives none."""
    systems = hub.site.systems.values()
    return next((s for s in systems if s.unit == unit and s.adapter == ADAPTER), None)
