"""A hold (诉讼保全): nothing of a case is taken away while somebody has asked that it be kept.

One operator puts a hold on a case, two take it away. The ledger is the record: the last entry counts; a release
only with both people's signatures, so that who can write the database, and has no operator's key, releases nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from exchange import canonical
from exchange.errors import Rejected, ZhidaError
from exchange.ledger import Entry
from exchange.store import ledger_rows
from exchange.store.engine import Connection
from zhida import operators, two_people
from zhida.decisions import Target
from zhida.hub import Hub
from zhida.operators import Signatory
from zhida.site import Site

HOLD, RELEASE = "hold", "hold-release"
"""What operators sign, and the kinds of the entries."""
PREFIX = "hold/"


@dataclass(frozen=True, slots=True)
class Hold:
    """One case that is kept, since when, by whose word and why."""

    case: str
    at: str
    operator: str
    reason: str


def holds(site: Site, connection: Connection) -> list[Hold]:
    """All that stand, in the order in which they were put."""
    found: dict[str, Hold] = {}
    for row in ledger_rows.entries_about(connection, PREFIX):
        told = canonical.loads(row.body)
        if row.kind == HOLD:
            found.pop(row.case, None)
            found[row.case] = Hold(row.case, told["at"], told["operator"], told["reason"])
        elif (
            row.kind == RELEASE and row.case in found and _is_released(site, found[row.case], told)
        ):
            del found[row.case]
    return list(found.values())


def _is_released(site: Site, hold: Hold, told: Mapping[str, Any]) -> bool:
    """Two people have agreed to release just this hold."""
    try:
        first, _ = two_people.statements(site, told["tokens"])
    except (ZhidaError, KeyError, TypeError, ValueError):
        return False
    wanted = (RELEASE, hold.case, hold.at)
    return (first.action, first.target.get("case"), first.target.get("since")) == wanted


def held(site: Site, connection: Connection) -> frozenset[str]:
    """The cases that are kept."""
    return frozenset(each.case for each in holds(site, connection))


def put(hub: Hub, who: Signatory, case: str, reason: str) -> None:
    """Keep everything of the case from now on. ``Rejected`` if it is kept already."""
    why = operators.needed_reason(reason)
    token = who.sign(HOLD, {"case": case}, reason=why, now=hub.clock())

    def write(connection: Connection) -> list[Entry]:
        if case in held(hub.site, connection):
            raise Rejected("hold.there", case=case)
        details = {"operator": who.operator.name, "reason": why, "token": token}
        return [Entry(HOLD, f"{PREFIX}{case}", case, details)]

    hub.ledger.commit(write)


def target(site: Site, connection: Connection, case: str) -> Target:
    """The hold as its proposer sees it. ``Rejected`` if there is none."""
    for each in holds(site, connection):
        if each.case == case:
            return {"case": case, "item": case, "code": "", "since": each.at}
    raise Rejected("hold.none", case=case)


def deed(site: Site, tokens: tuple[str, str]) -> Callable[[Connection], list[Entry]]:
    """What is done in the transaction of the decision to release it."""
    first = operators.verify(site, tokens[0])
    case = str(first.target["case"])
    details = {"operator": first.operator, "reason": first.reason, "tokens": list(tokens)}
    return lambda _: [Entry(RELEASE, f"{PREFIX}{case}", case, details)]
