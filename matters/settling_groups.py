"""Policies that are not paid side by side (就高), or share a cap, for one firm in a year."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from matters.award_claims import Settled, Terms, shared_out
from matters.policy import PolicyGroup
from matters.settling_firm import Had


def within_groups(claims: Sequence[Settled], had: Had, terms: Terms) -> list[Settled]:
    """After what the policies say by themselves, what their groups say. All claims are of one year."""

    def group_of(each: Settled) -> str:
        return terms.policies[each.claim.policy].group

    found: list[Settled] = []
    for name, members in groupby(sorted(claims, key=group_of), key=group_of):
        group = terms.groups.get(name)
        some = terms.in_order(members)
        found += some if group is None else _within(group, some, _had(group, some, had, terms))
    return found


def _had(
    group: PolicyGroup, claims: Sequence[Settled], had: Had, terms: Terms
) -> Mapping[str, int]:
    """Policy of the group → what the firm has had of it this year."""
    year, found = claims[0].claim.day.year, dict[str, int]()
    for each in had:
        known = terms.policies.get(each.policy)
        if known is not None and known.group == group.name and each.year == year:
            found[each.policy] = found.get(each.policy, 0) + each.fen
    return {name: fen for name, fen in found.items() if fen > 0}


def _within(group: PolicyGroup, claims: list[Settled], had: Mapping[str, int]) -> list[Settled]:
    if group.rule == "cap":
        left = (group.cap or 0) - sum(had.values())
        return shared_out(_largest_first(claims, {}), left, "group-cap", group.name)
    return _highest(claims, had)


def _highest(claims: list[Settled], had: Mapping[str, int]) -> list[Settled]:
    """The highest award, with what was had of it, less all that was had: never more for the year."""
    chosen = _largest_first(claims, had)[0].claim.policy
    others = {name: fen for name, fen in had.items() if name != chosen}
    mine = [each for each in claims if each.claim.policy == chosen]
    refused = [each for each in claims if each.claim.policy != chosen]
    by = max(others, key=lambda name: (others[name], name), default="")
    left = sum(each.due for each in mine) - sum(others.values())
    kept = chosen if left > 0 or chosen in had else by
    return [
        *shared_out(mine, left, "group-highest", by),
        *(each.down_to(0, "group-highest", kept) for each in refused),
    ]


def _largest_first(claims: list[Settled], had: Mapping[str, int]) -> list[Settled]:
    """By what each policy comes to with what was paid of it this year; equal ones by name."""
    totals: dict[str, int] = dict(had)
    for each in claims:
        totals[each.claim.policy] = totals.get(each.claim.policy, 0) + each.due
    return sorted(claims, key=lambda each: (-totals[each.claim.policy], each.claim.policy))
