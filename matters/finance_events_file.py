"""Read the events after a loan from their file; ``Invalid`` tells every mistake with its line.

A rule that looks at a field that there is not would never tell anything: so every path is one of the paper's shape,
or of what the hub knows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings import shape_leaves
from mappings.shapes import SHIPPED as SHAPES
from mappings.yaml_file import escape
from matters import conditions, files
from matters.finance_events import IT, KNOWN, Rule, Rulebook
from matters.finance_events_schema import SCHEMA
from matters.finance_file import FOLDER
from matters.finance_parts import Checklist
from matters.mistakes import Mistake, refuse

SHIPPED = Path(__file__).with_name("order-finance") / "events.yaml"
KNOWN_NAMES = (
    *("is_authorised", "credited_fen", "is_past_due", "is_confirmation_overdue"),
    *("is_paid", "is_paid_in_part", "elsewhere_fen"),
)
"""What the hub may know besides papers (``matters.finance_known``; whether the letter still holds)."""
_TUPLES = ("of", "changed")
_DOCUMENT = "checks.unknown-document"


def of_site(site: Path, checklist: Checklist) -> Rulebook:
    """The site's own, or else the shipped one; its papers are those of the checks."""
    own = site / FOLDER / SHIPPED.name
    return load(own if own.is_file() else SHIPPED, checklist)


def load(path: Path, checklist: Checklist) -> Rulebook:
    """``Invalid`` tells every mistake. A file that has not changed is read once."""
    kinds = tuple((name, each.kind) for name, each in checklist.documents.items())
    return _load(path, kinds, checklist.datasets, files.version(path))


@lru_cache(maxsize=16)
def _load(
    path: Path,
    kinds: tuple[tuple[str, str], ...],
    datasets: tuple[str, ...],
    _: tuple[int, int],
) -> Rulebook:
    found = files.read(path, SCHEMA)
    refuse(found, path.name, _mistakes(found.data, dict(kinds), datasets))
    return of(found.data)


def of(told: Mapping[str, Any]) -> Rulebook:
    """What valid content says."""
    rules = {name: _rule(name, about) for name, about in told["rules"].items()}
    return Rulebook(told["title"], told["papers"], rules)


def _rule(name: str, told: Mapping[str, Any]) -> Rule:
    found: dict[str, Any] = {k: tuple(v) if k in _TUPLES else v for k, v in told.items()}
    return Rule(name=name, **found)


def _mistakes(
    told: Mapping[str, Any], kinds: Mapping[str, str], datasets: Collection[str]
) -> Iterator[Mistake]:
    for name, dataset in told["papers"].items():
        at = f"/papers/{escape(name)}"
        yield from _named(name, kinds, at, _DOCUMENT)
        yield from _named(dataset, datasets, at, "events.unknown-dataset")
    for name, about in told["rules"].items():
        at = f"/rules/{escape(name)}"
        papers = about.get("of", ())
        wrong = [m for each in papers for m in _named(each, told["papers"], at, _DOCUMENT)]
        yield from wrong or _paths(about, kinds, at)


def _named(name: str, known: Collection[str], at: str, code: str) -> Iterator[Mistake]:
    if name not in known:
        facts: dict[str, Fact] = {"name": name, "nearest": nearest(name, known)}
        yield Mistake(code, at, facts)


def _paths(about: Mapping[str, Any], kinds: Mapping[str, str], at: str) -> Iterator[Mistake]:
    """Each path must be there in every paper that the rule looks at."""
    said = [*about.get("changed", ()), *([about["per"]] if "per" in about else [])]
    for word in ("when", "was"):
        said += conditions.paths(about[word]) if word in about else ()
    for path in said:
        for paper in about.get("of", ()) or ("",):
            known = _known(kinds.get(paper, ""), about.get("each", ""))
            if path not in known:
                facts: dict[str, Fact] = {"path": path, "nearest": nearest(path, known)}
                yield Mistake("checks.unknown-field", at, facts)


def _known(kind: str, each: str) -> list[str]:
    if not kind:
        return [f"/{KNOWN}/{name}" for name in KNOWN_NAMES]
    start = f"/{each}/*" if each else ""
    leaves = _leaves(kind)
    return [f"/{IT}{path.removeprefix(start)}" for path in leaves if path.startswith(f"{start}/")]


@lru_cache(maxsize=64)
def _leaves(kind: str) -> tuple[str, ...]:
    return tuple(path for path, _ in shape_leaves.every(SHAPES.find(kind).schema))
