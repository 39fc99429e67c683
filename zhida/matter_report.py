"""``zhida matter check``: all that is wrong with joint services, enabled or still being written.

The site is read without its matters, so that one that is not right yet hides nothing of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

from exchange.errors import Fact, Invalid, Problem, ZhidaError
from exchange.names import nearest
from matters import files, matter
from matters.matter import Matter
from matters.schema import SCHEMA
from zhida import matter_check, matter_file, matter_fit, site, site_files, site_schemas, site_words
from zhida.site import Site


def check(folder: Path, which: str, day: date) -> list[dict[str, Any]]:
    """One row a mistake, or one that says ``ok`` for each matter without any.

    ``which``: a name or a file; empty: all that ``site.yaml`` opens or the site's folder holds.
    """
    told = site.load(folder, with_matters=False)
    return [row for path in _paths(folder, which) for row in _rows(told, path, day)]


def open_one(folder: Path, which: str) -> tuple[Site, Matter]:
    """A matter by name or file, with the site as it is for it alone. ``Invalid`` if it is not right."""
    told = site.load(folder, with_matters=False)
    [path] = _paths(folder, which)
    found = matter_fit.fitted(matter.load(path), told.systems.values())
    return replace(told, matters={found.name: found}), found


def _paths(folder: Path, which: str) -> list[Path]:
    if not which:
        return [matter_file.find(folder, name) for name in _names(folder)]
    if which.endswith((".yaml", ".yml")):
        return [Path(which)]
    path = matter_file.find(folder, which)
    if not path.is_file():
        known = {*_names(folder), *_shipped()}
        raise Invalid("site.no-matter", matter=which, nearest=nearest(which, known))
    return [path]


def _names(folder: Path) -> list[str]:
    enabled = files.load(folder / "site.yaml", site_schemas.SITE).get("matters", [])
    own = [path.stem for path in site_files.paths(folder, "matters")]
    own += sorted(path.parent.name for path in (folder / "matters").glob("*/matter.yaml"))
    return list(dict.fromkeys([*enabled, *own]))


def _shipped() -> Iterator[str]:
    for each in resources.files("matters").iterdir():
        if each.joinpath("matter.yaml").is_file():
            yield each.name


def _rows(told: Site, path: Path, day: date) -> Iterator[dict[str, Any]]:
    is_folder = path.name == "matter.yaml"
    shown = f"{path.parent.name}/{path.name}" if is_folder else path.name
    about = {"file": shown, "path": str(path)}
    problems = _problems(told, path, day)
    for each in problems:
        what, remedy = site_words.describe(told, each.code, each.facts)
        row = {"ok": False, "line": each.facts.get("line", 0), "code": each.code}
        yield about | row | {"what": what, "remedy": remedy, "facts": dict(each.facts)}
    if not problems:
        ok = {"ok": True, "line": 0, "code": "", "what": "正常", "remedy": "", "facts": {}}
        yield about | ok


def _problems(told: Site, path: Path, day: date) -> list[Problem]:
    try:
        found = matter_fit.fitted(matter.load(path), told.systems.values())
        wrong = list(_misnamed(path, found))
        alone = replace(told, matters={found.name: found})
        matter_check.check(alone, found, day, path=path)
    except ZhidaError as error:
        return list(error.problems)
    return wrong


def _misnamed(path: Path, found: Matter) -> Iterator[Problem]:
    """The site finds it by the name of its file, its cases by what it says."""
    want = path.parent.name if path.name == "matter.yaml" else path.stem
    if found.name != want:
        line = files.read(path, SCHEMA).line("/matter")
        facts: dict[str, Fact] = {
            "file": path.name,
            "line": line,
            "matter": found.name,
            "want": want,
        }
        yield Problem("matter.name", facts)
