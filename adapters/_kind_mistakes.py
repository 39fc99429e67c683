"""Mistakes in how kinds of document are named: unknown ones, and messages that give another one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exchange.errors import Fact, Fatal, Problem
from exchange.names import nearest
from mappings import shapes, site_files
from mappings.yaml_file import escape

Mistake = tuple[str, Problem]
Told = Mapping[str, Any]


def of_operation(name: str, told: Told, at: str, site: Path | None) -> Iterator[Mistake]:
    """What an operation of a site's own needs and gives must be kinds that there are."""
    for need, kind in told.get("needs", {}).items():
        yield from _unknown(kind, f"{at}/needs/{escape(need)}", site)
    if told.get("gives"):
        yield from _unknown(told["gives"], f"{at}/gives", site)
    for key in ("identity", "occurrence", "asks"):
        for index, path in enumerate(told.get(key, ())):
            lists = key == "asks" and path.endswith("/*")
            place = f"{at}/{key}/{index}"
            yield from _no_field(name, path, told, place, site=site, lists=lists)


def _no_field(
    name: str, path: str, told: Told, at: str, *, site: Path | None, lists: bool
) -> Iterator[Mistake]:
    """A field that no document of the kind has: nothing could ever be told apart by it.

    ``lists``: everything in what the path names, which must be something.
    """
    need, _, rest = path.partition("/")
    kind = told.get("needs", {}).get(need)
    if kind is None or list(_unknown(kind, at, site)):
        return
    shape = shapes.of(site).find(kind)
    inside = f"/{rest.removesuffix('*')}"
    named = [leaf for leaf in shape.leaves if leaf.startswith(inside)] if lists else []
    if not named and not shape.has_leaf(f"/{rest}"):
        near = nearest(f"/{rest}", shape.leaves)
        facts: dict[str, Fact] = {"operation": name, "path": path, "kind": kind, "nearest": near}
        yield at, Problem("generic.identity-field", facts)


def of_streams(streams: Told, at: str, site: Path | None) -> Iterator[Mistake]:
    """Each stream names a kind, and a mapping that makes documents of it."""
    for name, about in streams.items():
        place = f"{at}/{escape(name)}"
        unknown = list(_unknown(about["kind"], f"{place}/kind", site))
        yield from unknown
        try:
            mapping = site_files.load(about["mapping"], site)
        except Fatal as error:
            yield f"{place}/mapping", Problem(error.code, error.facts)
            continue
        if not unknown and mapping.target != about["kind"]:
            facts: dict[str, Fact] = {"stream": name, "mapping": mapping.name}
            facts |= {"target": mapping.target, "kind": about["kind"]}
            yield f"{place}/mapping", Problem("feed.other-kind", facts)


def kinds_of_streams(streams: Told) -> dict[str, str]:
    """Stream → kind."""
    return {name: about["kind"] for name, about in streams.items()}


def _unknown(kind: str, at: str, site: Path | None) -> Iterator[Mistake]:
    try:
        shapes.of(site).find(kind)
    except Fatal as error:
        yield at, Problem(error.code, error.facts)
