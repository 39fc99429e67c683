"""What a group or another policy takes away, told with the clause that says so.

The clause is the policy's own where its group says so or where it names the other one in ``not_with``;
else the other names it, and the clause is the other's, as it holds on the day of the claim.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from matters.award_claims import REASONS, Cut, Settled, Terms
from matters.policy import Policy, Version

EXCLUDING = frozenset({"not-with", "group-highest", "group-cap"})


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause of one policy."""

    policy: str
    title: str
    name: str
    text: str


def title(name: str, terms: Terms) -> str:
    """Of a policy or a group; a name that is neither stands for itself."""
    found = terms.policies.get(name) or terms.groups.get(name)
    return found.title if found else name


def clause(settled: Settled, cut: Cut, terms: Terms) -> Clause | None:
    """The clause by which it is less; None where no exclusion and no group is the reason."""
    if cut.reason not in EXCLUDING:
        return None
    own = terms.policies[settled.claim.policy]
    other = terms.policies.get(cut.by)
    if cut.reason == "not-with" and other is not None and cut.by not in own.not_with:
        return _clause(other, _holding(other, settled.claim.day))
    return _clause(own, terms.version(settled.claim))


def _holding(policy: Policy, day: date) -> Version:
    """The version in whose days it lies; where none does, the newest: all have the clause."""
    held = [v for v in policy.versions if v.since <= day <= (v.until or date.max)]
    return (held or list(policy.versions))[-1]


def _clause(policy: Policy, version: Version) -> Clause | None:
    name = policy.exclusion_clause
    if name not in version.clauses:
        return None
    return Clause(policy.name, policy.title, name, version.clauses[name])


def told(settled: Iterable[Settled], terms: Terms) -> list[dict[str, str]]:
    """One record each, for people and programs: no amount, so nothing of what anybody else has."""
    found = (each for one in settled for each in _told(one, terms))
    return list({tuple(each.items()): each for each in found}.values())


def _told(settled: Settled, terms: Terms) -> Iterator[dict[str, str]]:
    for cut in settled.cuts:
        if said := clause(settled, cut, terms):
            yield {
                "effect": "less" if settled.due else "nothing",
                "text": REASONS[cut.reason].format(by=title(cut.by, terms)),
                "policy": said.policy,
                "title": said.title,
                "clause": said.name,
                "clause_text": said.text,
            }
