"""The files of a site by kind, and those that somebody meant to be files of it and are not read."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from exchange.errors import Problem

FOLDERS = (
    "units", "systems", "agreements", "operators", "matters", "documents", "mappings", "notices",
    "holidays", "syncs",
)  # fmt: skip
_MEANT = (".yml", ".yaml.txt", ".yml.txt", ".yaml.bak")
"""Endings that Windows, which hides them, and other programs leave behind."""


def paths(folder: Path, kind: str) -> list[Path]:
    """The YAML files of one kind, in the order of their names.

    What begins with a dot or a tilde is another program's (``._a.yaml`` of macOS, ``~$a.yaml``).
    """
    found = (folder / kind).glob("*.yaml")
    return sorted(path for path in found if path.is_file() and not is_foreign(path.name))


def strays(folder: Path) -> Iterator[Problem]:
    """Files that would be passed over in silence, and names that only look like another."""
    for kind in FOLDERS:
        for path in sorted((folder / kind).glob("*")):
            name = path.name
            if not unicodedata.is_normalized("NFC", name):
                yield Problem("site.name-not-nfc", {"folder": kind, "file": name})
            if path.is_dir() and name.endswith(".yaml"):
                yield Problem("site.folder-not-file", {"folder": kind, "file": name})
            if path.is_file() and not is_foreign(name) and _is_meant(name):
                facts = {"folder": kind, "file": name, "want": f"{name.partition('.')[0]}.yaml"}
                yield Problem("site.stray-file", facts)


def is_foreign(name: str) -> bool:
    """Another program's: ``.DS_Store``, ``~$a.yaml``."""
    return name.startswith((".", "~"))


def _is_meant(name: str) -> bool:
    """Looks like a file of the site, and is none.

    >>> [_is_meant(each) for each in ("a.yml", "a.yaml.txt", "a.YAML", "a.yaml", "说明.md")]
    [True, True, True, False, False]
    """
    return not name.endswith(".yaml") and name.lower().endswith((".yaml", *_MEANT))
