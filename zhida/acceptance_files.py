"""Large materials (drawings, models) of a building: a claim for each that was handed in, so that units can fetch it.

The owner's system tells digest and size; the bytes stay there until somebody who may have them asks
(``docs/how-to/large-files.md``). A new version corrects the claim of the one before, which nobody gets any more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

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


def claim(hub: Hub, found: Acceptance) -> dict[str, str]:
    """Material → id of the claim of its newest version, of those that are large; what is new is signed."""
    newest: dict[str, str] = {}
    for row, told in _handed_in(hub, found):
        system = _holder(hub, row.unit)
        if system is None:
            continue
        name = str(told["name"])
        kept = Kept(MATTER, f"file-claim/{row.case}/{row.seq}/{name}", newest.get(name, ""))
        newest[name] = _known(hub, kept.key) or _new(hub, found, system, told, kept)
    return newest


def _new(hub: Hub, found: Acceptance, system: System, told: Mapping[str, Any], kept: Kept) -> str:
    material = found.plan.procedure.materials[str(told["name"])]
    record = {
        "material": material.name,
        "title": f"{material.title}（{found.row.number}）"[:200],
        "media_type": "application/octet-stream",
        "bytes": told["size_bytes"],
        "sm3": told["digest"],
        "system": system.name,
        "name": told["digest"],
    }
    return file_claiming.declare(hub, system, record, kept).id


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


def _known(hub: Hub, key: str) -> str:
    with hub.store.read() as connection:
        return document_rows.document_of(connection, OWN, key) or ""
