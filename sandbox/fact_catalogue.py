"""What the bureaus are asked about enterprises: read from the catalogue's files, as a person would."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ruamel.yaml import YAML

from sandbox.process import ROOT

SHIPPED = ROOT / "matters" / "grants" / "facts"
DEPARTMENTS = ROOT / "matters" / "departments.csv"


@dataclass(frozen=True, slots=True)
class Asked:
    """One fact that a bureau keeps."""

    name: str
    title: str
    kind: str
    holder: str
    codes: Mapping[str, str] = field(default_factory=dict)
    answer: bool = False


def load(folder: Path = SHIPPED) -> list[Asked]:
    """Every fact, by holder and in the order of the files."""
    reader = YAML(typ="safe", pure=True)
    found: list[Asked] = []
    for path in sorted(folder.glob("*.yaml")):
        told = reader.load(path.read_text("utf-8"))
        for name, about in told["facts"].items():
            codes = {str(code): str(title) for code, title in about.get("codes", {}).items()}
            answer = bool(about.get("answer", False))
            found.append(Asked(name, about["title"], about["kind"], told["holder"], codes, answer))
    return found


def titles(file: Path = DEPARTMENTS) -> dict[str, str]:
    """Holder → what it is called."""
    with file.open(encoding="utf-8") as stream:
        return {row["department"]: row["title"] for row in csv.DictReader(stream)}


def by_holder(facts: list[Asked]) -> dict[str, list[Asked]]:
    """Holder → its facts."""
    found: dict[str, list[Asked]] = {}
    for each in facts:
        found.setdefault(each.holder, []).append(each)
    return found
