"""What an operation's request can't do without: the fields that its mapping asks for in each case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exchange import pointer
from exchange.errors import Fact, Fatal, Problem
from exchange.ports import Needed
from mappings import site_files


def of_operations(options: Mapping[str, Any], site: Path | None) -> dict[str, tuple[Needed, ...]]:
    """By operation; ``options`` are right (``mistakes``)."""
    operations = options["operations"].items()
    return {name: tuple(_of_operation(told, site)) for name, told in operations}


def unasked(
    name: str, told: Mapping[str, Any], at: str, site: Path | None
) -> Iterator[tuple[str, Problem]]:
    """A question carries what identifies the thing and ``asks``; its mapping may need no more."""
    if told.get("effect", True):
        return
    carried = {path for key in ("identity", "occurrence", "asks") for path in told.get(key, ())}
    try:
        needed = list(_of_operation(told, site))
    except Fatal:  # told already
        return
    for each in needed:
        if not any(pointer.covers(carried, f"{path}/") or path in carried for path in each.paths):
            facts: dict[str, Fact] = {"operation": name, "mapping": each.mapping}
            yield at, Problem("generic.not-asked", {**facts, "path": each.paths[0]})


def mappings_of(options: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """By operation: what makes its request, and what makes its probe."""
    return {
        name: tuple(part["mapping"] for part in (told, told.get("probe", {})) if "mapping" in part)
        for name, told in options["operations"].items()
    }


def _of_operation(told: Mapping[str, Any], site: Path | None) -> Iterator[Needed]:
    if "mapping" not in told:
        return
    mapping, needs = site_files.load(told["mapping"], site), told.get("needs", {})
    for rule in mapping.file.rules:
        for group in rule.needed():
            paths = tuple(_named(path, mapping.file.inputs, needs) for path in group)
            if all(path.partition("/")[0] in needs for path in paths):
                yield Needed(mapping.name, paths)


def _named(path: str, inputs: Mapping[str, Any], needs: Mapping[str, Any]) -> str:
    """As ``identity`` names fields: the only document of a mapping has no name there."""
    return f"{next(iter(needs))}{path}" if "" in inputs else path.removeprefix("/")
