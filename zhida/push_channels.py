"""By which way a firm is told of a policy that fits it (推送渠道): the site's ``grants.yaml`` says it.

::

    push:
      via: portal                        # of every policy that is not named; left out: none of them
      policies: {patents: sms, otc-listing: officer, first-loan: none}

What the file does not name is not pushed. A firm is told once of each edition of a policy, whatever the
way; so another way, written here later, sends nothing a second time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from exchange.errors import Problem
from exchange.names import nearest
from mappings.yaml_file import YamlFile, escape
from zhida import policy_find
from zhida.site import Site

MATTER = "grant-push"
PORTAL, SMS, OFFICER, NONE = "portal", "sms", "officer", "none"
ITEMS: Mapping[str, str] = {PORTAL: "push", SMS: "sms", OFFICER: "officer"}
"""Way → the matter's item that goes it; a site without its system has no such item."""


@dataclass(frozen=True, slots=True)
class Channels:
    """What the file says."""

    via: str = NONE
    policies: Mapping[str, str] = field(default_factory=dict)

    def of(self, policy: str) -> str:
        """The way for a policy; empty: it is not pushed.

        >>> Channels("portal", {"a": "none"}).of("a"), Channels("portal").of("b"), Channels().of("b")
        ('', 'portal', '')
        """
        found = self.policies.get(policy, self.via)
        return "" if found == NONE else found


def read(told: Mapping[str, Any]) -> Channels:
    """The file's part; without one nothing is pushed."""
    return Channels(told.get("via", NONE), told.get("policies", {}))


def mistakes(site: Site, found: YamlFile, file: str) -> Iterator[Problem]:
    """Policies that there are not, and ways that the site does not have."""
    told = read(found.data.get("push", {}))
    named = {name: f"/push/policies/{escape(name)}" for name in told.policies}
    known = policy_find.names(site.folder) if named else set()
    for name, at in named.items():
        if name not in known:
            facts = {"policy": name, "nearest": nearest(name, known)}
            yield Problem("grants.push-policy", {"file": file, "line": found.line(at), **facts})
    there = site.matters[MATTER].items if MATTER in site.matters else {}
    ways = {"/push/via": told.via} | {named[name]: way for name, way in told.policies.items()}
    for at, way in ways.items():
        if way != NONE and ITEMS[way] not in there:
            facts = {"channel": way, "matter": MATTER}
            yield Problem("grants.push-channel", {"file": file, "line": found.line(at), **facts})
