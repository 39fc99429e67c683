"""The work that the example's desks describe, read from their system files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

SITE = Path(__file__).resolve().parents[2] / "sandbox" / "desk_site"


def _systems(site: Path) -> dict[str, dict[str, Any]]:
    read = YAML(typ="safe", pure=True).load
    told = {p.stem: read(p.read_text("utf-8")) for p in site.glob("systems/*.yaml")}
    return {name: each["options"] for name, each in told.items() if each["adapter"] == "desk"}


SYSTEMS = _systems(SITE)
"""System → its options."""
OPERATIONS: dict[str, dict[str, Any]] = {
    name: told for options in SYSTEMS.values() for name, told in options["operations"].items()
}
"""Operation → how its system's file describes it."""
GRANTS = _systems(SITE.with_name("grants_site"))
"""The desks at which grants are decided on, system → its options."""
