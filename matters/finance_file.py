"""Read order finance's checks from their file; ``Invalid`` tells every mistake with its line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from matters import durations, files, finance_mistakes, finance_reasons
from matters.finance_parts import Checklist, Document, Ground, Parameter, Question
from matters.finance_reasons import Reason
from matters.finance_schema import SCHEMA
from matters.mistakes import refuse

FOLDER = Path("matters") / "order-finance"
"""In a site's folder, for what it has instead of the shipped ones."""
SHIPPED = Path(__file__).with_name("order-finance") / "checks.yaml"
_NAMES = ("reads", "also", "needs")
_GROUNDS = ("fails", "manual")


def of_site(site: Path) -> Checklist:
    """The site's own, or else the shipped one; its codes are the site's reasons."""
    own = site / FOLDER / SHIPPED.name
    return load(own if own.is_file() else SHIPPED, finance_reasons.of_site(site))


def load(path: Path, reasons: Mapping[str, Reason]) -> Checklist:
    """``Invalid`` tells every mistake. A file that has not changed is read once."""
    return _load(path, frozenset(reasons), files.version(path))


@lru_cache(maxsize=16)
def _load(path: Path, codes: frozenset[str], _: tuple[int, int]) -> Checklist:
    found = files.read(path, SCHEMA)
    refuse(found, path.name, finance_mistakes.find(found.data, codes))
    return of(found.data)


def of(told: Mapping[str, Any]) -> Checklist:
    """What valid content says."""
    return Checklist(
        name=told["finance"],
        title=told["title"],
        parameters={name: Parameter(**about) for name, about in told["parameters"].items()},
        documents={name: _document(name, about) for name, about in told["documents"].items()},
        questions={name: _question(name, about) for name, about in told["checks"].items()},
    )


def _document(name: str, told: Mapping[str, Any]) -> Document:
    fresh = durations.parse(told["fresh"]) if "fresh" in told else None
    return Document(name, told["kind"], told["title"], told.get("about", {}), fresh)


def _question(name: str, told: Mapping[str, Any]) -> Question:
    found: dict[str, Any] = {"dataset": name, **told}
    found |= {key: tuple(told[key]) for key in _NAMES if key in told}
    found |= {key: tuple(Ground(**each) for each in told[key]) for key in _GROUNDS if key in told}
    return Question(name=name, **found)
