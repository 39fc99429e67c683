"""A policy's word on one firm of the newest snapshot, for one viewer, noted in the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from exchange.document import new_id
from exchange.errors import Rejected
from exchange.ledger import Entry
from matters import policy_decision, policy_view
from matters.policy_lines import Told
from matters.policy_view import View
from zhida import policy_excluded, policy_find, snapshot_facts
from zhida.hub import Hub
from zhida.policy_viewer import Sight


def of_firm(hub: Hub, which: str, uscc: str, on: date, *, unit: str) -> dict[str, Any]:
    """Verdict, criteria and what is missing. ``which``: a policy's name, or the file of a draft.

    The unit sees the values that its agreements cover. ``Rejected`` where nobody knows the firm.
    """
    known = policy_find.catalogue(hub.site.folder)
    policy = policy_find.opened(hub.site.folder, which)
    firm = snapshot_facts.of(hub)(uscc)
    if firm is None:
        raise Rejected("serve.no-enterprise")
    sight = Sight(hub.site, unit, on)
    titles = {each.name: each.title for each in hub.site.units.values()}
    view = View(firm.facts, Told(known.facts, sight.sees, firm.as_of), titles)
    decision = policy_decision.decide(policy, firm.facts, on)
    told = policy_view.overview(policy, decision, view)
    told["criteria"] = policy_view.criteria(policy, decision, view)
    told |= policy_excluded.told(hub, known, policy, decision, uscc=uscc, firm=firm)
    details = {
        "unit": unit,
        "enterprise": hub.vault.tag("enterprise", uscc),
        "snapshot": firm.snapshot,
        "policy": policy.name,
        "policy_digest": policy.digest,
        "disclosed": list(policy_view.shown(decision, view.told)),
    }
    hub.ledger.commit(lambda _: [Entry("read", new_id(), "", details)])
    return told | {"snapshot": firm.snapshot}
