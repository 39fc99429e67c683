"""What a draft left to a person: a file that still has any of it is refused, line by line."""

from __future__ import annotations

from mappings.yaml_file import YamlFile


def note(found: YamlFile) -> None:
    """Each place under ``todo`` as a problem of the file."""
    for part, listed in found.data.get("todo", {}).items():
        for i, path in enumerate(listed):
            found.add("mapping.undecided", f"/todo/{part}/{i}", part=part, path=path[:80])
