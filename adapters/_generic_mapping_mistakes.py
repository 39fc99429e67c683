"""Mistakes in how mappings are named: unknown ones, and ones that map something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exchange.errors import Fact, Fatal, Problem
from exchange.names import NONE
from exchange.ports import ROOT
from mappings import site_files
from mappings.compiler import Mapping as Compiled

Mistake = tuple[str, Problem]
Told = Mapping[str, Any]


def find(name: str, told: Told, at: str, site: Path | None) -> Iterator[Mistake]:
    """All of one operation."""
    for place, part in (("", told), ("/probe", told.get("probe", {}))):
        if "mapping" in part:
            about = f"{at}{place}/mapping"
            yield from request(name, part["mapping"], about, told, site=site)
    for place in ("answer", "probe"):
        read_by = told.get(place, {}).get("record")
        if read_by:
            about = f"{at}/{place}/record/mapping"
            yield from record(name, read_by["mapping"], about, told.get("gives", ""), site=site)
    yield from _gives(name, told, at)


def unknown(mapping: str, at: str, site: Path | None) -> Iterator[Mistake]:
    """The mistake of naming a mapping that can't be had, if it is one."""
    _, problem = _loaded(mapping, site)
    if problem is not None:
        yield at, problem


def _loaded(mapping: str, site: Path | None) -> tuple[Compiled | None, Problem | None]:
    try:
        return site_files.load(mapping, site), None
    except Fatal as error:
        return None, Problem(error.code, error.facts)


def request(
    name: str, mapping: str, at: str, told: Told, *, site: Path | None
) -> Iterator[Mistake]:
    """A request's mapping: its inputs must be what the operation needs, under the same names and of the same kinds."""
    compiled, problem = _loaded(mapping, site)
    if compiled is None or problem is not None:
        yield from [(at, problem)] if problem else []
        return
    needs = dict(told.get("needs", {}))
    for name_of, kind in compiled.file.inputs.items():
        if name_of == ROOT and ("amends" in told or "revokes" in told):
            continue
        known = next(iter(needs.values()), "") if name_of == "" else needs.get(name_of, "")
        fits = len(needs) == 1 if name_of == "" else name_of in needs
        if not fits or kind != known:
            facts: dict[str, Fact] = {"operation": name, "mapping": mapping}
            facts |= {"input": _told(name_of, kind), "known": _listed(needs)}
            yield at, Problem("generic.mapping-input", facts)


def _told(name: str, kind: Any) -> str:
    """With its kind: a name that is there, of another kind, would else be told to be missing."""
    return f"{name or NONE}: {kind if isinstance(kind, str) else NONE}"


def _listed(needs: Told) -> str:
    return " | ".join(_told(*each) for each in sorted(needs.items())) or NONE


def record(name: str, mapping: str, at: str, gives: str, *, site: Path | None) -> Iterator[Mistake]:
    """An answer's mapping must make what the operation gives."""
    compiled, problem = _loaded(mapping, site)
    if problem is not None:
        yield at, problem
    elif compiled is not None and compiled.target != gives:
        facts: dict[str, Fact] = {"operation": name, "mapping": mapping}
        facts |= {"target": compiled.target, "gives": gives or "-"}
        yield at, Problem("generic.record-kind", facts)


def _gives(name: str, told: Told, at: str) -> Iterator[Mistake]:
    """What it gives must come from wherever it is found to be done."""
    if not told.get("gives"):
        return
    for place, rule in (("answer", "success"), ("probe", "there")):
        part = told.get(place, {})
        if rule in part and "record" not in part:
            facts: dict[str, Fact] = {"operation": name, "gives": told["gives"], "place": place}
            yield f"{at}/{place}", Problem("generic.no-record", facts)
