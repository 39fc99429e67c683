"""Which places of a message the site's file writes, and what is known to stand at one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mappings import site_files

Told = Mapping[str, Any]
_KEY_IN_CALL = "{effect_key}"


def places(told: Told, site: Path | None, *, is_list: bool = False) -> set[str]:
    """Every place of the message that something may be written to.

    ``told``: an operation, a probe, or a list of books (``is_list``). ``Fatal`` for a mapping
    that can't be had.
    """
    return set(_places(told, site, is_list=is_list))


def may_have(path: str, written: set[str]) -> bool:
    """May anything stand there? What is below a value that a mapping makes (a list) may.

    >>> may_have("/a", {"/a/b"}), may_have("/a/b/0", {"/a/b"}), may_have("/a/c", {"/a/b"})
    (True, True, False)
    """
    known = {above for each in written for above in with_parents(each)}
    return path in known or any(path.startswith(f"{each}/") for each in written)


def with_parents(path: str) -> Iterator[str]:
    """``/a/b``: itself and ``/a``."""
    while path:
        yield path
        path = path.rpartition("/")[0]


def carries_key(told: Told) -> bool:
    """Does this message name the effect: by a member, or in its address?

    >>> carries_key({"call": "PUT /grants/{effect_key}"}), carries_key({"call": "PUT /grants"})
    (True, False)
    """
    return "effect_key" in told or _KEY_IN_CALL in told["call"]


def _places(told: Told, site: Path | None, *, is_list: bool) -> Iterator[str]:
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
