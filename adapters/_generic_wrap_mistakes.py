"""Mistakes in what is written as text: places at which no message of the operation has anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from adapters import _generic_written
from exchange.errors import Fact, Fatal, Problem
from exchange.names import nearest

Mistake = tuple[str, Problem]
Told = Mapping[str, Any]
_LISTS = ("/books", "/news")


def find(name: str, told: Told, at: str, site: Path | None) -> Iterator[Mistake]:
    """All of one operation."""
    for part in ("", "/probe", *_LISTS):
        about: Told = told if not part else told.get(part[1:], {})
        if "wrap" not in about:
            continue
        try:
            written = _generic_written.places(about, site, is_list=part in _LISTS)
        except Fatal:  # a mapping that can't be had is told where it is named
            continue
        for index, form in enumerate(about["wrap"]):
            yield from _nothing(name, form, written, f"{at}{part}/wrap/{index}")


def _nothing(name: str, form: Told, written: set[str], at: str) -> Iterator[Mistake]:
    wanted = [(form["at"], f"{at}/at")]
    for index, member in enumerate(form.get("order", ())):
        wanted.append((f"{form['at']}/{_escaped(member)}", f"{at}/order/{index}"))
    known = {above for path in written for above in _generic_written.with_parents(path)}
    for path, place in wanted:
        if path and not _generic_written.may_have(path, written):
            near = nearest(path, known)
            facts: dict[str, Fact] = {"operation": name, "path": path, "nearest": near}
            yield place, Problem("generic.nowhere", facts)


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
