"""What a schema can't tell of a desk's file: mappings that can't be had, or do not fit the form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import _desk_plan, _generic_mapping_mistakes
from exchange.errors import Fatal, Problem
from mappings import shapes, site_files

Mistake = tuple[str, Problem]
OWN = frozenset({"ywlsh", "sxmc", "sxnr", "blr", "bljg", "blyj"})
"""Columns that the desk itself writes and reads."""
_COLUMN = re.compile("/[a-z][a-z0-9_]*")


def find(options: Mapping[str, Any], site: Path) -> Iterator[Mistake]:
    """All of them, each with its place."""
    for name, told in _desk_plan.without_tasks(options)["operations"].items():
        at = f"/operations/{name}"
        yield from _generic_mapping_mistakes.request(
            name, told["mapping"], f"{at}/mapping", told, site=site
        )
        yield from _columns(name, told["mapping"], f"{at}/mapping", site)
        yield from _assignee(name, told, f"{at}/assignee/from", site)
        if "record" in told:
            yield from _generic_mapping_mistakes.record(
                name, told["record"], f"{at}/record", told.get("gives", ""), site=site
            )
            yield from _columns(name, told["record"], f"{at}/record", site)
        elif told.get("gives"):
            facts = {"operation": name, "gives": told["gives"]}
            yield f"{at}/gives", Problem("desk.no-record", facts)


def _assignee(name: str, told: Mapping[str, Any], at: str, site: Path) -> Iterator[Mistake]:
    """Who is to do it stands in a text field of a document that the operation needs."""
    if isinstance(told["assignee"], str):
        return
    path = told["assignee"]["from"]
    document, _, rest = path.partition("/")
    try:
        leaves = shapes.of(site).find(told["needs"].get(document, "")).leaves
    except Fatal:  # a kind that there is not is told already; a name that is not needed, here
        leaves = {}
    if leaves.get(f"/{rest}") != "string":
        yield at, Problem("desk.no-such-assignee", {"operation": name, "path": path})


def _columns(name: str, mapping: str, at: str, site: Path) -> Iterator[Mistake]:
    """Columns of the main table are flat and, here, in lower case; six of them are the desk's."""
    try:
        file = site_files.load(mapping, site).file
    except Fatal:  # told already
        return
    wire = file.inputs.get("", ())
    read = () if isinstance(wire, str) else wire
    for path in (*(rule.to for rule in file.rules if file.target == "wire"), *read):
        if not _COLUMN.fullmatch(path) or path[1:] in OWN:
            yield at, Problem("desk.column", {"operation": name, "mapping": mapping, "path": path})
