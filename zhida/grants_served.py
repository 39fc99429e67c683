"""Everything of grants that is answered at the endpoint, over one catalogue and one snapshot."""

from __future__ import annotations

from matters import promise_file
from matters.grants import Grants
from zhida import applications_served, grant_awards, policies_served, policy_find, snapshot_facts
from zhida.application_case import MATTER
from zhida.application_decision import Rules
from zhida.applications_served import ApplicationDesk
from zhida.hub import Hub
from zhida.policies_served import PolicyDesk
from zhida.serve_file import Settings
from zhida.serve_route import Route


def routes(hub: Hub, settings: Settings) -> tuple[Route, ...]:
    """The routes; those of applications only where the site has their matter."""
    rules = rules_of(hub, policy_find.catalogue(hub.site.folder))
    found = policies_served.of(PolicyDesk(hub, rules.known, rules.facts_of))
    if MATTER not in hub.site.matters:
        return found
    hub.site.matter(grant_awards.MATTER)  # what is granted becomes its cases: now, not at the first
    desk = ApplicationDesk(rules, settings.answer_seconds)
    return (*found, *applications_served.of(desk))


def rules_of(hub: Hub, known: Grants) -> Rules:
    """What the site decides applications by."""
    return Rules(hub, known, snapshot_facts.of(hub), promise_file.load(hub.site.folder))
