"""Mapping files of a site (its folder ``mappings``), beside those that are shipped.

A system that no adapter knows brings mappings of its own, from and to kinds of document that may
be the site's own too (``mappings.shapes``).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from exchange.errors import Fatal, Problem
from exchange.names import nearest
from mappings import compiler, named_files, shapes, versions
from mappings.compiler import Mapping
from mappings.named_files import NamedFiles

FOLDER = "mappings"


def load(name: str, site: Path | None, day: date | None = None) -> Mapping:
    """The mapping ``name`` of the site or a shipped one, as it holds on ``day`` (None: today).

    ``Fatal``: ``mapping.no-such-mapping`` names the nearest, ``mapping.two-of-a-name`` both files,
    ``mapping.not-yet`` the first day; a file that can't be compiled tells its first problem.
    """
    wanted, own = named_files.normal(name), paths(site)
    if _files(own).find(versions.split(wanted)[0]) is None:
        return compiler.load(wanted, day)
    stem = versions.in_force(own, wanted, day)
    if stem not in own:
        raise Fatal("mapping.no-such-mapping", name=stem[:80], nearest=nearest(stem, own))
    return compiler.compile_file(own[stem], site)


def paths(site: Path | None) -> dict[str, Path]:
    """The site's files by name, with the day of a version; those with an impossible day: not."""
    found = named_files.of_site(site, FOLDER)
    return {stem: path for stem, path in found.items() if versions.is_right(stem)}


def problems(site: Path) -> Iterator[Problem]:
    """Everything that is wrong with the site's mapping files, each with its file (and line)."""
    own = paths(site)
    files = _files(own)
    yield from files.clashes()
    for stem, path in named_files.of_site(site, FOLDER).items():
        if stem not in own:
            yield Problem("mapping.bad-version", {"file": path.name})
        elif versions.split(stem)[0] not in files.shipped:
            yield from _file_problems(stem, path, site)


def _file_problems(stem: str, path: Path, site: Path) -> Iterator[Problem]:
    _, found = compiler.problems_of(path.read_bytes(), stem, shapes.of(site))
    yield from (Problem(each.code, {"file": path.name, **each.facts}) for each in found)
    if not found:
        yield from compiler.compile_file(path, site).check()


def _files(own: dict[str, Path]) -> NamedFiles:
    """By the mapping's name, whichever of its versions."""
    named = {versions.split(stem)[0]: path for stem, path in own.items()}
    return NamedFiles(compiler.places(), named, "mapping.no-such-mapping", "mapping.two-of-a-name")
