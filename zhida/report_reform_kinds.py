"""What the page of the reform counts of each kind of joint service, case by case.

Of most services it is what their cases have really come to. A joint acceptance and a dispute are logs of
what the units have told, and order finance is asked for by banks: each has figures of its own. Nothing is
decrypted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from matters.matter import Matter
from matters.working_days import Holidays
from zhida import report_facts, report_paper, report_reform_logs
from zhida.report_clock import begun
from zhida.report_facts import Case
from zhida.report_paper import NO_RECORD, TO_BRING
from zhida.report_reform_case import Days, One, known, took
from zhida.watch import Watch

_MISSED = ("refused", "invalid", "parked", "given-up", "halted", "blocked")
"""States of an item that has brought no fact: the firm has to prove it itself."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of service: its figures (the time last), its cases, and where they stand in the ledger."""

    figures: tuple[str, ...]
    time: str
    """``working_days`` or ``days``, where no baseline says."""
    load: Callable[[Watch, Matter, Days], Iterator[One]]
    entries: Mapping[str, tuple[str, ...]]


def _cases(watch: Watch, matter: Matter, days: Days) -> Iterator[One]:
    for case in report_facts.load(watch, report_facts.span(matter.name, *days)).cases:
        missing = report_paper.of_case(case)[NO_RECORD]
        yield One(case.row.id, case.row.state, known(_of_case(case, watch.site.holidays)), missing)


def _of_case(case: Case, holidays: Holidays) -> Iterator[tuple[str, int | None]]:
    if not case.row.closed_at:
        return
    if report_paper.has_desk(case.matter):
        desks = report_paper.desks(case)
        yield from (("links", len(set(desks))), ("visits", len(desks)))
    outcomes = report_paper.of_case(case)
    yield "materials", outcomes[TO_BRING] if outcomes else None
    yield from took(begun(case), case.row.closed_at, holidays)


def _requests(watch: Watch, matter: Matter, days: Days) -> Iterator[One]:
    """Order finance: what the firm has to prove itself is what no unit has told."""
    for case in report_facts.load(watch, report_facts.span(matter.name, *days)).cases:
        left = sum(case.items[step.name].state in _MISSED for step in case.steps)
        told = {
            "materials": left,
            **known(took(begun(case), case.row.closed_at, watch.site.holidays)),
        }
        yield One(case.row.id, case.row.state, told)


_TIME = ("case-opened", "joined", "case-closed")
PLAIN = Kind(
    ("links", "materials", "visits"),
    "working_days",
    _cases,
    {
        "links": ("document", "receipt"),
        "materials": ("transfer",),
        "visits": ("document", "receipt"),
        "working_days": _TIME,
        "days": _TIME,
    },
)
_EVENTS = ("case-opened", "acceptance-event", "dispute-event")
KINDS: Mapping[str, Kind] = {
    "acceptance": Kind(
        ("filings", "items", "materials"),
        "working_days",
        report_reform_logs.acceptances,
        dict.fromkeys(("filings", "items", "materials", "working_days", "days"), _EVENTS),
    ),
    "mediation": Kind(
        ("links",),
        "days",
        report_reform_logs.disputes,
        dict.fromkeys(("links", "days", "working_days"), _EVENTS),
    ),
    "order-finance": Kind(
        ("materials",),
        "working_days",
        _requests,
        {"materials": ("receipt", "refusal"), "working_days": _TIME, "days": _TIME},
    ),
}
"""Matter → its kind; all others are ``PLAIN``."""


def of(matter: str) -> Kind:
    """The kind of a matter."""
    return KINDS.get(matter, PLAIN)
