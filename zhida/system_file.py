"""A system's file against what its adapter declares: every mistake at once, each with its line."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from exchange.errors import Problem
from mappings.yaml_file import YamlFile, refuse
from matters import files
from zhida import site_schemas
from zhida.site import System


def check(system: System, module: ModuleType, site: Path) -> None:
    """``Invalid`` with all mistakes: those of the schema first, for the others rest on it.

    An adapter whose options need more than a schema has ``mistakes(options, site)``: a problem
    each, with its place in the options.
    """
    found = files.read(system.path, site_schemas.system_with(module.OPTIONS))
    refuse_mistakes(module, found, site, name=system.path.name)


def refuse_mistakes(module: ModuleType, found: YamlFile, site: Path, *, name: str) -> None:
    """What a schema can't tell, and the adapter can. ``name``: the file's."""
    if hasattr(module, "mistakes"):
        told = module.mistakes(found.data.get("options", {}), site)
        lines = [(found.line(f"/options{at}"), problem) for at, problem in told]
        refuse((Problem(p.code, {"line": line, **p.facts}) for line, p in lines), name)
