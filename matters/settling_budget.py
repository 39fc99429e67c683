"""What a policy has to give away in a year, among all who claim it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matters.award_claims import Settled, Terms, shared_out

Spent = Mapping[tuple[str, int], int]
"""Policy and year → fen that all firms together have had."""


def within_budget(claims: Sequence[Settled], spent: Spent, terms: Terms) -> list[Settled]:
    """Claims of one policy and one year. The latest version among them says what there is.

    ``pro-rata``: each the same part of what is due, down to the award's unit, so equal claims get
    equal amounts and the rest stays unspent. ``first-come``: by day, then by firm; the one who meets
    the end gets what is left.
    """
    first = claims[0].claim
    version = max((terms.version(each.claim) for each in claims), key=lambda each: each.since)
    if version.budget is None:
        return list(claims)
    before = max(spent.get((first.policy, first.day.year), 0), 0)
    left = max(version.budget.amount - before, 0)
    if sum(each.due for each in claims) <= left:
        return list(claims)
    if version.budget.rule == "pro-rata":
        return _shared(claims, left, version.award.unit)
    queue = sorted(terms.in_order(claims), key=lambda each: (each.claim.day, each.claim.firm))
    return shared_out(queue, left, "budget-spent")


def _shared(claims: Sequence[Settled], left: int, unit: int) -> list[Settled]:
    total = sum(each.due for each in claims)
    return [
        each.down_to(each.due * left // (total * unit) * unit, "budget-shared") for each in claims
    ]
