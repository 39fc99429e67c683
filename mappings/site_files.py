"""Mapping files of a site (its folder ``mappings``), beside those that are shipped.

A system that no adapter knows brings mappings of its own. A name stands for one file only: one
of the site that is called like a shipped one would change silently what a document means, so it
is an error that names both.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from exchange.errors import Fatal, Problem
from mappings import compiler
from mappings.compiler import Mapping

FOLDER = "mappings"


def load(name: str, site: Path | None) -> Mapping:
    """The mapping ``name`` of the site or a shipped one.

    ``Fatal``: ``mapping.no-such-mapping`` names the nearest, ``mapping.two-of-a-name`` both files;
    a file that can't be compiled tells its first problem.
    """
    wanted, own = unicodedata.normalize("NFC", name), _own(site)
    if wanted not in own:
        return _shipped(wanted, own)
    if wanted in compiler.names():
        raise Fatal("mapping.two-of-a-name", **_both(wanted, own[wanted]))
    return compiler.compile_file(own[wanted])


def problems(site: Path) -> Iterator[Problem]:
    """Everything that is wrong with the site's mapping files, each with its file (and line)."""
    shipped = compiler.names()
    for name, path in _own(site).items():
        if name in shipped:
            yield Problem("mapping.two-of-a-name", _both(name, path))
            continue
        _, found = compiler.problems_of(path.read_bytes(), name)
        yield from (Problem(each.code, {"file": path.name, **each.facts}) for each in found)
        if not found:
            yield from compiler.compile_file(path).check()


def _own(site: Path | None) -> dict[str, Path]:
    """The site's files by name. File systems spell Chinese in more than one way; names in one."""
    if site is None:
        return {}
    files = sorted((site / FOLDER).glob("*.yaml"))
    return {unicodedata.normalize("NFC", file.stem): file for file in files}


def _shipped(name: str, own: dict[str, Path]) -> Mapping:
    known = (*compiler.names(), *own)
    if name not in known:
        near = get_close_matches(name, known, 1) or ["-"]
        raise Fatal("mapping.no-such-mapping", name=name[:80], nearest=near[0])
    return compiler.load(name)


def _both(name: str, path: Path) -> dict[str, str | int]:
    return {"name": name, "file": str(path), "other": compiler.place(name)}
