"""Read the list of core enterprises from its file, with every mistake and its line.

Beyond its form: a USCC that can't be one, a criterion that is none, one person who proposes and approves,
an approval before all is known to be met, days that do not follow one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from exchange.errors import Fact
from exchange.names import nearest
from mappings.formats import FORMATS, is_civil_date
from mappings.yaml_file import escape
from matters import core_list, files
from matters.core_list import CoreList, Criterion, Firm, Removed, Said, Term
from matters.core_list_schema import SCHEMA, UNKNOWN
from matters.mistakes import Mistake, refuse

FOLDER = Path("matters") / "order-finance"
"""In a site's folder, for what it has instead of the shipped ones."""
SHIPPED = Path(__file__).with_name("order-finance") / "core-list.yaml"
"""Criteria, and no firm: who is on the list a district decides."""


def of_site(site: Path) -> CoreList:
    """The site's own, or else the shipped one."""
    own = site / FOLDER / SHIPPED.name
    return load(own if own.is_file() else SHIPPED)


def load(path: Path) -> CoreList:
    """``Invalid`` tells every mistake. A file that has not changed is read once."""
    return _load(path, files.version(path))


@lru_cache(maxsize=16)
def _load(path: Path, _: tuple[int, int]) -> CoreList:
    found = files.read(path, SCHEMA, days=True)
    wrong = list(_days(found.data, ""))
    refuse(found, path.name, wrong or mistakes(found.data))
    return of(found.data)


def of(told: Mapping[str, Any]) -> CoreList:
    """What valid content says."""
    criteria = {name: Criterion(name, **about) for name, about in told["criteria"].items()}
    firms = {uscc: _firm(uscc, about) for uscc, about in told["firms"].items()}
    return CoreList(told["title"], criteria, firms)


def _firm(uscc: str, told: Mapping[str, Any]) -> Firm:
    facts = {
        name: None if about["is"] == UNKNOWN else bool(about["is"])
        for name, about in told["facts"].items()
    }
    removed = {**told["removed"], "on": _day(told["removed"]["on"])} if "removed" in told else None
    return Firm(
        uscc=uscc,
        name=told["name"],
        facts=facts,
        proposed=_said(told["proposed"]),
        kind=told["kind"]["is"] if "kind" in told else "",
        term=_term(told) if "approved" in told else None,
        removed=Removed(**removed) if removed else None,
    )


def _term(told: Mapping[str, Any]) -> Term:
    since, until = _day(told["valid_from"]), _day(told["valid_until"])
    return Term(_said(told["approved"]), told["limit_fen"], since, until)


def _said(told: Mapping[str, str]) -> Said:
    return Said(told["by"], _day(told["on"]))


def _day(told: str) -> date:
    return date.fromisoformat(told)


def _days(told: Any, at: str) -> Iterator[Mistake]:
    """Days that no calendar has; the schema sees their form only."""
    for key, about in told.items() if isinstance(told, Mapping) else ():
        here = f"{at}/{escape(key)}"
        if key in ("on", "valid_from", "valid_until") and not is_civil_date(about):
            yield Mistake("core.day", here, {"day": about})
        yield from _days(about, here)


def mistakes(told: Mapping[str, Any]) -> Iterator[Mistake]:
    """What the schema can't see, where every day is one."""
    listed = of(told)
    for uscc, firm in listed.firms.items():
        at = f"/firms/{escape(uscc)}"
        if not FORMATS["gb32100"](uscc):
            yield Mistake("core.uscc", at)
        for name in firm.facts:
            if name not in listed.criteria:
                facts: dict[str, Fact] = {"name": name, "nearest": nearest(name, listed.criteria)}
                yield Mistake("core.unknown-criterion", f"{at}/facts/{escape(name)}", facts)
        if firm.term is not None:
            yield from _approval(listed, firm, firm.term, at)


def _approval(listed: CoreList, firm: Firm, term: Term, at: str) -> Iterator[Mistake]:
    if term.approved.by == firm.proposed.by:
        yield Mistake("core.same-person", f"{at}/approved")
    if term.approved.on < firm.proposed.on:
        yield Mistake("core.order", f"{at}/approved", {"what": "proposed ≤ approved"})
    if not core_list.is_eligible(listed, firm):
        words = core_list.eligible(listed, firm)
        left = "、".join(name for name, word in words.items() if word != "met")
        yield Mistake("core.not-eligible", f"{at}/approved", {"criteria": left})
    if not term.approved.on <= term.valid_from <= term.valid_until:
        what = "approved ≤ valid_from ≤ valid_until"
        yield Mistake("core.order", f"{at}/valid_from", {"what": what})
    if firm.removed is not None and firm.removed.on < term.approved.on:
        yield Mistake("core.order", f"{at}/removed", {"what": "approved ≤ removed"})
