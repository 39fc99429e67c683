"""Read a procedure of joint acceptance from its file; ``Invalid`` tells every mistake with its line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from matters import acceptance_mistakes, files, terms
from matters.acceptance_parts import (
    Check,
    Delegation,
    Dropped,
    Filing,
    Item,
    Material,
    Procedure,
    Sampling,
    Silence,
    Stage,
    Whole,
)
from matters.acceptance_schema import SCHEMA
from matters.mistakes import refuse

T = TypeVar("T")

FOLDER = Path("matters") / "acceptance"
"""In a site's folder, for what it has instead of the shipped ones."""
SHIPPED = Path(__file__).with_name("acceptance") / "after.yaml"
"""What the hub works by."""
BEFORE = SHIPPED.with_name("before.yaml")
"""What was there before: only to be compared with."""
_SETS = ("needs", "parts", "consumers", "items", "evidence", "instead")
_ROWS = ("on_behalf_of", "covers", "materials")


def of_site(site: Path, shipped: Path = SHIPPED) -> Procedure:
    """The site's own, or else the shipped one."""
    own = site / FOLDER / shipped.name
    return load(own if own.is_file() else shipped)


def load(path: Path) -> Procedure:
    """``Invalid`` tells every mistake. A file that has not changed is read once: it takes most of a second."""
    return _load(path, files.version(path))


@lru_cache(maxsize=16)
def _load(path: Path, _: tuple[int, int]) -> Procedure:
    found = files.read(path, SCHEMA)
    refuse(found, path.name, acceptance_mistakes.find(found.data))
    return of(found.data)


def of(told: Mapping[str, Any]) -> Procedure:
    """What valid content says."""
    named: dict[str, Any] = {
        "stages": _all(told["stages"], Stage),
        "filings": _all(told["filings"], Filing),
        "items": {name: _item(name, about) for name, about in told["items"].items()},
        "materials": _all(told["materials"], Material),
        "checks": _all({n: {"evidence": (), **c} for n, c in told["checks"].items()}, Check),
    }
    return Procedure(
        name=told["procedure"],
        title=told["title"],
        source=told["source"],
        roles=MappingProxyType(told["roles"]),
        parts=MappingProxyType(told["parts"]),
        **named,
        whole=_whole(told["whole"]) if "whole" in told else None,
        delegations=tuple(Delegation(**each) for each in told.get("delegations", ())),
        dropped={name: Dropped(**_plain(each)) for name, each in told.get("dropped", {}).items()},
        merged=MappingProxyType(told.get("merged", {})),
    )


def _all(told: Mapping[str, Any], kind: Callable[..., T]) -> dict[str, T]:
    return {name: kind(name=name, **_plain(about)) for name, about in told.items()}


def _plain(told: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: frozenset(value) for key, value in told.items() if key in _SETS}
    return {**told, **found, **{key: tuple(told[key]) for key in _ROWS if key in told}}


def _whole(told: Mapping[str, Any]) -> Whole:
    found = {**told, **{key: terms.legal(told[key]) for key in ("legal", "extended")}}
    found |= {"remind": terms.ahead(told["remind"])} if "remind" in told else {}
    return Whole(**found)


def _item(name: str, told: Mapping[str, Any]) -> Item:
    found = _plain(told) | {"within": terms.legal(told["within"])}
    found |= {"remind": terms.ahead(told["remind"])} if "remind" in told else {}
    found |= {"valid": terms.legal(told["valid"])} if "valid" in told else {}
    found |= {"silence": Silence(**told["silence"])} if "silence" in told else {}
    found |= {"sampling": Sampling(**told["sampling"])} if "sampling" in told else {}
    return Item(name=name, **found)
