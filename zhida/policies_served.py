"""What each policy says of a firm, for existing portals and robots: read-only, agreement-checked.

Each answer is an entry of the ledger before it leaves: who read about which firm (by its keyed
digest), under which agreements, decided on which snapshot.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from exchange import agreement as agreements
from exchange import pointer, times
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.names import nearest
from mappings.identifiers import gb32100
from matters import policy_decision, policy_view
from matters.grants import Grants
from matters.policy import Policy
from matters.policy_lines import Told as Explained
from matters.policy_view import View
from zhida import policy_excluded
from zhida.firm_facts import FactsOf, Firm
from zhida.hub import Hub
from zhida.policy_viewer import Sight
from zhida.serve_route import Call, Route, Told

_ALL = "/enterprises/{uscc}/policies"
_ONE = "/enterprises/{uscc}/policies/{policy}/explain"


def of(desk: PolicyDesk) -> tuple[Route, ...]:
    """The routes that a desk answers."""
    return (
        Route("GET", _ALL, "policies", desk.policies),
        Route("GET", _ONE, "explain", desk.explain),
    )


class PolicyDesk:
    """Answers the questions. Thread-safe."""

    def __init__(self, hub: Hub, known: Grants, facts_of: FactsOf) -> None:
        self._hub, self._known, self._facts_of = hub, known, facts_of
        self._titles = {unit.name: unit.title for unit in hub.site.units.values()}

    def policies(self, call: Call) -> Told:
        """Every policy's word on one firm."""
        sight, firm = self._begin(call)
        view = self._view(firm, sight)
        found = [self._overview(policy, view) for policy in self._known.policies.values()]
        told = {"policies": [self._cut(sight, each) for each in found]}
        return self._told(call, sight, firm, told)

    def explain(self, call: Call) -> Told:
        """One policy's word, criterion by criterion."""
        sight, firm = self._begin(call)
        policy, view = self._policy(call.path["policy"]), self._view(firm, sight)
        decision = policy_decision.decide(policy, firm.facts, self._today())
        told = policy_view.overview(policy, decision, view)
        told["criteria"] = policy_view.criteria(policy, decision, view)
        uscc = gb32100.validate(call.path["uscc"])
        told |= policy_excluded.told(self._hub, self._known, policy, decision, uscc=uscc, firm=firm)
        seen = {
            "policy": policy.name,
            "policy_digest": policy.digest,
            "disclosed": list(policy_view.shown(decision, view.told)),
        }
        return self._told(call, sight, firm, self._cut(sight, told), **seen)

    def _begin(self, call: Call) -> tuple[Sight, Firm]:
        """The right to see anything comes first: a stranger must not learn whether a firm exists."""
        sight = Sight(self._hub.site, call.client.unit, self._today())
        _ = sight.match
        uscc = gb32100.validate(call.path["uscc"])
        firm = self._facts_of(uscc)
        if firm is None:
            raise Rejected("serve.no-enterprise")
        return sight, firm

    def _overview(self, policy: Policy, view: View) -> dict[str, Any]:
        decision = policy_decision.decide(policy, view.facts, self._today())
        return policy_view.overview(policy, decision, view)

    def _view(self, firm: Firm, sight: Sight) -> View:
        told = Explained(self._known.facts, sight.sees, firm.as_of)
        return View(firm.facts, told, self._titles)

    def _policy(self, name: str) -> Policy:
        known = self._known.policies
        if name not in known:
            raise Rejected("serve.no-policy", policy=name[:64], nearest=nearest(name, known))
        return known[name]

    @staticmethod
    def _cut(sight: Sight, told: Mapping[str, Any]) -> dict[str, Any]:
        """Only the fields that the agreement on decisions names."""
        shown, _ = agreements.split(pointer.flatten(told), sight.match)
        return pointer.nest(shown)

    def _told(
        self, call: Call, sight: Sight, firm: Firm, value: Mapping[str, Any], **seen: Any
    ) -> Told:
        details = {
            "client": call.client.name,
            "unit": call.client.unit,
            "enterprise": self._hub.vault.tag("enterprise", gb32100.validate(call.path["uscc"])),
            "snapshot": firm.snapshot,
            "agreements": sight.used,
            **seen,
        }
        self._hub.ledger.commit(lambda _: [Entry("read", call.id, "", details)])
        return Told({"snapshot": firm.snapshot, **value})

    def _today(self) -> date:
        return times.civil_day(self._hub.clock())
