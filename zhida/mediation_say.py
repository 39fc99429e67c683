"""Who may say what of a dispute, of which time, and to whom it may be handed: the hub's part of the answer.

The ladder knows what may happen where a dispute stands, and in which roles it may be told. Which unit has
these roles here, and which of them has this dispute, is known only to the site and the dispute.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from exchange.errors import Forbidden, Invalid
from matters import ladder
from matters.ladder import Standing
from matters.ladder_parts import Event, Ladder
from zhida.mediation_rules import Rules

HUB = "hub"
AHEAD = timedelta(minutes=10)
"""So far may a unit's clock be before ours."""


def require(rules: Rules, event: Event, provider: str, now: datetime) -> None:
    """Is it this unit's to say, in this role, of that time, and can it be handed there?

    ``provider``: whose system has brought it. A unit without a platform says it through the centre's OA,
    which writes its department into the form.
    """
    if provider not in (event.unit, rules.roles.seat(HUB).unit):
        raise Forbidden("mediation.not-its-word", unit=event.unit)
    roles = rules.roles.of_unit(event.unit)
    if event.role not in roles:
        told = ", ".join(sorted(roles)) or "-"
        raise Forbidden("mediation.not-its-role", unit=event.unit, role=event.role, roles=told)
    if event.to and not _can_take(rules, event.to):
        raise Invalid("mediation.no-target", unit=event.to)
    counted_back = any(event.name in c.starts for c in rules.ladder.clocks.values() if c.before)
    if event.at > now + AHEAD and not counted_back:
        at = event.at.strftime("%Y-%m-%dT%H:%M:%S")
        raise Invalid("mediation.future", at=at)


def _can_take(rules: Rules, unit: str) -> bool:
    """Has it a role in which it can take a dispute over, or hand it on? Else it would lie there for ever."""
    says = rules.ladder.says.values()
    able = frozenset(role for say in says if say.takes_over for role in say.by) | {HUB}
    return bool(rules.roles.of_unit(unit) & able)


def require_theirs(
    rules: Rules, standing: Standing, event: Event, consent: Mapping[str, Any]
) -> None:
    """Of a dispute that is with somebody else a unit may tell nothing that is somebody else's to tell.

    ``consent``: what the parties agreed to by it. Any unit takes a withdrawal down: it must be as easy as
    the consent was (个人信息保护法第十五条).
    """
    withdraws = bool(consent) and not any(consent.values())
    marks = event.name in rules.ladder.says and rules.ladder.says[event.name].marks
    if not (marks and withdraws) and not is_theirs(rules, standing, event.name, event.unit):
        has = "、".join(sorted(_who_has(rules, standing)))
        raise Forbidden("mediation.not-its-dispute", unit=event.unit, has=has)


def is_theirs(rules: Rules, standing: Standing, name: str, unit: str) -> bool:
    """Whether this unit is one of those that may tell this event of the dispute now.

    An application that only one role can have got (for arbitration, for legal aid) is always told by it.
    """
    say = rules.ladder.says.get(name)
    if say is None or len(say.by) == 1 or _begins(rules.ladder, standing, name):
        return True
    return unit in {*_who_has(rules, standing), rules.roles.seat(HUB).unit}


def _who_has(rules: Rules, standing: Standing) -> set[str]:
    """The units that see to one of its tracks, and the one that it was handed to last."""
    owners = {rules.unit_of(owner) for owner in ladder.owners(rules.ladder, standing).values()}
    return owners | ({standing.holder} if standing.holder else set())


def _begins(ladder_: Ladder, standing: Standing, name: str) -> bool:
    """Does it begin a track that nobody sees to?"""
    owned = ladder.owners(ladder_, standing)
    return any(
        track.edge(name, standing.state(track.name)) is not None
        for track in ladder_.tracks.values()
        if track.name not in owned
    )
