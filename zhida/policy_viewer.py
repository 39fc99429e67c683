"""What a unit may see of decisions and of facts: its agreements, asked anew for each answer."""

from __future__ import annotations

from datetime import date
from functools import cached_property

from exchange import agreement as agreements
from exchange.agreement import Agreement, Flow
from exchange.errors import Forbidden
from matters.facts import Fact
from zhida.site import Site

PURPOSE = "grants"
MATCH, FACTS = "policy-match", "enterprise-facts"


class Sight:
    """One unit's view on one day. For one answer; what it was based on is told by ``used``."""

    def __init__(self, site: Site, unit: str, day: date) -> None:
        self._site, self._unit, self._day = site, unit, day
        self._of_holder: dict[str, Agreement | None] = {}

    @cached_property
    def match(self) -> Agreement:
        """What it may see of a decision. ``Forbidden`` without an agreement."""
        flow = Flow(self._site.unit, self._unit, MATCH, PURPOSE)
        return agreements.permit(self._site.agreements, flow, self._day)

    def sees(self, fact: Fact) -> bool:
        """Does the holder's agreement with this unit cover the value?"""
        found = self._agreement(fact.holder)
        return found is not None and found.covers(f"/{fact.name}")

    @property
    def used(self) -> list[dict[str, str]]:
        """The agreements that allowed something, for the ledger."""
        found = [self.match, *filter(None, self._of_holder.values())]
        return [{"agreement": each.id, "digest": each.digest()} for each in found]

    def _agreement(self, holder: str) -> Agreement | None:
        if holder not in self._of_holder:
            flow = Flow(holder, self._unit, FACTS, PURPOSE)
            self._of_holder[holder] = self._permitted(flow)
        return self._of_holder[holder]

    def _permitted(self, flow: Flow) -> Agreement | None:
        try:
            return agreements.permit(self._site.agreements, flow, self._day)
        except Forbidden:
            return None
