"""Books that disagree are an incident of their system, until the whole span is compared again and agrees."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

from exchange import canonical, incident, times
from exchange.errors import Fact, Problem
from exchange.incident import Trouble
from exchange.store import incident_rows
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow

CODE = "reconcile.disagrees"


def tell(
    connection: Connection, system: str, span: tuple[datetime, datetime], problems: list[Problem]
) -> None:
    """Open, widen or close the incident of a system whose books of ``span`` were just compared."""
    since, until = _local(span[0]), _local(span[1] + timedelta(seconds=1))
    known = incident_rows.still_open(connection, "books", system)
    if not problems:
        for row in known:
            told = _facts(row)
            if since <= str(told["since"]) and str(told["until"]) <= until:
                incident_rows.change(connection, row.id, closed_at=times.stamp(span[1]))
        return
    for row in known:
        told = _facts(row)
        since, until = min(since, str(told["since"])), max(until, str(told["until"]))
    codes = Counter(problem.code for problem in problems)
    facts: dict[str, Fact] = {"system": system, "since": since, "until": until}
    facts |= {"count": len(problems), "codes": ", ".join(sorted(codes))}
    for row in known:
        incident_rows.change(connection, row.id, facts=canonical.dumps(facts).decode())
    if not known:
        incident.begin(connection, Trouble(system, "books", CODE, facts), span[1])


def _facts(row: IncidentRow) -> Mapping[str, Fact]:
    found: Mapping[str, Fact] = canonical.loads(row.facts.encode())
    return found


def _local(moment: datetime) -> str:
    """As ``zhida reconcile --since`` takes it; its order is that of time."""
    return f"{moment.astimezone(times.CHINA):%Y-%m-%dT%H:%M:%S}"
