"""Which fields of one of its inputs a mapping really uses, and why it leaves the others out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mappings.fields import source_fields
from mappings.rules import MappingFile

NO_MORE = ("checked", "carried-elsewhere")
"""Reasons of a field that is judged though it goes nowhere, or that the receiver has from elsewhere:
whoever gets it learns no more than is used.
"""


@dataclass(frozen=True, slots=True)
class Used:
    """Of one input, by pointers within it."""

    fields: frozenset[str]
    left_out: Mapping[str, str]
    """Pointer → the file's reason."""

    def takes(self, leaf: str) -> bool:
        """Is the leaf used, or something in it (an object whose members are free)?"""
        return any(path == leaf or path.startswith(f"{leaf}/") for path in self.fields)

    def reason(self, leaf: str) -> str:
        """Why it is left out; ``-``: the file does not speak of it."""
        found = [p for p in self.left_out if leaf == p or leaf.startswith(f"{p}/")]
        return self.left_out[max(found, key=len)] if found else "-"


def of_input(file: MappingFile, name: str) -> Used:
    """``name``: of the input, empty for a mapping whose only document has none.

    What a condition asks of an object (is there a father?) uses none of its fields.
    """
    prefix = f"/{name}" if name else ""
    known = source_fields(file.inputs, file.shapes)
    leaves = {path for rule in file.rules for path in rule.paths()}
    objects = {path for path in leaves if any(leaf.startswith(f"{path}/") for leaf in known)}
    ignored = {
        path.removeprefix(prefix): str(entry["reason"])
        for entry in file.content.get("ignore", ())
        for path in entry["fields"]
        if path.startswith(f"{prefix}/")
    }
    no_more = {path for path, reason in ignored.items() if reason in NO_MORE}
    used = {path.removeprefix(prefix) for path in leaves - objects if path.startswith(f"{prefix}/")}
    return Used(frozenset(used | no_more), ignored)
