"""What each policy says of a firm, for existing portals and robots: read-only, agreement-checked.

Each answer is an entry of the ledger before it leaves: who read about which firm (by its keyed
digest), under which agreements, decided on which snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from exchange import agreement as agreements
from exchange import pointer, times
from exchange.errors import Rejected
from exchange.ledger import Entry
from exchange.names import nearest
from mappings.identifiers import gb32100
from matters import policy_decision, policy_view
from matters.facts import Fact
from matters.grants import Grants
from matters.policy import Policy
from matters.policy_view import Viewer
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
        found = [self._cut(sight, self._match(p, firm)) for p in self._known.policies.values()]
        return self._told(call, sight, firm, {"policies": found})

    def explain(self, call: Call) -> Told:
        """One policy's word, criterion by criterion."""
        sight, firm = self._begin(call)
        policy = self._policy(call.path["policy"])
        viewer = self._viewer(firm, sight)
        decision = policy_decision.decide(policy, firm.facts, self._today())
        told = policy_view.overview(policy, decision, firm.facts, viewer)
        told["criteria"] = policy_view.criteria(decision, viewer)
        return self._told(call, sight, firm, self._cut(sight, told), policy=policy)

    def _begin(self, call: Call) -> tuple[Sight, Firm]:
        """The right to see anything comes first: a stranger must not learn whether a firm exists."""
        sight = Sight(self._hub.site, call.client.unit, self._today())
        _ = sight.match
        uscc = gb32100.validate(call.path["uscc"])
        firm = self._facts_of(uscc)
        if firm is None:
            raise Rejected("serve.no-enterprise")
        return sight, firm

    def _match(self, policy: Policy, firm: Firm) -> dict[str, Any]:
        decision = policy_decision.decide(policy, firm.facts, self._today())
        return policy_view.overview(policy, decision, firm.facts, self._viewer(firm))

    def _viewer(self, firm: Firm, sight: Sight | None = None) -> Viewer:
        def sees(fact: Fact) -> bool:
            return sight is not None and sight.sees(fact)

        def as_of(fact: Fact) -> str:
            return firm.as_of.get(fact.holder, "")

        return Viewer(self._known.facts, sees, as_of, self._titles)

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
        self,
        call: Call,
        sight: Sight,
        firm: Firm,
        value: Mapping[str, Any],
        *,
        policy: Policy | None = None,
    ) -> Told:
        asked = {"policy": policy.name, "policy_digest": policy.digest} if policy else {}
        details = {
            "client": call.client.name,
            "unit": call.client.unit,
            "enterprise": self._hub.vault.tag("enterprise", gb32100.validate(call.path["uscc"])),
            "snapshot": firm.snapshot,
            "agreements": sight.used,
            "disclosed": sorted(_disclosed(value)),
            **asked,
        }
        self._hub.ledger.commit(lambda _: [Entry("read", call.id, "", details)])
        return Told({"snapshot": firm.snapshot, **value})

    def _today(self) -> Any:
        return times.civil_day(self._hub.clock())


def _disclosed(value: Mapping[str, Any]) -> Iterable[str]:
    """Names of the facts whose values are in an answer."""
    for criterion in value.get("criteria", ()):
        yield from (each["fact"] for each in criterion.get("facts", ()) if "value" in each)
