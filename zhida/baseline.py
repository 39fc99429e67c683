"""``baseline.yaml`` of a site: what it was like before the reform, on which day, who says so, who confirms.

A figure that nobody has written is unknown; one that nobody has confirmed is told as such.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from mappings.yaml_file import YamlFile
from matters import files
from zhida.baseline_schema import FIGURES, FILE, SCHEMA
from zhida.site import Site


@dataclass(frozen=True, slots=True)
class Before:
    """One figure before the reform."""

    value: int
    as_of: str
    """Civil day; empty: the source does not say of when it speaks."""
    source: str
    confirmed_by: str = ""

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


Baseline = Mapping[str, Mapping[str, Before]]
"""Matter → figure → what it was."""


def load(site: Site) -> Baseline:
    """The site's file; of a site without one nothing is known. ``Invalid`` tells every mistake."""
    if not (site.folder / FILE).is_file():
        return {}
    found = files.read(site.folder / FILE, SCHEMA)
    problems = list(_mistakes(site, found))
    if problems:
        raise Invalid.of(problems)
    told: dict[str, dict[str, Before]] = {}
    for entry in found.data["baseline"]:
        about = (entry.get("as_of", ""), entry["source"], entry.get("confirmed_by", ""))
        own = told.setdefault(entry["service"], {})
        own |= {name: Before(entry[name], *about) for name in FIGURES if name in entry}
    return told


def _mistakes(site: Site, found: YamlFile) -> Iterator[Problem]:
    seen: set[tuple[str, str]] = set()
    for index, entry in enumerate(found.data["baseline"]):
        where: dict[str, Fact] = {"file": FILE, "line": found.line(f"/baseline/{index}")}
        name = entry["service"]
        if name not in site.matters:
            yield Problem(
                "baseline.no-service",
                {**where, "service": name, "nearest": nearest(name, site.matters)},
            )
        for figure in (each for each in FIGURES if each in entry):
            if (name, figure) in seen:
                yield Problem("baseline.twice", {**where, "service": name, "figure": figure})
            seen.add((name, figure))
