"""A system's file against what its adapter declares: every mistake at once, each with its line."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

from exchange.errors import Invalid, Problem
from matters import files
from zhida import site_schemas
from zhida.site import System


def check(system: System, module: ModuleType, site: Path) -> None:
    """``Invalid`` with all mistakes: those of the schema first, for the others rest on it.

    An adapter whose options need more than a schema has ``mistakes(options, site)``: a problem
    each, with its place in the options.
    """
    found = files.read(system.path, site_schemas.system_with(module.OPTIONS))
    told = (
        module.mistakes(found.data.get("options", {}), site) if hasattr(module, "mistakes") else ()
    )
    problems = [
        Problem(
            problem.code,
            {"file": system.path.name, "line": found.line(f"/options{at}"), **problem.facts},
        )
        for at, problem in told
    ]
    if problems:
        raise Invalid.of(problems)
