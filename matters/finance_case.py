"""What is known of one request: the papers of its case, what the hub knows itself, what the letter allows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from exchange import pointer
from exchange.ports import Record, Scalar
from matters import finance_truth
from matters.core_list import CoreList
from matters.finance_parts import ORDER, OWN, STAGES, Checklist
from matters.kleene import Truth
from matters.working_days import Holidays

_STAGE = f"/{ORDER}/stage"
_DAYS = ("as_of", "searched_on", "on")


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of the case."""

    record: Record
    source: str = ""
    """Unit whose word it is."""
    as_of: date | None = None
    """Day as of which it has told it; None: not known."""
    number: str = ""
    """Id of the document that it was read from."""


@dataclass(frozen=True, slots=True)
class Known:
    """What no paper says and the hub knows; None: not known, which is never a no."""

    bank: str | None = None
    """USCC of the bank that asks."""
    is_revoked: bool | None = None
    uses_left: int | None = None
    """Reads that the letter still allows, this one counted."""
    is_elsewhere: bool | None = None
    """Another bank has asked about the same order or invoice."""
    financed_fen: int | None = None
    """What was financed on this order before, at all banks together, without this request."""
    holidays: Holidays | None = None
    """By which the last day of a period is found."""
    core: CoreList | None = None
    core_used_fen: int | None = None
    """What is financed on this buyer's orders now, at all banks together, without this request."""


@dataclass(frozen=True)
class Case:
    """One request, as far as it is known."""

    papers: Mapping[str, Paper]
    datasets: frozenset[str]
    """What the letter covers."""
    today: date
    """Civil day in China."""
    known: Known = field(default_factory=Known)
    down: frozenset[str] = frozenset()
    """Papers whose holder could not be asked, or has not answered."""
    denied: frozenset[str] = frozenset()
    """Papers of which the holder says that there is no such thing."""
    data_from: date | None = None
    data_until: date | None = None
    """The letter's period of the facts."""

    @cached_property
    def fields(self) -> Mapping[str, Scalar]:
        """Every leaf of every paper, also of those that may not be used: ``/order/stage`` → value."""
        return {
            f"/{name}{path}": value
            for name, paper in self.papers.items()
            for path, value in pointer.flatten(paper.record).items()
        }


@dataclass(frozen=True, slots=True)
class View:
    """What one check may use: papers that are there, about this request, covered, and fresh."""

    papers: Mapping[str, Paper]
    fields: Mapping[str, Scalar]
    today: date
    known: Known
    parameters: Mapping[str, int]
    sources: Mapping[str, str]
    """Of the parameters, in words."""

    def fen(self, path: str) -> int | None:
        """The amount at a path; None where none is stated."""
        value = self.fields.get(path)
        return value if isinstance(value, int) else None

    def truth(self, path: str) -> Truth:
        """Yes or no at a path; None where none is stated."""
        value = self.fields.get(path)
        return value if isinstance(value, bool) else None


def view(checklist: Checklist, case: Case, names: Iterable[str]) -> View:
    """What may be used of the papers of these names."""
    papers = {name: case.papers[name] for name in names if is_usable(checklist, case, name)}
    fields = {path: v for path, v in case.fields.items() if path.split("/")[1] in papers}
    parameters = {name: each.value for name, each in checklist.parameters.items()}
    sources = {name: each.source for name, each in checklist.parameters.items()}
    return View(papers, fields, case.today, case.known, parameters, sources)


def is_usable(checklist: Checklist, case: Case, name: str) -> bool:
    """Is it there, about this request, within the letter's period of facts, and not too old?"""
    return (
        is_about(checklist, case, name)
        and is_covered(case, name) is True
        and (_is_fresh(checklist, case, name))
    )


def is_about(checklist: Checklist, case: Case, name: str) -> bool:
    """Is it there, and surely about this request?"""
    if name not in case.papers:
        return False
    pairs = checklist.documents[name].about.items()
    return all(finance_truth.truth({"same": [*pair]}, case.fields) for pair in pairs)


def is_covered(case: Case, name: str) -> Truth:
    """Is its day within the letter's period of facts? None where its day is not known."""
    day = case.papers[name].as_of
    if name in OWN or (case.data_from is None and case.data_until is None):
        return True
    if day is None:
        return None
    return (case.data_from or day) <= day <= (case.data_until or day)


def _is_fresh(checklist: Checklist, case: Case, name: str) -> bool:
    """A day that is not known, or is still to come, vouches for nothing."""
    fresh, day = checklist.documents[name].fresh, case.papers[name].as_of
    if fresh is None:
        return True
    return day is not None and day <= case.today <= fresh.after(day)


def stale(checklist: Checklist, case: Case) -> tuple[str, ...]:
    """Papers about this request that are too old by now, where the letter lets the bank have today's facts."""
    first, last = case.data_from or case.today, case.data_until or case.today
    if not first <= case.today <= last:
        return ()
    there = [name for name in checklist.documents if is_about(checklist, case, name)]
    return tuple(name for name in there if not _is_fresh(checklist, case, name))


def stage(checklist: Checklist, case: Case) -> str | None:
    """How far the order is; None while that is not known."""
    if not is_usable(checklist, case, ORDER):
        return None
    told = case.fields.get(_STAGE)
    return str(told) if told in STAGES else None


def own_day(record: Record) -> date | None:
    """Day as of which a paper says itself that it is so; None for one that does not say.

    >>> own_day({"order": "PO-1", "searched_on": "2026-11-30", "is_pledged": False})
    datetime.date(2026, 11, 30)
    """
    told = next((record[key] for key in _DAYS if key in record), None)
    return date.fromisoformat(told) if told else None
