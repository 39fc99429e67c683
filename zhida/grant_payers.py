"""Who pays which policy: the systems that the matter of an award sends an order of its route to.

Told before anybody is promised anything: a fund that no payer has a line for is found out else only
when finance has agreed and the order is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

from exchange.errors import Fact, Invalid, Problem
from exchange.names import nearest
from matters import conditions
from matters.grants import Grants
from matters.matter import Item
from zhida.grant_awards import MATTER
from zhida.site import Site, System

PAY = "pay_award"


def of_route(site: Site, route: str) -> list[System]:
    """The systems that pay what goes this way, by the conditions of the matter's items."""
    found = [item for item in site.matters[MATTER].items.values() if _pays(item, route)]
    return [site.system_of(item) for item in found]


def _pays(item: Item, route: str) -> bool:
    skipped = item.lanes.skip_when
    return item.operation == PAY and not (
        skipped and conditions.holds(skipped, {"/award/route": route})
    )


def mistakes(site: Site, known: Grants) -> Iterator[Problem]:
    """Routes that nobody pays, or two would; funds that the payer has no line for."""
    wanted = {(each.route, each.fund): each.name for each in known.policies.values()}
    for (route, fund), policy in sorted(wanted.items()):
        try:
            payers = of_route(site, route)
        except Invalid as error:  # the matter's own step tells it too
            yield from error.problems
            continue
        if len(payers) != 1:
            told: dict[str, Fact] = {"policy": policy, "route": route, "found": len(payers)}
            yield Problem("grants.no-payer", told)
        for payer in (each for each in payers if "lines" in each.options):
            lines = [each["fund"] for each in payer.options["lines"]]
            if fund not in lines:
                named = {"policy": policy, "fund": fund, "system": payer.name}
                yield Problem("grants.no-line", {**named, "nearest": nearest(fund, lines)})
