"""What one firm has had of a policy already, and policies that it can't have together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from itertools import groupby

from matters.award_claims import Claim, Paid, Reason, Settled, Terms, shared_out

Had = Sequence[Paid]
"""Everything that the firm has had, of all policies and years."""


def not_again(claims: Sequence[Settled], had: Had, terms: Terms) -> list[Settled]:
    """Nothing that was paid before (``times``), and of the same thing claimed twice the first."""
    found, seen = [], set()
    for each in sorted(claims, key=lambda each: (each.claim.day, -each.claim.gross)):
        claim = each.claim
        reason = _before(claim, had, terms.policies[claim.policy].times)
        if (claim.policy, claim.stage, claim.day.year) in seen:
            reason = "claimed-twice"
        seen.add((claim.policy, claim.stage, claim.day.year))
        found.append(each.down_to(0, reason) if reason else each)
    return found


def _before(claim: Claim, had: Had, times: str) -> Reason | None:
    same = [each for each in had if (each.policy, each.stage) == (claim.policy, claim.stage)]
    if times == "once" and sum(each.fen for each in same) > 0:
        return "had-once"
    this_year = sum(each.fen for each in same if each.year == claim.day.year)
    return "had-this-year" if times == "yearly" and this_year > 0 else None


def within_caps(claims: Sequence[Settled], had: Had, terms: Terms) -> list[Settled]:
    """No more of a policy than its cap, with what was paid for the same occurrence before."""
    found: list[Settled] = []
    for name, group in groupby(terms.in_order(claims), key=lambda each: each.claim.policy):
        some = list(group)
        cap = terms.version(some[0].claim).award.cap
        if cap is None:
            found += some
            continue
        before = sum(each.fen for each in had if each.policy == name and _counts(each, some, terms))
        found += shared_out(some, cap - before, "policy-cap")
    return found


def _counts(paid: Paid, claims: Sequence[Settled], terms: Terms) -> bool:
    """Whether it was paid for the same occurrence; what comes without limit is one each time."""
    times = terms.policies[paid.policy].times
    return times == "once" or (times == "yearly" and paid.year == claims[0].claim.day.year)


def not_together(claims: Sequence[Settled], had: Had, terms: Terms) -> list[Settled]:
    """A policy yields to those that it can't be had with: had this year, or claimed now.

    Where two yield to each other, the larger stays; where they are equal, the first by name.
    """
    totals = _totals(claims)
    if not totals:
        return list(claims)
    year = claims[0].claim.day.year
    mine = {name: frozenset(terms.policies[name].not_with) - {name} for name in totals}
    refused = {}
    for name in sorted(totals):
        before = [p.policy for p in had if p.policy in mine[name] and p.year == year and p.fen > 0]
        if before:
            refused[name] = min(before)
    left = {name: fen for name, fen in totals.items() if name not in refused}
    refused |= _yielding(left, mine)
    return [
        each.down_to(0, "not-with", refused[each.claim.policy])
        if each.claim.policy in refused
        else each
        for each in claims
    ]


def _totals(claims: Sequence[Settled]) -> dict[str, int]:
    """Policy → what is due of it, if anything is."""
    found: dict[str, int] = {}
    for each in claims:
        if each.due:
            found[each.claim.policy] = found.get(each.claim.policy, 0) + each.due
    return found


def _yielding(totals: Mapping[str, int], yields: Mapping[str, Set[str]]) -> dict[str, str]:
    """Who gets nothing → on whose account. Who yields to nobody undecided is decided first."""
    refused: dict[str, str] = {}
    kept: set[str] = set()
    undecided = set(totals)
    while undecided:
        free = [name for name in undecided if not yields[name] & undecided]
        round_ = [name for name in undecided if _is_in_circle(name, undecided, yields)]
        chosen = min(free) if free else min(round_, key=lambda name: (-totals[name], name))
        undecided.discard(chosen)
        if stronger := yields[chosen] & kept:
            refused[chosen] = min(stronger)
            continue
        kept.add(chosen)
        for weaker in yields[chosen] & undecided:
            refused[weaker] = chosen
        undecided -= yields[chosen]
    return refused


def _is_in_circle(name: str, among: Set[str], yields: Mapping[str, Set[str]]) -> bool:
    seen: set[str] = set()
    ahead = set(yields[name] & among)
    while ahead - seen:
        seen |= ahead
        ahead = {far for near in ahead for far in yields[near] & among}
    return name in seen
