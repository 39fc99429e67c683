"""``zhida mapping check``: does every mapping keep its word? Shipped ones, the site's, or a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from exchange.errors import Fatal, Problem, ZhidaError
from exchange.problems import describe
from mappings import compiler, named_files, site_files
from mappings.compiler import Mapping
from mappings.coverage import counted
from zhida import mapping_find

Row = dict[str, Any]


def check(named: Sequence[str]) -> list[Row]:
    """One row a mapping: ``mapping``, ``ok``, ``tests``, ``coverage``, ``problems`` with remedies.

    Nothing named: all that are shipped and all of the site.
    """
    return [_row(each) for each in named or _all()]


def _all() -> Iterator[str]:
    yield from compiler.stems()
    own = named_files.of_site(mapping_find.site_if_any(), site_files.FOLDER)
    yield from (str(path) for path in own.values())


def _row(named: str) -> Row:
    try:
        wrong = _in_text(Path(named)) if mapping_find.is_file(named) else ()
        if wrong:
            return _told(named, wrong)
        mapping = mapping_find.find(named)
        return _told(named, mapping.check(), mapping)
    except ZhidaError as error:
        return _told(named, error.problems)


def _in_text(path: Path) -> Iterable[Problem]:
    """All mistakes of the file's text, each with its line and the nearest right word."""
    try:
        data = path.read_bytes()
    except OSError:
        raise Fatal("mapping.unreadable-file", file=path.name) from None
    known = mapping_find.shapes_for(path)
    _, found = compiler.problems_of(data, named_files.normal(path.stem), known)
    return [Problem(each.code, {"file": path.name, **each.facts}) for each in found]


def _told(named: str, problems: Iterable[Problem], mapping: Mapping | None = None) -> Row:
    listed = [_problem(each) for each in problems]
    name = mapping.name if mapping else named
    row: Row = {"mapping": name, "ok": not listed, "tests": None, "coverage": None}
    if mapping is not None:
        count = counted(mapping.file)
        row |= {"tests": len(mapping.file.tests), "coverage": count.percent}
        row |= {"fields": count.fields, "mapped": count.mapped, "ignored": count.ignored}
    return row | {"problems": listed}


def _problem(problem: Problem) -> Row:
    what, remedy = describe(problem.code, problem.facts)
    return {"code": problem.code, "facts": dict(problem.facts), "what": what, "remedy": remedy}
