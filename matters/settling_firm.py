"""What one firm has had of a policy already."""

from __future__ import annotations

from collections.abc import Sequence
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
    """No more of a policy than its cap, with what was paid for the same occurrence before.

    If more came back than was paid, the cap is no larger for it.
    """
    found: list[Settled] = []
    for name, group in groupby(terms.in_order(claims), key=lambda each: each.claim.policy):
        some = list(group)
        cap = terms.version(some[0].claim).award.cap
        if cap is None:
            found += some
            continue
        before = sum(each.fen for each in had if each.policy == name and _counts(each, some, terms))
        found += shared_out(some, cap - max(before, 0), "policy-cap")
    return found


def _counts(paid: Paid, claims: Sequence[Settled], terms: Terms) -> bool:
    """Whether it was paid for the same occurrence; what comes without limit is one each time."""
    times = terms.policies[paid.policy].times
    return times == "once" or (times == "yearly" and paid.year == claims[0].claim.day.year)
