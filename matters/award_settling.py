"""What is due in the end, when what firms have had already, groups and budgets count.

For a night's matches and for a single firm (即申即办) alike. In this order: what was paid before, the
policy's cap over its stages, groups together with policies that exclude each other, and then, over all
firms, the budgets. The order of the rows does not matter; where two are equal, the name decides.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from matters.award_claims import Claim, Paid, Settled, Terms
from matters.settling_budget import Spent, within_budget
from matters.settling_exclusions import exclusive
from matters.settling_firm import Had, not_again, within_caps


def settle(
    claims: Iterable[Claim], paid: Iterable[Paid], terms: Terms, spent: Spent
) -> list[Settled]:
    """Every claim with what is due and why it is less, by firm, policy, stage and day.

    ``paid``: what the claiming firms have had, ever; ``spent``: what all firms have had of each policy
    in a year. A budget that is shared pro rata is shared among these claims: settle them all at once.
    """
    by_firm: dict[tuple[str, int], list[Settled]] = defaultdict(list)
    for claim in claims:
        by_firm[claim.firm, claim.day.year].append(Settled(claim, claim.gross))
    had: dict[str, list[Paid]] = defaultdict(list)
    for row in paid:
        had[row.firm].append(row)
    by_policy: dict[tuple[str, int], list[Settled]] = defaultdict(list)
    for (firm, year), some in by_firm.items():
        for each in _of_year(some, had.get(firm, ()), terms):
            by_policy[each.claim.policy, year].append(each)
    found = [each for some in by_policy.values() for each in within_budget(some, spent, terms)]
    return sorted(found, key=_key)


def spent(paid: Iterable[Paid]) -> Spent:
    """What all firms have had of each policy in a year, from the rows of all."""
    found: dict[tuple[str, int], int] = defaultdict(int)
    for row in paid:
        found[row.policy, row.year] += row.fen
    return found


def of_firm(claims: Iterable[Claim], paid: Iterable[Paid], terms: Terms) -> list[Settled]:
    """What one firm's claims come to before budgets, which are over all firms. ``paid``: to this firm."""
    by_year: dict[int, list[Settled]] = defaultdict(list)
    for claim in claims:
        by_year[claim.day.year].append(Settled(claim, claim.gross))
    had = list(paid)
    return [each for some in by_year.values() for each in _of_year(some, had, terms)]


def _of_year(claims: list[Settled], had: Had, terms: Terms) -> list[Settled]:
    found = sorted(claims, key=_key)
    for step in (not_again, within_caps, exclusive):
        found = step(found, had, terms)
    return found


def _key(each: Settled) -> tuple[object, ...]:
    claim = each.claim
    return claim.firm, claim.policy, claim.stage, claim.day, claim.version, claim.gross
