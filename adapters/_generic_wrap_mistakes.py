"""Mistakes in what is written as text: places at which no message of the operation has anything."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from exchange.errors import Fact, Fatal, Problem
from exchange.names import nearest
from mappings import site_files

Mistake = tuple[str, Problem]
Told = Mapping[str, Any]


def find(name: str, told: Told, at: str, site: Path | None) -> Iterator[Mistake]:
    """All of one operation."""
    for part in ("", "/probe", "/books"):
        about: Told = told if not part else told.get(part[1:], {})
        if "wrap" not in about:
            continue
        try:
            written = set(_written(about, site, is_list=part == "/books"))
        except Fatal:  # a mapping that can't be had is told where it is named
            continue
        for index, form in enumerate(about["wrap"]):
            yield from _nothing(name, form, written, f"{at}{part}/wrap/{index}")


def _nothing(name: str, form: Told, written: set[str], at: str) -> Iterator[Mistake]:
    wanted = [(form["at"], f"{at}/at")]
    for index, member in enumerate(form.get("order", ())):
        wanted.append((f"{form['at']}/{_escaped(member)}", f"{at}/order/{index}"))
    known = {above for path in written for above in _with_parents(path)}
    for path, place in wanted:
        below_a_list = any(path.startswith(f"{each}/") for each in written)
        if path and path not in known and not below_a_list:
            near = nearest(path, known)
            facts: dict[str, Fact] = {"operation": name, "path": path, "nearest": near}
            yield place, Problem("generic.nowhere", facts)


def _written(told: Told, site: Path | None, *, is_list: bool) -> Iterator[str]:
    """Every place of the message that something may be written to."""
    for key in ("constants", "credentials", "take"):
        yield from told.get(key, {})
    if "mapping" in told:
        mapping = site_files.load(told["mapping"], site)
        yield from (rule.to for rule in mapping.file.rules)
    if is_list:
        page = told.get("page", {})
        yield from (told[key]["at"] for key in ("since", "until") if key in told)
        yield from (page[key] for key in ("at", "size_at") if key in page)
    elif "effect_key" in told:
        yield told["effect_key"]


def _with_parents(path: str) -> Iterator[str]:
    """``/a/b``: itself and ``/a``."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
