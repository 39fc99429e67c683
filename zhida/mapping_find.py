"""Which mapping a person means: a name (shipped, or of the site), or a file."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from exchange.errors import Fatal
from mappings import compiler, shapes, site_files
from mappings.compiler import Mapping
from mappings.formats import is_civil_date
from mappings.shapes import Shapes

FOLDER = site_files.FOLDER


def find(named: str, on: str = "") -> Mapping:
    """The mapping as it holds on a day (empty: today).

    ``Fatal`` for a name that nobody has, or a file that is no mapping.
    """
    if is_file(named):
        return compiler.compile_file(named, site_of(Path(named)))
    return site_files.load(named, site_if_any(), _day(on))


def _day(on: str) -> date | None:
    if on and not is_civil_date(on):
        raise Fatal("mapping.no-day", text=on[:20])
    return date.fromisoformat(on) if on else None


def is_file(named: str) -> bool:
    """A name has neither an ending nor a folder.

    >>> is_file("register_certificate"), is_file("./a"), is_file("a.yaml")
    (False, True, True)
    """
    return named.endswith((".yaml", ".yml")) or "/" in named or os.sep in named


def site_of(path: Path) -> Path | None:
    """The site whose kinds of document a mapping file may name: the one in which it lies."""
    folder = path.resolve().parent
    return folder.parent if folder.name == FOLDER and is_site(folder.parent) else site_if_any()


def is_site(folder: Path) -> bool:
    """Does it hold what a site holds beside its mappings?"""
    return (folder / shapes.FOLDER).is_dir() or (folder / "site.yaml").is_file()


def site_if_any() -> Path | None:
    """``ZHIDA_SITE``, if the command was told one: a mapping can be looked at without a site."""
    told = os.environ.get("ZHIDA_SITE", "")
    if told and not Path(told).is_dir():
        raise Fatal("mapping.no-site", folder=Path(told).name)
    return Path(told) if told else None


def known_shapes() -> Shapes:
    """The kinds of document that the command knows."""
    return shapes.of(site_if_any())


def shapes_for(path: Path) -> Shapes:
    """The kinds that a file may name."""
    return shapes.of(site_of(path))
