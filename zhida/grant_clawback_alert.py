"""A department is told once of all firms of a policy that should pay back; again when there are more.

Read off the awards as they are, so it does not matter who found them, or who decided on them.
"""

from __future__ import annotations

from collections.abc import Mapping

from exchange import canonical, incident, times
from exchange.errors import Fact
from exchange.incident import Trouble
from exchange.store import award_rows, incident_rows
from exchange.store.engine import Connection
from exchange.store.incident_rows import IncidentRow
from matters.policy import Policy
from zhida.hub import Hub

DUE = "grant.clawback-due"
"""Code of a paid award that two people should decide on."""
KIND = "clawback"


def tell(hub: Hub, policies: Mapping[str, Policy]) -> int:
    """One incident for each policy that has candidates; it ends with the last of them. How many."""
    with hub.store.read() as connection:
        counts = award_rows.count_policies(connection, "paid", DUE)
        known = {row.about: row for row in incident_rows.still_open(connection, KIND)}
    found = {f"policy/{name}": _trouble(hub, policies, name, n) for name, n in counts.items()}
    if found or known:
        now = times.stamp(hub.clock())
        with hub.store.write() as connection:
            for about, trouble in found.items():
                _tell(hub, connection, trouble, known.get(about))
            for about in known.keys() - found:
                incident_rows.change(connection, known[about].id, closed_at=now)
    return len(found)


def _trouble(hub: Hub, policies: Mapping[str, Policy], name: str, number: int) -> Trouble:
    """A policy that is gone is the hub's own affair."""
    policy = policies.get(name)
    unit, title = (policy.department, policy.title) if policy else (hub.site.unit, name)
    facts: dict[str, Fact] = {"policy": name, "title": title, "count": number}
    return Trouble(unit, KIND, "grant.clawbacks-due", facts, about=f"policy/{name}")


def _tell(hub: Hub, connection: Connection, trouble: Trouble, row: IncidentRow | None) -> None:
    if row is None:
        incident.begin(connection, trouble, hub.clock())
        return
    before = canonical.loads(row.facts.encode())["count"]
    if before != trouble.facts["count"]:
        facts = canonical.dumps(dict(trouble.facts)).decode()
        again = {"told_at": "", "acknowledged_by": ""} if trouble.facts["count"] > before else {}
        incident_rows.change(connection, row.id, facts=facts, **again)
