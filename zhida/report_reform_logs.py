"""Joint acceptances and disputes on the page of the reform: out of the logs of what the units have told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from exchange import canonical
from exchange.store import acceptance_rows, dispute_rows, flow_rows
from exchange.store.engine import Connection
from exchange.store.told_rows import Log
from matters import ladder_file
from matters.acceptance_parts import HUB, OWNER
from matters.ladder_parts import Ladder
from matters.matter import Matter
from zhida import report_mediation_facts
from zhida.report_reform_case import Days, One, known, took
from zhida.watch import Watch

_WITHDRAWN = "withdrawn"


def acceptances(watch: Watch, _: Matter, days: Days) -> Iterator[One]:
    """Filings: the registration, and each time that a unit has asked for corrections. Items: those that a
    unit was given to decide. Materials: what the owner handed in and the hub did not get itself.
    """
    for row, told in _log(watch, acceptance_rows.LOG, days):
        names = [each.name for each in told]
        state = "open" if not row.closed_at else "cancelled" if _WITHDRAWN in names else "done"
        values = {"filings": 1 + names.count("correction-asked"), "items": len(_items(told))}
        values["materials"] = len(_handed_in(told, OWNER) - _handed_in(told, HUB))
        lasted = known(took(row.opened_at, row.closed_at, watch.site.holidays))
        yield One(row.case, state, values | lasted)


def _items(told: Sequence[Any]) -> set[str]:
    """Items that were given to a unit to decide."""
    bodies = (canonical.loads(each.told.encode()) for each in told if each.name == "assigned")
    return {item for body in bodies for item in body.get("items", ())}


def _handed_in(told: Sequence[Any], role: str) -> set[str]:
    """A newer version of a paper is no other paper."""
    bodies = (
        canonical.loads(each.told.encode())
        for each in told
        if each.role == role and each.name in ("submitted", "fixed")
    )
    return {name for body in bodies for name in body.get("materials", {})}


def disputes(watch: Watch, _: Matter, days: Days) -> Iterator[One]:
    """From the registration until it was closed, and with how many units the parties had to deal."""
    ladder = ladder_file.load(ladder_file.SHIPPED)
    for row, told in _log(watch, dispute_rows.LOG, days):
        state = "done" if row.closed_at else "open"
        lasted = known(took(row.opened_at, row.closed_at, watch.site.holidays))
        yield One(row.case, state, {"links": len(_met(ladder, told)), **lasted})


def _met(ladder: Ladder, told: Sequence[Any]) -> set[str]:
    """Units with which the parties had to deal: where they registered, and who took the dispute over."""
    says = ladder.says
    over = [each for each in told if each.name in says and says[each.name].takes_over]
    return {each.unit or each.role for each in [*told[:1], *over]}


def _log(watch: Watch, log: Log[Any, Any], days: Days) -> Iterator[tuple[Any, Sequence[Any]]]:
    span, after = report_mediation_facts.span(*days), ""
    with flow_rows.snapshot(watch.store) as connection:
        while rows := _chunk(connection, log, (span.first, span.before, after)):
            told = log.told_of(connection, [row.case for row in rows])
            yield from ((row, told.get(row.case, ())) for row in rows)
            after = rows[-1].case


def _chunk(connection: Connection, log: Log[Any, Any], of: tuple[str, str, str]) -> list[Any]:
    first, before, after = of
    return log.opened_between(connection, first, before, after=after)
