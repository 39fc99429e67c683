"""The work that the example's desks describe, read from their system files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

SITE = Path(__file__).resolve().parents[2] / "sandbox" / "desk_site"


def _systems() -> dict[str, dict[str, Any]]:
    read = YAML(typ="safe", pure=True).load
    return {p.stem: read(p.read_text("utf-8"))["options"] for p in SITE.glob("systems/*.yaml")}


SYSTEMS = _systems()
"""System → its options."""
OPERATIONS: dict[str, dict[str, Any]] = {
    name: told for options in SYSTEMS.values() for name, told in options["operations"].items()
}
"""Operation → how its system's file describes it."""
