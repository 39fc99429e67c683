"""Mapping files of a site (its folder ``mappings``), beside those that are shipped.

A system that no adapter knows brings mappings of its own, from and to kinds of document that may
be the site's own too (``mappings.shapes``).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exchange.errors import Problem
from mappings import compiler, named_files, shapes
from mappings.compiler import Mapping
from mappings.named_files import NamedFiles

FOLDER = "mappings"


def load(name: str, site: Path | None) -> Mapping:
    """The mapping ``name`` of the site or a shipped one.

    ``Fatal``: ``mapping.no-such-mapping`` names the nearest, ``mapping.two-of-a-name`` both files;
    a file that can't be compiled tells its first problem.
    """
    own = _files(site).find(name)
    return (
        compiler.load(named_files.normal(name)) if own is None else compiler.compile_file(own, site)
    )


def problems(site: Path) -> Iterator[Problem]:
    """Everything that is wrong with the site's mapping files, each with its file (and line)."""
    files = _files(site)
    yield from files.clashes()
    for name, path in files.own.items():
        if name in files.shipped:
            continue
        _, found = compiler.problems_of(path.read_bytes(), name, shapes.of(site))
        yield from (Problem(each.code, {"file": path.name, **each.facts}) for each in found)
        if not found:
            yield from compiler.compile_file(path, site).check()


def _files(site: Path | None) -> NamedFiles:
    shipped = {name: compiler.place(name) for name in compiler.names()}
    own = named_files.of_site(site, FOLDER)
    return NamedFiles(shipped, own, "mapping.no-such-mapping", "mapping.two-of-a-name")
